"""A service that asks another for its functions: made, proven, refused, taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import ask, uvicorn
from terminal import Traces, append, copy, edit, splitter, tree
from treasury import treasury

Once = Callable[[str, Callable[[Path], None]], Path]
ORDERS = ("split", "orders", "--port", "8002", "--routes", "api.routes.orders")


@pytest.fixture(scope="session")
def with_ledger(once: Once) -> Path:
    """The bank with a ledger service, before anything asks it. Not to be changed."""

    def make(folder: Path) -> None:
        treasury(folder)
        splitter("split", "ledger", "--port", "8001", "--no-parity", at=folder)

    return once("with_ledger", make)


@pytest.fixture(scope="session")
def with_orders(once: Once, with_ledger: Path) -> Path:
    """The same with an orders service that asks it. Not to be changed."""

    def make(folder: Path) -> None:
        copy(with_ledger, folder)
        splitter(*ORDERS, "--no-parity", at=folder)

    return once("with_orders", make)


def test_a_service_that_asks_another_answers_as_the_monolith_and_can_be_undone(
    with_ledger: Path, tmp_path: Path, left: Traces
) -> None:
    project = copy(with_ledger, tmp_path / "project")
    before = tree(project)
    done = splitter(*ORDERS, at=project, environment=left.environment)
    assert done.lines[-1] == "11 cases: 11 matched"
    changed = [line[4:] for line in done.lines if line.startswith("  ~ ")]
    assert "services/ledger_service/main.py" in changed
    assert "  + services/ledger_service/internal_calls.py" in done.lines
    assert left.processes() == []
    needed = (project / "services/orders_service/requirements.txt").read_text()
    assert "\nhttpx" in needed
    assert "\nhttpx" not in (project / "services/ledger_service/requirements.txt").read_text()
    splitter("undo", at=project)
    assert tree(project) == before


def test_verify_and_parity_check_start_the_services_that_are_asked(
    with_orders: Path, tmp_path: Path
) -> None:
    project = copy(with_orders, tmp_path / "project")
    assert splitter("verify", "orders", at=project).lines[0] == "orders: boots alone"
    done = splitter("parity-check", "orders", at=project)
    assert done.lines[-1] == "11 cases: 11 matched"


def test_with_the_function_shared_the_same_requests_differ(
    with_ledger: Path, tmp_path: Path
) -> None:
    project = copy(with_ledger, tmp_path / "project")
    edit(project, "splitter.toml", 'owns = ["balance"]\n', "")
    before = tree(project)
    done = splitter(*ORDERS, at=project, status=1)
    assert done.lines[-1] == "orders is not split: nothing was written"
    assert "buy: 6 differences (orders)" in done.lines
    assert tree(project) == before


def test_an_owner_that_was_edited_is_left_and_what_it_does_not_answer_is_seen(
    with_ledger: Path, tmp_path: Path
) -> None:
    project = copy(with_ledger, tmp_path / "project")
    append(project, "services/ledger_service/main.py", "\n# mine\n")
    before = tree(project)
    done = splitter(*ORDERS, at=project, status=1)
    assert "services/ledger_service/main.py: SPL090 edited by hand, left as it is" in done.err
    assert done.lines[-1] == "orders is not split: nothing was written"
    assert tree(project) == before


def test_a_call_that_cannot_be_made_is_refused_by_file_and_line(
    with_ledger: Path, tmp_path: Path
) -> None:
    project = copy(with_ledger, tmp_path / "project")
    edit(project, "balance.py", "def lowest(*accounts: str)", "def lowest(*accounts: 'IO[str]')")
    edit(project, "balance.py", "from errors import", "from typing import IO\nfrom errors import")
    before = tree(project)
    done = splitter(*ORDERS, at=project, status=1)
    assert done.out == ""
    assert done.err.splitlines()[1:3] == [
        "error: orders cannot be split off as it is",
        "  api/routes/orders.py:22: SPL051 lowest (balance.py:36) of the ledger service uses "
        "balances, which changes, but cannot be called: accounts: a file cannot travel",
    ]
    assert tree(project) == before


def test_the_owner_is_split_off_first(tmp_path: Path) -> None:
    project = treasury(tmp_path / "project")
    before = tree(project)
    done = splitter(*ORDERS, at=project, status=1)
    assert done.err.splitlines()[1] == (
        "error: orders asks the ledger service, which is not split off yet"
    )
    assert "splitter split ledger --port 8001" in done.err
    assert tree(project) == before


def test_what_is_extracted_anew_is_asked_for_at_both_ends(
    with_orders: Path, tmp_path: Path
) -> None:
    project = copy(with_orders, tmp_path / "project")
    edit(project, "balance.py", "return (amount", "return len(balances) * (amount")
    splitter("extract", "orders", at=project)
    splitter("rewrite-imports", at=project)
    path = "/internal/balance/fee"
    assert path in (project / "services/orders_service/balance.py").read_text()
    assert path in (project / "services/orders_service/remote_calls.py").read_text()
    assert path in (project / "services/ledger_service/internal_calls.py").read_text()
    assert splitter("verify", "orders", at=project).lines[0] == "orders: boots alone"


def test_calls_are_for_those_who_know_the_secret_and_are_no_routes(with_orders: Path) -> None:
    app, path = "services.ledger_service.main:app", "/internal/balance/lowest"
    secret = {"SPLITTER_INTERNAL_TOKEN": "s3cret"}
    with uvicorn(app, at=with_orders, environment=secret) as port:
        given = {"x-splitter-internal-token": "s3cret"}
        told = ask(port, path, method="POST", document={"accounts": []}, headers=given)
        assert (told.status, told.json["error"]["classes"]) == (500, ["builtins:ValueError"])
        assert ask(port, path, method="POST", document={"accounts": []}).status == 403
        wrong = {"x-splitter-internal-token": "s3cre"}
        assert ask(port, path, method="POST", document={}, headers=wrong).status == 403
        assert ask(port, path, method="POST", document={"a": 1}, headers=given).status == 422
        assert ask(port, path, headers=given).status == 404
        assert "internal" not in json.dumps(ask(port, "/openapi.json").json)


def test_an_owner_has_to_be_there_and_to_be_one(tmp_path: Path) -> None:
    project = treasury(tmp_path / "project")
    edit(project, "splitter.toml", '"balance"', '"balanse"')
    done = splitter("plan", at=project, status=2)
    assert done.err.splitlines()[0].endswith("the monolith has no balanse")
    assert "did you mean 'balance'?" in done.err
    edit(project, "splitter.toml", '"balanse"', '"balance"')
    append(project, "splitter.toml", "\n[services.orders]\nport = 8002\nowns = ['balance']\n")
    done = splitter("plan", at=project, status=2)
    assert "balance is owned by ledger and by orders" in done.err


def test_two_that_ask_one_another_are_made_by_the_steps_that_the_refusal_names(
    tmp_path: Path,
) -> None:
    project = treasury(tmp_path / "project")
    waiting = "counts: list[str] = []\n\n\ndef waiting(account: str) -> int:\n"
    waiting += "    counts.append(account)\n    return len(counts)\n"
    (project / "waiting.py").write_text(waiting, "utf-8")
    route = "\n\n@router.get('/{account}/waiting')\ndef waits(account: str) -> int:\n"
    append(project, "api/routes/ledger.py", route + "    return waiting(account)\n")
    edit(project, "api/routes/ledger.py", "from money", "from waiting import waiting\nfrom money")
    table = '\n[services.orders]\nport = 8002\nroutes = ["api.routes.orders"]\nowns = ["waiting"]\n'
    append(project, "splitter.toml", table)
    case = "\n  - {name: waits, after: much, request: {path: /ledger/ada/waiting}}\n"
    append(project, "parity/cases.yaml", case)
    before = tree(project)
    done = splitter("split", "ledger", "--port", "8001", at=project, status=1)
    assert "error: ledger asks the orders service, which is not split off yet" in done.err
    assert tree(project) == before
    lines = [line.strip() for line in done.err.splitlines()]
    steps = [line.split()[1:] for line in lines if line.startswith("splitter ")]
    assert [" ".join(step[:2]) for step in steps] == [
        "scaffold ledger",
        "scaffold orders",
        "rewrite-imports",
        "split ledger",
        "split orders",
    ]
    last = [splitter(*step, at=project).lines[-1] for step in steps]
    assert last[3:] == ["10 cases: 10 matched", "11 cases: 11 matched"]
    assert splitter("verify", "ledger", at=project).lines[0] == "ledger: boots alone"
