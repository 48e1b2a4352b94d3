"""Old routes go out of the monolith: when nobody asks for them, and if it can do without them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from servers import ask, log_in, uvicorn
from terminal import splitter

DAY = 86_400
COUNTING = ("tests/test_app.py::test_there_are_sixty_five_operations",)
"""A test that is about all routes, and asks none."""
FEW = {"SPLITTER_PARITY__TESTS": "pytest tests/test_app.py tests/test_utils.py"}


def _files(project: Path) -> Mapping[str, bytes]:
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file()
        and path.suffix != ".db"
        and not {".splitter", "__pycache__", ".pytest_cache"} & {*path.relative_to(project).parts}
    } | {p.name: p.read_bytes() for p in project.glob(".splitter/*.*")}


def _served(project: Path) -> None:
    """All traffic goes to the service."""
    with (project / "splitter.toml").open("a") as file:
        file.write('\n[gateway]\nlive = ["transaction"]\n')


def _counted(project: Path, hits: Mapping[str, int], *, days: float, ago: float = 0) -> None:
    """As if a process of the monolith had counted for some days, until some days ago."""
    until = time.time() - ago * DAY
    entries = json.loads(_table(project))
    routes = {r: [hits.get(r, 0), until - DAY if r in hits else 0] for r in entries}
    folder = project / ".splitter" / "hits"
    folder.mkdir(exist_ok=True)
    count = {"schema": 1, "since": until - days * DAY, "until": until, "routes": routes}
    (folder / "there-1-1.json").write_text(json.dumps(count))


def _table(project: Path) -> str:
    """The deprecated routes, as the monolith's own module has them."""
    from splitter.actions.notices import read_entries

    entries = read_entries((project / "splitter_deprecations.py").read_bytes())
    return json.dumps([f"{e.methods} {e.path}" for e in entries])


def _may_fail() -> list[str]:
    return [word for test in COUNTING for word in ("--may-fail", test)]


def test_a_route_that_is_not_the_services_stays(with_services: Path) -> None:
    before = _files(with_services)
    done = splitter("retire", "transaction", "--force", at=with_services, status=1)
    assert done.err.startswith("error: transaction does not serve all of these routes yet\n")
    assert "GET /api/transactions is monolith" in done.err
    assert done.err.endswith("splitter cutover transaction --to service\n")
    assert _files(with_services) == before


def test_no_hits_are_no_proof_where_nobody_counted(with_services: Path) -> None:
    _served(with_services)
    done = splitter("retire", "transaction", at=with_services, status=1)
    assert "GET /api/transactions: never counted" in done.err
    splitter("deprecate", "transaction", "--sunset", "2031-05-01", at=with_services)
    _counted(with_services, {"POST /api/categories": 3}, days=20)
    done = splitter("retire", "transaction", at=with_services, status=1)
    told = [line for line in done.err.splitlines() if line.startswith("  POST /api/categories")]
    assert len(told) == 1
    assert "3 hits, the last on " in told[0]
    assert "1.0 of 14 days without hits" in told[0]
    assert "GET /api/transactions:" not in done.err
    _counted(with_services, {}, days=20, ago=3)
    done = splitter("retire", "transaction", at=with_services, status=1)
    assert "GET /api/transactions: not counted any more since " in done.err


def test_what_the_tests_need_is_not_taken_out(with_services: Path) -> None:
    _served(with_services)
    before = _files(with_services)
    words = ("retire", "transaction", "--force")
    done = splitter(*words, at=with_services, environment=FEW, status=1)
    assert "does not pass its own tests; nothing was changed" in done.err
    assert f"  {COUNTING[0]}: failed\n" in done.err
    assert "--may-fail TEST" in done.err
    assert _files(with_services) == before


def test_a_monolith_that_would_not_start_is_left(with_services: Path) -> None:
    _served(with_services)
    with (with_services / "main.py").open("a") as file:
        file.write("\n\ngetattr(__import__('sys').modules['api' + '.routes'], 'transactions')\n")
    before = _files(with_services)
    done = splitter("retire", "transaction", "--force", at=with_services, status=1)
    assert "the monolith without these routes does not start; nothing was changed" in done.err
    assert _files(with_services) == before


@pytest.fixture
def quiet(with_services: Path) -> Path:
    """The routes of the transaction service have been without hits for twenty days."""
    _served(with_services)
    splitter("deprecate", "transaction", "--sunset", "2031-05-01", at=with_services)
    _counted(with_services, {}, days=20)
    return with_services


def test_old_routes_go_and_come_back_byte_for_byte(quiet: Path) -> None:
    before = _files(quiet)
    shown = splitter("retire", "transaction", "--dry-run", at=quiet)
    assert "  - api/routes/transactions.py" in shown.lines
    assert "  - splitter_deprecations.py" in shown.lines
    assert _files(quiet) == before
    done = splitter("retire", "transaction", *_may_fail(), at=quiet)
    assert any("of its tests pass as before" in line for line in done.lines)
    assert any("tests are about routes that are transaction's now" in line for line in done.lines)
    with uvicorn("main:app", at=quiet) as port:
        known = log_in(port)
        assert ask(port, "/api/transactions", headers=known).status == 404
        assert ask(port, "/api/accounts", headers=known).status == 200
        paths = ask(port, "/openapi.json").json["paths"]
    assert not [p for p in paths if p.startswith(("/api/transactions", "/api/categories"))]
    assert b"announce_deprecations" not in (quiet / "main.py").read_bytes()
    table = (quiet / ".splitter" / "routes.toml").read_text()
    assert table.count('state = "retired"') == 11
    again = splitter("retire", "transaction", at=quiet)
    assert again.lines == ["retire the old routes of transaction: nothing to change"]
    splitter("undo", at=quiet)
    assert _files(quiet) == before


def test_a_service_lives_on_when_its_routes_are_retired(quiet: Path) -> None:
    splitter("retire", "transaction", *_may_fail(), at=quiet, environment=FEW)
    done = splitter("extract", "transaction", at=quiet, status=1)
    assert done.err.startswith("error: the routes of transaction are retired: ")
    done = splitter("parity-check", "transaction", at=quiet, status=1)
    assert "the monolith cannot be asked for them any more" in done.err
    assert splitter("parity-check", at=quiet).lines[-1].endswith("matched")
    status = splitter("status", "--format", "json", at=quiet).document
    (service,) = [s for s in status["services"] if s["name"] == "transaction"]
    assert service["remarks"] == []
    splitter("split", "analytics", "--port", "8003", "--no-parity", at=quiet)
    assert splitter("extract", "analytics", at=quiet).lines[0].endswith("nothing to change")
    splitter("verify", "transaction", at=quiet)
    splitter("verify", "auth", at=quiet)


def test_some_routes_go_before_the_others(quiet: Path) -> None:
    words = ("--routes", "/api/categories", *_may_fail())
    splitter("retire", "transaction", *words, at=quiet, environment=FEW)
    table = (quiet / ".splitter" / "routes.toml").read_text()
    assert table.count('state = "retired"') == 3
    left = (quiet / "splitter_deprecations.py").read_text()
    assert '"/api/categories"' not in left
    assert '"/api/transactions"' in left
    with uvicorn("main:app", at=quiet) as port:
        known = log_in(port)
        assert ask(port, "/api/categories", headers=known).status == 404
        answer = ask(port, "/api/transactions", headers=known)
        assert (answer.status, bool(answer.headers["deprecation"])) == (200, True)
    splitter("verify", "transaction", at=quiet)
