from splitter.actions.ownership import digest, keep_edits, still_ours
from splitter.model.changes import ChangeSet, FileChange, Note
from splitter.model.plan import Copy


def test_new_files_are_made_and_equal_files_drop_out() -> None:
    change = keep_edits("t", {"same": b"1"}, {"same": b"1", "new": b"2"}, {})
    assert change.changes == (FileChange("new", None, b"2"),)
    assert change.notes == ()


def test_what_splitter_wrote_last_is_brought_up_to_date() -> None:
    change = keep_edits("t", {"a": b"old"}, {"a": b"new"}, {"a": digest(b"old")})
    assert change.changes == (FileChange("a", b"old", b"new"),)


def test_what_the_user_edited_is_left_with_a_note() -> None:
    change = keep_edits("t", {"a": b"mine"}, {"a": b"new", "b": b""}, {"a": digest(b"old")})
    assert change.changes == (FileChange("b", None, b""),)
    assert change.notes == (Note("a", 0, "SPL090", "edited by hand, left as it is"),)


def test_a_file_that_splitter_never_wrote_is_the_users() -> None:
    change = keep_edits("t", {"a": b"mine"}, {"a": b"new"}, {})
    assert not change
    assert [note.path for note in change.notes] == ["a"]


def test_a_file_that_is_gone_is_written_anew() -> None:
    change = keep_edits("t", {}, {"a": b"new"}, {"a": digest(b"old")})
    assert change.changes == (FileChange("a", None, b"new"),)


def test_what_splitter_wrote_over_an_edit_stays_the_users() -> None:
    copies = tuple(
        Copy(path, "a", path, path, "", "", digest(b"copied\n"))
        for path in ("ours.py", "edited.py")
    )
    changes = ChangeSet(
        "rewrite-imports",
        (
            FileChange("edited.py", b"edited\n", b"edited, rewritten\n"),
            FileChange("ours.py", b"copied\n", b"rewritten\n"),
        ),
    )
    written = {copy.path: copy.written for copy in still_ours(copies, changes)}
    assert written == {"ours.py": digest(b"rewritten\n"), "edited.py": digest(b"copied\n")}
