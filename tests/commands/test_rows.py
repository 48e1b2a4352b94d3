"""What a service writes otherwise is found though it answers as the monolith does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from servers import uvicorn
from terminal import Traces, edit, splitter

from postgres_cluster import cluster, missing

AUTH = "services/auth_service/routes/auth.py"
RECORDED = 'background.add_task(audit.record, user.id, "auth.register", mask_email(email))'
OFTEN = '{"forgotten@parity.example": 0, "doubled@parity.example": 2}.get(email, 1)'
NAMES = ("alike", "forgotten", "doubled", "other")


@pytest.fixture
def faulty(with_services: Path) -> Path:
    """An auth service that answers all requests well and keeps some of them badly."""
    edit(with_services, AUTH, RECORDED, f"for _ in range({OFTEN}):\n        {RECORDED}")
    edit(
        with_services,
        AUTH,
        "open_account(db, user, FIRST_ACCOUNT, currency=data.currency)",
        'open_account(db, user, "Other" if email.startswith("other") else FIRST_ACCOUNT, '
        "currency=data.currency)",
    )
    body = "{{email: {0}@parity.example, password: a-long-secret, full_name: New}}"
    lines = [
        f"  - {{name: {name}, service: auth, request: {{method: POST, path: /api/auth/register, "
        f"json: {body.format(name)}}}}}"
        for name in NAMES
    ]
    (with_services / "parity/cases.yaml").write_text("cases:\n" + "\n".join(lines) + "\n")
    return with_services


def test_faulty_rows_of_sqlite_are_found(faulty: Path, left: Traces) -> None:
    _check_faults(faulty, left, {})


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_faulty_rows_of_postgresql_are_found(faulty: Path, left: Traces) -> None:
    if reason := missing():
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with cluster() as server:
        url = {"DATABASE_URL": server.url()}
        with uvicorn("main:app", at=faulty, environment=url):
            pass
        _check_faults(faulty, left, url)


def _check_faults(project: Path, left: Traces, environment: dict[str, str]) -> None:
    words = ("parity-check", "auth", "--format", "json", "--noise", "parity/noise.txt")
    done = splitter(*words, at=project, environment=left.environment | environment, status=1)
    cases = {case["name"]: case for case in done.document["cases"]}
    assert {name: case["verdict"] for name, case in cases.items()} == {
        "alike": "match",
        **dict.fromkeys(NAMES[1:], "mismatch"),
    }
    assert all(_place(d) == "users.password_hash" for d in cases["alike"]["noise"])
    assert len(cases["alike"]["noise"]) == 1
    (forgotten,) = cases["forgotten"]["differences"]
    assert _place(forgotten) == "audit_entries"
    assert forgotten["monolith"]["action"] == "auth.register"
    assert "service" not in forgotten
    (doubled,) = cases["doubled"]["differences"]
    assert _place(doubled) == "audit_entries"
    assert doubled["service"]["action"] == "auth.register"
    assert "monolith" not in doubled
    (other,) = cases["other"]["differences"]
    assert _place(other) == "accounts.name"
    assert (other["monolith"], other["service"]) == ("Everyday", "Other")
    assert (left.processes(), left.files()) == ([], [])
    assert "$2" not in done.out + done.err
    rule = "  POST /api/auth/register  database users[*].password_hash: opaque"
    assert done.err.splitlines().count(rule) == 1
    assert (project / "parity/noise.txt").read_text().splitlines()[1:] == [rule.strip()]


def _place(difference: dict[str, Any]) -> str:
    """`table.column` of `table[key].column`; `table` of a whole row."""
    assert difference["kind"] == "database"
    table, _, rest = str(difference["path"]).partition("[")
    return table + rest.partition("]")[2]
