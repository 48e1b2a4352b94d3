import json

import pytest

from splitter.model.changes import ChangeSet, FileChange, Note
from splitter.model.rewriting import Edit, FileReport, Misread, Rewriting
from splitter.reports.rewriting import show

NOTE = Note("a.py", 2, "SPL304", "left")
SHAPE = Note("a.py", 1, "SPL300", "one import was split into several")
EDIT = Edit(1, "import app.db", "import shared.db")
CHANGED = Rewriting(
    ChangeSet(
        "rewrite-imports",
        (FileChange("a.py", b"import app.db\n'app.db.x'\n", b"import shared.db\n'app.db.x'\n"),),
        (NOTE,),
    ),
    (FileReport("a.py", True, (EDIT,), (SHAPE, NOTE)),),
)
NOTHING = Rewriting(ChangeSet("rewrite-imports"))
POINTS_BACK = Rewriting(
    ChangeSet(
        "rewrite-imports",
        notes=(Note("c.py", 7, "SPL307", "app.x is the monolith's", blocks=True),),
    ),
    (FileReport("c.py", False, notes=(Note("c.py", 7, "SPL307", "back", blocks=True),)),),
)
BROKEN = Rewriting(ChangeSet("rewrite-imports"), errors=(Misread("b.py", 3, 5, "invalid syntax"),))


@pytest.mark.parametrize(
    ("outcome", "check", "status"),
    [
        (NOTHING, False, 0),
        (NOTHING, True, 0),
        (CHANGED, False, 0),
        (CHANGED, True, 1),
        (BROKEN, False, 1),
        (BROKEN, True, 1),
        (POINTS_BACK, False, 1),
    ],
)
def test_the_exit_status(outcome: Rewriting, check: bool, status: int) -> None:
    assert show(outcome, check=check) == status


def test_text_names_files_and_findings(capsys: pytest.CaptureFixture[str]) -> None:
    show(CHANGED + BROKEN + POINTS_BACK)
    out, err = capsys.readouterr()
    assert out == "rewrite-imports: wrote 1 file\n  ~ a.py\n"
    assert err == (
        "a.py:2: SPL304 left\n"
        "c.py:7: error: SPL307 app.x is the monolith's\n"
        "b.py:3:5: error: invalid syntax; the file was left as it was\n"
    )


@pytest.mark.parametrize("option", ["check", "dry_run"])
def test_what_is_not_written_is_said_to_be_due(
    capsys: pytest.CaptureFixture[str], option: str
) -> None:
    show(CHANGED, **{option: True})
    assert capsys.readouterr().out == "rewrite-imports: would write 1 file\n  ~ a.py\n"


def test_a_diff_is_nothing_but_a_diff(capsys: pytest.CaptureFixture[str]) -> None:
    show(CHANGED, diff=True)
    assert capsys.readouterr().out == CHANGED.changes.changes[0].diff()


def test_json_is_one_document_with_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    status = show(CHANGED + BROKEN, as_json=True)
    out, err = capsys.readouterr()
    assert status == 1
    assert json.loads(out) == {
        "schema": 1,
        "files": [
            {
                "path": "a.py",
                "changed": True,
                "edits": [{"line": 1, "old": "import app.db", "new": "import shared.db"}],
                "notes": [
                    {"line": 1, "code": "SPL300", "message": SHAPE.what, "blocks": False},
                    {"line": 2, "code": "SPL304", "message": "left", "blocks": False},
                ],
            }
        ],
        "errors": [{"path": "b.py", "line": 3, "column": 5, "message": "invalid syntax"}],
    }
    assert err == "b.py:3:5: error: invalid syntax; the file was left as it was\n"


def test_what_gives_status_1_is_an_error_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(POINTS_BACK, as_json=True) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["errors"] == [
        {"path": "c.py", "line": 7, "code": "SPL307", "message": "app.x is the monolith's"}
    ]
    assert err == "c.py:7: error: SPL307 app.x is the monolith's\n"
