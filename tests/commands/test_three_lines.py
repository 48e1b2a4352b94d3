"""The three lines of the first team, as they stand, in a fresh copy of the example."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from servers import ask, uvicorn
from terminal import EXAMPLE, Done, copy, splitter, tree

pytestmark = pytest.mark.xdist_group("three lines")

SERVICE = "services/transaction_service"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Done]]:
    """The folder in which they were run, and what each said."""
    folder = copy(EXAMPLE, tmp_path_factory.mktemp("three") / "finance")
    lines = (["scaffold", "transaction", "--port", "8002"], ["rewrite-imports"], ["parity-check"])
    return folder, [splitter(*words, at=folder) for words in lines]


@pytest.fixture(scope="module")
def alone(
    done: tuple[Path, list[Done]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, int]]:
    """A folder that holds shared/ and the service, and the port on which uvicorn serves it."""
    folder = tmp_path_factory.mktemp("alone") / "deployed"
    copy(done[0] / "shared", folder / "shared")
    copy(done[0] / SERVICE, folder / SERVICE)
    with uvicorn("services.transaction_service.main:app", at=folder) as port:
        yield folder, port


def test_each_says_what_it_did_and_what_comes_next(done: tuple[Path, list[Done]]) -> None:
    scaffold, rewrite, parity = done[1]
    assert scaffold.lines[0] == "scaffold transaction: wrote 58 files"
    assert scaffold.lines[-1] == "next: splitter rewrite-imports"
    assert f"  + {SERVICE}/main.py" in scaffold.lines
    assert rewrite.lines[0].startswith("rewrite-imports: wrote ")
    assert f"  ~ {SERVICE}/routes/transactions.py" in rewrite.lines
    count = int(re.findall(r"^(\d+) cases", parity.out, re.MULTILINE)[0])
    assert parity.lines[-1] == f"{count} cases: {count} matched"
    assert len([line for line in parity.lines if line.startswith("match ")]) == count >= 150


def test_the_service_is_laid_out_as_promised(done: tuple[Path, list[Done]]) -> None:
    folder = done[0]
    found = {path.relative_to(folder / SERVICE).as_posix() for path in _files(folder / SERVICE)}
    assert found == {
        *(".env.example", "Dockerfile", "Dockerfile.dockerignore", "README.md"),
        *("__init__.py", "application.py", "main.py", "requirements.txt"),
        *("api/__init__.py", "api/deps.py", "exceptions.py", "utils.py"),
        *("domain/__init__.py", "domain/budgeting.py", "domain/ledger.py"),
        *("routes/__init__.py", "routes/transactions.py"),
        *("schemas/__init__.py", "schemas/transactions.py"),
        *("tests/__init__.py", "tests/test_health.py"),
    }
    shared = {path.relative_to(folder / "shared").as_posix() for path in _files(folder / "shared")}
    foundation = {"config/settings.py", "database/connection.py", "auth/auth.py"}
    assert foundation <= shared


def test_the_monolith_is_as_it_was(done: tuple[Path, list[Done]], tmp_path: Path) -> None:
    before, now = tree(copy(EXAMPLE, tmp_path / "fresh")), tree(done[0])
    assert {path: now.get(path) for path in before} == before


def test_the_requirements_are_pinned_to_what_the_monolith_runs_with(
    done: tuple[Path, list[Done]],
) -> None:
    text = (done[0] / SERVICE / "requirements.txt").read_text()
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert {"fastapi", "sqlalchemy", "uvicorn"} <= {pin.partition("==")[0] for pin in pins}
    assert pins == [f"{pin.partition('==')[0]}=={version(pin.partition('==')[0])}" for pin in pins]


def test_the_service_alone_is_healthy(alone: tuple[Path, int]) -> None:
    answers = {path: ask(alone[1], path) for path in ("/health", "/health/live", "/health/ready")}
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert answers["/health"].json == {"status": "ok", "service": "transaction"}


def test_the_service_alone_serves_its_routes_and_no_others(alone: tuple[Path, int]) -> None:
    port = alone[1]
    refused = ask(port, "/api/transactions")
    assert (refused.status, refused.json["error"]["code"]) == (401, "not_authenticated")
    assert refused.headers["x-request-id"]
    assert ask(port, "/api/categories").status == 401
    assert ask(port, "/api/reports").status == 404
    paths = set(ask(port, "/openapi.json").json["paths"])
    assert paths == {
        *("/api/transactions", "/api/transactions/export.csv", "/api/transactions/import"),
        *("/api/transactions/transfer", "/api/transactions/{transaction_id}"),
        *("/api/categories", "/api/categories/{slug}"),
    }


def test_the_modules_of_the_monolith_are_not_to_be_had_there(alone: tuple[Path, int]) -> None:
    script = """if True:
        import importlib.util, os, services.transaction_service.main
        names = ("main", "api", "auth", "config", "database", "domain", "models", "utils")
        print([name for name in names if importlib.util.find_spec(name)])
    """
    clean = {n: v for n, v in os.environ.items() if n != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=alone[0], env=clean, capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_the_tests_of_the_service_pass_there(alone: tuple[Path, int]) -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{SERVICE}/tests"]
    done = subprocess.run(words, cwd=alone[0], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
