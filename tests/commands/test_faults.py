"""A fault that is planted in a service is found: parity-check exits 1 and names case and path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from terminal import copy, edit, splitter

pytestmark = pytest.mark.xdist_group("faults")

AUTH = "services/auth_service/routes/auth.py"
TRANSACTIONS = "services/transaction_service/routes/transactions.py"
SCHEMAS = "services/transaction_service/schemas/transactions.py"
NAMES = [
    *("log in", "who am I", "what did I do", "register", "list", "one", "one that is not there"),
    *("categories", "export", "new category", "expense categories"),
]


@dataclass(frozen=True)
class Fault:
    """An edit of a service: the text that is replaced, and where it shows (`kind path`)."""

    file: str
    old: str
    new: str
    case: str
    shows: frozenset[str]


FAULTS: Mapping[str, Fault] = {
    "a row of the audit trail is not written": Fault(
        AUTH,
        'background.add_task(audit.record, user.id, "auth.login", mask_email(user.email), client)',
        "client.strip()",
        "what did I do",
        frozenset(["body $[0]"]),
    ),
    "a status is another": Fault(
        AUTH,
        '"/register", response_model=UserOut, status_code=201',
        '"/register", response_model=UserOut, status_code=200',
        "register",
        frozenset(["status "]),
    ),
    "an attribute of a cookie is another": Fault(
        AUTH,
        'samesite="lax",\n    )\n    response.set_cookie(\n',
        'samesite="none",\n    )\n    response.set_cookie(\n',
        "log in",
        frozenset(["header set-cookie"]),
    ),
    "headers are gone": Fault(
        TRANSACTIONS,
        "    set_page_headers(request, response, paging.number, paging.size, total)\n",
        "",
        "list",
        frozenset(["header x-total-count", "header x-page-count", "header link"]),
    ),
    "a value is off": Fault(
        TRANSACTIONS,
        "return as_out(ledger.owned_transaction(db, user, transaction_id))",
        'return as_out(ledger.owned_transaction(db, user, transaction_id)) | {"merchant": "X"}',
        "one",
        frozenset(["body $.merchant"]),
    ),
    "what is not there is answered as if it were": Fault(
        "services/transaction_service/domain/ledger.py",
        '    if transaction is None:\n        raise NotFoundError("Transaction")\n',
        "    if transaction is None:\n        return db.scalars(transactions_of(user)).first()\n",
        "one that is not there",
        frozenset(
            ["status ", "header x-api-version", "body $.error"]
            + [f"body $.{name}" for name in ("id", "account_id", "account", "category", "tags")]
            + [f"body $.{name}" for name in ("posted_on", "amount", "formatted", "merchant")]
            + [f"body $.{name}" for name in ("note", "reference", "transfer_group")]
        ),
    ),
    "a field is renamed": Fault(
        SCHEMAS,
        "    path: str\n",
        '    path: str = Field(serialization_alias="trail")\n',
        "categories",
        frozenset([f"body $[{n}].{name}" for n in range(3) for name in ("path", "trail")]),
    ),
    "a line of text is another": Fault(
        TRANSACTIONS,
        '"merchant", "amount", "reference"',
        '"payee", "amount", "reference"',
        "export",
        frozenset(["body $"]),
    ),
}
NOT_WRITTEN = Fault(
    TRANSACTIONS,
    "    db.add(category)\n    db.commit()\n",
    "    db.add(category)\n    db.flush()\n",
    "expense categories",
    frozenset(["body $[4].id"]),
)


@pytest.fixture(scope="module")
def report(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report on two services that have all of the faults."""
    project = copy(made, tmp_path_factory.mktemp("faults") / "project")
    for fault in FAULTS.values():
        edit(project, fault.file, fault.old, fault.new)
    return splitter("parity-check", "--format", "json", at=project, status=1).document


def test_services_without_a_fault_match(with_services: Path) -> None:
    done = splitter("parity-check", "--format", "json", at=with_services)
    report = done.document
    assert report["summary"] == _summary(matched=11)
    assert [(c["name"], c["verdict"]) for c in report["cases"]] == [(n, "match") for n in NAMES]
    page = splitter("status", "--format", "json", at=with_services).document
    whats = [m["what"] for s in page["services"] for m in s["milestones"] if m["done"]]
    assert sum(what.startswith("Answers as the monolith (") for what in whats) == 2


def test_every_fault_is_counted_and_nothing_else(report: Any) -> None:
    faulty = {fault.case for fault in FAULTS.values()} | {"new category", "expense categories"}
    assert {c["name"] for c in report["cases"] if c["verdict"] == "mismatch"} == faulty
    assert report["summary"] == _summary(matched=1, mismatched=10)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_case_and_path(name: str, report: Any) -> None:
    case = next(c for c in report["cases"] if c["name"] == FAULTS[name].case)
    shown = {f"{d['kind']} {d.get('path', '')}" for d in case["differences"]}
    assert shown == FAULTS[name].shows


def test_a_row_that_is_not_written_is_found_by_who_reads_it(with_services: Path) -> None:
    edit(with_services, NOT_WRITTEN.file, NOT_WRITTEN.old, NOT_WRITTEN.new)
    done = splitter("parity-check", "transaction", at=with_services, status=1)
    assert done.lines[-1] == "8 cases: 6 matched, 2 mismatched"
    assert any(line.strip().startswith("database categories[") for line in done.lines)
    place = done.lines.index(
        next(line for line in done.lines if line.startswith("MISMATCH  expense categories  "))
    )
    assert done.lines[place + 1].strip() == "body $[4].id"
    assert '"rare-books"' in done.out
    page = splitter("status", at=with_services).out
    assert "transaction, port 8002: 50 %" in page


def _summary(*, matched: int, mismatched: int = 0) -> dict[str, int]:
    total = matched + mismatched
    counts = {"total": total, "matched": matched, "mismatched": mismatched}
    return {**counts, "errored": 0, "skipped": 0}
