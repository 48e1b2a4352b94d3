"""The call sites that are led to a service, and how each file is changed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from splitter.actions.frontend.direct import lead
from splitter.actions.frontend.matching import match
from splitter.discovery.frontend.scanning import scan
from splitter.model.changes import ChangeSet
from splitter.model.monolith import Route
from splitter.model.routing import Entry, RoutingTable, State

TEMPLATES = {
    f"frontend/{path.name}": path.read_text()
    for path in (Path(__file__).parents[3] / "templates" / "frontend").iterdir()
}
ENTRIES = (
    Entry(("GET",), "/api/items/export", "http", "monolith"),
    Entry(("GET",), "/api/items/{id}", "http", "items", State.SERVICE, 100),
    Entry(("GET",), "/api/users", "http", "users", State.SERVICE, 100),
    Entry(("POST",), "/api/users", "http", "monolith"),
    Entry(("GET",), "/api/teams", "http", "monolith"),
)
MODULE = "src/splitter.services.ts"
PROJECT = {"package.json": '{"devDependencies": {"vite": "6"}}', "tsconfig.json": "{}"}


def led(files: dict[str, str]) -> ChangeSet:
    before = {path: text.encode() for path, text in {**PROJECT, **files}.items()}
    routes = [Route(e.methods, e.path, "", "", 0) for e in ENTRIES]
    owners = {(e.path, e.methods): e.owner for e in ENTRIES}
    report = match(".", scan(before), routes, lambda r, _: owners[r.path, r.methods])
    table = RoutingTable(ENTRIES)
    return lead(".", report, table, before=before, recorded={}, templates=TEMPLATES)


def texts(changes: ChangeSet) -> dict[str, str]:
    return {c.path: (c.after or b"").decode() for c in changes.changes if c.path != MODULE}


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        pytest.param(
            "src/a.ts",
            "import x from 'x'\n\n"
            "fetch(`/api/items/${id}`, { headers })  // é\nfetch('/api/teams')\n",
            "import x from 'x'\nimport { serviceUrl } from './splitter.services'\n\n"
            "fetch(serviceUrl(`/api/items/${id}`), { headers })  // é\nfetch('/api/teams')\n",
            id="a template, and what stays with the monolith",
        ),
        pytest.param(
            "src/lib/b.tsx",
            '"use client";\r\n// head\r\nconst a = () => fetch("/api/items/" + id);\r\n',
            '"use client";\r\n// head\r\nimport { serviceUrl } from "../splitter.services";\r\n'
            'const a = () => fetch(serviceUrl("/api/items/" + id));\r\n',
            id="directives stay at the head",
        ),
        pytest.param(
            "src/c.ts",
            'import axios from "axios";\nconst http = axios.create({ baseURL: "/api" });\n'
            "http.get(`items/${id}`);\n",
            'import axios from "axios";\nimport { withServices } from "./splitter.services";\n'
            'const http = withServices(axios.create({ baseURL: "/api" }));\n'
            "http.get(`items/${id}`);\n",
            id="an instance",
        ),
        pytest.param(
            "src/D.vue",
            '<template>\n  <p class="é"/>\n</template>\n<script setup lang="ts">\n'
            'fetch("/api/items/1")\n</script>\n',
            '<template>\n  <p class="é"/>\n</template>\n<script setup lang="ts">\n'
            'import { serviceUrl } from "./splitter.services";\n'
            'fetch(serviceUrl("/api/items/1"))\n</script>\n',
            id="a component",
        ),
    ],
)
def test_call_sites(path: str, before: str, after: str) -> None:
    changes = led({path: before, "src/z.ts": ""})
    assert texts(changes) == {path: after}
    assert not led({path: after, "src/z.ts": "", MODULE: module(changes)})


def module(changes: ChangeSet) -> str:
    return next((c.after or b"").decode() for c in changes.changes if c.path == MODULE)


def test_the_module_of_base_urls() -> None:
    code = "fetch(`${import.meta.env.VITE_API}/api/items/1`)\n"
    text = module(led({"src/a.ts": code}))
    assert '  items: told.items ?? import.meta.env.VITE_ITEMS_URL ?? "",' in text
    assert "const monolith = [import.meta.env.VITE_API]" in text
    rules = [line.strip() for line in text.splitlines() if "new RegExp" in line]
    assert rules == [
        '[new RegExp("^/api/items/export$"), ""],',
        '[new RegExp("^/api/items/[^/]+$"), "items"],',
    ], "a path whose methods have several owners stays with the monolith"


@pytest.mark.parametrize(
    ("path", "code", "why"),
    [
        ("src/a.tsx", 'const a = <a href="/api/items/1">x</a>', "a link is left to the gateway"),
        (
            "index.html",
            '<script>fetch("/api/items/1")</script>',
            "a script in a page cannot import",
        ),
        ("src/a.ts", 'ask({ method: "GET", url: "/api/items/{id}" })', "no argument of its own"),
        ("src/a.ts", "api.get(`/items/${id}`)", "not what the code says (below /api)"),
    ],
)
def test_what_is_left_as_it_is(path: str, code: str, why: str) -> None:
    (note,) = led({path: code, "src/z.ts": ""}).notes
    assert (note.path, note.line, note.code) == (path, 1, "SPL121")
    assert why in note.what
    assert note.what.endswith("GET /api/items/{id} stays")
