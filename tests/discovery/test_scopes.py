from __future__ import annotations

import ast
import sys

import pytest

from splitter.discovery.reading import idle_imports, uses_of
from splitter.discovery.scopes import Imported, Uses


def absolute(node: ast.ImportFrom) -> str:
    return "." * node.level + (node.module or "")


def uses(code: str) -> Uses:
    return uses_of(ast.parse(code).body[0], resolve=absolute)


@pytest.mark.parametrize(
    ("code", "free"),
    [
        ("x = settings.db.url", {("x",), ("settings", "db", "url")}),
        ("def f(a, b=limit): return a + b + c", {("limit",), ("c",)}),
        ("def f(db): return db.query", set()),
        ("def f():\n    db = make()\n    return db", {("make",)}),
        ("def f():\n    global db\n    db = make()", {("make",), ("db",)}),
        ("def f(a: Model) -> Out: ...", {("Model",), ("Out",)}),
        ("def f(a: 'Model | None') -> list['Out']: ...", {("Model",), ("list",), ("Out",)}),
        ("@cached(ttl)\ndef f(): ...", {("cached",), ("ttl",)}),
        (
            "class A(Base, metaclass=Meta):\n    x = 1\n    def m(self): return x",
            {("Base",), ("Meta",), ("x",)},
        ),
        ("y = [n for n in rows if n > low]", {("y",), ("rows",), ("low",)}),
        ("f = lambda a: a + b", {("f",), ("b",)}),
        ("def f():\n    return [x for x in x]", {("x",)}),
        ("def f():\n    def g(): return y\n    y = 1\n    return g", set()),
        ("def f():\n    try: pass\n    except E as e: return e", {("E",)}),
        ("def f(v):\n    match v:\n        case {'a': a, **rest}: return a, rest", set()),
        ("total += step", {("total",), ("step",)}),
        ("def f():\n    if (n := g()): return n", {("g",)}),
        ("call().attribute", {("call",)}),
    ],
)
def test_names_that_code_does_not_bind_itself(code: str, free: set[tuple[str, ...]]) -> None:
    assert uses(code).free == free


def test_an_import_inside_a_function_tells_what_is_reached_through_it() -> None:
    found = uses("def f():\n    from api.routes import auth\n    return auth.router.x")
    assert (Imported("api.routes", "auth"), ("router", "x")) in found.imported
    assert found.free == set()
    assert found.executed == {"api.routes"}


def test_a_dotted_import_inside_a_function_binds_its_first_part() -> None:
    found = uses("def f():\n    import app.db\n    return app.db.engine")
    assert (Imported("app"), ("db", "engine")) in found.imported
    assert found.executed == {"app.db"}


def test_names_given_to_the_mapper_registry() -> None:
    code = """
class Order(Base):
    user_id = Column(ForeignKey("users.id"))
    user = relationship("User", secondary="links")
    rows: Mapped[list["Row"]] = relationship(back_populates="order")
"""
    found = uses(code)
    assert {"User", "Row"} <= found.classes
    assert {"users", "links"} <= found.tables


def test_an_import_that_only_a_cut_used_is_idle() -> None:
    function = ast.parse(
        "def f(app):\n    from api import a, b\n    app.include(a.router)\n    return b"
    ).body[0]
    assert isinstance(function, ast.FunctionDef)
    cut = {function.body[1]}
    assert [a.name for a in idle_imports(function, resolve=absolute, skip=cut)] == ["a"]


def test_what_is_bound_after_its_use_is_local_all_the_same() -> None:
    found = uses("def f():\n    x.y\n    def g():\n        return z.w\n    x = z = 1")
    assert found.free == set()


def test_a_walrus_in_a_comprehension_binds_around_it() -> None:
    assert uses("def f():\n    [y := a for a in b]\n    return y.c").free == {("b",)}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are Python 3.12's")
def test_type_parameters_are_local() -> None:
    found = uses("class C[T: base.B]:\n    def f[U](self, a: T) -> U: ...")
    assert found.free == {("base", "B")}
