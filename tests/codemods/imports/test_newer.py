"""Syntax that is newer than the Python which runs the tests, or at least than 3.11."""

from collections.abc import Callable
from pathlib import Path

import pytest

import splitter
from splitter.codemods.imports import repointing
from splitter.codemods.imports.newer import read_newer
from splitter.codemods.imports.parsing import parse_exactly
from splitter.codemods.imports.repointing import Rewritten
from splitter.codemods.imports.text import ParseError, open_text

Point = Callable[..., Rewritten]


@pytest.mark.parametrize(
    "template",
    [
        "type X = §.S\n",
        "type X[T: §.B = §.D] = T | §.S\n",
        "type X = '§.S'\n",
        "type X[app] = app.db\n",
        "def f[T: §.B](a: T, b: '§.S' = §.d) -> §.R: §.x\n",
        "def f[app](a: app.db, b=§): app.db\n",
        "async def f[**P, *Ts](*a: *Ts): await §.x\n",
        "class C[T](§.B[T], k=§.K): x: §.S\n",
        "class C[app](app.B): x = app.db\n",
        'f"{§.x["k"]} {f"{§.y}"}"\n',
        "f'{§.x:{'>'}{§.w}}' 'app.db'\n",
        "f'{\n  §.x  # why\n}'\n",
        "t'{§.x!r}'\n",
        "try: x\nexcept §.E, ValueError: y\n",
    ],
)
def test_uses_are_followed(point: Point, template: str) -> None:
    """What follows the map is written as `§`."""
    done = point("import app.db\n" + template.replace("§", "app.db"), "app.db=shared.db")
    assert done.text.decode() == "import shared.db\n" + template.replace("§", "shared.db")


def test_imports_are_split_and_strings_rewritten(point: Point) -> None:
    before = (
        "from importlib import import_module\nfrom . import a\nfrom .m import (\n    b,  # b\n"
        "    c,\n)\ntype X = import_module('app.routes.m')\n"
    )
    after = (
        "from importlib import import_module\nfrom shared import a\nfrom app.routes.m import (\n"
        "    c,\n)\nfrom n import b  # b\ntype X = import_module('app.routes.m')\n"
    )
    maps = "app.routes.a=shared.a app.routes.m.b=n.b"
    assert point(before, maps, place="svc.users").text.decode() == after


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("type X = int\nx = = 1\n", (2, 1)),
        ("type X = int\nf() = 1\n", (2, 1)),
        ("type X = int\nx = 'é', '\\N{nothing}'\n", (2, 11)),
        ("x = " + "(" * 3000 + ")" * 3000, (1, 1)),
    ],
)
def test_newer_syntax_does_not_hide_what_is_wrong(source: str, place: tuple[int, int]) -> None:
    text = open_text(source.encode())
    with pytest.raises(ParseError) as caught:
        read_newer(text)
    assert (caught.value.line, caught.value.column) == place


EVERYTHING = """\
import app.db, importlib
from app import db as d, x
from .y import *
@app.db.dec
async def f(a, /, b: app.db.T = app.db.v, *c: app.db.T, k: 'app.db.T' = 1, **kw) -> 'app.db.R':
    global g, d
    app.db.x = app.db.y[app.db.i:app.db.j, ...] = yield app.db.z
    del app.db.q, (app.db.r)
    app.db.n += -app.db.m
    s: app.db.T = not app.db.a or app.db.b if app.db.c else {app.db.k: app.db.v, **app.db.w}
    t = {app.db.e for app in app.db.f if app.db.g}, {app.db.k: 1 for q in app.db.l}, {*app.db.s}
    u = lambda app=app.db.d, *z: (app.db, (yield)), lambda: app.db.x < app.db.y <= (w := app.db.z)
    v = f"{app.db.x!r:>{app.db.w}}" 'app.db' "app.db.y", b'app.db', 1j, 2.0, None, "a" 'b'
    async for app.db.i, *j in app.db.s: break
    else: assert app.db.x, app.db.y
    async with app.db.a as app.db.b, (app.db.c): raise app.db.E from app.db.F
    for app in (): continue
    while app.db.x: return await app.db.y
    else: pass
class C(app.db.B, metaclass=app.db.M):
    import app.db as e; nonlocal_ = app.db.x
    app = 1; y = app.db
def outer():
    app = 1
    def inner():
        nonlocal app
        app.db
try:
    importlib.import_module('app.db')
except* app.db.E as app: app.db
else: (app.db, [app.db], app.db(*app.db, k=app.db, **app.db))
finally: print(app.db.x, end=app.db.e)
match app.db.s:
    case app.db.V | 1 | None | "app.db" | -1: app.db
    case app.db.C(app.db.D, k=app.db.E()) as z if app.db.g: pass
    case {app.db.k: app, **rest}: pass
    case [app.db.x, (1, y), *app]: pass
    case _: pass
if app.db.x: pass
elif app.db.y: from m import (a, b,  # why
)
else: app.db
"""


def both(point: Point, monkeypatch: pytest.MonkeyPatch, source: bytes, maps: str) -> None:
    """`ast` and libcst lead to the same result."""
    one = point(source, maps)
    with monkeypatch.context() as patch:
        patch.setattr(repointing, "parse", parse_exactly)
        other = point(source, maps)
    assert one.text.decode() == other.text.decode()
    assert one == other


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_both_ways_of_reading_agree_on_all_of_the_syntax(
    point: Point, monkeypatch: pytest.MonkeyPatch, newline: str, bom: bytes
) -> None:
    source = bom + EVERYTHING.replace("\n", newline).encode()
    both(point, monkeypatch, source, "app.db=shared.db m.b=n.b app.x=k.y")


@pytest.mark.parametrize(
    "name",
    ["codemods/imports/writing.py", "codemods/imports/reading.py", "cli/app.py", "errors.py"],
)
def test_both_ways_of_reading_agree_on_real_files(
    point: Point, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = (Path(splitter.__file__).parent / name).read_bytes()
    maps = "re=regex ast.expr=tree.expr collections.abc=abcs splitter.codemods=code typer=typed"
    both(point, monkeypatch, source, maps)
