"""`splitter frontend scan` on the example's frontend and on those that are elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import splitter

pytestmark = pytest.mark.xdist_group("frontend")


def test_the_frontend_of_the_example(project: Path) -> None:
    document = splitter("frontend", "scan", "--check", "--format", "json", at=project).document
    (found,) = document["frontends"]
    assert found["folder"] == "frontend"
    assert found["summary"]["resolved"] == found["summary"]["calls"] == 16
    assert found["verdict"].endswith("with a gateway nothing has to change.")
    calls = {(c["file"], c["method"], c["url"]): c for c in found["calls"]}
    login = calls["frontend/app.js", "POST", "/api/auth/login"]
    assert login["owner"] == "auth"
    assert login["route"] == "POST /api/auth/login"
    bundle = calls["frontend/app.js", "GET", "/api/reports/{id}/bundle.zip"]
    assert (bundle["how"], bundle["owner"]) == ("link", "report")
    line = (project / "frontend" / "app.js").read_text().splitlines()[bundle["line"] - 1]
    assert "bundle.zip" in line


def test_a_folder_outside_of_the_project_and_a_call_that_no_route_answers(project: Path) -> None:
    web = project.parent / "web"
    (web / "src").mkdir(parents=True)
    (web / "src" / "a.ts").write_text('fetch("/api/auth/me");\nfetch("/api/nothing");\n')
    done = splitter("frontend", "scan", "../web", "--check", at=project, status=1)
    assert "../web/src/a.ts:2  GET /api/nothing" in done.lines
    assert "    unmatched: no route of the monolith has this path" in done.lines
    assert "../web: 2 calls in 1 file: 1 resolved, 1 unmatched" in done.lines
    splitter("frontend", "scan", "../web", at=project)
    with (project / "splitter.toml").open("a") as file:
        file.write('\n[frontend]\nfolder = "../web"\n')
    page = splitter("frontend", "scan", "--format", "markdown", at=project)
    assert "| ../web/src/a.ts:1 | `GET /api/auth/me` | auth | `GET /api/auth/me` |" in page.lines


def test_no_frontend_and_no_folder(project: Path) -> None:
    done = splitter("frontend", "scan", "nowhere", at=project, status=2)
    assert done.err.startswith("error: nowhere is no folder")
    for path in sorted((project / "frontend").iterdir()):
        path.unlink()
    done = splitter("frontend", "scan", at=project, status=2)
    assert "there is no frontend below the project's folder" in done.err


def test_without_the_extra(project: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ast_grep_py.py").write_text("raise ImportError('not installed')")
    done = splitter(
        "frontend", "scan", at=project, environment={"PYTHONPATH": str(hidden)}, status=2
    )
    assert "pip install 'monolith-splitter[frontend]'" in done.err
