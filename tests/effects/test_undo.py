"""What was applied is undone; what was left half done is put back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from trees import CHANGES, contents, create, make_pending, plant, state

from splitter.effects import journal, workspace
from splitter.errors import ConflictError
from splitter.model.changes import Applied, ChangeSet, FileChange

# recover


def test_there_is_nothing_to_recover(tmp_path: Path) -> None:
    assert workspace.recover(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    workspace.apply(tmp_path, create("a.py"))
    assert workspace.recover(tmp_path) is None


def test_what_was_edited_after_the_kill_is_left_alone(tmp_path: Path) -> None:
    plant(tmp_path)
    workspace.apply(tmp_path, CHANGES)
    make_pending(tmp_path)
    (tmp_path / "main.py").write_bytes(b"no part of it\n")
    (tmp_path / "tools/run.sh").write_bytes(b"edited\n")
    (tmp_path / "services/user_service/main.py").unlink()
    (tmp_path / "services/notes.txt").touch()
    assert workspace.recover(tmp_path) == (
        "An earlier run (scaffold user) was interrupted; what it had changed was put back. "
        "Edited since, and left as they are: tools/run.sh."
    )
    assert contents(tmp_path) == {
        "main.py": b"no part of it\n",
        "api/users.py": b"from utils import now\n",
        "api/old.py": b"# to be removed\n",
        "tools/run.sh": b"edited\n",
        "services/notes.txt": b"",
    }


def test_a_deleted_file_comes_back_with_its_folder_and_mode(tmp_path: Path) -> None:
    plant(tmp_path, {"tools/run.sh": b"1"})
    workspace.apply(tmp_path, ChangeSet("", (FileChange("tools/run.sh", b"1", None),)))
    make_pending(tmp_path)
    workspace.recover(tmp_path)
    assert stat.S_IMODE((tmp_path / "tools/run.sh").stat().st_mode) == 0o755


def test_recovery_does_not_follow_a_link_out_of_the_project(tmp_path: Path) -> None:
    root = plant(tmp_path / "root", {"tools/run.sh": b"1"})
    workspace.apply(root, ChangeSet("", (FileChange("tools/run.sh", b"1", None),)))
    make_pending(root)
    (root / "tools").symlink_to(tmp_path)
    told = workspace.recover(root)
    assert told is not None
    assert told.endswith("Edited since, and left as they are: tools/run.sh.")
    assert not (tmp_path / "run.sh").exists()


# undo


def test_undo_gives_back_the_tree_byte_for_byte(tmp_path: Path) -> None:
    plant(tmp_path)
    before = state(tmp_path)
    workspace.apply(tmp_path, CHANGES)
    undone = workspace.undo(tmp_path)
    assert undone == Applied(2, "undo scaffold user", tuple(c.path for c in CHANGES.changes))
    assert state(tmp_path) == before
    assert workspace.undo(tmp_path) is None
    assert [e.state for e in journal.history(tmp_path)] == ["undone", "done"]


def test_repeated_undo_goes_further_back(tmp_path: Path) -> None:
    states = [state(tmp_path)]
    for name in ("a/1.py", "a/2.py", "b/3.py"):
        workspace.apply(tmp_path, create(name))
        states.append(state(tmp_path))
    for number in (2, 1):
        next_one = journal.undoable(tmp_path)
        assert next_one is not None
        assert next_one.number == number + 1
        workspace.undo(tmp_path)
        assert state(tmp_path) == states[number]
    workspace.apply(tmp_path, create("c/4.py"))
    workspace.undo(tmp_path)
    assert state(tmp_path) == states[1]
    workspace.undo(tmp_path)
    assert state(tmp_path) == states[0]
    assert workspace.undo(tmp_path) is None
    assert journal.undoable(tmp_path) is None


def test_there_is_nothing_to_undo(tmp_path: Path) -> None:
    assert workspace.undo(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_undo_refuses_what_was_edited_since_and_changes_nothing(tmp_path: Path) -> None:
    plant(tmp_path)
    workspace.apply(tmp_path, CHANGES)
    (tmp_path / "api/users.py").write_bytes(b"mine\n")
    (tmp_path / "api/old.py").write_bytes(b"again\n")
    (tmp_path / "services/user_service/main.py").unlink()
    edited = state(tmp_path)
    with pytest.raises(ConflictError) as caught:
        workspace.undo(tmp_path)
    assert caught.value.what.splitlines() == [
        "nothing was written, for 3 files are not as expected:",
        "  api/old.py exists already: move it away, or remove it",
        "  api/users.py has been edited since",
        "  services/user_service/main.py is no longer there",
    ]
    assert "undo would lose those edits" in caught.value.hint
    assert state(tmp_path) == edited


def test_undo_keeps_folders_with_the_users_files_and_drops_bytecode(tmp_path: Path) -> None:
    workspace.apply(tmp_path, create("s/kept/a.py"))
    workspace.apply(tmp_path, create("t/gone/a.py"))
    plant(tmp_path, {"s/kept/mine.py": b"", "t/gone/__pycache__/a.cpython-311.pyc": b""})
    workspace.undo(tmp_path)
    workspace.undo(tmp_path)
    assert contents(tmp_path) == {"s/kept/mine.py": b""}
    assert not (tmp_path / "t").exists()
