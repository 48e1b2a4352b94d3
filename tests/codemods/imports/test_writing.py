from collections.abc import Callable

import pytest

from splitter.codemods.imports.repointing import Rewritten

Point = Callable[..., Rewritten]


@pytest.mark.parametrize(
    ("maps", "before", "after"),
    [
        ("app.db=shared.db", "import app.db as db\n", "import shared.db as db\n"),
        ("app.db=db", "import app.db as db\n", "import db\n"),
        ("db=shared.db", "import db\n", "import shared.db as db\n"),
        ("db=shared.db", "import db as db\n", "import shared.db as db\n"),
        ("db=base", "import os, db\n", "import os, base as db\n"),
        ("app.db=a.b", "import  app . db  as  d ,  os\n", "import  a.b  as  d ,  os\n"),
        ("app.db=a.b", "import app.\\\n  db as q\n", "import a.b as q\n"),
        ("m.a=n.b", "from m import a\n", "from n import b as a\n"),
        ("m.a=n.b", "from m import a as b\n", "from n import b\n"),
        ("m.a=n.b", "from m import (a)\n", "from n import (b as a)\n"),
        ("m=n", "from m import a, b as c\n", "from n import a, b as c\n"),
        ("app.m=n", "from app import m\n", "import n as m\n"),
        ("app.m=m", "from app import m\n", "import m\n"),
        ("app.m=m", "from app import m as x\n", "import m as x\n"),
        ("app.m=n", "from app import (  # a\n    m,  # b\n)\n", "import n as m  # a  # b\n"),
        ("m=n", "from m import *\n", "from n import *\n"),
        ("m=n", "x = 1; from m import a; y = a\n", "x = 1; from n import a; y = a\n"),
    ],
)
def test_a_statement_is_changed_in_its_place(
    point: Point, maps: str, before: str, after: str
) -> None:
    assert point(before, maps).text.decode() == after


@pytest.mark.parametrize(
    ("maps", "before", "after"),
    [
        ("m.b=n.b", "from m import a, b\n", "from m import a\nfrom n import b\n"),
        ("m.a=n.a", "from m import a, b\n", "from m import b\nfrom n import a\n"),
        ("m.b=n.b", "from m import a, b", "from m import a\nfrom n import b"),
        ("m.b=n.b", "from m import a, b\r\n\n", "from m import a\r\nfrom n import b\r\n\n"),
        ("m.b=n.b", "from m import (a, b)\n", "from m import (a)\nfrom n import b\n"),
        ("m.b=n.b", "from m import (a, b,)\n", "from m import (a,)\nfrom n import b\n"),
        ("m.a=x.a m.b=y.b", "from m import a, b\n", "from x import a\nfrom y import b\n"),
        ("m.a=x.a m.b=x.b", "from m import a, b, c\n", "from m import c\nfrom x import a, b\n"),
        ("app.a=a", "from app import a, b\n", "from app import b\nimport a\n"),
        ("app.a=a app.b=c", "from app import a, b\n", "import a\nimport c as b\n"),
        ("m.b=n.b", "from m import a, \\\n    b\n", "from m import a\nfrom n import b\n"),
        ("m.b=n.b", "from m import a, \\\n    b, c\n", "from m import a, c\nfrom n import b\n"),
        ("m.a=n.a", "from m import a, \\\n    b\n", "from m import \\\n    b\nfrom n import a\n"),
        ("m.b=n.b", "if x: from m import a, b\n", "if x: from m import a; from n import b\n"),
        ("m.b=n.b", "from m import a, b; c = a\n", "from m import a; from n import b; c = a\n"),
        (
            "m.b=n.b",
            "if x: \\\n  from m import a, b\n",
            "if x: \\\n  from m import a; from n import b\n",
        ),
        (
            "m.b=n.b",
            "def f():\n\tfrom m import a, b  # why\n\treturn a\n",
            "def f():\n\tfrom m import a  # why\n\tfrom n import b\n\treturn a\n",
        ),
        (
            "m.b=n.b",
            "from m import a, b  # noqa: F401\n",
            "from m import a  # noqa: F401\nfrom n import b  # noqa: F401\n",
        ),
    ],
)
def test_a_split_stays_in_its_block(point: Point, maps: str, before: str, after: str) -> None:
    assert point(before, maps).text.decode() == after


COMMENTED = """\
from m import (  # of m
    # on a
    a,  # behind a
    # on b
    b,  # behind b

    c, d,  # behind c and d
)  # end
"""


@pytest.mark.parametrize(
    ("maps", "after"),
    [
        (
            "m.b=n.b",
            "from m import (  # of m\n    # on a\n    a,  # behind a\n    # on b\n\n"
            "    c, d,  # behind c and d\n)  # end\nfrom n import b  # behind b\n",
        ),
        (
            "m.d=n.d",
            "from m import (  # of m\n    # on a\n    a,  # behind a\n    # on b\n"
            "    b,  # behind b\n\n    c,  # behind c and d\n)  # end\nfrom n import d\n",
        ),
        (
            "m.a=n.a m.c=n.c m.d=n.d",
            "from m import (  # of m\n    # on a\n    # on b\n    b,  # behind b\n\n)  # end\n"
            "from n import (\n    a,  # behind a\n    c,\n    d,  # behind c and d\n)\n",
        ),
    ],
)
def test_no_comment_is_lost(point: Point, maps: str, after: str) -> None:
    assert point(COMMENTED, maps).text.decode() == after


def test_comments_stay_where_a_new_line_is_not_possible(point: Point) -> None:
    before = "x = 1; from m import (a,\n    b,  # behind b\n    c)\n"
    after = "x = 1; from m import (a,\n    # behind b\n    c); from n import b\n"
    assert point(before, "m.b=n.b").text.decode() == after


def test_a_comment_between_names_of_the_first_line_is_kept(point: Point) -> None:
    before = "from m import (a,  # behind a\n    b)\n"
    after = "from m import (a,  # behind a\n    )\nfrom n import b\n"
    assert point(before, "m.b=n.b").text.decode() == after


def test_a_long_new_import_is_put_on_several_lines(point: Point) -> None:
    names = [f"name_number_{i}" for i in range(9)]
    before = f"if x:\n\tfrom m import stays, {', '.join(names)}\n"
    rows = "".join(f"\t\t{name},\n" for name in names)
    after = f"if x:\n\tfrom m import stays\n\tfrom new.home import (\n{rows}\t)\n"
    maps = " ".join(f"m.{name}=new.home.{name}" for name in names)
    assert point(before, maps).text.decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from.db import x\n", "from shared.db import x\n"),
        ("from .db import(x)\n", "from shared.db import(x)\n"),
        ("from . db import x\n", "from shared.db import x\n"),
        ("from .\\\n  db import x\n", "from shared.db import x\n"),
        ("from .import db\n", "from shared import db\n"),
        ("from.import(db)\n", "from shared import(db)\n"),
        ("from  .  import  db\n", "from  shared  import  db\n"),
        ("from .. import routes\n", "from app import routes\n"),
    ],
)
def test_dots_go_with_what_they_stand_beside(point: Point, before: str, after: str) -> None:
    done = point(before, "app.routes.db=shared.db", place="svc.routes.users")
    assert done.text.decode() == after


@pytest.mark.parametrize(
    ("maps", "before", "why"),
    [
        ("m.b=n.b", "from m import a, b\n", "one import was split into several"),
        ("app.m=m", "from app import m\n", "a from-import became a plain import"),
        ("app.db=base", "import app.db\n", "a dotted import became one of a single name"),
        ("db=base", "import db as db\n", "`as` repeated a name that has changed"),
        ("m.a=n.b", "from m import a as a\n", "`as` repeated a name that has changed"),
        ("app.routes.db=n", "from .db import x\n", "a relative import became absolute"),
        ("m.Kind=n.Kind", "import m\nx = m.Kind, m.y\n", "an import was added"),
    ],
)
def test_a_note_says_what_the_reverse_map_would_not_restore(
    point: Point, maps: str, before: str, why: str
) -> None:
    assert [(n.line, n.code, n.what) for n in point(before, maps).notes] == [(1, "SPL300", why)]
