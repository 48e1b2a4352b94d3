from collections.abc import Callable

import pytest

from splitter.codemods.imports.repointing import Rewritten
from splitter.codemods.imports.text import ParseError
from splitter.model.changes import Note
from splitter.model.rewriting import Edit

Point = Callable[..., Rewritten]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "# import database\n",
        '"""\nimport database\nfrom database import x\n"""\n',
        "from app import database\ndatabase.get_db(database=database)\n",
        "import database_utils, databases, my.database\nfrom database_utils import database\n",
        "database = 1\nx = database.y, {'database': database}\n",
        "def f(database): return database.x\n",
        "from .database import x\nfrom . import database\n",
        "x = 'database.get_db'\n",
        "import databasé\n",
    ],
)
def test_what_only_looks_alike_is_not_touched(point: Point, source: str) -> None:
    done = point(source, "database=shared.db")
    assert done.text == source.encode()
    assert not done.edits


def test_a_file_that_cannot_matter_is_not_even_parsed(point: Point) -> None:
    done = point("this is (no Python\n", "app.db=shared.db")
    assert done == Rewritten(b"this is (no Python\n", read=False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from .db import x\n", "from shared.db import x\n"),
        ("from ..models import U\n", "from app.models import U\n"),
        ("from . import helpers as h\n", "from app.routes import helpers as h\n"),
        ("from .. import V\n", "from app import V\n"),
        ("from .s import *\n", "from app.routes.s import *\n"),
        ("from . import db, x\n", "from app.routes import x\nfrom shared import db\n"),
    ],
)
def test_relative_imports_of_a_file_that_moved_become_absolute(
    point: Point, before: str, after: str
) -> None:
    done = point(before, "app.routes.db=shared.db", place="services.users.routes.users")
    assert done.text.decode() == after


def test_relative_imports_of_a_file_in_its_place_change_only_with_the_map(point: Point) -> None:
    before = "from .db import x\nfrom .y import z\nfrom . import db, w\n"
    after = "from shared.db import x\nfrom .y import z\nfrom . import w\nfrom shared import db\n"
    assert point(before, "app.routes.db=shared.db").text.decode() == after


def test_one_dot_in_a_package_is_the_package(point: Point) -> None:
    before = "from .a import b\nfrom .. import c\n"
    after = "from app.routes.a import b\nfrom app import c\n"
    done = point(before, "x=y", origin="app.routes", place="svc.routes", is_package=True)
    assert done.text.decode() == after


def test_dots_above_the_top_are_left_with_a_note(point: Point) -> None:
    source = "from ... import x\nfrom . import y\n"
    done = point(source, "x=y", origin="main", place="svc.main")
    assert done.text.decode() == source
    what = "the dots reach above the top of the monolith; it was left"
    assert done.notes == (Note("m.py", 1, "SPL306", what), Note("m.py", 2, "SPL306", what))


@pytest.mark.parametrize(
    "source",
    [
        b"import app.db\r\nimport os\n\nx = app.db.y\r\n",
        b"\xef\xbb\xbfimport app.db\nx = app.db.y",
        "# coding: latin-1\nimport app.db\nx = 'é', app.db.é\n".encode("latin-1"),
        "import app.db\n数据 = '😀', app.db.数据; y = app.db.z\n".encode(),
        b"import app.db\rx = app.db.y\r",
        b"import app.db\n\x0c\ndef f():\n\t \treturn\tapp.db.y \t# tab\n",
    ],
)
def test_nothing_but_the_names_changes(point: Point, source: bytes) -> None:
    assert point(source, "app.db=shared.db").text == source.replace(b"app.db", b"shared.db")


def test_names_that_the_encoding_does_not_have_are_refused(point: Point) -> None:
    source = b"# coding: latin-1\nfrom db import x\n"
    with pytest.raises(ParseError, match="cannot be written in the file's encoding") as caught:
        point(source, "db=данные")
    assert caught.value.line == 2


def test_edits_say_what_was_replaced_by_what(point: Point) -> None:
    source = (
        "import app.db\nfrom m import (\n    a,\n    b,\n)\n\nx = app.db.y\n"
        "import config; config.K\n"
    )
    done = point(source, "app.db=shared.db m.b=n.b config.K=k.K")
    assert done.edits == (
        Edit(1, "import app.db", "import shared.db"),
        Edit(
            2,
            "from m import (\n    a,\n    b,\n)",
            "from m import (\n    a,\n)\nfrom n import b",
        ),
        Edit(7, "app.db", "shared.db"),
        Edit(8, "import config", "import config; import k"),
        Edit(8, "config.K", "k.K"),
    )


def test_several_maps_are_done_in_one_pass(point: Point) -> None:
    before = "import app.left\nimport app.right\nx = app.left.a, app.right.b\n"
    after = "import app.right\nimport app.left\nx = app.right.a, app.left.b\n"
    assert point(before, "app.left=app.right app.right=app.left").text.decode() == after


def test_an_uncovered_import_of_the_monolith_blocks(point: Point) -> None:
    source = (
        "import os, app.config\nfrom app.db import x\nfrom .local import y\n"
        "from app.shared import z\nfrom app import *\nimport application\n"
    )
    done = point(source, "app.db=shared.db app.old=app.shared", monolith=("app",))
    assert [(n.line, n.what) for n in done.notes if n.blocks] == [
        (1, "app.config is the monolith's, and no map covers it"),
        (5, "app is the monolith's, and no map covers it"),
    ]


def test_a_relative_import_that_became_absolute_can_block_too(point: Point) -> None:
    done = point("from .local import y\n", "app.db=x", place="svc.users", monolith=("app",))
    assert [note.code for note in done.notes] == ["SPL300", "SPL307"]


def test_code_that_is_nested_beyond_reason_is_reported(point: Point) -> None:
    with pytest.raises(ParseError, match="nested too deeply"):
        point(f"import app.db\nx = {'-' * 1500}app.db.x\n", "app.db=shared.db")
