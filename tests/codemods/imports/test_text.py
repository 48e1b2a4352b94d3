import pytest

from splitter.codemods.imports.text import ParseError, Splice, open_text, splice


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"x = 1",
        b"\xef\xbb\xbfx = 1\r\n",
        "größe = '数据'\n".encode(),
        "# coding: latin-1\n# é\n".encode("latin-1"),
        "#!/bin/sh\n# vim: set fileencoding=cp1251 :\n'ж'\n".encode("cp1251"),
        "# -*- coding: utf-8-sig -*-\n'é'\n".encode(),
        "x = 1\n\n# coding: latin-1\n'é'\n".encode(),
    ],
)
def test_a_file_comes_back_as_it_was(source: bytes) -> None:
    text = open_text(source)
    assert text.in_file(text.data) == source


def test_places_are_utf_8_bytes_on_lines_of_all_endings() -> None:
    text = open_text("é\r\nab\rcd\n\x0cef".encode())
    assert text.offset(3, 1) == text.data.index(b"d")
    assert text.place(text.data.index(b"f")) == (4, 2)
    assert text.line_around(text.data.index(b"b")) == (4, 6)
    assert [text.newline(at) for at in (0, 4, 7)] == [b"\r\n", b"\r", b"\n"]


def test_a_file_without_line_endings_gets_plain_ones() -> None:
    assert open_text(b"x").newline(0) == b"\n"


@pytest.mark.parametrize(
    ("source", "place", "what"),
    [
        (b"x = 1\ny = '\xe9'\n", (2, 6), "not valid utf-8"),
        (b"# coding: ascii\n#\xe9\n", (2, 2), "not valid ascii"),
        (b"# coding: nothing-like-it\n", (1, 1), "unknown encoding: nothing-like-it"),
        (b"\xef\xbb\xbf# coding: latin-1\n", (1, 1), "byte order mark"),
    ],
)
def test_what_cannot_be_decoded_has_a_place(
    source: bytes, place: tuple[int, int], what: str
) -> None:
    with pytest.raises(ParseError, match=what) as caught:
        open_text(source)
    assert (caught.value.line, caught.value.column) == place


def test_splices_are_done_in_the_order_of_their_places() -> None:
    done = splice(b"abcdef", [Splice(4, 5, b"E"), Splice(0, 1, b""), Splice(2, 2, b"--")])
    assert done == b"b--cdEf"
