"""What is changed is changed all or not at all, by one splitter at a time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from trees import CHANGES, contents, create, make_pending, plant, state

from splitter.effects import journal, lock, workspace
from splitter.errors import ConflictError, DiskError, OutsideError
from splitter.model.changes import Applied, ChangeSet, FileChange

# apply


def test_apply_makes_all_changes_and_enters_them(tmp_path: Path) -> None:
    plant(tmp_path)
    before = workspace.read(tmp_path)
    applied = workspace.apply(tmp_path, CHANGES)
    assert applied == Applied(1, "scaffold user", tuple(c.path for c in CHANGES.changes))
    own = {".splitter/.gitignore": b"journal/\nresults/\nforks/\n"}
    assert contents(tmp_path) == CHANGES.over(before) | own
    assert stat.S_IMODE((tmp_path / "tools/run.sh").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "api/users.py").stat().st_mode) == 0o640
    assert [(e.number, e.title, e.state) for e in journal.history(tmp_path)] == [
        (1, "scaffold user", "done")
    ]


def test_an_empty_set_writes_nothing_at_all(tmp_path: Path) -> None:
    plant(tmp_path)
    same = FileChange("main.py", b"import api\n", b"import api\n")
    for changes in (ChangeSet("nothing"), ChangeSet("nothing", (same,))):
        assert workspace.apply(tmp_path, changes) == Applied(0, "nothing", ())
    assert not (tmp_path / ".splitter").exists()


def test_a_second_apply_leaves_the_users_gitignore_alone(tmp_path: Path) -> None:
    workspace.apply(tmp_path, create("a.py"))
    (tmp_path / ".splitter/.gitignore").write_bytes(b"# mine\n")
    workspace.apply(tmp_path, create("b.py"))
    assert (tmp_path / ".splitter/.gitignore").read_bytes() == b"# mine\n"
    assert workspace.undo(tmp_path) == Applied(3, "undo create b.py", ("b.py",))
    assert workspace.undo(tmp_path) == Applied(4, "undo create a.py", ("a.py",))
    assert contents(tmp_path) == {".splitter/.gitignore": b"# mine\n"}


def test_each_file_that_is_not_as_expected_is_named_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    plant(tmp_path, {"edited.py": b"2", "there.py": b"", "folder/x": b"", "file": b""})
    (tmp_path / "out").symlink_to(tmp_path.parent)
    (tmp_path / "link.py").symlink_to("edited.py")
    before = state(tmp_path)
    changes = ChangeSet(
        "extract",
        (
            FileChange("edited.py", b"1", b"3"),
            FileChange("there.py", None, b""),
            FileChange("gone.py", b"1", None),
            FileChange("folder", None, b""),
            FileChange("file/x.py", None, b""),
            FileChange("out/x.py", None, b""),
            FileChange("link.py", b"2", b""),
            FileChange("../x.py", None, b""),
            FileChange("/tmp/x.py", None, b""),
            FileChange("a//b.py", None, b""),
            FileChange(".splitter/journal/0001.json", None, b""),
            FileChange("new", None, b""),
            FileChange("new/x.py", None, b""),
            FileChange("new", None, b""),
        ),
    )
    with pytest.raises(ConflictError) as caught:
        workspace.apply(tmp_path, changes)
    assert caught.value.what.splitlines() == [
        "nothing was written, for 13 files are not as expected:",
        "  edited.py has been edited since",
        "  there.py exists already: move it away, or remove it",
        "  gone.py is no longer there",
        "  folder is a folder: move it away",
        "  file/x.py needs a folder where file is not one: move that away",
        "  out/x.py is outside of the project, for out is a link that leads out of it",
        "  link.py is a link or a device, and splitter writes only to plain files: "
        "replace it by one",
        "  ../x.py is not a path below the project root",
        "  /tmp/x.py is not a path below the project root",
        "  a//b.py is not a path below the project root",
        "  .splitter/journal/0001.json belongs to splitter's own journal",
        "  new/x.py needs a folder where new becomes a file",
        "  new is changed twice at once",
    ]
    assert "run the command again" in caught.value.hint
    assert caught.value.status == 1
    assert state(tmp_path) == before
    assert not (tmp_path / ".splitter").exists()


def test_a_link_to_a_folder_inside_the_project_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to("real")
    workspace.apply(tmp_path, create("alias/a.py"))
    assert (tmp_path / "real/a.py").read_bytes() == b"new\n"


def test_a_file_that_is_edited_while_others_are_written_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path)
    before = contents(tmp_path)
    real = os.mkdir

    def edit(path: Path, mode: int = 0o777) -> None:
        if path.name == "user_service":
            (tmp_path / "tools/run.sh").write_bytes(b"edited\n")
        real(path, mode)

    monkeypatch.setattr(os, "mkdir", edit)
    with pytest.raises(ConflictError, match=r"tools/run\.sh was edited at the same moment"):
        workspace.apply(tmp_path, CHANGES)
    assert contents(tmp_path) == before | {"tools/run.sh": b"edited\n"}


def test_a_folder_that_may_not_be_written_to(theirs: Path) -> None:
    plant(theirs)
    before = state(theirs)
    (theirs / "tools").chmod(0o555)
    with pytest.raises(DiskError) as caught:
        workspace.apply(theirs, CHANGES)
    (theirs / "tools").chmod(0o755)
    assert caught.value.what == "cannot write tools/run.sh: Permission denied; nothing was changed"
    assert caught.value.hint.startswith("check who owns it")
    assert state(theirs) == before


# two at a time


def test_another_splitter_at_work_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    workspace.apply(tmp_path, create("a.py"))
    make_pending(tmp_path)
    before = state(tmp_path)
    with lock.locked(tmp_path / journal.FOLDER / "lock"):
        for work in (
            lambda: workspace.apply(tmp_path, create("b.py")),
            lambda: workspace.undo(tmp_path),
            lambda: workspace.recover(tmp_path),
        ):
            with pytest.raises(OutsideError) as caught:
                work()
            assert caught.value.what == (
                f"another splitter (process {os.getpid()}) is writing in this project"
            )
    assert state(tmp_path) == before


def test_many_splitters_at_once_do_no_damage(tmp_path: Path) -> None:
    """Each of them applies and undoes as fast as it can, to the same file and to its own."""
    (tmp_path / "same.py").write_bytes(b"0")
    script = (
        "import sys; from pathlib import Path\n"
        "from splitter.effects import workspace\n"
        "from splitter.errors import ConflictError, OutsideError\n"
        "from splitter.model.changes import ChangeSet, FileChange\n"
        "root, me = Path(sys.argv[1]), sys.argv[2]\n"
        "done = 0\n"
        "for i in range(12):\n"
        "    old = (root / 'same.py').read_bytes()\n"
        "    changes = (FileChange('same.py', old, old + me.encode()),\n"
        "               FileChange(f'own/{me}{i}.py', None, b'x' * 5000))\n"
        "    try: workspace.apply(root, ChangeSet(me, changes)); done += 1\n"
        "    except (ConflictError, OutsideError): pass\n"
        "print(done)\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), me], stdout=subprocess.PIPE, text=True
        )
        for me in "abc"
    ]
    done = [int(process.communicate()[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert (tmp_path / "same.py").stat().st_size == 1 + sum(done)
    assert len(list((tmp_path / "own").iterdir())) == sum(done) > 0
    for _ in range(sum(done)):
        workspace.undo(tmp_path)
    assert contents(tmp_path) == {"same.py": b"0"}
