"""What an application writes each time it starts is no difference, unless a service forgets it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from servers import uvicorn
from terminal import Traces, edit, splitter

from postgres_cluster import cluster, missing

ONE = "services/{}_service/application.py"
RATES = "        app.state.rates = load_rates(db)\n"
WRITES = f"""        db.connection().exec_driver_sql(
            "INSERT INTO audit_entries (action, subject, detail, created_at) "
            "VALUES ('app.started', '', '', CURRENT_TIMESTAMP)"
        )
        db.commit()
{RATES}"""
CASES = """
defaults: {headers: &own {authorization: "Bearer {{ token }}"}}
cases:
- {name: log in, service: auth, capture: {token: $.access_token}, request: {method: POST,
    path: /api/auth/login, headers: {authorization: null},
    json: {email: ada@finance.example, password: correct-horse}}}
- {name: rest, after: log in, request: {path: /api/dashboard}}
- {name: list, after: rest, service: transaction, request: {path: /api/transactions}}
- {name: activity, after: list, service: auth, request: {path: /api/auth/activity}}
- {name: alone, service: auth, request: {method: POST, path: /api/auth/register,
    headers: {authorization: null},
    json: {email: b@parity.example, password: a-long-secret, full_name: New}}}
"""


@pytest.fixture
def writing(with_services: Path) -> Path:
    """Both services and the monolith write a row when they start."""
    for path in ("main.py", ONE.format("auth"), ONE.format("transaction")):
        edit(with_services, path, RATES, WRITES)
    (with_services / "parity/cases.yaml").write_text(CASES)
    return with_services


def test_starting_on_sqlite(writing: Path, left: Traces) -> None:
    _check(writing, left, {})


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_starting_on_postgresql(writing: Path, left: Traces) -> None:
    if reason := missing():
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with cluster() as server:
        url = {"DATABASE_URL": server.url()}
        with uvicorn("main:app", at=writing, environment=url):
            pass
        _check(writing, left, url)


def _check(project: Path, left: Traces, environment: dict[str, str]) -> None:
    environment = left.environment | environment
    words = ("parity-check", "--format", "json")
    done = splitter(*words, at=project, environment=environment)
    assert done.document["summary"]["matched"] == 5
    assert (left.processes(), left.files()) == ([], [])
    edit(project, ONE.format("transaction"), WRITES, RATES)
    done = splitter(*words, at=project, environment=environment, status=1)
    (case,) = (case for case in done.document["cases"] if case["name"] == "log in")
    assert {d["path"].partition("[")[0] for d in case["differences"]} == {"audit_entries"}
    assert any("app.started" in str(d["monolith"]) for d in case["differences"])
