from splitter.model.changes import ChangeSet, FileChange, Note
from splitter.model.rewriting import FileReport, Misread, Rewriting, joined


def outcome(path: str, *, blocks: bool = False) -> Rewriting:
    note = Note(path, 1, "X", "what", blocks)
    changes = ChangeSet("one", (FileChange(path, b"", b"x"),), (note,))
    return Rewriting(changes, (FileReport(path, True),), (Misread(path, 1, 2, "bad"),))


def test_outcomes_are_joined_in_the_order_of_their_paths() -> None:
    both = outcome("b.py") + outcome("a.py")
    assert both == joined("one", [outcome("a.py"), outcome("b.py")])
    assert [c.path for c in both.changes.changes] == ["a.py", "b.py"]
    assert [n.path for n in both.changes.notes] == ["a.py", "b.py"]
    assert [f.path for f in both.files] == ["a.py", "b.py"]
    assert [e.where for e in both.errors] == ["a.py:1:2", "b.py:1:2"]


def test_nothing_joined_is_nothing() -> None:
    assert joined("none", []) == Rewriting(ChangeSet("none"))


def test_something_is_found_if_a_file_is_broken_or_a_note_blocks() -> None:
    changes = outcome("a.py").changes
    assert outcome("a.py").found
    assert not Rewriting(changes).found
    assert Rewriting(outcome("a.py", blocks=True).changes).found
