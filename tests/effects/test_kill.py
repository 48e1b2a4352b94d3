"""SIGKILL and Ctrl-C at every step of what is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from doomed import Ending, Forks, Steps
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import CHANGES, MEMORY, State, plant, state

from splitter.effects import journal, workspace
from splitter.model.changes import ChangeSet

Prepare = Callable[[Path], None]


def _nothing(root: Path) -> None:
    pass


def _applied(root: Path) -> None:
    workspace.apply(root, CHANGES)
    (root / "services").chmod(0o2770)


def _state_after(fresh: Callable[[], Path], prepare: Prepare) -> State:
    prepare(root := fresh())
    return state(root)


def _has_no_temporary_files(root: Path) -> bool:
    return not list((root / journal.FOLDER).glob("*.tmp"))


def test_no_change_of_the_disk_escapes_the_count(fresh: Callable[[], Path], forked: Forks) -> None:
    root = fresh()
    applied, undone = forked.run("apply", root, CHANGES), forked.run("undo", root)
    assert applied.error == undone.error == ""
    assert applied.unseen == undone.unseen == ()
    assert {"open", "write", "write, half done", "fsync", "replace", "mkdir", "unlink"} <= {
        *applied.names
    }
    assert {"rmdir", "unlink"} <= {*undone.names}
    assert len(applied.names) > 60


def test_apply_killed_at_every_step_leaves_all_or_nothing(
    fresh: Callable[[], Path], after: State, forked: Forks
) -> None:
    before, seen = state(fresh()), []
    for root in _killed_everywhere("apply", fresh, _nothing, forked):
        told = workspace.recover(root)
        assert _has_no_temporary_files(root)
        left = state(root)
        assert left in (before, after)
        seen.append(left == after)
        assert workspace.recover(root) is None
        if told:
            assert told == (
                "An earlier run (scaffold user) was interrupted; what it had changed was put back."
            )
            assert journal.history(root)[-1].state == "rolled back"
        if left == before:
            assert workspace.undo(root) is None
            workspace.apply(root, CHANGES)
            assert state(root) == after
        assert workspace.undo(root) is not None
        assert state(root) == before
    assert seen == sorted(seen), "once it is done it stays done"
    assert seen[0] is False
    assert seen[-1] is True


def test_undo_killed_at_every_step_leaves_all_or_nothing(
    fresh: Callable[[], Path], forked: Forks
) -> None:
    before, after, seen = state(fresh()), _state_after(fresh, _applied), []
    for root in _killed_everywhere("undo", fresh, _applied, forked):
        workspace.recover(root)
        assert _has_no_temporary_files(root)
        left = state(root)
        assert left in (before, after)
        seen.append(left == before)
        assert (workspace.undo(root) is None) == (left == before)
        assert state(root) == before
        assert workspace.undo(root) is None
    assert seen == sorted(seen)
    assert seen[-1] is True


@pytest.mark.parametrize("step", ["replace", "unlink", "fsync"])
@pytest.mark.parametrize("command", ["apply", "undo"])
def test_recover_killed_at_every_step_is_gone_on_with(
    fresh: Callable[[], Path], forked: Forks, command: str, step: str
) -> None:
    """The first run ends at the last such step before its entry says `done`."""
    prepare = _nothing if command == "apply" else _applied
    before = _state_after(fresh, prepare)

    def prepare_half(root: Path) -> None:
        prepare(root)
        forked.run(command, root, CHANGES, kill_at=stop)

    stop = _last_but_commit(_counted(command, fresh, prepare, forked), step)
    for root in _killed_everywhere("recover", fresh, prepare_half, forked):
        workspace.recover(root)
        assert state(root) == before
        assert _has_no_temporary_files(root)
        assert workspace.recover(root) is None


def test_ctrl_c_at_every_step_leaves_all_or_nothing(
    fresh: Callable[[], Path], after: State
) -> None:
    before = state(fresh())
    for stop in count(1):
        root = fresh()

        def interrupt(number: int, name: str, stop: int = stop) -> None:
            if number == stop:
                raise KeyboardInterrupt

        with Steps(interrupt) as steps:
            try:
                workspace.apply(root, CHANGES)
            except KeyboardInterrupt:
                pass
        assert state(root) in (before, after)
        assert state(root) == after or workspace.undo(root) is None
        if len(steps.names) < stop:
            break
        shutil.rmtree(root)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_sequence_with_any_kills_can_be_undone_to_the_start(
    forked: Forks, data: st.DataObject
) -> None:
    with TemporaryDirectory(dir=MEMORY) as folder:
        root = plant(Path(folder))
        past = [state(root)]
        for _ in range(data.draw(st.integers(1, 6), label="runs")):
            _run_one(root, past, forked, data)
        for earlier in reversed(past[:-1]):
            assert workspace.undo(root) is not None
            assert state(root) == earlier
        assert workspace.undo(root) is None


def _run_one(root: Path, past: list[State], forked: Forks, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from(["apply", "apply", "undo"]), label="command")
    changes = _drawn_changes(root, data) if command == "apply" else None
    kill_at = data.draw(st.one_of(st.just(0), st.integers(1, 130)), label="kill at")
    ending = forked.run(command, root, changes, kill_at=kill_at)
    workspace.recover(root)
    assert (ending.error, ending.unseen) == ("", ())
    left = state(root)
    if changes and _files(left) == changes.over(_files(past[-1])):
        past.append(left)
    elif command == "undo" and len(past) > 1 and left == past[-2]:
        past.pop()
    else:
        assert left == past[-1]
        assert ending.killed or (changes is None and len(past) == 1) or changes == ChangeSet("")


def _drawn_changes(root: Path, data: st.DataObject) -> ChangeSet:
    names = ["main.py", "api/users.py", "empty/a.py", "s/u/main.py", "s/u/r/r.py", "s/v.py"]
    contents = st.sampled_from([None, b"", b"x = 1\n", b"y = 2\n" * 20_000])
    after = data.draw(st.dictionaries(st.sampled_from(names), contents), label="after")
    return ChangeSet.between("", _files(state(root)), after)


def _files(found: State) -> dict[str, bytes]:
    """The user's files of a state."""
    own = ".splitter/.gitignore"
    return {p: data for p, (_, data) in found.items() if data is not None and p != own}


def _killed_everywhere(
    command: str, fresh: Callable[[], Path], prepare: Prepare, forked: Forks
) -> list[Path]:
    """One prepared tree for each step of the command, killed at that step."""
    roots = []
    for stop in range(1, len(_counted(command, fresh, prepare, forked).names) + 1):
        root = fresh()
        prepare(root)
        assert forked.run(command, root, CHANGES, kill_at=stop).killed
        roots.append(root)
    return roots


def _counted(command: str, fresh: Callable[[], Path], prepare: Prepare, forked: Forks) -> Ending:
    root = fresh()
    prepare(root)
    ending = forked.run(command, root, CHANGES)
    assert ending.error == ""
    assert ending.unseen == ()
    return ending


def _last_but_commit(ending: Ending, step: str) -> int:
    commit = len(ending.names) - 1 - ending.names[::-1].index("replace")
    return max(i for i, name in enumerate(ending.names[:commit], 1) if name == step)
