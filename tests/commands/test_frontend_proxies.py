"""`splitter frontend apply`: what it writes, takes back and refuses; what servers make of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from servers import ask, log_in, running, uvicorn
from terminal import copy, edit, splitter

from splitter.effects.ports import free_port

pytestmark = pytest.mark.xdist_group("frontend")

SETTINGS = 'import { base } from "./base.mjs";\n\nexport default {\n  base,\n};\n'
SERVICE = "services.transaction_service.main:app"
WITH_NETWORK = os.environ.get("SPLITTER_TEST_NETWORK") == "1"


def with_vite(project: Path) -> Path:
    web = project / "frontend"
    (web / "package.json").write_text('{"private": true, "type": "module"}\n')
    (web / "base.mjs").write_text('export const base = "/";\n')
    (web / "vite.config.js").write_text(SETTINGS)
    return web


def test_written_checked_and_taken_back(project: Path) -> None:
    web = with_vite(project)
    before = sorted(path.name for path in web.iterdir())
    diff = splitter("frontend", "apply", "--diff", at=project)
    assert "+  server: { proxy: splitterProxy }," in diff.lines
    assert splitter("frontend", "apply", "--check", at=project, status=1).lines[0].endswith("files")
    assert sorted(path.name for path in web.iterdir()) == before
    done = splitter("frontend", "apply", at=project)
    assert "  + frontend/splitter.proxy.js" in done.lines
    assert "  ~ frontend/vite.config.js" in done.lines
    again = splitter("frontend", "apply", "--check", at=project)
    assert again.lines == ["frontend apply: nothing to change"]
    scanned = splitter("frontend", "scan", "--format", "json", at=project).document
    assert scanned["frontends"][0]["summary"]["resolved"] == 16
    (web / "splitter.proxy.js").write_text("export default {}\n")
    kept = splitter("frontend", "apply", at=project)
    assert "SPL090 edited by hand, left as it is" in kept.err
    refused = splitter("undo", at=project, status=1)
    assert "frontend/splitter.proxy.js" in refused.err


def test_undo(project: Path) -> None:
    web = with_vite(project)
    splitter("frontend", "apply", at=project)
    splitter("undo", at=project)
    assert (web / "vite.config.js").read_text() == SETTINGS
    assert not (web / "splitter.proxy.js").exists()


def test_a_frontend_outside_of_the_project_is_not_written_to(project: Path) -> None:
    web = project.parent / "web"
    web.mkdir()
    (web / "a.ts").write_text('fetch("/api/auth/me")')
    done = splitter("frontend", "apply", "../web", at=project, status=2)
    assert "outside of the project's folder" in done.err


def test_node_loads_the_rules_of_next(project: Path) -> None:
    node = _program("node")
    web = project / "frontend"
    (web / "next.config.mjs").write_text("export default { reactStrictMode: true };\n")
    splitter("frontend", "apply", at=project)
    script = (
        'import settings from "./next.config.mjs";'
        "console.log(JSON.stringify(await settings.rewrites()))"
    )
    words = [node, "--input-type=module", "-e", script]
    done = subprocess.run(words, cwd=web, capture_output=True, text=True, timeout=30, check=True)
    assert json.loads(done.stdout) == [
        {"source": "/api/:path*", "destination": "http://127.0.0.1:8080/api/:path*"}
    ]


@pytest.mark.network
@pytest.mark.skipif(not WITH_NETWORK, reason="installs Vite: set SPLITTER_TEST_NETWORK=1")
def test_vite_leads_each_path_to_who_has_it(vite: int) -> None:
    """Monolith and service say who they are by the version that each was started with."""
    assert ask(vite, "/index.html").headers["content-type"] == "text/html"
    ada = log_in(vite)
    own = ask(vite, "/api/transactions?page=1", headers=ada)
    assert (own.status, own.headers["x-api-version"]) == (200, "from the service")
    other = ask(vite, "/api/auth/me", headers=ada)
    assert (other.status, other.headers["x-api-version"]) == (200, "1.4")
    beside = ask(vite, "/apitransactions", headers=ada)
    assert "x-api-version" not in beside.headers


@pytest.fixture
def vite(made: Path, tmp_path: Path) -> Iterator[int]:
    """The port of Vite's dev server, with the rules that splitter wrote, and all behind it."""
    node, npm = _program("node"), _program("npm")
    tool = tmp_path / "tool"
    tool.mkdir()
    (tool / "package.json").write_text('{"private": true}')
    install = [npm, "install", "--no-audit", "--no-fund", "--silent", "vite@6"]
    subprocess.run(install, cwd=tool, check=True, timeout=200)
    project = copy(made, tmp_path / "project")
    with_vite(project)
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shared.db'}"}
    tagged = database | {"API_VERSION": "from the service"}
    with ExitStack() as stack:
        monolith = stack.enter_context(uvicorn("main:app", at=project, environment=database))
        service = stack.enter_context(uvicorn(SERVICE, at=project, environment=tagged))
        edit(project, "splitter.toml", "port = 8000\n", f"port = {monolith}\n")
        edit(project, "splitter.toml", "port = 8002\n", f"port = {service}\n")
        with (project / "splitter.toml").open("a") as file:
            file.write('\n[gateway]\nlive = ["transaction"]\n')
        splitter("frontend", "apply", "--to", "services", at=project)
        port = free_port()
        program = str(tool / "node_modules" / "vite" / "bin" / "vite.js")
        words = [node, program, "--port", str(port), "--strictPort", "--host", "127.0.0.1"]
        stack.enter_context(
            running(words, port, at=project / "frontend", environment=dict(os.environ))
        )
        yield port


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        reason = f"{name} is not on this machine"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return found or ""
