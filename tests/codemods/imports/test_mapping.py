import pytest

from splitter.codemods.imports.mapping import ImportMap, below, has_relative

NESTED = ImportMap(
    {
        "app": "core",
        "app.db": "shared.db",
        "app.db.models": "accounts.models",
        "app.db.models.Order": "orders.Order",
    }
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("app", "core"),
        ("app.config.DEBUG", "core.config.DEBUG"),
        ("app.db", "shared.db"),
        ("app.db.get_db", "shared.db.get_db"),
        ("app.db.models.User", "accounts.models.User"),
        ("app.db.models.Order", "orders.Order"),
        ("app.db.models.Order.Meta", "orders.Order.Meta"),
        ("app.dbx", "core.dbx"),
        ("application", "application"),
        ("my.app", "my.app"),
        ("", ""),
    ],
)
def test_the_longest_old_name_decides(old: str, new: str) -> None:
    assert NESTED.target(old) == new


def test_maps_do_not_chain() -> None:
    chain = ImportMap({"a": "b", "b": "c"})
    assert [chain.target(name) for name in ("a.x", "b.x", "c.x")] == ["b.x", "c.x", "c.x"]


@pytest.mark.parametrize(
    ("maps", "name"),
    [
        ({"db": "db.connection"}, "db.connection.get_db"),
        ({"app": "app.core"}, "app.core"),
        ({"app.a": "app.b", "app": "core"}, "app.b.x"),
        ({"db": "db"}, "db.x"),
    ],
)
def test_what_is_at_or_below_a_new_name_stays(maps: dict[str, str], name: str) -> None:
    assert ImportMap(maps).target(name) == name


def test_an_old_name_below_a_new_one_still_moves() -> None:
    imports = ImportMap({"auth": "app", "app.models": "accounts"})
    assert imports.target("app.models.U") == "accounts.U"


def test_splits_tells_what_moves_on_its_own() -> None:
    assert NESTED.splits("app")
    assert NESTED.splits("app.db.models")
    assert not NESTED.splits("app.db.models.Order")
    assert not ImportMap({"app": "core", "app.db": "core.db"}).splits("app")


def test_touches_sees_names_above_and_below() -> None:
    objects = ImportMap({"app.db.get": "shared.get"})
    assert all(objects.touches(name) for name in ("app", "app.db", "app.db.get.x"))
    assert not any(objects.touches(name) for name in ("app.x", "app.dbx", "ap"))


@pytest.mark.parametrize(
    ("source", "concerned"),
    [
        (b"from app.db import get", True),
        (b"from app import db; db.get()", True),
        (b"from .db import get", True),
        (b"from . . db import get", True),
        (b"from\\\n .db import get", True),
        (b"get = db.x", False),
        (b"import os", False),
        (b"importlib.import_module(name)", True),
    ],
)
def test_concerns_drops_only_what_cannot_matter(source: bytes, concerned: bool) -> None:
    imports = ImportMap({"app.db.get": "shared.get"})
    assert imports.concerns(source, package="app", moved=False) is concerned


def test_every_relative_import_concerns_a_file_that_moved() -> None:
    imports = ImportMap({"elsewhere.db": "shared.db"})
    assert imports.concerns(b"from .x import y", package="app", moved=True)
    assert not imports.concerns(b"from .x import y", package="app", moved=False)
    assert not imports.concerns(b"from x import y", package="app", moved=True)


def test_a_name_that_is_not_ascii_is_looked_for_in_the_tree() -> None:
    imports = ImportMap({"приложение": "app"})
    assert imports.concerns("import приложение".encode("cp1251"), package="", moved=False)


@pytest.mark.parametrize(
    ("value", "old"),
    [
        ("app.db.get", True),
        ("app.db", True),
        ("main:app", True),
        ("main:other", False),
        ("main", False),
        ("app", False),
        ("app.db of old", False),
        ("app..db", False),
        ("see app.db", False),
        ("app.db:", False),
        ("app.dbx", False),
    ],
)
def test_looks_old(value: str, old: bool) -> None:
    assert ImportMap({"app.db": "shared.db", "main.app": "svc.app"}).looks_old(value) is old


def test_below() -> None:
    assert below("a.b", "a")
    assert below("a", "a")
    assert not below("ab", "a")
    assert not below("a", "a.b")


@pytest.mark.parametrize(
    "source", [b"from .x", b"from.x", b"from  .x", b"from \\\r\n.x", b"from\t.x"]
)
def test_has_relative(source: bytes) -> None:
    assert has_relative(source)


def test_has_no_relative() -> None:
    assert not has_relative(b"# taken from afar ...\nfrom x import y")
