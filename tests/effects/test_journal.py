"""Entries and what they keep; a damaged journal is told, with what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from splitter.effects import disk, journal, records, workspace
from splitter.effects.records import Entry, FileRecord, FolderRecord
from splitter.errors import DiskError
from splitter.model.changes import ChangeSet, FileChange

ENTRY = Entry(
    number=1,
    title="extract überweisung",
    when="2026-01-02T03:04:05+00:00",
    state="done",
    token="0a1b2c3d",
    files=(
        FileRecord("a.py", None, "0" * 64, None),
        FileRecord("b.py", "1" * 64, None, 0o644, (0, 7)),
        FileRecord(".splitter/.gitignore", None, "0" * 64, None),
    ),
    created=("services",),
    removed=(FolderRecord("old", 0o755),),
    undoes=0,
)


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    journal.prepare(tmp_path)
    assert journal.history(tmp_path) == ()
    journal.write(tmp_path, ENTRY)
    second = journal.write(tmp_path, replace(ENTRY, number=2, undoes=1, state="pending"))
    assert journal.history(tmp_path) == (ENTRY, second)
    journal.write(tmp_path, replace(second, state="done"))
    assert [entry.state for entry in journal.history(tmp_path)] == ["undone", "done"]
    assert ENTRY.paths == ("a.py", "b.py")


def test_numbers_go_beyond_four_digits(tmp_path: Path) -> None:
    journal.prepare(tmp_path)
    for number in (9999, 10000):
        journal.write(tmp_path, replace(ENTRY, number=number))
    assert [entry.number for entry in journal.history(tmp_path)] == [9999, 10000]
    newest = journal.newest(tmp_path)
    assert newest is not None
    assert newest.number == 10000


def test_the_journal_is_ignored_by_git_as_long_as_it_is_there(tmp_path: Path) -> None:
    workspace.apply(tmp_path, ChangeSet("t", (FileChange("a.py", None, b""),)))
    own = tmp_path / ".splitter/.gitignore"
    assert own.read_text() == "journal/\nresults/\nforks/\n"
    workspace.undo(tmp_path)
    assert not own.exists()
    assert (tmp_path / ".splitter/journal/.gitignore").read_text() == "*\n"


def _changed(root: Path, *contents: bytes) -> Entry:
    """An entry that changed a file for each of the contents that were there before."""
    files = [FileChange(f"{n}.py", data, b"new") for n, data in enumerate(contents)]
    for file in files:
        (root / file.path).write_bytes(file.before or b"")
    workspace.apply(root, ChangeSet("t", tuple(files)))
    entry = journal.newest(root)
    assert entry is not None
    return entry


def test_contents_are_kept_in_one_pack_and_checked(tmp_path: Path) -> None:
    entry = _changed(tmp_path, b"one", b"", b"three")
    pack = tmp_path / ".splitter/journal/0001.pack"
    assert pack.read_bytes() == b"onethree"
    first, second, third = entry.files[:3]
    kept = [journal.kept(tmp_path, entry, record) for record in (first, second, third)]
    assert kept == [b"one", b"", b"three"]
    pack.write_bytes(b"one thre")
    assert journal.kept(tmp_path, entry, first) == b"one"
    for word in ("damaged", "missing"):
        with pytest.raises(DiskError, match=f"an earlier content .* is {word}") as caught:
            journal.kept(tmp_path, entry, third)
        assert "take the file back from version control" in caught.value.hint
        assert caught.value.where == str(pack)
        pack.unlink(missing_ok=True)


def test_what_creates_only_keeps_nothing(tmp_path: Path) -> None:
    workspace.apply(tmp_path, ChangeSet("t", (FileChange("a.py", None, b""),)))
    assert not (tmp_path / ".splitter/journal/0001.pack").exists()


def test_an_older_journal_with_a_file_for_each_content_is_undone(tmp_path: Path) -> None:
    entry = _changed(tmp_path, b"one", b"two")
    folder = tmp_path / ".splitter/journal"
    (folder / "0001.pack").unlink()
    (folder / "objects").mkdir()
    for data in (b"one", b"two"):
        (folder / "objects" / disk.digest(data)).write_bytes(data)
    document = records.document(entry)
    files = cast(list[dict[str, object]], document["files"])
    document["files"] = [{k: v for k, v in file.items() if k != "kept"} for file in files]
    (folder / "0001.json").write_text(json.dumps(document, indent=1))
    assert workspace.undo(tmp_path) is not None
    assert [(tmp_path / name).read_bytes() for name in ("0.py", "1.py")] == [b"one", b"two"]


def test_undo_with_a_lost_content_says_so_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"1")
    workspace.apply(tmp_path, ChangeSet("t", (FileChange("a.py", b"1", b"2"),)))
    (tmp_path / ".splitter/journal/0001.pack").unlink()
    with pytest.raises(DiskError, match="an earlier content that the journal keeps is missing"):
        workspace.undo(tmp_path)
    assert (tmp_path / "a.py").read_bytes() == b"2"
    assert workspace.recover(tmp_path) is None


def _damaged(**fields: Any) -> str:
    return json.dumps(records.document(ENTRY) | fields)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ('{"schema": 1', "Expecting ',' delimiter: line 1 column 13 (char 12)"),
        ("[" * 100_000, "maximum recursion depth exceeded"),
        ("[]", "it is not an object"),
        (_damaged(schema=2), "its schema is 2, not 1"),
        (_damaged(state="well"), "state is 'well'"),
        (_damaged(token="../x"), "token is '../x'"),
        (_damaged(title=None), "title is not a text"),
        (_damaged(number=-1), "number is not a number"),
        (_damaged(undoes=True), "undoes is not a number"),
        (_damaged(files={}), "files is not a list"),
        (_damaged(files=[1]), "it is not an object"),
        (_damaged(files=[{"path": "../../x"}]), "'../../x' is not a path below the project root"),
        (_damaged(files=[{"path": "x", "before": "/"}]), "before is '/'"),
        (_damaged(files=[{"path": "x", "kept": [0, -1]}]), "kept is [0, -1]"),
        (_damaged(created=["/etc"]), "'/etc' is not a path below the project root"),
        (_damaged(removed=[{"path": "a\0"}]), "'a\\x00' is not a path below the project root"),
    ],
)
def test_a_damaged_entry_is_told_by_every_command(tmp_path: Path, text: str, reason: str) -> None:
    journal.prepare(tmp_path)
    file = tmp_path / ".splitter/journal/0007.json"
    file.write_text(text)
    for work in (
        journal.history,
        workspace.recover,
        workspace.undo,
        lambda root: workspace.apply(root, ChangeSet("t", (FileChange("a.py", None, b""),))),
    ):
        with pytest.raises(DiskError) as caught:
            work(tmp_path)
        assert caught.value.what.startswith(f"an entry of splitter's journal is damaged: {reason}")
        assert caught.value.where == str(file)
        assert "remove it" in caught.value.hint
    assert not (tmp_path / "a.py").exists()


def test_bytes_that_are_no_text_are_a_damaged_entry(tmp_path: Path) -> None:
    journal.prepare(tmp_path)
    (tmp_path / ".splitter/journal/0001.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DiskError, match="an entry of splitter's journal is damaged"):
        workspace.recover(tmp_path)


def test_a_journal_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    root = tmp_path / "root"
    (root / ".splitter").mkdir(parents=True)
    (root / ".splitter/journal").symlink_to(tmp_path / "outside")
    with pytest.raises(DiskError, match=r"cannot make .*journal: File exists"):
        workspace.apply(root, ChangeSet("t", (FileChange("a.py", None, b""),)))
    assert list((tmp_path / "outside").iterdir()) == []
