"""`splitter frontend apply`: what it writes, takes back and refuses; what servers make of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers import ask, log_in, running, uvicorn
from terminal import copy, edit, splitter

from splitter.effects.ports import free_port

pytestmark = pytest.mark.xdist_group("frontend")

SETTINGS = 'import { base } from "./base.mjs";\n\nexport default {\n  base,\n};\n'
SERVICE = "services.transaction_service.main:app"
WITH_NETWORK = os.environ.get("SPLITTER_TEST_NETWORK") == "1"


LIVE = '\n[gateway]\nlive = ["transaction"]\n'


@dataclass(frozen=True)
class Sides:
    """A project, and the ports of its monolith and of its service."""

    project: Path
    monolith: int
    service: int


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
    web = project / "frontend"
    (web / "next.config.mjs").write_text("export default { reactStrictMode: true };\n")
    splitter("frontend", "apply", at=project)
    script = (
        'import settings from "./next.config.mjs";'
        "console.log(JSON.stringify(await settings.rewrites()))"
    )
    assert json.loads(_node(script, at=web)) == [
        {"source": "/api/:path*", "destination": "http://127.0.0.1:8080/api/:path*"}
    ]


def test_the_calls_themselves_go_to_the_services(with_services: Path) -> None:
    """What has a path of the live service is led, by whichever function; all else stays."""
    web = with_services / "frontend"
    before = (web / "app.js").read_text()
    quiet = splitter("frontend", "apply", "--mode", "direct", at=with_services)
    assert quiet.lines[0] == "frontend apply: nothing to change"
    with (with_services / "splitter.toml").open("a") as file:
        file.write(LIVE)
    done = splitter("frontend", "apply", "--mode", "direct", at=with_services)
    assert "frontend/index.html:36: SPL121 a link is left to the gateway" in done.err
    after = (web / "app.js").read_text().splitlines()
    changed = [line for line in after if line not in before.splitlines()]
    assert changed == [
        'import { serviceUrl } from "./splitter.services.js";',
        "  const response = await fetch(serviceUrl(API + path), {",
    ]
    again = splitter("frontend", "apply", "--mode", "direct", "--check", at=with_services)
    assert again.lines[0] == "frontend apply: nothing to change"
    (web / "package.json").write_text('{"type": "module"}')
    urls = ["/api/transactions?page=1", "/api/transactions/7#a", "/api/transactionsfoo"]
    urls += ["/api/auth/me", "https://elsewhere.example/api/transactions"]
    script = (
        'globalThis.SERVICE_URLS = { transaction: "http://127.0.0.1:8002/" };'
        'const { serviceUrl } = await import("./splitter.services.js");'
        f"console.log(JSON.stringify({json.dumps(urls)}.map(serviceUrl)))"
    )
    assert json.loads(_node(script, at=web)) == [
        "http://127.0.0.1:8002/api/transactions?page=1",
        "http://127.0.0.1:8002/api/transactions/7#a",
        *urls[2:],
    ]
    splitter("undo", at=with_services)
    assert (web / "app.js").read_text() == before


def _leads_each_path(port: int) -> int:
    """Monolith and service say who they are by the version that each was started with. Gives the
    status of a path that is neither's."""
    ada = log_in(port)
    own = ask(port, "/api/transactions?page=1", headers=ada)
    assert (own.status, own.headers["x-api-version"]) == (200, "from the service")
    other = ask(port, "/api/auth/me", headers=ada)
    assert (other.status, other.headers["x-api-version"]) == (200, "1.4")
    beside = ask(port, "/apitransactions", headers=ada)
    assert "x-api-version" not in beside.headers
    return beside.status


@pytest.mark.network
@pytest.mark.skipif(not WITH_NETWORK, reason="installs Vite: set SPLITTER_TEST_NETWORK=1")
def test_vite_leads_each_path_to_who_has_it(vite: int) -> None:
    assert ask(vite, "/index.html").headers["content-type"] == "text/html"
    _leads_each_path(vite)


@pytest.mark.network
@pytest.mark.skipif(not WITH_NETWORK, reason="installs Next: set SPLITTER_TEST_NETWORK=1")
def test_next_leads_each_path_to_who_has_it(sides: Sides) -> None:
    """As Vite does, by its rewrites."""
    web = sides.project / "frontend"
    install(web, "next@15", "react@19", "react-dom@19")
    (web / "next.config.mjs").write_text("export default {\n  reactStrictMode: true,\n};\n")
    (web / "pages").mkdir()
    (web / "pages" / "index.js").write_text("export default function Page() { return 'a page'; }\n")
    done = splitter("frontend", "apply", "--to", "services", at=sides.project)
    assert "  ~ frontend/next.config.mjs" in done.lines
    port = free_port()
    program = str(web / "node_modules" / "next" / "dist" / "bin" / "next")
    words = [_program("node"), program, "dev", "-p", str(port), "-H", "127.0.0.1"]
    environment = os.environ | {"NEXT_TELEMETRY_DISABLED": "1"}
    with running(words, port, at=web, environment=environment):
        assert b"a page" in ask(port, "/").body
        assert _leads_each_path(port) == 404


@pytest.mark.network
@pytest.mark.skipif(not WITH_NETWORK, reason="installs axios: set SPLITTER_TEST_NETWORK=1")
def test_an_axios_instance_asks_the_service_directly(sides: Sides, tools: Path) -> None:
    """Without a page there is no origin: what is not led would have nowhere to go."""
    web = sides.project / "frontend"
    (web / "api.mjs").write_text(
        'import axios from "axios";\nexport default axios.create({ baseURL: "/api" });\n'
    )
    (web / "page.mjs").write_text('import api from "./api.mjs";\nawait api.get("/transactions");\n')
    done = splitter("frontend", "apply", "--mode", "direct", at=sides.project)
    assert "  ~ frontend/api.mjs" in done.lines
    assert "  ~ frontend/page.mjs" not in done.lines
    assert "withServices(axios.create(" in (web / "api.mjs").read_text()
    (web / "package.json").write_text('{"type": "module"}')
    (web / "node_modules").symlink_to(tools / "node_modules")
    ada = json.dumps(log_in(sides.monolith))
    script = (
        f'globalThis.SERVICE_URLS = {{ transaction: "http://127.0.0.1:{sides.service}" }};'
        'const { default: api } = await import("./api.mjs");'
        f'const answer = await api.get("/transactions", {{ headers: {ada} }});'
        'console.log(answer.status, answer.headers["x-api-version"]);'
    )
    assert _node(script, at=web) == "200 from the service\n"


@pytest.fixture
def sides(made: Path, tmp_path: Path) -> Iterator[Sides]:
    """A project with one service live, it and the monolith running on one database."""
    project = copy(made, tmp_path / "project")
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shared.db'}"}
    tagged = database | {"API_VERSION": "from the service"}
    with ExitStack() as stack:
        monolith = stack.enter_context(uvicorn("main:app", at=project, environment=database))
        service = stack.enter_context(uvicorn(SERVICE, at=project, environment=tagged))
        edit(project, "splitter.toml", "port = 8000\n", f"port = {monolith}\n")
        edit(project, "splitter.toml", "port = 8002\n", f"port = {service}\n")
        with (project / "splitter.toml").open("a") as file:
            file.write(LIVE)
        yield Sides(project, monolith, service)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Vite and axios."""
    folder = tmp_path_factory.mktemp("tools")
    return install(folder, "vite@6", "axios@1")


def install(folder: Path, *packages: str) -> Path:
    """The folder, with these packages in it."""
    (folder / "package.json").write_text('{"private": true}')
    words = [_program("npm"), "install", "--no-audit", "--no-fund", "--silent"]
    subprocess.run([*words, *packages], cwd=folder, check=True, timeout=200)
    return folder


@pytest.fixture
def vite(sides: Sides, tools: Path) -> Iterator[int]:
    """The port of Vite's dev server, with the rules that splitter wrote."""
    with_vite(sides.project)
    splitter("frontend", "apply", "--to", "services", at=sides.project)
    port = free_port()
    program = str(tools / "node_modules" / "vite" / "bin" / "vite.js")
    words = [_program("node"), program, "--port", str(port), "--strictPort", "--host", "127.0.0.1"]
    with running(words, port, at=sides.project / "frontend", environment=dict(os.environ)):
        yield port


def _node(script: str, *, at: Path) -> str:
    """What a script, an ES module in a folder, prints."""
    words = [_program("node"), "--input-type=module", "-e", script]
    done = subprocess.run(words, cwd=at, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        reason = f"{name} is not on this machine"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return found or ""
