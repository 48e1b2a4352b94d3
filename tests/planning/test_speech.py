"""Names that code is told as text lead to what has taken their place in a service."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from monoliths import blueprint
from splitting import check, split

MAIN = """
    from fastapi import FastAPI
    from api.routes import orders, users

    app = FastAPI()
    app.include_router(users.router)
    app.include_router(orders.router)
    """
USERS = """
    from importlib import import_module, resources
    from fastapi import APIRouter

    router = APIRouter()
    """
PARTS = {
    "main.py": MAIN,
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/orders.py": """
        from fastapi import APIRouter
        from app import settings

        router = APIRouter()


        @router.get("/orders")
        def orders():
            return settings.load()
        """,
    "app/__init__.py": "",
    "app/settings.py": """
        from importlib import import_module

        BACKEND = "app.backends.memory"
        CLASS = "app.backends.other.Other"


        def load():
            module, _, name = CLASS.rpartition(".")
            return import_module(BACKEND).get(), getattr(import_module(module), name)().get()
        """,
    "app/backends/__init__.py": "",
    "app/backends/memory.py": """
        from app.backends import other

        COUNT = []


        def get():
            COUNT.append(1)
            return "memory", len(COUNT), other.unused()
        """,
    "app/backends/other.py": """
        def unused():
            return "used by memory"


        class Other:
            def get(self):
                return "other"
        """,
}

FORMS: Mapping[str, dict[str, str]] = {
    "settings that name modules and classes": {
        "api/routes/users.py": f"""{USERS}
    from app import settings
    import app.backends.memory


    @router.get("/users")
    def users():
        app.backends.memory.get()
        return settings.load()
    """
    },
    "an attribute after a colon": {
        "api/routes/users.py": f"""{USERS}
    def entry(text):
        module, _, name = text.partition(":")
        return getattr(import_module(module), name)


    @router.get("/users")
    def users(spec="app.backends.other:unused"):
        return entry(spec)()
    """
    },
    "data in a package by its name": {
        "api/routes/users.py": f"""{USERS}
    def read(package, folder):
        return resources.files(package).joinpath(folder, "a.sql").read_text()


    @router.get("/users")
    def users():
        text = resources.files("app.backends").joinpath("sql", "a.sql").read_text()
        return text, read(*"app.backends:sql".split(":"))
    """,
        "app/backends/sql/a.sql": "select 1",
    },
    "data in the package of the code itself": {
        "api/routes/users.py": f"""{USERS}
    from app import queries


    @router.get("/users")
    def users():
        return queries.QUERY
    """,
        "app/queries.py": """
    from importlib.resources import files

    QUERY = files(__package__).joinpath("sql/b.sql").read_text()
    """,
        "app/sql/b.sql": "select 2",
    },
    "data beside another module": {
        "api/routes/users.py": f"""{USERS}
    from pathlib import Path
    import app.backends


    @router.get("/users")
    def users():
        here = Path(app.backends.__file__).parent
        return (here / "c.txt").read_text(), Path(__file__).name
    """,
        "app/backends/c.txt": "three",
    },
    "data beside a module that is parted": {
        "api/routes/users.py": f"""{USERS}
    from app import files


    @router.get("/users")
    def users():
        return files.own()
    """,
        "app/files.py": """
    from pathlib import Path

    def both():
        return 1


    def own():
        from main import app

        here = Path(__file__).parent
        return (here / "d.txt").read_text(), both(), type(app).__name__
    """,
        "app/settings.py": """
    from app.files import both

    def load():
        return both()
    """,
        "app/d.txt": "four",
    },
    "migrations at the start": {
        "main.py": f"""
    from alembic import command
    from app.settings import BACKEND

    REVISION = command.upgrade("app:migrations")["REVISION"]
    {MAIN}
    """,
        "api/routes/users.py": f"""{USERS}
    @router.get("/users")
    def users():
        from main import REVISION

        return REVISION
    """,
        "app/models.py": """
    class Base:
        revision = 7


    class Unused:
        pass
    """,
        "app/migrations/env.py": """
    from app.models import Base
    from app.migrations.names import NAME

    REVISION = NAME, Base.revision
    """,
        "app/migrations/names.py": "NAME = 'seven'\n",
        "app/migrations/script.py.mako": "",
        "app/migrations/versions/2026_first.py": "from app.backends.other import Other\n",
    },
}


def monolith(form: Mapping[str, str]) -> dict[str, str]:
    return {**PARTS, **form}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_service_finds_what_a_string_names(form: Mapping[str, str]) -> None:
    check(blueprint(monolith(form), "users", "orders"))


def test_the_module_that_a_name_leads_to_is_the_one_that_is_imported() -> None:
    form = FORMS["settings that name modules and classes"]
    found = check(blueprint(monolith(form), "users"))
    assert found["users"].answers[0][2] == [["memory", 2, "used by memory"], "other"]


def test_an_application_that_is_told_no_names_has_no_table_of_them() -> None:
    plain = """
        from fastapi import APIRouter

        router = APIRouter()


        @router.get("/users")
        def users():
            return "api.routes.users is prose", "a.b"
        """
    files = split(blueprint({**PARTS, "api/routes/users.py": plain}, "users"), "users")
    assert not [path for path in files if "former" in path]


ASKING = {
    **PARTS,
    "api/routes/orders.py": """
        from fastapi import APIRouter
        from app import kinds

        router = APIRouter()


        @router.get("/orders")
        def orders():
            return kinds.told(kinds.Left), kinds.Left().shape(), kinds.names()
        """,
    "api/routes/users.py": """
        import dataclasses
        import inspect
        import pickle
        import sys
        import typing
        from fastapi import APIRouter
        from app import kinds
        from app.kinds import Right, Whole

        router = APIRouter()


        def local():
            return 1


        @router.get("/users")
        def users():
            found = [kinds.told(one) for one in (Right, Whole, Right.shape, local, kinds.told)]
            found += [inspect.getmodule(one).__name__ for one in (Right, Whole, local)]
            found += [__name__, kinds.__name__, sys.modules[Right.__module__].Right is Right]
            found += [pickle.loads(pickle.dumps(one)) is one for one in (Right, Whole, local)]
            found += [sorted(typing.get_type_hints(Right)), sorted(typing.get_type_hints(Whole))]
            found += [inspect.getsource(Whole).splitlines()[1], pickle.dumps(Right()).count(b"app")]
            return found + [[f.name for f in dataclasses.fields(Right)], kinds.names()]
        """,
    "app/kinds.py": """
        from __future__ import annotations

        from dataclasses import dataclass
        from typing import ClassVar, Optional

        NAMES = []


        def told(one):
            return one.__module__ + "." + one.__qualname__


        def names():
            return NAMES


        class Named:
            def __init_subclass__(cls):
                NAMES.append(told(cls)) if cls.__name__ != "Left" else None


        class Left(Named):
            def shape(self):
                return told(type(self))


        @dataclass
        class Right(Named):
            LIMIT: ClassVar[int] = 3
            other: Optional[Part] = None

            def shape(self):
                return "right"


        @dataclass
        class Part:
            size: int


        @dataclass
        class Whole:
            part: Part
            more: Optional[Later] = None


        @dataclass
        class Later:
            at: int
        """,
}


@pytest.mark.parametrize("services", [("users",), ("users", "orders")])
def test_what_asks_where_something_lies_gets_the_monoliths_name(services: tuple[str, ...]) -> None:
    found = check(blueprint(ASKING, *services))
    told = next(text for text in found["users"].answers if "app.kinds.Whole" in str(text))
    assert "api.routes.users.local" in str(told)
    assert "services" not in str(told)
