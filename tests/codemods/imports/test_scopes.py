import ast
from collections.abc import Callable

import pytest

from splitter.codemods.imports.expressions import Interest, Reading
from splitter.codemods.imports.mapping import ImportMap
from splitter.codemods.imports.reading import read_names
from splitter.codemods.imports.repointing import Rewritten
from splitter.codemods.imports.scopes import sight
from splitter.codemods.imports.statements import Home, read_statements
from splitter.codemods.imports.text import open_text

Point = Callable[..., Rewritten]


def read(source: str) -> Reading:
    text = open_text(source.encode())
    tree = ast.parse(source)
    home = Home("m", "m", is_package=False)
    statements = read_statements(tree, ImportMap({"a": "b"}), home, everything=True)
    return read_names(text, tree, statements, Interest({"a"}, lambda value: False, {}, ()))


def lines_seen(source: str) -> dict[int, list[str]]:
    """For each line with a use of `a`: what the bindings that it sees have imported."""
    found: dict[int, list[str]] = {}
    for use in read(source).uses:
        seen = sight(use)
        line = source.encode()[: use.spans[0][0]].count(b"\n") + 1
        found[line] = sorted(
            (b.imported.means if b.imported else "none" if b.barren else "other")
            for b in (seen.bindings if seen else ())
        )
    return found


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("a\n", {1: []}),
        ("import a\na\n", {2: ["a"]}),
        ("a\nimport a\n", {1: []}),
        ("import a\na = 1\na = f()\na\n", {4: ["other"]}),
        ("import a\na = None\na\n", {3: ["none"]}),
        ("import a\nif x:\n    a = f()\na\n", {4: ["a", "other"]}),
        ("if x:\n    import a\nelse:\n    a = f()\na\n", {5: ["a", "other"]}),
        ("import a\nif x:\n    a = f()\nelif a:\n    a\n", {4: ["a"], 5: ["a"]}),
        ("for i in x:\n    if y:\n        a = f()\n    else:\n        a\n", {5: ["other"]}),
        ("import a\nfor i in x:\n    a\n    a = f()\n", {3: ["a", "other"]}),
        ("import a\nwhile a:\n    a = f()\n", {2: ["a", "other"]}),
        ("import a\nfor a in a: pass\n", {2: ["a"]}),
        ("import a\nwith a as a: a\n", {2: ["other"]}),
        ("try:\n    import a\nexcept E:\n    a = None\na\n", {5: ["a", "none"]}),
        ("import a\ntry: x\nexcept E as a: a\na\n", {3: ["other"], 4: ["a", "none", "other"]}),
        ("import a\ndel a\na\n", {2: ["a"], 3: ["none"]}),
        ("import a\na: int\na\n", {3: ["none"]}),
        ("import a\na = a.b\na\n", {2: ["a"], 3: ["other"]}),
        ("import a\na += a\n", {2: ["a"]}),
        ("import a\n(a := 1)\na\n", {3: ["a", "other"]}),
        ("import a\n[a for x in (a := 1,)]\n", {2: ["a", "other"]}),
        ("import a.b\nimport a.c\na\n", {3: ["a", "a"]}),
        ("import x as a\nimport a.c\na\n", {3: ["a"]}),
    ],
)
def test_what_a_use_in_the_module_sees(source: str, seen: dict[int, list[str]]) -> None:
    assert lines_seen(source) == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("import a\ndef f(): a\n", {2: ["a"]}),
        ("def f(): a\nimport a\n", {1: ["a"]}),
        ("import a\ndef f(): a\na = f()\n", {2: ["a", "other"]}),
        ("import a\na = f()\ndef f(): a\n", {3: ["other"]}),
        ("import a\ndef f(a): a\n", {2: ["other"]}),
        ("import a\ndef f(*a): a\n", {2: ["other"]}),
        ("import a\ndef f(*, a=a): pass\n", {2: ["a"]}),
        ("import a\ndef f(b: a) -> a: pass\n", {2: ["a"]}),
        ("import a\ndef f():\n    a\n    a = 1\n", {3: []}),
        ("import a\ndef f():\n    def g(): a\n    a = g()\n", {3: ["other"]}),
        ("import a\ndef f():\n    global a\n    a = g()\na\n", {5: ["a", "other"]}),
        ("def f():\n    a = 1\n    def g():\n        nonlocal a\n        a\n", {5: ["none"]}),
        ("import a\nlambda a: a\n", {2: ["other"]}),
        ("import a\nlambda b=a: b\n", {2: ["a"]}),
        ("import a\n[a for a in a]\n", {2: ["other"]}),
        ("import a\n{a: b for b in x}\n", {2: ["a"]}),
        ("import a\nclass C:\n    a = f()\n    a\n    def g(self): a\n", {4: ["other"], 5: ["a"]}),
        ("import a\nclass C:\n    a\n    a = f()\n", {3: ["a"]}),
        ("import a\nclass C:\n    a = f()\n    [a for x in y]\n", {4: ["a"]}),
        ("import a\nclass C:\n    a = f()\n    [x for x in a]\n", {4: ["other"]}),
        ("def f():\n    import a\n    class C:\n        a\n        a = 1\n", {4: []}),
        ("def f():\n    import a\n    class C:\n        a\n", {4: ["a"]}),
        ("import a\nmatch x:\n    case [a, *_]: a\n", {3: ["other"]}),
        ("import a\nmatch x:\n    case {'k': 1, **a}: a\n", {3: ["other"]}),
        ("import a\nmatch x:\n    case a.B(): a\n", {3: ["a"]}),
    ],
)
def test_what_a_use_in_an_inner_scope_sees(source: str, seen: dict[int, list[str]]) -> None:
    found = lines_seen(source)
    assert {line: found[line] for line in seen} == seen


def test_what_all_lists_is_found_in_all_its_forms() -> None:
    source = "__all__ = ['a', *b]\n__all__ += ('c',)\n__all__.extend(['d'])\n__all__: t = ['e']\n"
    text, tree = open_text(source.encode()), ast.parse(source)
    interest = Interest({"__all__"}, lambda value: False, {}, ())
    assert read_names(text, tree, [], interest).exported == {"a", "c", "d", "e"}


def test_long_sums_and_long_chains_of_elif_are_read() -> None:
    total = " + ".join(["a"] * 1500)
    chain = "if a: pass\n" + "elif a: pass\n" * 200
    assert len(read(f"import a\nx = {total}\n{chain}").uses) == 1701
