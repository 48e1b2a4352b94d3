from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterable
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splitter.codemods.slicing import Slice, slice_module


def text(code: str) -> str:
    return dedent(code).lstrip("\n")


def kept(source: str, *statements: int, extra: tuple[str, ...] = ()) -> str:
    """`source` with only these top-level statements."""
    data = source.encode()
    return slice_module(data, ast.parse(data), Slice(statements, {}, (), extra)).decode()


def trimmed(source: str, *names: str) -> str:
    """The import that is the first statement of `source`, with these of its local names."""
    data = source.encode()
    tree = ast.parse(data)
    rest = range(1, len(tree.body))
    return slice_module(data, tree, Slice(rest, {0: set(names)})).decode()


def cut(source: str, *gone: str) -> str:
    """`source` without the nodes that read like `gone` (statements, aliases, elements)."""
    data = source.encode()
    tree = ast.parse(data)
    nodes = {
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt | ast.expr | ast.alias) and ast.unparse(node) in gone
    }
    for node in [n for n in nodes if isinstance(n, ast.Expr)]:
        nodes.discard(node.value)
    assert nodes
    return slice_module(data, tree, Slice(range(len(tree.body)), {}, nodes)).decode()


@pytest.mark.parametrize(
    ("source", "statements", "result"),
    [
        ("a = 1\nb = 2\nc = 3\n", (0, 2), "a = 1\nc = 3\n"),
        ("a = 1\n\n\n\n\nb = 2\n", (0, 1), "a = 1\n\n\n\n\nb = 2\n"),
        ("a = 1\n\n\n\n\nb = 2\n\nc = 3\n", (0, 2), "a = 1\n\n\nc = 3\n"),
        ("a = 1\nb = 2\n\n\n\n", (0, 1), "a = 1\nb = 2\n\n\n\n"),
        ("a = 1\nb = 2\n\n\n\n", (0,), "a = 1\n"),
        ("\n\n\na = 1\nb = 2\n", (0,), "\n\n\na = 1\n"),
        ("\n\n\na = 1\nb = 2\n", (1,), "b = 2\n"),
        ("a = 1\nb = 2", (0,), "a = 1\n"),
        ("a = 1\nb = 2", (1,), "b = 2"),
        ("a = 1\n", (), ""),
        ("", (), ""),
        ("# nothing but this\n", (), "# nothing but this\n"),
        ("\n\n", (), "\n\n"),
    ],
)
def test_statements_stay_or_go_with_their_lines(
    source: str, statements: tuple[int, ...], result: str
) -> None:
    assert kept(source, *statements) == result


@pytest.mark.parametrize(
    ("source", "statements", "result"),
    [
        ("a = 1\n# of b\nb = 2\n# of c\nc = 3\n", (0, 2), "a = 1\n# of c\nc = 3\n"),
        ("a = 1\n# section\n\n# of b\nb = 2\nc = 3\n", (0, 2), "a = 1\nc = 3\n"),
        ("a = 1  # one\nb = 2  # two\n", (1,), "b = 2  # two\n"),
        ("a = 1\n# end\n", (0,), "a = 1\n# end\n"),
        ("a = 1\n# of b\nb = 2\n# end\n", (0,), "a = 1\n"),
        ("def f():\n    pass\n    # still f\nb = 2\n", (0,), "def f():\n    pass\n    # still f\n"),
        ("def f():\n    pass\n\n    # still f\n# b\nb = 2\n", (1,), "# b\nb = 2\n"),
        ("def f():\n    pass\n\n    # f\n", (0,), "def f():\n    pass\n\n    # f\n"),
        ("@one\n# why\n@two(3)\ndef f(): ...\nb = 2\n", (1,), "b = 2\n"),
        (
            "@one\n# why\n@two(3)\ndef f(): ...\nb = 2\n",
            (0,),
            "@one\n# why\n@two(3)\ndef f(): ...\n",
        ),
    ],
)
def test_comments_go_with_what_they_stand_above(
    source: str, statements: tuple[int, ...], result: str
) -> None:
    assert kept(source, *statements) == result


@pytest.mark.parametrize(
    ("source", "statements", "result"),
    [
        ("# (c) us\n\na = 1\nb = 2\n", (1,), "# (c) us\n\nb = 2\n"),
        ("# of a\na = 1\nb = 2\n", (1,), "b = 2\n"),
        ("# (c) us\n\n# of a\na = 1\nb = 2\n", (1,), "# (c) us\n\nb = 2\n"),
        ("#!/usr/bin/env python\na = 1\nb = 2\n", (1,), "#!/usr/bin/env python\nb = 2\n"),
        (
            "# -*- coding: utf-8 -*-\n# of a\na = 1\nb = 2\n",
            (1,),
            "# -*- coding: utf-8 -*-\nb = 2\n",
        ),
        ("#!x\n# coding=utf-8\na = 1\nb = 2\n", (1,), "#!x\n# coding=utf-8\nb = 2\n"),
        ("a = 1\n\n# coding: utf-8\nb = 2\nc = 3\n", (0, 2), "a = 1\n\nc = 3\n"),
    ],
)
def test_the_comments_that_open_a_file_stay(
    source: str, statements: tuple[int, ...], result: str
) -> None:
    assert kept(source, *statements) == result


@pytest.mark.parametrize(
    ("source", "statements", "result"),
    [
        ("a = 1; b = 2; c = 3\n", (0, 2), "a = 1; c = 3\n"),
        ("a = 1; b = 2; c = 3  # all\n", (0, 1), "a = 1; b = 2  # all\n"),
        ("a = 1; b = 2; c = 3\n", (2,), "c = 3\n"),
        ("a = 1; b = 2;\nc = 3\n", (0, 2), "a = 1;\nc = 3\n"),
        ("a = 1;\nb = 2\n", (1,), "b = 2\n"),
        ("a = 1; \\\n  b = 2\nc = 3\n", (0, 2), "a = 1\nc = 3\n"),
        ("a = 1; \\\n  b = 2\nc = 3\n", (1, 2), "b = 2\nc = 3\n"),
        ("a = 1 + \\\n  2\nb = 2\n", (1,), "b = 2\n"),
        ("import a; import b\nc = 3\n", (1, 2), "import b\nc = 3\n"),
        ("a = 1; x = '''\n;'''; b = 2\n", (0, 2), "a = 1; b = 2\n"),
    ],
)
def test_statements_that_share_a_line(
    source: str, statements: tuple[int, ...], result: str
) -> None:
    assert kept(source, *statements) == result


@pytest.mark.parametrize(
    ("source", "names", "result"),
    [
        ("from a import b, c, d\n", "bd", "from a import b, d\n"),
        ("from a import b, c, d\n", "cd", "from a import c, d\n"),
        ("from a import b, c, d  # noqa\n", "b", "from a import b  # noqa\n"),
        ("from a import (b, c)\n", "b", "from a import (b)\n"),
        ("from a import (b, c,)\n", "b", "from a import (b,)\n"),
        ("from a import (\n    b,\n    c,\n)\n", "b", "from a import (\n    b,\n)\n"),
        ("from a import (\n    b,\n    c,\n)\n", "c", "from a import (\n    c,\n)\n"),
        ("from a import (\n    b,\n    c)\n", "b", "from a import (\n    b,\n    )\n"),
        ("from a import (\n    b, c,\n    d,\n)\n", "bd", "from a import (\n    b, d,\n)\n"),
        ("from a import b, \\\n    c\n", "c", "from a import c\n"),
        ("from a import b, \\\n    c\n", "b", "from a import b\n"),
        ("from a import b as x, c as y\n", "y", "from a import c as y\n"),
        ("import a, b.c, d as e\n", "be", "import b.c, d as e\n"),
        ("import a.b, a.c, d\n", "a", "import a.b, a.c\n"),
        ("\tfrom a import b, c\n".lstrip(), "c", "from a import c\n"),
        ("from a import b, c; x = 1\n", "c", "from a import c; x = 1\n"),
        ("from . import é, c\nx = 1\n", "c", "from . import c\nx = 1\n"),
    ],
)
def test_an_import_keeps_some_of_its_names(source: str, names: str, result: str) -> None:
    assert trimmed(source, *names) == result


def test_an_import_keeps_the_comments_of_the_names_that_stay() -> None:
    source = text(
        """
        # where things are
        from a import (  # the lot
            # the first
            b,  # one
            # the second
            c,  # two
            # the third
            d,  # three
        )
        """
    )
    assert trimmed(source, "c") == text(
        """
        # where things are
        from a import (  # the lot
            # the second
            c,  # two
        )
        """
    )


def test_an_import_of_which_no_name_is_kept_goes() -> None:
    assert trimmed("# why\nfrom a import b, c\nx = 1\n") == "x = 1\n"


@pytest.mark.parametrize(
    ("source", "gone", "result"),
    [
        ("if a:\n    b()\n    c()\n", "b()", "if a:\n    c()\n"),
        (
            "if a:\n    # why b\n    b()  # b\n    # why c\n    c()\n",
            "b()",
            "if a:\n    # why c\n    c()\n",
        ),
        ("if a:\n    # why b\n    b()\n", "b()", "if a:\n    pass\n"),
        ("if a: b()\nc()\n", "b()", "if a: pass\nc()\n"),
        ("if a: b(); c(); d()\n", "c()", "if a: b(); d()\n"),
        ("if a:\n    b(); c()\n    d()\n", "b()", "if a:\n    c()\n    d()\n"),
        ("if a:\n    b()\nelse:\n    c()\n", "c()", "if a:\n    b()\nelse:\n    pass\n"),
        ("if a:\n    b()\nelif c:\n    d()\n", "d()", "if a:\n    b()\nelif c:\n    pass\n"),
        (
            "for a in b:\n    c()\nelse:\n    d()\n",
            "c()",
            "for a in b:\n    pass\nelse:\n    d()\n",
        ),
        ("while a:\n\tb()\n\tc()\n", "c()", "while a:\n\tb()\n"),
        ("with a:\n    b()\n", "b()", "with a:\n    pass\n"),
        (
            "try:\n    a()\nexcept E:\n    b()\nelse:\n    c()\nfinally:\n    d()\n",
            "b()",
            "try:\n    a()\nexcept E:\n    pass\nelse:\n    c()\nfinally:\n    d()\n",
        ),
        (
            "try:\n    a()\nexcept* E:\n    b()\n    c()\n",
            "b()",
            "try:\n    a()\nexcept* E:\n    c()\n",
        ),
        (
            "match a:\n    case 1:\n        b()\n    case _:\n        c()\n",
            "b()",
            "match a:\n    case 1:\n        pass\n    case _:\n        c()\n",
        ),
        (
            "async def f():\n    async with a:\n        b()\n",
            "b()",
            "async def f():\n    async with a:\n        pass\n",
        ),
        (
            "def f():\n    '''doc'''\n    a(\n        1,\n    )\n    b()\n",
            "a(1)",
            "def f():\n    '''doc'''\n    b()\n",
        ),
        ("class A:\n    a()\n\n    b()\n", "a()", "class A:\n\n    b()\n"),
        (
            "def f():\n    from a import b, c\n    d()\n",
            "b",
            "def f():\n    from a import c\n    d()\n",
        ),
        ("def f():\n    import b\n    d()\n", "b", "def f():\n    d()\n"),
        ("x = lambda: [a, b]\n", "a", "x = lambda: [b]\n"),
    ],
)  # fmt: skip
def test_nested_statements_are_cut(source: str, gone: str, result: str) -> None:
    assert cut(source, gone) == result


def test_an_elif_that_is_cut_leaves_no_branch() -> None:
    source = "if a:\n    b()\nelif c:\n    d()\nelif e:\n    f()\n"
    assert cut(source, "if e:\n    f()") == "if a:\n    b()\nelif c:\n    d()\n"


def test_a_nested_function_is_cut_with_its_decorators() -> None:
    source = "def f():\n    a = 1\n\n    @app.get('/x')\n    def g(): ...\n\n    return a\n"
    gone = "@app.get('/x')\ndef g():\n    ..."
    assert cut(source, gone) == "def f():\n    a = 1\n\n\n    return a\n"


@pytest.mark.parametrize(
    ("source", "gone", "result"),
    [
        ("x = [a, b, c]\n", "b", "x = [a, c]\n"),
        ("x = [a, b]\n", "b", "x = [a]\n"),
        ("x = [a, b,]\n", "b", "x = [a,]\n"),
        ("x = [a]\n", "a", "x = []\n"),
        ("x = (a, b)\n", "b", "x = (a,)\n"),
        ("x = (a, b)\n", "a", "x = (b,)\n"),
        ("x = (a, b,)\n", "a", "x = (b,)\n"),
        ("x = (a, b,)\n", "b", "x = (a,)\n"),
        ("x = (a, b, c)\n", "b", "x = (a, c)\n"),
        ("x = (a,)\n", "a", "x = ()\n"),
        ("for x in a, b: pass\n", "a", "for x in b,: pass\n"),
        ("for x in a, b: pass\n", "b", "for x in a,: pass\n"),
        ("x = a, b\n", "b", "x = a,\n"),
        ("x = a,\n", "a", "x = ()\n"),
        ("x = ((a), (b))\n", "a", "x = ((b),)\n"),
        ("x = ((a), b)\n", "b", "x = ((a),)\n"),
        ("x = (a), (b)\n", "a", "x = (b),\n"),
        ("x = (a), (b)\n", "b", "x = (a),\n"),
        ("x = ((a), (b)), c\n", "c", "x = ((a), (b)),\n"),
        ("x = [(a), b]\n", "b", "x = [(a)]\n"),
        ("x = [((a)), b]\n", "a", "x = [b]\n"),
        ("x = {a, b}\n", "a", "x = {b}\n"),
        ("x = {a}\n", "a", "x = set()\n"),
        ("x = {'a': b, 'c': d}\n", "b", "x = {'c': d}\n"),
        ("x = {'a': (b), 'c': d}\n", "d", "x = {'a': (b)}\n"),
        ("x = {('a'): (b), **(c), 'd': e}\n", "c", "x = {('a'): (b), 'd': e}\n"),
        ("x = {'a': b}\n", "b", "x = {}\n"),
        ("x = {(a, b): c, d: e}\n", "c", "x = {d: e}\n"),
        ("x = [*a, b]\n", "*a", "x = [b]\n"),
        ("x = [a, 'é', b, c]\n", "b", "x = [a, 'é', c]\n"),
        ("x = [[a, b], [c, a]]\n", "a", "x = [[b], [c]]\n"),
        ("for m, p in ((a, 1), (b, 2)): f(m)\n", "(b, 2)", "for m, p in ((a, 1),): f(m)\n"),
        ("x = [\n    a,\n    b\n]\n", "b", "x = [\n    a,\n]\n"),
        ("x = (\n    a,\n    b,\n)\n", "b", "x = (\n    a,\n)\n"),
        ("x = (\n    a,\n    b\n)\n", "a", "x = (\n    b,\n)\n"),
        ("x = [a,\n     b]\n", "a", "x = [b]\n"),
        ("x = [a,\n     b]\n", "b", "x = [a,\n     ]\n"),
        ("x = [\n    a, # , of a\n    b, # , of b\n]\n", "b", "x = [\n    a, # , of a\n]\n"),
        ("x = [\n    a\n    , b\n]\n", "b", "x = [\n    a\n]\n"),
        ("x = [\n    a\n    ,\n    b\n    ,\n]\n", "b", "x = [\n    a\n    ,\n]\n"),
    ],
)
def test_elements_of_literals_are_cut(source: str, gone: str, result: str) -> None:
    assert cut(source, gone) == result


def test_a_literal_keeps_the_comments_of_the_elements_that_stay() -> None:
    source = "x = [\n    # the first\n    a,  # one\n\n    # the second\n    b,  # two\n]\n"
    assert cut(source, "a") == "x = [\n    # the second\n    b,  # two\n]\n"
    assert cut(source, "b") == "x = [\n    # the first\n    a,  # one\n\n]\n"


EXTRA = ("from m import x",)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("a = 1\n", "from m import x\na = 1\n"),
        ("", "from m import x\n"),
        ("import a\n\nb = 1\n", "import a\nfrom m import x\n\nb = 1\n"),
        ('"""Doc."""\n\nb = 1\n', '"""Doc."""\n\nfrom m import x\n\nb = 1\n'),
        ('"""Doc."""', '"""Doc."""\n\nfrom m import x\n'),
        (
            '# c\n\n"""Doc."""\n\nfrom __future__ import annotations\n\n# std\nimport a\nb = 1\n',
            '# c\n\n"""Doc."""\n\nfrom __future__ import annotations\n\n# std\nimport a\n'
            "from m import x\nb = 1\n",
        ),
        (
            '"""Doc."""; from __future__ import annotations; import a\nb = 1\n',
            '"""Doc."""; from __future__ import annotations; import a\n\nfrom m import x\nb = 1\n',
        ),
        ("#!x\n", "#!x\n\nfrom m import x\n"),
    ],
)
def test_further_imports_stand_behind_those_at_the_top(source: str, result: str) -> None:
    everything = range(len(ast.parse(source).body))
    assert kept(source, *everything, extra=EXTRA) == result


def test_further_imports_have_the_line_endings_of_the_file() -> None:
    result = kept("a = 1\r\nb = 2\r\n", 1, extra=("from m import (\n    x,\n)",))
    assert result == "from m import (\r\n    x,\r\n)\r\nb = 2\r\n"


@pytest.mark.parametrize(
    ("source", "result"),
    [
        (b"\xef\xbb\xbfa = 1\nb = '\xc3\xa9'\n", b"\xef\xbb\xbfb = '\xc3\xa9'\n"),
        (b"# coding: latin-1\na = 1\nb = '\xe9'\n", b"# coding: latin-1\nb = '\xe9'\n"),
        (
            b"# vim: set fileencoding=latin-1 :\na = '\xe9'; b = 2\n",
            b"# vim: set fileencoding=latin-1 :\nb = 2\n",
        ),
        (b"a = 1\r\n\r\n# b\r\nb = 2\r\n", b"# b\r\nb = 2\r\n"),
        (b"a = 1\rb = 2\r", b"b = 2\r"),
        (b"\x0c\na = 1\n\x0c\nb = 2\n", b"b = 2\n"),
        (b"a = '\x0b\x1c'\nb = '\x0b\x1c\xe2\x80\xa8'\n", b"b = '\x0b\x1c\xe2\x80\xa8'\n"),
    ],
)  # fmt: skip
def test_encodings_and_line_endings_stay(source: bytes, result: bytes) -> None:
    assert slice_module(source, ast.parse(source), Slice([1], {})) == result


# Properties: whatever the module, the tree of the result is the tree of what was to be kept.

SMALL = st.sampled_from(
    [
        *("x = 1", "x: int", "pass", "del x", "x = (a, b)", "x = a,", "f(a, (b), [c])"),
        *("x = [\n  a,  # a\n  # b\n  b]", "x = (\n  a\n  , b,\n)", "x = {a, b}"),
        *("x = {'k': (a), **b}", "x = '''\n#'''", "é = ['é', a]"),
        *("import a, b.c", "from m import (a, b as c,)", "from m import a, \\\n  b"),
    ]
)


def block(statements: Iterable[str]) -> str:
    return "".join(f"    {row}\n" if row else "\n" for s in statements for row in s.split("\n"))


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    blocks = st.lists(inner, min_size=1, max_size=3).map(block)
    heads = ["if a:", "for x in (a, b):", "while a:", "with a as x:", "class A:", "async def f(a):"]
    heads += ["@d(a)\n# c\n@e\ndef f(a=[a, b]):"]
    return st.one_of(
        st.builds(
            lambda head, body: f"{head}\n{body}".rstrip("\n"), st.sampled_from(heads), blocks
        ),
        st.builds("if a:\n{}elif b:\n{}else:\n{}".format, blocks, blocks, blocks),
        st.builds("try:\n{}except E:\n{}finally:\n{}".format, blocks, blocks, blocks),
        st.builds("match a:\n  case [b, *_]:\n{}  case _:\n{}".format, blocks, blocks),
        st.lists(st.sampled_from(["f(a)", "x = a, b", "import a"]), min_size=1, max_size=3).map(
            lambda found: "if a: " + "; ".join(found)
        ),
    ).map(lambda found: found.rstrip("\n"))


LINE = st.lists(SMALL, min_size=1, max_size=3).map("; ".join) | st.just("x = 1; \\\n  y = 2")
STATEMENT = st.recursive(LINE, compound, max_leaves=4)
GAP = st.sampled_from(["", "", "\n", "\n\n\n", "# c\n", "\n# c\n\n# d\n", "  \n", "\x0c\n"])
TAIL = st.sampled_from(["\n", "  # t\n", "\n    # in\n"])


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    head = draw(st.sampled_from(["", "", "# (c)\n\n", '"""Doc."""\n', "#!x\n"]))
    body = draw(st.lists(st.tuples(GAP, STATEMENT, TAIL), max_size=5))
    code = head + "".join(part for parts in body for part in parts) + draw(GAP)
    ending = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    whole = code.replace("\n", ending)
    if draw(st.booleans()):
        whole = whole.rstrip("\r\n")
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + whole.encode()


def dumped(nodes: Iterable[ast.AST]) -> list[str]:
    return [ast.dump(node) for node in nodes]


@given(modules())
def test_keeping_everything_gives_the_module_back(source: bytes) -> None:
    tree = ast.parse(source)
    assert slice_module(source, tree, Slice(range(len(tree.body)), {})) == source


@given(modules(), st.data())
def test_keeping_some_gives_just_these(source: bytes, data: st.DataObject) -> None:
    tree = ast.parse(source)
    statements = [i for i in range(len(tree.body)) if data.draw(st.booleans())]
    result = slice_module(source, tree, Slice(statements, {}))
    assert dumped(ast.parse(result).body) == dumped(tree.body[i] for i in statements)
    before, after, at = plain(source), plain(result), 0
    for index in statements:
        segment = ast.get_source_segment(before, tree.body[index])
        assert segment is not None
        at = after.index(segment, at) + len(segment)


def plain(source: bytes) -> str:
    return source.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@given(modules(), st.data())
def test_cutting_gives_the_tree_without_what_was_cut(source: bytes, data: st.DataObject) -> None:
    tree = ast.parse(source)
    gone = {node for node in cuttable(tree) if data.draw(st.booleans())}
    result = slice_module(source, tree, Slice(range(len(tree.body)), {}, gone))
    assert dumped(ast.parse(result).body) == dumped(without(tree, gone, source).body)


def cuttable(tree: ast.Module) -> list[ast.AST]:
    """All that may be cut inside the statements of a module."""
    found: list[ast.AST] = []
    for node in (part for statement in tree.body for part in ast.walk(statement)):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            found += block if isinstance(block, list) else []
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in tree.body:
            found += node.names
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            found += node.elts
        elif isinstance(node, ast.Dict):
            found += node.values
    return found


def without(tree: ast.Module, gone: set[ast.AST], source: bytes) -> ast.Module:
    """A copy of the tree without some nodes, and `pass` where nothing is left."""
    rows = plain(source).split("\n")

    def is_elif(node: ast.AST) -> bool:
        return isinstance(node, ast.If) and rows[node.lineno - 1].startswith(
            "elif", node.col_offset
        )

    elifs = {node for node in ast.walk(tree) if is_elif(node)}
    copied, cut, branches = copy.deepcopy((tree, gone, elifs))
    result = _Without(cut.__contains__, branches).visit(copied)
    assert isinstance(result, ast.Module)
    return result


class _Without(ast.NodeTransformer):
    def __init__(self, cut: Callable[[ast.AST], bool], elifs: set[ast.AST]) -> None:
        self.cut = cut
        self.elifs = elifs

    def _is_gone(self, node: ast.AST) -> bool:
        names = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
        return self.cut(node) or (bool(names) and all(self.cut(alias) for alias in names))

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                left = [part for part in block if not self._is_gone(part)]
                setattr(node, name, left or ([] if block[0] in self.elifs else [ast.Pass()]))
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names = [alias for alias in node.names if not self.cut(alias)]
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            node.elts = [element for element in node.elts if not self.cut(element)]
            if isinstance(node, ast.Set) and not node.elts:
                return ast.Call(ast.Name("set", ast.Load()), [], [])
        elif isinstance(node, ast.Dict):
            pairs = [p for p in zip(node.keys, node.values, strict=True) if not self.cut(p[1])]
            node.keys, node.values = [k for k, _ in pairs], [v for _, v in pairs]
        return super().generic_visit(node)
