"""What the dev servers are told: which paths go where, the first that fits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from splitter.actions.frontend.proxies import Targets, lead
from splitter.model.changes import ChangeSet
from splitter.model.frontend import Call, Finding, Hole, Report, Survey
from splitter.model.routing import Entry, RoutingTable, State

TEMPLATES = {
    f"frontend/{path.name}": path.read_text()
    for path in (Path(__file__).parents[3] / "templates" / "frontend").iterdir()
}
TABLE = RoutingTable(
    (
        Entry(("GET",), "/api/items/{id}", "http", "items", State.SERVICE, 100),
        Entry(("POST",), "/api/items/{id}", "http", "monolith"),
        Entry(("GET",), "/api/files/{path:path}", "http", "files", State.RETIRED, 100),
        Entry(("GET",), "/api/users", "http", "users", State.CANARY, 10),
    )
)
FINDINGS = (
    Finding(Call("a.ts", 1, "GET", ("/api/items/", Hole("x")), "fetch"), "resolved"),
    Finding(Call("a.ts", 2, "GET", (Hole("BASE", "base"), "/far"), "fetch"), "resolved"),
    Finding(Call("a.ts", 3, "GET", ("/nowhere",), "fetch"), "unmatched"),
)
SERVICES = {"items": "127.0.0.1:8001", "files": "127.0.0.1:8002", "users": "127.0.0.1:8003"}


def led(files: dict[str, bytes], *, by_service: bool, findings: object = FINDINGS) -> ChangeSet:
    assert isinstance(findings, tuple)
    return lead(
        "web",
        Report("web", findings, (), Survey((), 1)),
        TABLE,
        Targets("127.0.0.1:8080", "127.0.0.1:8000", SERVICES, by_service),
        before=files,
        recorded={},
        templates=TEMPLATES,
    )


def rules(changes: ChangeSet) -> list[tuple[str, str]]:
    (module,) = (c for c in changes.changes if c.path == "web/splitter.proxy.ts")
    found = re.findall(rb'^  ("\^.*?"): \{ target: ("[^"]*")', module.after or b"", re.MULTILINE)
    return [(json.loads(key), json.loads(target)) for key, target in found]


def target(changes: ChangeSet, url: str) -> str:
    return next((to for key, to in rules(changes) if re.search(key, url)), "")


def test_to_the_gateway() -> None:
    changes = led({"web/vite.config.ts": b"export default {}\n"}, by_service=False)
    assert [c.path for c in changes.changes] == ["web/splitter.proxy.ts", "web/vite.config.ts"]
    for url in ("/api", "/api/items/1?x=1", "/api?x"):
        assert target(changes, url) == "http://127.0.0.1:8080"
    for url in ("/apifoo", "/far", "/nowhere", "/x/api/items"):
        assert target(changes, url) == ""


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("/api/items/1", 8001),
        ("/api/items/1?all=1", 8001),
        ("/api/items/1/more", 8000),
        ("/api/itemsfoo/1", 8000),
        ("/api/files/a/b", 8002),
        ("/api/users", 8000),
    ],
)
def test_to_the_services_by_path(url: str, port: int) -> None:
    changes = led({"web/vite.config.ts": b"export default {}\n"}, by_service=True)
    assert target(changes, url) == f"http://127.0.0.1:{port}"
    (note,) = changes.notes
    assert note.what.startswith("a dev server does not tell methods apart: all of /api/items/{id}")


def test_again_there_is_nothing_to_change() -> None:
    files = {"web/vite.config.ts": b"export default {}\n"}
    first = led(files, by_service=True)
    assert not led(first.over(files), by_service=True)


def test_the_rules_that_a_user_edited_stay() -> None:
    files = {"web/vite.config.ts": b"export default {}\n", "web/splitter.proxy.ts": b"mine"}
    changes = led(files, by_service=False)
    assert [c.path for c in changes.changes] == ["web/vite.config.ts"]
    assert [(n.path, n.code) for n in changes.notes] == [("web/splitter.proxy.ts", "SPL090")]


def test_settings_that_are_not_read_are_a_note() -> None:
    changes = led({"web/vite.config.js": b"\nexport default make()\n"}, by_service=False)
    assert [c.path for c in changes.changes] == ["web/splitter.proxy.js"]
    (note,) = changes.notes
    assert (note.path, note.line, note.code) == ("web/vite.config.js", 2, "SPL120")
    assert note.what.endswith("import splitter.proxy.js and put ...splitterProxy in server.proxy")


def test_next() -> None:
    changes = led({"web/next.config.mjs": b"export default { a: 1 }\n"}, by_service=True)
    settings, rewrites = changes.changes
    assert rewrites.path == "web/splitter.rewrites.mjs"
    lines = [line for line in (rewrites.after or b"").decode().splitlines() if "source" in line]
    assert lines == [
        '  { source: "/api/items/:id", destination: "http://127.0.0.1:8001/api/items/:id" },',
        '  { source: "/api/files/:path*", destination: "http://127.0.0.1:8002/api/files/:path*" },',
        '  { source: "/api/:path*", destination: "http://127.0.0.1:8000/api/:path*" },',
    ]
    assert settings.after == (
        b'import splitterProxy from "./splitter.rewrites.mjs";\n'
        b"export default { rewrites: splitterProxy, a: 1 }\n"
    )


def test_nothing_is_on_the_pages_own_origin() -> None:
    files = {"web/vite.config.ts": b"export default {}\n"}
    assert not led(files, by_service=False, findings=FINDINGS[1:])
    (note,) = led({}, by_service=False).notes
    assert note.code == "SPL120"
