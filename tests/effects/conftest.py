"""What the tests of the effects share: processes that are killed at a step, a PostgreSQL."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from doomed import Forks, forks  # noqa: E402
from trees import CHANGES, MEMORY, State, plant, state  # noqa: E402

from postgres_cluster import Cluster, cluster, missing  # noqa: E402
from splitter.effects import workspace  # noqa: E402


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    """Forks that work on a workspace until they kill themselves."""
    with forks() as server:
        yield server


@pytest.fixture
def fresh() -> Iterator[Callable[[], Path]]:
    """Gives a newly planted tree, each time another; in memory where there is such a disk."""
    numbers = count(1)
    with TemporaryDirectory(dir=MEMORY) as folder:

        def make() -> Path:
            root = Path(folder, str(next(numbers)))
            root.mkdir()
            return plant(root)

        yield make


@pytest.fixture
def after(fresh: Callable[[], Path]) -> State:
    """The tree once CHANGES are applied."""
    root = fresh()
    workspace.apply(root, CHANGES)
    return state(root)


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder of an ordinary user, as whom the test runs, for root may read and write all."""
    with TemporaryDirectory() as folder:
        if os.geteuid() != 0:
            yield Path(folder)
            return
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server. Where there can be none the test is skipped, but fails in CI."""
    if reason := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with cluster() as server:
        yield server
