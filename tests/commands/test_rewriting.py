"""rewrite-imports as typed: what may point back to the monolith, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import append, splitter

ROUTES = "services/transaction_service/routes/transactions.py"
MAP = ("--map", "app.db=shared.db")


def test_strict_refuses_an_import_that_no_map_covers(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import os\nfrom app.db import x\n\nimport app.config\n")
    said = "a.py:4: error: SPL307 app.config is the monolith's, and no map covers it\n"
    done = splitter("rewrite-imports", "--strict", *MAP, "a.py", at=tmp_path, status=1)
    assert (done.out, done.err) == ("rewrite-imports: wrote 1 file\n  ~ a.py\n", said)
    words = ("rewrite-imports", "--strict", "--format", "json", *MAP, "a.py")
    document = splitter(*words, at=tmp_path, status=1).document
    assert document["errors"] == [
        {
            "path": "a.py",
            "line": 4,
            "code": "SPL307",
            "message": "app.config is the monolith's, and no map covers it",
        }
    ]
    splitter("rewrite-imports", *MAP, "a.py", at=tmp_path)


def test_strict_knows_the_monolith_of_the_copies(with_services: Path) -> None:
    splitter("rewrite-imports", "--strict", "--check", at=with_services)
    (with_services / "left_behind.py").touch()
    append(with_services, ROUTES, "\nimport left_behind\n")
    splitter("rewrite-imports", "--check", at=with_services)
    done = splitter("rewrite-imports", "--strict", "--check", at=with_services, status=1)
    line = len((with_services / ROUTES).read_text().splitlines())
    told = f"{ROUTES}:{line}: error: SPL307 left_behind is the monolith's, and no map covers it"
    assert [text for text in done.err.splitlines() if "SPL307" in text] == [told]


@pytest.mark.parametrize(
    ("source", "line", "code", "message"),
    [
        (
            "import os\nimport app.db\n\ndef shared(): ...\n\nprint(app.db.x, shared)\n",
            2,
            "SPL303",
            "`shared` is taken: shared.db is imported as shared_db",
        ),
        (
            "x = 1\nfrom app import *\n",
            2,
            "SPL301",
            "`from app import *` may bind names that moved elsewhere",
        ),
        (
            "from importlib import import_module\n\nimport_module(f'app.{1}')\n",
            3,
            "SPL302",
            "`import_module(...)` imports what only the running program knows",
        ),
        ("\n\nNAME = 'app.db.x'\n", 3, "SPL304", '"app.db.x" looks like a moved name and was left'),
    ],
    ids=["collision", "star", "dynamic", "string"],
)
def test_what_a_person_has_to_look_at_is_said(
    tmp_path: Path, source: str, line: int, code: str, message: str
) -> None:
    """With file, line and reason, in text and in JSON; it is no error."""
    (tmp_path / "a.py").write_text(source)
    words = ("rewrite-imports", "--dry-run", *MAP, "a.py")
    assert f"a.py:{line}: {code} {message}\n" in splitter(*words, at=tmp_path).err
    document = splitter(*words, "--format", "json", at=tmp_path).document
    assert document["errors"] == []
    (file,) = document["files"]
    assert file["path"] == "a.py"
    note = {"line": line, "code": code, "message": message, "blocks": False}
    assert note in file["notes"]
