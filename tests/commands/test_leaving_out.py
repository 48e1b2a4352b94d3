"""`leave_out`: what analyze suggests, plan counts, split does and the service's README says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from laying import lay
from terminal import edit, splitter

pytestmark = pytest.mark.xdist_group("leaving_out")

FILES = {
    "main.py": """
        import asyncio
        from contextlib import asynccontextmanager
        from fastapi import FastAPI
        from jobs import remind
        from routes import notes

        @asynccontextmanager
        async def lifespan(app):
            task = asyncio.create_task(remind())  # every hour
            yield
            task.cancel()

        app = FastAPI(lifespan=lifespan)
        app.include_router(notes.router)
        """,
    "jobs.py": """
        import asyncio
        import smtplib

        async def remind():
            while True:
                await asyncio.sleep(3600)
                smtplib.SMTP()
        """,
    "routes/__init__.py": "",
    "routes/notes.py": """
        from fastapi import APIRouter
        router = APIRouter()

        @router.get("/notes")
        def notes() -> list[str]:
            return ["one"]
        """,
}


@pytest.fixture
def monolith(tmp_path: Path) -> Path:
    lay(tmp_path, FILES)
    splitter("init", "--app", "main:app", "--routes", "routes", at=tmp_path)
    return tmp_path


def leave_out(project: Path, name: str) -> None:
    edit(project, "splitter.toml", "[monolith]\n", f'[monolith]\nleave_out = ["{name}"]\n')


def test_what_the_finding_names_is_left_out_counted_and_told(monolith: Path) -> None:
    findings = splitter("analyze", "--format", "json", at=monolith).document["findings"]
    (job,) = [f for f in findings if f["code"] == "SPL017"]
    assert job["message"].endswith('leave_out = ["jobs.remind"] keeps it to the monolith')
    leave_out(monolith, "jobs.remind")
    findings = splitter("analyze", "--format", "json", at=monolith).document["findings"]
    assert "SPL017" not in {f["code"] for f in findings}
    (service,) = splitter("plan", "--format", "json", at=monolith).document["services"]
    assert service["omitted"] == ["jobs.remind"]
    assert service["spared"] >= 4
    told = " ".join(splitter("plan", at=monolith).out.split())
    assert f"{service['spared']} lines less, because leave_out names jobs.remind" in told
    done = splitter("split", "note", "--port", "8001", at=monolith)
    assert any("SPL043" in line and "main.py:9" in line for line in done.err.splitlines())
    folder = monolith / "services" / "note_service"
    application = (folder / "application.py").read_text()
    assert "async def lifespan(app):\n    yield\n" in application
    assert not (folder / "jobs.py").exists()
    assert "- `jobs.remind`\n" in (folder / "README.md").read_text()


def test_a_use_that_cannot_go_refuses_the_split_and_writes_nothing(monolith: Path) -> None:
    edit(monolith, "main.py", "    yield\n", "    yield {'reminds': task}\n")
    leave_out(monolith, "jobs.remind")
    refused = splitter("split", "note", "--port", "8001", at=monolith, status=1)
    assert "main.py:10: SPL044" in refused.err + refused.out
    assert not (monolith / "services").exists()


def test_a_wrong_name_is_told_with_its_key_and_the_nearest(monolith: Path) -> None:
    leave_out(monolith, "jobs.remnid")
    told = splitter("plan", at=monolith, status=2).err
    assert "the monolith has no jobs.remnid" in told
    assert "monolith.leave_out" in told
    assert json.dumps("jobs.remind").replace('"', "'") in told
