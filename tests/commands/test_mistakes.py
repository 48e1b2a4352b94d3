"""What a user may get wrong: the status, and words on what, where and what to do; no traceback."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from terminal import EXAMPLE, Traces, append, copy, edit, splitter, tree

SPLIT = ("split", "transaction", "--port", "8002")
SCAFFOLD = ("scaffold", "transaction", "--port", "8002")
NOT_IMPORTED = "error: the monolith cannot be imported, so nothing can be held against it"


def _nothing(root: Path) -> None:
    """All is as it should be."""


def _replaced(path: str, old: str, new: str) -> Callable[[Path], object]:
    return lambda root: edit(root, path, old, new)


def _appended(path: str, text: str) -> Callable[[Path], object]:
    return lambda root: append(root, path, text)


def _prepended(path: str, text: str) -> Callable[[Path], object]:
    return lambda root: (root / path).write_text(text + (root / path).read_text())


@dataclass(frozen=True)
class Mistake:
    """What is wrong, the command, and how it ends: the status and all lines that it must say."""

    words: tuple[str, ...]
    status: int
    says: tuple[str, ...]
    prepare: Callable[[Path], object] = _nothing
    environment: Mapping[str, str] = field(default_factory=dict)


MISTAKES = {
    "an unknown key": Mistake(
        ("status",),
        2,
        ("error: splitter.toml: unknown key 'monolith.prot'", "  did you mean 'port'?"),
        _replaced("splitter.toml", "port = 8000", "prot = 8000"),
    ),
    "an unknown section": Mistake(
        ("status",),
        2,
        ("error: splitter.toml: unknown key 'service'", "  did you mean 'services'?"),
        _replaced("splitter.toml", "[services.fire]", "[service.fire]"),
    ),
    "a value of the wrong kind": Mistake(
        ("status",),
        2,
        ("error: splitter.toml: services.fire.port: ", "(got 'eight')"),
        _replaced("splitter.toml", "port = 8004", 'port = "eight"'),
    ),
    "a variable of the wrong kind": Mistake(
        ("status",),
        2,
        ("error: SPLITTER_MONOLITH__PORT: monolith.port: ", "(got 'eight')"),
        environment={"SPLITTER_MONOLITH__PORT": "eight"},
    ),
    "settings that are not TOML": Mistake(
        SCAFFOLD,
        2,
        ("error: splitter.toml:3:10: this is not TOML: ", "  mend it, or "),
        _replaced("splitter.toml", "[monolith]", "[monolith"),
    ),
    "settings that are not text": Mistake(
        ("status",),
        2,
        ("error: splitter.toml: this is not TOML: ",),
        lambda root: (root / "splitter.toml").write_bytes(b"\xff\xfe") and None,
    ),
    "one port for two": Mistake(
        ("status",),
        2,
        (
            "error: splitter.toml: port 8001 is given to the auth service and to the fire service",
            "  8004 is free",
        ),
        _replaced("splitter.toml", "port = 8004", "port = 8001"),
    ),
    "a name that is none": Mistake(
        ("scaffold", "Trans-Action", "--port", "8002"),
        2,
        ("error: 'Trans-Action' is not a name for a service", "for example 'trans_action'"),
    ),
    "a name that splitter has itself": Mistake(
        ("scaffold", "shared", "--port", "8002"),
        2,
        ("error: 'shared' is splitter's own word", "for example 'shared_routes'"),
    ),
    "a keyword as a name": Mistake(
        ("scaffold", "class", "--port", "8002"),
        2,
        ("error: 'class' is not a name for a service", "  lower-case letters"),
    ),
    "a name that is none in the settings": Mistake(
        ("status",),
        2,
        ("error: splitter.toml: services.Fi-Re: 'Fi-Re' is not", "for example 'fi_re'"),
        _replaced("splitter.toml", "[services.fire]", "[services.Fi-Re]"),
    ),
    "a port that is out of range": Mistake(
        ("scaffold", "transaction", "--port", "70000"),
        2,
        ("error: 70000 is not a port", "  1 to 65535; 8008 is free"),
    ),
    "a port that is no number": Mistake(
        ("scaffold", "transaction", "--port", "many"), 2, ("Invalid value for '--port'",)
    ),
    "no port": Mistake(("scaffold", "transaction"), 2, ("Missing option '--port'",)),
    "the monolith's port": Mistake(
        ("split", "transaction", "--port", "8000"),
        2,
        ("error: port 8000 is the monolith's", "  8008 is free"),
    ),
    "another service's port": Mistake(
        ("scaffold", "transaction", "--port", "8001"),
        2,
        ("error: port 8001 is the auth service's", "  8008 is free"),
    ),
    "the gateway's port": Mistake(
        ("scaffold", "transaction", "--port", "8080"),
        2,
        ("error: port 8080 is the gateway's", "  8008 is free"),
    ),
    "a module that has no routes": Mistake(
        ("scaffold", "pay", "--port", "8055", "--routes", "api.routes.transaction"),
        2,
        ("error: api.routes.transaction has no routes", "did you mean api.routes.transactions?"),
    ),
    "a prefix that no route has": Mistake(
        ("split", "pay", "--port", "8055", "--routes", "/api/transactons"),
        2,
        ("error: no route begins with /api/transactons", "the nearest is /api/transactions"),
    ),
    "a name that no route module has": Mistake(
        ("scaffold", "pay", "--port", "8055"),
        2,
        ("error: no route module is called like 'pay'", "  name it with --routes; "),
    ),
    "a service that is not known": Mistake(
        ("extract", "transactions"),
        2,
        ("error: there is no service 'transactions'", "  did you mean 'transaction'?"),
    ),
    "a service to check that is not known": Mistake(
        ("parity-check", "transactions"),
        2,
        ("error: there is no service 'transactions'", "  did you mean 'transaction'?"),
    ),
    "nothing to check yet": Mistake(
        ("parity-check",),
        2,
        ("error: there is no service to check yet", "  splitter split NAME --port N makes one"),
    ),
    "a service that is not made yet": Mistake(
        ("verify", "fire"),
        1,
        ("error: there is no services/fire_service yet", "  splitter split fire --port 8004 "),
    ),
    "a day that is none": Mistake(
        ("deprecate", "fire", "--sunset", "soon"),
        2,
        ("error: --sunset: 'soon' is not a date", "  YYYY-MM-DD"),
    ),
    "a code that is none": Mistake(("explain", "SPL1"), 2, ("error: there is no code SPL1",)),
    "a command that is none": Mistake(("scafold",), 2, ("Did you mean 'scaffold'?",)),
    "other words for init": Mistake(
        ("init", "--app", "other:app"),
        2,
        ("error: splitter.toml says app = 'main:app', not 'other:app'", "  change monolith.app"),
    ),
    "a folder that is not there": Mistake(
        ("-C", "nowhere", "status"), 2, ("error: nowhere: there is no such folder", "  -C takes")
    ),
    "an interpreter that is not there": Mistake(
        SPLIT,
        3,
        ("error: /nowhere/python cannot be run: ", "  name the interpreter that has "),
        environment={"SPLITTER_MONOLITH__PYTHON": "/nowhere/python"},
    ),
    "a route file with an error": Mistake(
        SPLIT,
        1,
        (NOT_IMPORTED, "  api/routes/fire.py:", "SyntaxError"),
        _appended("api/routes/fire.py", "def (\n"),
    ),
    "an analysis of a route file with an error": Mistake(
        ("analyze",),
        1,
        ("  api/routes/fire.py:", "SPL001 cannot be parsed: ", "splitter explain CODE"),
        _appended("api/routes/fire.py", "def (\n"),
    ),
    "a monolith that raises": Mistake(
        SPLIT,
        1,
        (NOT_IMPORTED, "  main.py:", "RuntimeError: boom", "imports it, with what it needs"),
        _appended("main.py", "raise RuntimeError('boom')\n"),
    ),
    "a monolith that raises, at the gateway": Mistake(
        ("gateway",),
        1,
        (NOT_IMPORTED, "RuntimeError: boom"),
        _appended("main.py", "raise RuntimeError('boom')\n"),
    ),
    "a monolith that exits": Mistake(
        SCAFFOLD,
        1,
        (NOT_IMPORTED, "  main.py:", "SystemExit(7)", "an import must not end the process"),
        _appended("main.py", "import sys\nsys.exit(7)\n"),
    ),
    "a monolith that hangs": Mistake(
        SPLIT,
        1,
        (NOT_IMPORTED, "  main.py:2: the import has not ended after 6 s", "raise start_seconds"),
        _prepended("main.py", "import time\ntime.sleep(600)\n"),
        {"SPLITTER_MONOLITH__START_SECONDS": "6"},
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_and_nothing_is_written(name: str, project: Path, left: Traces) -> None:
    mistake = MISTAKES[name]
    mistake.prepare(project)
    before = tree(project)
    environment = left.environment | dict(mistake.environment)
    done = splitter(*mistake.words, at=project, environment=environment, status=mistake.status)
    said = done.err if mistake.status != 1 or "analyze" not in mistake.words else done.out
    at = 0
    for part in mistake.says:
        assert part in said[at:], said
        at = said.index(part, at) + len(part)
    assert tree(project) == before
    assert (left.processes(), left.files()) == ([], [])


@pytest.mark.parametrize("command", ["status", "rewrite-imports", "parity-check", "gateway"])
def test_there_has_to_be_a_project(command: str, tmp_path: Path) -> None:
    done = splitter(command, at=tmp_path, status=2)
    assert done.err.startswith(f"error: {tmp_path}: there is no splitter.toml here or above\n")
    assert "splitter init" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("init",), SCAFFOLD, SPLIT], ids=" ".join)
def test_there_has_to_be_an_application(words: tuple[str, ...], tmp_path: Path) -> None:
    done = splitter(*words, at=tmp_path, status=2)
    assert done.err == (
        f"error: {tmp_path}: no FastAPI application was found below this folder\n"
        "  name it with --app MODULE:ATTRIBUTE, in the folder that its imports start from\n"
    )
    assert tree(tmp_path) == {}


def test_a_fresh_folder_stays_fresh_when_the_first_command_is_refused(tmp_path: Path) -> None:
    project = copy(EXAMPLE, tmp_path / "project")
    before = tree(project)
    splitter("scaffold", "transaction", "--port", "8000", at=project, status=2)
    assert tree(project) == before


def test_a_port_that_a_process_has(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = splitter("scaffold", "fire", "--port", str(port), at=project, status=2)
    assert done.err.splitlines()[-2].startswith(f"error: port {port} is in use by ")
    assert f"(process {os.getpid()})" in done.err
    assert done.err.splitlines()[-1] == "  stop that, or name another"


CASE_FILES = {
    "cases:\n  - {name: a, request: {path: /health}\n": "error: cases.yaml:",
    "cases:\n  - {name: a, requests: {path: /x}}\n": "error: cases.yaml:2",
    "cases:\n  - {name: a, request: {path: /x}}\n  - {name: a, request: {path: /x}}\n": (
        "error: cases.yaml:3"
    ),
    "cases: []\n": "error: cases.yaml: no cases\n",
}


@pytest.mark.parametrize("text", CASE_FILES)
def test_a_case_file_that_is_broken(text: str, with_services: Path) -> None:
    (with_services / "cases.yaml").write_text(text)
    words = ("parity-check", "auth", "--cases", "cases.yaml")
    done = splitter(*words, at=with_services, status=2)
    assert done.out == ""
    assert CASE_FILES[text] in done.err


def test_a_case_file_that_is_missing(with_services: Path) -> None:
    done = splitter("parity-check", "auth", "--cases", "none.yaml", at=with_services, status=2)
    assert done.err.startswith("error: none.yaml: the case file cannot be read: ")
    (with_services / "parity/cases.yaml").unlink()
    done = splitter("parity-check", "auth", at=with_services, status=2)
    assert done.err == (
        "error: parity/cases.yaml: the case file is not there\n"
        "  see parity.cases in splitter.toml\n"
    )


def test_a_service_that_does_not_start(with_services: Path, left: Traces) -> None:
    append(with_services, "services/auth_service/main.py", "\nraise RuntimeError('boom')\n")
    environment = left.environment
    done = splitter("parity-check", "auth", at=with_services, environment=environment, status=3)
    last = next(line for line in done.err.splitlines() if line.startswith("error: "))
    assert "auth service ended with status 1 before it answered" in last
    assert "RuntimeError: boom" in done.err
    assert (left.processes(), left.files()) == ([], [])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(project: Path) -> None:
    (project / "shared").chmod(0o555)
    before = tree(project)
    done = splitter(*SCAFFOLD, at=project, status=3)
    assert done.err.splitlines()[-1].strip().startswith("check who owns it")
    assert tree(project) == before
    (project / "shared").chmod(0o755)


@pytest.mark.parametrize(
    "words", [SCAFFOLD, (*SPLIT, "--no-parity"), ("gateway",), ("init",)], ids=" ".join
)
def test_a_disk_that_is_full(words: tuple[str, ...], project: Path, left: Traces) -> None:
    if words == ("init",):
        (project / "shared/utils.py").unlink()
    before = tree(project)
    done = splitter(*words, at=project, environment=left.environment, status=3, before=_no_room)
    last = done.err.splitlines()[-2:]
    assert last[0].startswith("error: ")
    assert "File too large" in last[0]
    assert last[1] == (
        "  make room, then again"
        if words[0] == "split"
        else "  a limit on file sizes is in force (ulimit -f): raise it, then run again"
    )
    assert tree(project) == before
    assert (left.processes(), left.files()) == ([], [])
    splitter(*words, at=project)


@pytest.mark.parametrize(
    "words", [("analyze",), ("status",), ("--help",), ("undo",), ("init", "--diff")], ids=" ".join
)
def test_nobody_has_to_read_to_the_end(words: tuple[str, ...], project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = splitter(*words, at=project, before=lambda: os.dup2(writing, 1) and None)
    os.close(writing)
    assert done.err == ""


def test_a_result_that_cannot_be_printed(project: Path) -> None:
    with open("/dev/full", "w") as full:
        done = splitter(
            "analyze", at=project, status=3, before=lambda: os.dup2(full.fileno(), 1) and None
        )
    assert done.err == "error: No space left on device\n"


def _no_room() -> None:
    """No file may grow beyond a few blocks, as on a disk that is nearly full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
