import ast

import pytest

from splitter.codemods.imports import parsing
from splitter.codemods.imports.parsing import check_syntax, parse
from splitter.codemods.imports.text import ParseError, open_text

BROKEN = [
    (b"x = = 1\n", (1, 5), "invalid syntax"),
    (b"import os\nx = (1,\n", (2, 5), "was never closed"),
    (b"def f():\nreturn 1\n", (2, 1), "expected an indented block"),
    (b"x = 1\n  y = 2\n", (2, 2), "unexpected indent"),
    (b"x = '''a\n", (1, 5), "unterminated triple-quoted"),
    (b"print 'x'\n", (1, 1), "Missing parentheses"),
    (b"x\0", (1, 1), "null bytes"),
    (b"type X = int\nx = = 1\n", (2, 1), "invalid syntax"),
    (b"# coding: rot13-and-a-half\n", (1, 1), "unknown encoding"),
    (b"'\xff'\n", (1, 2), "not valid utf-8"),
    (b"# \xff\n", (1, 3), "not valid utf-8"),
]


@pytest.mark.parametrize(("source", "place", "what"), BROKEN)
def test_what_cannot_be_parsed_is_told_with_its_place(
    source: bytes, place: tuple[int, int], what: str
) -> None:
    with pytest.raises(ParseError, match=what) as caught:
        check_syntax(source)
    assert (caught.value.line, caught.value.column) == place
    with pytest.raises(ParseError) as again:
        parse(open_text(source))
    assert (again.value.line, again.value.column, again.value.what) == (
        caught.value.line,
        caught.value.column,
        caught.value.what,
    )


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\xef\xbb\xbfx = 1\r\n",
        b"return 1\n",
        b"nonlocal x\n",
        b"x = '\\d'\n",
        b"type X = int\n",
        "# coding: cp1251\nx = 'ж'\n".encode("cp1251"),
    ],
)
def test_what_parses_passes_even_if_it_would_not_run(source: bytes) -> None:
    check_syntax(source)
    assert isinstance(parse(open_text(source)), ast.Module)


def test_a_coding_line_is_not_taken_for_that_of_the_utf_8_text() -> None:
    tree = parse(open_text("# coding: latin-1\nx = 'é'\n".encode("latin-1")))
    assert ast.unparse(tree) == "x = 'é'"


def test_a_file_that_is_sound_is_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "parse", lambda text: pytest.fail("parsed again"))
    check_syntax(b"import os\n")
