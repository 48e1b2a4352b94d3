"""Which tables the example's routes use: what the source shows, and what its tests see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from terminal import copy, splitter

TESTS = "pytest -q -p no:cacheprovider tests/test_assets.py tests/test_dashboard.py"


@pytest.fixture(scope="module")
def watched(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example after its tests were run under splitter."""
    folder = copy(begun, tmp_path_factory.mktemp("observed") / "project")
    done = splitter("analyze", "--tests", TESTS, at=folder)
    assert "running the monolith's tests: pytest -q" in done.err
    assert "the tests saw " in done.out
    assert max(map(len, done.out[done.out.index("\ntables: ") :].splitlines())) <= 80
    return folder


def analyzed(folder: Path) -> Any:
    return splitter("analyze", "--format", "json", at=folder).document


def test_what_the_tests_saw_bears_out_the_source(watched: Path) -> None:
    access = analyzed(watched)["access"]
    names = ("api.routes.assets:", "api.routes.dashboard:")
    own = [a for a in access if a["endpoint"].startswith(names)]
    both = [a for a in own if a["found_by"] == ["static", "runtime"]]
    only = [a for a in own if a["found_by"] == ["runtime"]]
    assert len(both) > 40
    assert len(only) <= len(both) / 20
    assert all(":" in place for a in both for place in a["at"])
    writes = {(a["endpoint"], a["table"]) for a in both if a["mode"] == "write"}
    assert ("api.routes.assets:create_asset", "assets") in writes
    assert ("api.routes.dashboard:put_widgets", "dashboard_layouts") in writes


def test_the_matrix_has_all_services_and_their_writes(watched: Path) -> None:
    matrix = analyzed(watched)["matrix"]
    assert matrix["asset"] | {"users": "r", "assets": "rw", "valuations": "rw"} == matrix["asset"]
    assert matrix["fire"]["fire_profiles"] == "rw"
    assert "fire_profiles" not in matrix["auth"]


def test_what_was_seen_of_other_code_does_not_count(watched: Path, tmp_path: Path) -> None:
    changed = copy(watched, tmp_path / "project")
    assert any("runtime" in a["found_by"] for a in analyzed(changed)["access"])
    with (changed / "cache.py").open("a") as file:
        file.write("MORE = 1\n")
    done = splitter("analyze", "--format", "json", at=changed)
    assert "is older than the code" in done.err
    assert not any("runtime" in a["found_by"] for a in done.document["access"])


def test_a_file_that_the_plugin_wrote_is_taken(begun: Path, tmp_path: Path) -> None:
    folder = copy(begun, tmp_path / "project")
    seen = tmp_path / "seen"
    seen.write_text(
        '{"method": "GET", "path": "/api/assets", "endpoint": "elsewhere:wrapped", '
        '"statements": ["SELECT 1 FROM \\"Odd\\" JOIN users ON true", "PRAGMA x"]}\n'
    )
    words = ("analyze", "--observed", str(seen), "--format", "json")
    access = splitter(*words, at=folder).document["access"]
    told = {(a["endpoint"], a["table"]) for a in access if "runtime" in a["found_by"]}
    assert told == {("api.routes.assets:list_assets", t) for t in ("Odd", "users")}
