"""A second run of a command changes nothing and says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import copy, edit, splitter, tree

pytestmark = pytest.mark.xdist_group("again")

DEPRECATE = ("deprecate", "transaction", "--sunset", "2031-05-01", "--since", "2030-05-01")
COMMANDS = {
    ("init",): "init",
    ("scaffold", "transaction", "--port", "8002"): "scaffold transaction",
    ("scaffold", "auth", "--port", "8001", "--routes", "api.routes.auth"): "scaffold auth",
    ("extract", "transaction"): "extract transaction",
    ("rewrite-imports",): "rewrite-imports",
    ("rewrite-imports", "--check"): "rewrite-imports",
    ("split", "transaction", "--port", "8002", "--no-parity"): "split transaction",
    ("gateway",): "configure the gateway",
    DEPRECATE: "deprecate the old routes of transaction",
}


@pytest.fixture(scope="module")
def settled(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two services, one of which gets traffic and has its old routes deprecated."""
    project = copy(made, tmp_path_factory.mktemp("again") / "project")
    with (project / "splitter.toml").open("a") as file:
        file.write('\n[gateway]\nlive = ["transaction"]\n')
    splitter("gateway", at=project)
    splitter(*DEPRECATE, at=project)
    return project


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_second_run_changes_nothing_and_says_so(words: tuple[str, ...], settled: Path) -> None:
    before = tree(settled)
    done = splitter(*words, at=settled)
    assert done.lines[0] == f"{COMMANDS[words]}: nothing to change"
    assert tree(settled) == before


def test_as_json_too(settled: Path) -> None:
    document = splitter("gateway", "--format", "json", at=settled).document
    assert (document["applied"], document["changes"]) == (False, [])


def test_a_run_in_between_leaves_the_first_as_it_is(project: Path) -> None:
    """scaffold, rewrite-imports and split are the same service by different roads."""
    splitter("scaffold", "fire", "--port", "8004", at=project)
    splitter("rewrite-imports", at=project)
    step_by_step = tree(project)
    done = splitter("split", "fire", "--port", "8004", "--no-parity", at=project)
    assert done.lines[0] == "split fire: nothing to change"
    assert tree(project) == step_by_step


def test_a_changed_port_is_the_only_change(settled: Path, tmp_path: Path) -> None:
    project = copy(settled, tmp_path / "project")
    done = splitter("scaffold", "transaction", "--port", "8052", at=project)
    changed = {line[2:] for line in done.lines if line.startswith("  ")}
    assert "~ splitter.toml" in changed
    assert all(line.startswith("~ ") for line in changed)
    edit(project, "splitter.toml", "port = 8052", "port = 8002")
    assert splitter("scaffold", "transaction", "--port", "8002", at=project).status == 0
    assert tree(project, but=[".splitter/manifest.json"]) == tree(
        settled, but=[".splitter/manifest.json"]
    )
