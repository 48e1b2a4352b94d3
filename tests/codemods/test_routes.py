import ast

import pytest

from splitter.codemods.routes import Marked, mark_deprecated

ENDPOINTS = frozenset({"api.routes:f", "api.routes:C.m", "api.routes:make.<locals>.g", "api.v:h"})


def marked(source: str | bytes, is_package: bool = False) -> Marked:
    data = source if isinstance(source, bytes) else source.encode()
    return mark_deprecated(data, module="api.routes", is_package=is_package, endpoints=ENDPOINTS)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1\n",
        '@router.get("/x")\ndef other(): ...\n',
        '@router.websocket("/x")\nasync def f(socket): ...\n',
        '@router.get("/x", **options)\ndef f(): ...\n',
        "@cached\ndef f(): ...\n@router.get\ndef f(): ...\n",
        'def outer():\n    @router.get("/x")\n    def f(): ...\n',
        'class D:\n    @router.get("/x")\n    def f(self): ...\n',
        'router.add_api_route("/x", other)\n',
        'router.add_api_route("/x", *more)\n',
        'from .w import h\nrouter.add_api_route("/x", h)\n',
        "router.add_route('/x', f)\n",
        "def broken(:\n",
    ],
)
def test_these_stay_as_they_are(source: str) -> None:
    assert marked(source) == Marked(source.encode(), frozenset())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('("/x")', '("/x", deprecated=True)'),
        ("('/x',)", "('/x', deprecated=True,)"),
        ('("/x" )', '("/x", deprecated=True )'),
        ('( "/x", tags=["a"] )', '( "/x", tags=["a"], deprecated=True )'),
        ("()", "(deprecated=True)"),
        ('(path="/x",name="y")', '(path="/x",name="y", deprecated=True)'),
        (
            '(\n    "/x",\n    response_model=X,\n)',
            '(\n    "/x",\n    response_model=X,\n    deprecated=True,\n)',
        ),
        (
            '(\n    "/x",\n    response_model=X\n)',
            '(\n    "/x",\n    response_model=X,\n    deprecated=True\n)',
        ),
        ('(\n  "/x"\n)', '(\n  "/x",\n  deprecated=True\n)'),
        (
            '(\n    "/x",  # one\n    name="y",  # two\n    # three\n)',
            '(\n    "/x",  # one\n    name="y",  # two\n    # three\n    deprecated=True,\n)',
        ),
        (
            '(\n    "/x",\n    name="y"  # two\n)',
            '(\n    "/x",\n    name="y",  # two\n    deprecated=True\n)',
        ),
        (
            '("/x",\n            name="y")',
            '("/x",\n            name="y",\n            deprecated=True)',
        ),
        ('("/x", name="y",\n)', '("/x", name="y", deprecated=True,\n)'),
        (
            '("/x", name="y",  # two\n)',
            '("/x", name="y",  # two\ndeprecated=True,\n)',
        ),
        ('("/x", *more)', '("/x", *more, deprecated=True)'),
    ],
)
def test_the_argument_is_added_in_the_style_of_the_others(before: str, after: str) -> None:
    text = "@router.get{}\n@other('x')\ndef f(a, b=(1,\n  2)): # end\n    return 1\n"
    result = marked(text.format(before))
    assert result == Marked(text.format(after).encode(), frozenset({"api.routes:f"}))
    ast.parse(result.source)
    assert marked(result.source) == result


def test_every_route_of_a_function_is_marked() -> None:
    text = '@r.get("/x"{0})\n@log\n@s.api_route("/y", methods=["PUT"]{0})\nasync def f(): ...\n'
    assert marked(text.format("")).source.decode() == text.format(", deprecated=True")


@pytest.mark.parametrize("said", ["True", "False", "OLD"])
def test_what_says_it_already_counts_as_marked(said: str) -> None:
    source = f'@router.get("/x", deprecated={said})\ndef f(): ...\n'.encode()
    assert marked(source) == Marked(source, frozenset({"api.routes:f"}))


def test_methods_and_functions_within_functions_have_their_own_names() -> None:
    text = (
        'class C:\n    @router.get("/x"{0})\n    def m(self): ...\n\n'
        '    @router.get("/x")\n    def n(self): ...\n\n'
        'def make():\n    @app.post("/x"{0})\n    def g(): ...\n\n    return app\n'
    )
    result = marked(text.format(""))
    assert result.source.decode() == text.format(", deprecated=True")
    assert result.endpoints == {"api.routes:C.m", "api.routes:make.<locals>.g"}


@pytest.mark.parametrize(
    ("before", "call"),
    [
        ("def f(): ...", 'router.add_api_route("/x", f{})'),
        ("def f(): ...", 'add(router.add_api_route(path="/x", endpoint=f{}))'),
        ("from api.v import h", 'router.add_api_route("/x", h{})'),
        ("from .v import h as k", 'router.add_api_route("/x", k{})'),
        ("from . import v", 'router.add_api_route("/x", v.h{})'),
        ("import api.v", 'router.add_api_route("/x", api.v.h{})'),
        ("import api.v as w", 'router.add_api_route("/x", w.h{})'),
    ],
)
def test_a_route_may_be_added_by_a_call(before: str, call: str) -> None:
    result = marked(f"{before}\n{call.format('')}\n")
    assert result.source.decode() == f"{before}\n{call.format(', deprecated=True')}\n"
    assert len(result.endpoints) == 1


def test_relative_imports_of_a_package_start_at_itself() -> None:
    source = b'from .v import h\nr.add_api_route("/x", h)\n'
    endpoints = {"api.routes.v:h"}
    result = mark_deprecated(source, module="api.routes", is_package=True, endpoints=endpoints)
    assert result.endpoints == endpoints


def test_a_method_may_be_added_by_its_own_class() -> None:
    text = 'class C:\n    def __init__(self):\n        self.r.add_api_route("/x", self.m{})\n'
    assert marked(text.format("")).source.decode() == text.format(", deprecated=True")


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_bytes_that_are_not_its_own_stay(bom: bytes, newline: str) -> None:
    lines = ['x = "é"\t', "@router.get(", '    "/x",{}', ")", "def f(): pass  ", "", "y=1"]
    before = bom + newline.join(lines).format("").encode()
    after = bom + newline.join(lines).format(newline + "    deprecated=True,").encode()
    assert marked(before).source == after


def test_another_encoding_stays() -> None:
    source = '# coding: latin-1\nx = "é"\n@router.get("/x"{})\ndef f(): ...\n'
    result = marked(source.format("").encode("latin-1"))
    assert result.source == source.format(", deprecated=True").encode("latin-1")
