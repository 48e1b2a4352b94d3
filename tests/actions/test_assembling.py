"""What is written beside what is there: splitter's own files are replaced, edited ones are not."""

from __future__ import annotations

from splitter.actions.assembling import noted, place
from splitter.actions.extraction import Extract
from splitter.model.changes import ChangeSet
from splitter.model.plan import Manifest

CODE = Extract("shared/a/b.py", "shared", "a.b", "shared.a.b", "a/b.py", b"B = 1\n")
PACKAGE = Extract("shared/a/__init__.py", "shared", "a", "shared.a", "a/__init__.py", b"A = 1\n")
SCRIPT = Extract("shared/a/m/env.py", "shared", "a.m.env", "", "a/m/env.py", b"import a\n")
ORIGINALS = {e.origin_path: e.text for e in (CODE, PACKAGE, SCRIPT)}


def test_an_empty_package_gets_its_code_as_soon_as_some_of_it_is_needed() -> None:
    first = place("one", [CODE], {}, before=ORIGINALS, manifest=Manifest())
    first = noted(first, ChangeSet("one"))
    after = first.changes.over(ORIGINALS)
    assert after["shared/a/__init__.py"] == b""
    second = place("two", [CODE, PACKAGE], {}, before=after, manifest=first.manifest)
    assert second.changes.over(after)["shared/a/__init__.py"] == PACKAGE.text


def test_a_package_that_somebody_edited_stays_as_it_is() -> None:
    first = noted(place("one", [CODE], {}, before=ORIGINALS, manifest=Manifest()), ChangeSet("one"))
    after = {**first.changes.over(ORIGINALS), "shared/a/__init__.py": b"MINE = 1\n"}
    second = place("two", [CODE, PACKAGE], {}, before=after, manifest=first.manifest)
    assert second.changes.over(after)["shared/a/__init__.py"] == b"MINE = 1\n"
    assert [n.path for n in second.changes.notes] == ["shared/a/__init__.py"]


def test_a_folder_of_scripts_is_no_package() -> None:
    made = place("one", [SCRIPT], {}, before=ORIGINALS, manifest=Manifest())
    assert {c.path for c in made.changes.changes} == {SCRIPT.path}
