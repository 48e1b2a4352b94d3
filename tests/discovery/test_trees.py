"""What is gone through is what `ast` goes through, in the order of the source."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

from splitter.discovery.trees import at_lines, by_level, children, statements, walk

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = (
    "ast.py",
    "dataclasses.py",
    "typing.py",
    "asyncio/base_events.py",
    "collections/__init__.py",
)
MEANINGS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


@pytest.mark.parametrize("file", FILES)
def test_every_node_is_seen_once(file: str) -> None:
    tree = ast.parse((LIBRARY / file).read_bytes())
    seen = list(walk(tree))
    assert len(seen) == len(set(seen))
    assert set(seen) == {n for n in ast.walk(tree) if not isinstance(n, MEANINGS)}


@pytest.mark.parametrize("file", FILES)
def test_statements_are_all_that_are_nested_in_statements(file: str) -> None:
    tree = ast.parse((LIBRARY / file).read_bytes())
    found = {n for n in statements(tree) if isinstance(n, ast.stmt)}
    assert found == {n for n in ast.walk(tree) if isinstance(n, ast.stmt)}


def test_the_order_is_that_of_the_source() -> None:
    tree = ast.parse("def f(a, b=c):\n    return [d, {e: g}]\n\nh = f(i)")
    names = [n.id for n in walk(tree) if isinstance(n, ast.Name)]
    assert names == ["c", "d", "e", "g", "h", "f", "i"]


def test_syntax_of_all_kinds() -> None:
    tree = ast.parse(
        "match x:\n"
        "    case {'a': 1, **rest} | [1, *others] as whole if whole: pass\n"
        "    case C(1, b=None): pass\n"
        "async def f(*a, **k):\n"
        "    async with a as b, c: global d\n"
        "    return f'{x!r:>{y}}', lambda z: (yield), *a, not x < y\n"
    )
    assert set(walk(tree)) == {n for n in ast.walk(tree) if not isinstance(n, MEANINGS)}
    assert children(ast.parse("'text'", mode="eval").body) == []


@pytest.mark.parametrize("file", FILES)
def test_level_by_level_is_the_order_of_ast(file: str) -> None:
    tree = ast.parse((LIBRARY / file).read_bytes())
    assert by_level(tree) == [n for n in ast.walk(tree) if not isinstance(n, MEANINGS)]


@pytest.mark.parametrize(
    ("line", "found"),
    [(1, {"cache", "a"}), (4, {"b"}), (6, set()), (8, {"c"}), (9, {"c"})],
)
def test_what_stands_on_a_line(line: int, found: set[str]) -> None:
    tree = ast.parse(
        "@cache(a)\nclass A:\n    def f(self):\n        return b\n\n\n"
        "def g():\n    return f'''\n{c}'''\n"
    )
    names = {node.id for node in at_lines(tree.body, [line]) if isinstance(node, ast.Name)}
    assert names == found
