"""Functions get another body; header and docstring stay as they were."""

from __future__ import annotations

import ast

import pytest

from splitter.codemods.hollowing import calling, hollow
from splitter.codemods.spans import Lines

CASES = {
    "plain": ("def f(a: int) -> int:\n    return a\n", "def f(a: int) -> int:\n    other()"),
    "a docstring": (
        'def f():\n\t"""It\n\tdoes."""\n\treturn 1\n',
        'def f():\n\t"""It\n\tdoes."""\n\tother()',
    ),
    "one line": ("def f(): return {1: 2}\n", "def f():\n    other()"),
    "decorators": ("@a\n@b(lambda: 1)\nasync def f():\n  pass\n", "async def f():\n  other()"),
    "colons and comments": (
        "def f(\n    a=lambda x: x,  # why: so\n    b: dict[str, int] = {1: 2},\n"
        ") -> 'a: b':  # what: that\n    # more: this\n    return 1\n",
        "def f(\n    a=lambda x: x,  # why: so\n    b: dict[str, int] = {1: 2},\n"
        ") -> 'a: b':\n    other()",
    ),
    "letters": ('def f(ä="ö:"): return "ü"\n', 'def f(ä="ö:"):\n    other()'),
    "line endings": ("def f(\r\n):\r\n    return 1\r\n", "def f(\r\n):\r\n    other()"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_header_stays(name: str) -> None:
    source, expected = CASES[name]
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    assert hollow(Lines(source), node, "other()") == expected


def test_a_long_call_is_in_several_lines() -> None:
    short = calling("_remote.call", "/a", ("b", "c"), awaits=False)
    assert short == 'return _remote.call("/a", {"b": b, "c": c})'
    names = ("number_one", "number_two", "number_three")
    assert calling("_remote.call_async", "/a", names, awaits=True) == (
        'return await _remote.call_async("/a", {\n    "number_one": number_one,\n'
        '    "number_two": number_two,\n    "number_three": number_three,\n})'
    )
