"""A service says the monolith's names: in answers, in schemas, in rows written at its start."""

from __future__ import annotations

from pathlib import Path

import pytest
from laying import lay
from terminal import splitter

pytestmark = pytest.mark.xdist_group("former_names")

FILES = {
    "main.py": """
        from contextlib import asynccontextmanager
        from fastapi import FastAPI
        from sqlalchemy.orm import Session
        from kit.store import Block, engine, registered
        from kit import blocks
        from routes import notes, tags

        @asynccontextmanager
        async def lifespan(app):
            with Session(engine) as session:
                for name in registered():
                    session.merge(Block(name=name))
                session.commit()
            yield

        app = FastAPI(lifespan=lifespan)
        app.include_router(notes.router)
        app.include_router(tags.router)
        """,
    "kit/__init__.py": """
        import sys
        from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES
        from importlib.machinery import ExtensionFileLoader, FileFinder, SourceFileLoader

        class Checked(SourceFileLoader):
            pass

        # as libraries do that check types while the program runs
        loaders = (ExtensionFileLoader, EXTENSION_SUFFIXES), (Checked, SOURCE_SUFFIXES)
        sys.path_hooks.insert(0, FileFinder.path_hook(*loaders))
        sys.path_importer_cache.clear()
        """,
    "kit/store.py": """
        import os
        from sqlalchemy import create_engine
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
        from sqlalchemy import ForeignKey

        KINDS = []

        class Base(DeclarativeBase):
            pass

        class Block(Base):
            __tablename__ = "blocks"
            name: Mapped[str] = mapped_column(primary_key=True)
            notes: Mapped[list["Note"]] = relationship("kit.store.Note")

        class Note(Base):
            __tablename__ = "notes"
            id: Mapped[int] = mapped_column(primary_key=True)
            block: Mapped[str] = mapped_column(ForeignKey("blocks.name"))

        def registered():
            return [kind.__module__ + "." + kind.__qualname__ for kind in KINDS]

        engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///notes.db"))
        Base.metadata.create_all(engine)
        """,
    "kit/blocks.py": """
        from __future__ import annotations
        import inspect
        from pydantic import BaseModel
        from kit.store import KINDS

        class Kind(BaseModel):
            def __init_subclass__(cls, **given):
                super().__init_subclass__(**given)
                KINDS.append(cls)

            def where(self) -> str:
                return inspect.getmodule(type(self)).__name__

        class Text(Kind):
            inner: Inner | None = None

        class Inner(Kind):
            text: str = ""

        class Lone(Kind):
            pass
        """,
    "routes/__init__.py": "",
    "routes/notes.py": """
        import pickle
        from importlib import resources, util
        from fastapi import APIRouter
        from sqlalchemy import select
        from sqlalchemy.orm import Session
        from kit.blocks import Inner, Text
        from kit.store import Block, engine
        router = APIRouter()

        @router.get("/notes")
        def notes() -> list[str]:
            with Session(engine) as session:
                rows = [f"{row.name} {len(row.notes)}" for row in session.scalars(select(Block))]
            text = Text(inner={"text": "a"})
            rows.append(f"{util.find_spec('kit').name} {resources.files('kit').is_dir()}")
            return [*rows, text.where(), str(pickle.loads(pickle.dumps(text))), __name__]

        @router.post("/notes")
        def add(given: Text) -> Text:
            with Session(engine) as session:
                session.merge(Block(name=type(given.inner).__module__))
                session.commit()
            return given
        """,
    "routes/tags.py": """
        from fastapi import APIRouter
        from kit.blocks import Lone
        router = APIRouter()

        @router.get("/tags")
        def tags() -> list[str]:
            return [Lone().where(), tags.__module__]
        """,
}


@pytest.fixture
def monolith(tmp_path: Path) -> Path:
    lay(tmp_path, FILES)
    splitter("init", "--app", "main:app", "--routes", "routes", at=tmp_path)
    return tmp_path


def test_answers_rows_and_schemas_say_the_monoliths_names(monolith: Path) -> None:
    for name, port in (("note", "8001"), ("tag", "8002")):
        done = splitter("split", name, "--port", port, at=monolith)
        assert done.lines[-1].endswith("matched")
    former = (monolith / "services/note_service/former_names.py").read_text()
    assert '"kit.blocks": ("shared.kit.blocks",' in former
