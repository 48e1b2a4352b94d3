"""A project is found and read; what is changed is changed all or not at all, and undone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from trees import CHANGES, plant, state

from splitter.effects import journal, lock, workspace
from splitter.errors import ConflictError, DiskError, OutsideError
from splitter.model.changes import Applied, ChangeSet, FileChange


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


def _create(path: str, data: bytes = b"new\n") -> ChangeSet:
    return ChangeSet(f"create {path}", (FileChange(path, None, data),))


# find_root


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("splitter.toml", ""),
        ("pyproject.toml", "[tool.splitter]\n"),
        ("pyproject.toml", "[tool.splitter.monolith]\napp = 'main:app'\n"),
        ("pyproject.toml", "[tool]\nsplitter.homes = {}\n"),
        ("pyproject.toml", "[tool.splitter\nis not closed"),
    ],
)
def test_the_root_is_the_nearest_folder_upward(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "splitter.toml").touch()
    inner = tmp_path / "inner"
    below = inner / "api" / "routes"
    below.mkdir(parents=True)
    (inner / name).write_text(text)
    assert workspace.find_root(below) == inner.resolve()
    assert workspace.find_root(inner) == inner.resolve()


@pytest.mark.parametrize(
    "text", ["[tool.ruff]\n", "[project]\nname = 'splitter'\n", "[tool.ruff\n# splitter", ""]
)
def test_another_pyproject_is_no_root(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / "splitter.toml").mkdir()
    assert workspace.find_root(tmp_path) is None


def test_a_pyproject_that_is_no_text_is_no_root(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.splitter]\n\xff")
    assert workspace.find_root(tmp_path) is None


# read


def test_what_is_read_and_what_is_left_out(tmp_path: Path) -> None:
    read = [
        "main.py",
        "a b/ü.py",
        "api/routes/__init__.py",
        "static/logo.png",
        ".env",
        ".splitter/plan.json",
        ".splitter/copies.toml",
        "build/module.py",
        "db/models.sql",
    ]
    left = [
        ".git/config",
        ".hg/store",
        "api/__pycache__/x.cpython-311.pyc",
        "api/x.pyc",
        "web/node_modules/react/index.js",
        ".mypy_cache/x.json",
        "app.db",
        "app.db-wal",
        "app.db-journal",
        "data/app.sqlite3",
        "data/app.sqlite3-shm",
        "data/app.sqlite",
        ".splitter/journal/0001.json",
        ".splitter/forks/x/y.json",
        ".splitter/notes.txt",
        "api/.splitter-0a1b2c3d-0",
    ]
    plant(tmp_path, {path: path.encode() for path in (*left, *read)})
    (tmp_path / "env" / "lib").mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").touch()
    (tmp_path / "env" / "lib" / "site.py").touch()
    assert dict(workspace.read(tmp_path)) == {path: path.encode() for path in read}


def test_files_of_one_mebibyte_are_read_and_larger_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "at.txt").write_bytes(b"x" * 2**20)
    (tmp_path / "over.txt").write_bytes(b"x" * (2**20 + 1))
    assert list(workspace.read(tmp_path)) == ["at.txt"]


def test_links_and_what_is_no_file(tmp_path: Path) -> None:
    plant(tmp_path, {"outside/secret.py": b"1", "root/main.py": b"2"})
    root = tmp_path / "root"
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file.py").symlink_to(tmp_path / "outside" / "secret.py")
    (root / "loop").symlink_to(root)
    (root / "dangling").symlink_to(root / "nowhere")
    os.mkfifo(root / "pipe")
    os.mkdir(os.fsencode(root) + b"/\xff")
    assert dict(workspace.read(root)) == {"file.py": b"1", "main.py": b"2"}


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, {"api/secret.py": b""})

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(DiskError, match=r"^cannot read api/secret\.py: Permission") as caught:
        workspace.read(tmp_path)
    assert caught.value.where == "api/secret.py"
    assert caught.value.status == 3


def test_a_folder_that_may_not_be_entered_is_passed_over(theirs: Path) -> None:
    plant(theirs, {"pgdata/x": b"", "main.py": b""})
    (theirs / "pgdata").chmod(0)
    assert list(workspace.read(theirs)) == ["main.py"]
    (theirs / "pgdata").chmod(0o700)


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match=r"^cannot list .*nowhere: No such file or directory$"):
        workspace.read(tmp_path / "nowhere")


# apply


def test_apply_makes_all_changes_and_enters_them(tmp_path: Path) -> None:
    plant(tmp_path)
    before = workspace.read(tmp_path)
    applied = workspace.apply(tmp_path, CHANGES)
    assert applied == Applied(1, "scaffold user", tuple(c.path for c in CHANGES.changes))
    own = {".splitter/.gitignore": b"journal/\nresults/\nforks/\n"}
    assert _contents(tmp_path) == CHANGES.over(before) | own
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
    workspace.apply(tmp_path, _create("a.py"))
    (tmp_path / ".splitter/.gitignore").write_bytes(b"# mine\n")
    workspace.apply(tmp_path, _create("b.py"))
    assert (tmp_path / ".splitter/.gitignore").read_bytes() == b"# mine\n"
    assert workspace.undo(tmp_path) == Applied(3, "undo create b.py", ("b.py",))
    assert workspace.undo(tmp_path) == Applied(4, "undo create a.py", ("a.py",))
    assert _contents(tmp_path) == {".splitter/.gitignore": b"# mine\n"}


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
    workspace.apply(tmp_path, _create("alias/a.py"))
    assert (tmp_path / "real/a.py").read_bytes() == b"new\n"


def test_a_file_that_is_edited_while_others_are_written_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path)
    before = _contents(tmp_path)
    real = os.mkdir

    def edit(path: Path, mode: int = 0o777) -> None:
        if path.name == "user_service":
            (tmp_path / "tools/run.sh").write_bytes(b"edited\n")
        real(path, mode)

    monkeypatch.setattr(os, "mkdir", edit)
    with pytest.raises(ConflictError, match=r"tools/run\.sh was edited at the same moment"):
        workspace.apply(tmp_path, CHANGES)
    assert _contents(tmp_path) == before | {"tools/run.sh": b"edited\n"}


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


# recover


def test_there_is_nothing_to_recover(tmp_path: Path) -> None:
    assert workspace.recover(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    workspace.apply(tmp_path, _create("a.py"))
    assert workspace.recover(tmp_path) is None


def test_what_was_edited_after_the_kill_is_left_alone(tmp_path: Path) -> None:
    plant(tmp_path)
    workspace.apply(tmp_path, CHANGES)
    _make_pending(tmp_path)
    (tmp_path / "main.py").write_bytes(b"no part of it\n")
    (tmp_path / "tools/run.sh").write_bytes(b"edited\n")
    (tmp_path / "services/user_service/main.py").unlink()
    (tmp_path / "services/notes.txt").touch()
    assert workspace.recover(tmp_path) == (
        "An earlier run (scaffold user) was interrupted; what it had changed was put back. "
        "Edited since, and left as they are: tools/run.sh."
    )
    assert _contents(tmp_path) == {
        "main.py": b"no part of it\n",
        "api/users.py": b"from utils import now\n",
        "api/old.py": b"# to be removed\n",
        "tools/run.sh": b"edited\n",
        "services/notes.txt": b"",
    }


def test_a_deleted_file_comes_back_with_its_folder_and_mode(tmp_path: Path) -> None:
    plant(tmp_path, {"tools/run.sh": b"1"})
    workspace.apply(tmp_path, ChangeSet("", (FileChange("tools/run.sh", b"1", None),)))
    _make_pending(tmp_path)
    (tmp_path / "tools").rmdir()
    workspace.recover(tmp_path)
    assert stat.S_IMODE((tmp_path / "tools/run.sh").stat().st_mode) == 0o755


def test_recovery_does_not_follow_a_link_out_of_the_project(tmp_path: Path) -> None:
    root = plant(tmp_path / "root", {"tools/run.sh": b"1"})
    workspace.apply(root, ChangeSet("", (FileChange("tools/run.sh", b"1", None),)))
    _make_pending(root)
    (root / "tools").rmdir()
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
        workspace.apply(tmp_path, _create(name))
        states.append(state(tmp_path))
    for number in (2, 1):
        next_one = journal.undoable(tmp_path)
        assert next_one is not None
        assert next_one.number == number + 1
        workspace.undo(tmp_path)
        assert state(tmp_path) == states[number]
    workspace.apply(tmp_path, _create("c/4.py"))
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
    workspace.apply(tmp_path, _create("s/kept/a.py"))
    workspace.apply(tmp_path, _create("t/gone/a.py"))
    plant(tmp_path, {"s/kept/mine.py": b"", "t/gone/__pycache__/a.cpython-311.pyc": b""})
    workspace.undo(tmp_path)
    workspace.undo(tmp_path)
    assert _contents(tmp_path) == {"s/kept/mine.py": b""}
    assert not (tmp_path / "t").exists()


# two at a time


def test_another_splitter_at_work_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    workspace.apply(tmp_path, _create("a.py"))
    _make_pending(tmp_path)
    before = state(tmp_path)
    with lock.locked(tmp_path / journal.FOLDER / "lock"):
        for work in (
            lambda: workspace.apply(tmp_path, _create("b.py")),
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
    assert _contents(tmp_path) == {"same.py": b"0"}


def _contents(root: Path) -> dict[str, bytes]:
    return {path: data for path, (_, data) in state(root).items() if data is not None}


def _make_pending(root: Path) -> None:
    """As if the newest entry had been killed right before its last step."""
    file = max((root / journal.FOLDER).glob("*.json"))
    file.write_text(file.read_text().replace('"state": "done"', '"state": "pending"'))
