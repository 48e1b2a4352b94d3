"""Trees that are made once, for all workers, and copied by each test that changes them."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal import CASES, EXAMPLE, Traces, copy, splitter, traces

from splitter.effects.ports import free_ports

Make = Callable[[Path], None]
Once = Callable[[str, Make], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Gives a folder of a name, made by the first who asks, whichever worker that is."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "made-once"
    shared.mkdir(exist_ok=True)

    def give(name: str, make: Make) -> Path:
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / name).exists():
                make(shared / f"{name}.new")
                (shared / f"{name}.new").rename(shared / name)
        return shared / name

    return give


@pytest.fixture(scope="session")
def begun(once: Once) -> Path:
    """The example after `init`, with few cases. Not to be changed."""

    def make(folder: Path) -> None:
        copy(EXAMPLE, folder)
        (folder / "parity" / "cases.yaml").write_bytes(CASES.read_bytes())
        splitter("init", at=folder)

    return once("begun", make)


@pytest.fixture(scope="session")
def made(once: Once, begun: Path) -> Path:
    """The same with a transaction and an auth service, not yet compared. Not to be changed."""

    def make(folder: Path) -> None:
        copy(begun, folder)
        splitter("split", "transaction", "--port", "8002", "--no-parity", at=folder)
        splitter("split", "auth", "--port", "8001", "--no-parity", at=folder)

    return once("made", make)


@pytest.fixture
def project(begun: Path, tmp_path: Path) -> Path:
    """A copy of one's own of the example after `init`."""
    return copy(begun, tmp_path / "project")


@pytest.fixture
def with_services(made: Path, tmp_path: Path) -> Path:
    """A copy of one's own of the example with two services."""
    return copy(made, tmp_path / "project")


@pytest.fixture
def left(tmp_path: Path) -> Traces:
    """Looks for what a command left behind."""
    return traces(tmp_path / "temporary")


@pytest.fixture
def town(with_services: Path) -> Iterator[Path]:
    """A project with two services and a gateway, each on a free port."""
    file = with_services / "splitter.toml"
    text = file.read_text() + "\n[gateway]\nport = 8080\n"
    for old, new in zip((8000, 8001, 8002, 8080), free_ports(4), strict=True):
        text = re.sub(rf"^port = {old}$", f"port = {new}", text, flags=re.MULTILINE)
    file.write_text(text)
    yield with_services
    splitter("down", at=with_services, status=None)
