"""`--format json` prints one JSON document on stdout and nothing else there; what analyze finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from terminal import EXAMPLE, copy, splitter, surroundings

pytestmark = pytest.mark.xdist_group("documents")

CHANGES = {"schema", "title", "applied", "changes", "notes"}
SHAPES: dict[tuple[str, ...], set[str]] = {
    ("init",): CHANGES,
    ("scaffold", "fire", "--port", "8004"): CHANGES,
    ("split", "fire", "--port", "8004", "--no-parity"): CHANGES | {"verify"},
    ("extract", "fire"): CHANGES,
    ("rewrite-imports",): {"schema", "files", "errors"},
    ("verify", "auth"): {"schema", "service", "ok", "health", "error", "missing"},
    ("gateway",): CHANGES,
    ("deprecate", "auth", "--sunset", "2031-01-01"): CHANGES,
    ("status",): {
        *("schema", "project", "date", "ports", "phases", "foundation", "services"),
        *("integration", "next", "requests"),
    },
    ("frontend", "scan"): {"schema", "frontends"},
    ("frontend", "apply"): CHANGES,
    ("undo",): {"schema", "undone", "applied", "paths"},
    ("analyze",): {
        *("schema", "routes", "modules", "tables", "ranking", "findings"),
        *("access", "matrix", "environment"),
    },
    ("plan",): {
        *("schema", "app", "monolith", "services", "shared", "ties", "tables", "circles", "left"),
        *("findings", "against", "differences"),
    },
}


@pytest.fixture(scope="module")
def worked_on(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree on which the commands are run, one after the other."""
    return copy(made, tmp_path_factory.mktemp("documents") / "project")


@pytest.fixture(scope="module")
def analysis(begun: Path) -> Any:
    return splitter("analyze", "--format", "json", at=begun).document


@pytest.fixture(scope="module")
def monolith(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the application says of itself: its OpenAPI paths, and routes that are not in there."""
    folder = copy(EXAMPLE, tmp_path_factory.mktemp("monolith") / "project")
    script = """if True:
        import json, main
        hidden = [[sorted(r.methods), r.path] for r in main.app.routes
                  if not getattr(r, "include_in_schema", True) and hasattr(r, "endpoint")]
        print(json.dumps([main.app.openapi()["paths"], hidden]))
    """
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, cwd=folder, env=surroundings(), capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("words", SHAPES, ids=" ".join)
def test_stdout_is_one_document(words: tuple[str, ...], worked_on: Path) -> None:
    document = splitter(*words, "--format", "json", at=worked_on).document
    assert set(document) == SHAPES[words]
    assert document["schema"] == 1


def test_analyze_finds_every_operation_and_the_hidden_route(analysis: Any, monolith: Any) -> None:
    paths, hidden = monolith
    operations = {(verb.upper(), path) for path, verbs in paths.items() for verb in verbs}
    assert [path for _, path in hidden if path == "/"] == ["/"]
    found = [r for r in analysis["routes"] if r["kind"] == "http"]
    told = [(method, route["path"]) for route in found for method in route["methods"]]
    own = {(method, path) for method, path in told if path != "/"}
    assert (own, len(told)) == (operations, len(operations) + 1)
    assert ("GET", "/") in told
    assert len(operations) >= 60
    assert [r["found_by"] for r in found] == [["static", "runtime"]] * len(found)


def test_analyze_ranks_the_route_modules(analysis: Any) -> None:
    ranking = [(one["service"], one["advice"]) for one in analysis["ranking"]]
    assert ranking[0] == ("fire", "first")
    assert ranking[-1] == ("main", "never")
    assert dict(ranking[1:-1]) == {
        **dict.fromkeys(("dashboard", "report", "asset"), "next"),
        **dict.fromkeys(("analytics", "transaction", "auth"), "late"),
    }
    assert all(one["reasons"] for one in analysis["ranking"])


def test_analyze_says_where_everything_stands(analysis: Any, begun: Path) -> None:
    for route in analysis["routes"]:
        if route["kind"] != "http":
            continue
        name = route["endpoint"].partition(":")[2]
        lines = (begun / route["file"]).read_text().splitlines()
        assert any(f"def {name}(" in line for line in lines[route["line"] - 1 : route["line"] + 9])
    modules = {module["name"]: module for module in analysis["modules"]}
    assert {"main", "api.routes.transactions", "models", "utils", "auth"} <= set(modules)
    assert "api.routes.analytics" in modules["api.routes.dashboard"]["imports"]
    assert not any(name.startswith(("services", "shared", "tests")) for name in modules)
    tables = {table["name"]: table for table in analysis["tables"]}
    assert {"users", "accounts", "transactions", "audit_entries"} <= set(tables)
    writers = {use["module"] for use in tables["transactions"]["uses"] if use["mode"] == "write"}
    assert writers
    assert all(
        set(finding) == {"code", "path", "line", "message", "blocks"}
        for finding in analysis["findings"]
    )
    assert not any(finding["blocks"] for finding in analysis["findings"])
