from collections.abc import Callable

import pytest

from splitter.codemods.imports.repointing import Rewritten

Point = Callable[..., Rewritten]

HEAD = """\
import importlib, uvicorn, unittest.mock
import importlib as il, unittest.mock as um, uvicorn as uv
from importlib import import_module as load
from unittest import mock
from unittest.mock import patch
from uvicorn import run
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("importlib.import_module('app.db')", "importlib.import_module('shared.db')"),
        ('il.import_module("app.db.x", None)', 'il.import_module("shared.db.x", None)'),
        ("load(name='app.db')", "load(name='shared.db')"),
        ("load(r'''app.db''')", "load(r'''shared.db''')"),
        ("patch('app.db.get.x', new=1)", "patch('shared.db.get.x', new=1)"),
        ("patch(target='app.db.get')", "patch(target='shared.db.get')"),
        ("mock.patch('app.db.get')", "mock.patch('shared.db.get')"),
        ("um.patch('app.db.get')", "um.patch('shared.db.get')"),
        ("unittest.mock.patch('app.db.get')", "unittest.mock.patch('shared.db.get')"),
        ("monkeypatch.setattr('app.db.get', 1)", "monkeypatch.setattr('shared.db.get', 1)"),
        ("monkeypatch.delattr('app.db.get')", "monkeypatch.delattr('shared.db.get')"),
        ("uvicorn.run('app.db:app', port=1)", "uvicorn.run('shared.db:app', port=1)"),
        ("uv.run(app='app.db:make', factory=True)", "uv.run(app='shared.db:make', factory=True)"),
        ("run('main:app.x')", "run('svc.asgi:application.x')"),
        ("run('main:other')", "run('svc.main:other')"),
        ("x = f'{load(\"app.db\")}'", "x = f'{load(\"shared.db\")}'"),
    ],
)
def test_strings_that_are_imports_follow_the_map(point: Point, before: str, after: str) -> None:
    maps = "app.db=shared.db main=svc.main main.app=svc.asgi.application"
    done = point(f"{HEAD}{before}\n", maps)
    assert done.text.decode() == f"{HEAD}{after}\n"
    assert not done.notes


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("load('app' '.db')", ["SPL304"]),
        ("load('app\\x2edb')", ["SPL304"]),
        ("load('.db', 'app')", []),
        ("load(b'app.db')", ["SPL302"]),
        ("load(f'app.db')", ["SPL302"]),
        ("load(name)", ["SPL302"]),
        ("load(*names)", ["SPL302"]),
        ("__import__('app.db')", ["SPL302"]),
        ("__import__('os')", []),
        ("importlib.__import__(name)", ["SPL302"]),
        ("patch('app')", []),
        ("patch.object(x, 'app.db')", ["SPL304"]),
        ("patch.dict('app.db.x')", ["SPL304"]),
        ("mocker.patch('app.db.x')", ["SPL304"]),
        ("monkeypatch.setenv('app.db.x', '')", ["SPL304"]),
        ("run('app.db')", ["SPL304"]),
        ("subprocess.run('app.db:app')", ["SPL304"]),
        ("x = 'app.db.get'", ["SPL304"]),
        ("x = 'app', 'app.dbx', 'see app.db', 'app.db/x'", []),
        ("'app.db'", []),
        ("def f(load): load('app.db')", ["SPL304"]),
        ("monkeypatch = 1\nmonkeypatch.undo('app.db.x')", ["SPL304"]),
    ],
)
def test_other_strings_stay_and_are_told_of_where_they_look_alike(
    point: Point, statement: str, codes: list[str]
) -> None:
    source = f"{HEAD}{statement}\n"
    done = point(source, "app.db=shared.db")
    assert done.text.decode() == source
    assert [note.code for note in done.notes] == codes


def test_what_is_noted_says_where_and_why(point: Point) -> None:
    done = point("import importlib\nimportlib.import_module(name)\nx = 'app.db.y'\n", "app.db=b")
    assert [(n.path, n.line, n.what) for n in done.notes] == [
        ("m.py", 2, "`importlib.import_module(...)` imports what only the running program knows"),
        ("m.py", 3, '"app.db.y" looks like a moved name and was left'),
    ]


def test_a_star_import_of_what_is_split_is_told_of(point: Point) -> None:
    source = "from database import *\nget_db()\n"
    done = point(source, "database.get_db=shared.get_db")
    assert done.text.decode() == source
    assert [(n.line, n.code) for n in done.notes] == [(1, "SPL301")]
