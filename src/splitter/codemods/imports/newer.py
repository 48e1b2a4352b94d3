"""Files in a Python newer than the one that runs: read by libcst, given as an `ast` tree."""

from __future__ import annotations

import ast
import re
import warnings
from itertools import accumulate

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from splitter.codemods.imports.skeleton import Skeleton
from splitter.codemods.imports.text import ParseError, Text

DEEPEST = 200
_BRACKETS = re.compile(r"[(\[{}\])]")


def read_newer(text: Text) -> ast.Module:
    """What `ast` would give if it could: names, scopes and imports with exact places.

    Whatever else stands in expressions is given as a tuple of its parts. Raises ParseError, also
    for nesting that no Python takes: libcst would run out of its stack, and the process with it.
    """
    source = text.data.decode()
    if _depth(source) > DEEPEST:
        raise ParseError("too many nested parentheses")
    try:
        module = cst.parse_module(source)
        if module.code != source:
            raise ParseError("libcst does not give the file's text back")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
            return Skeleton(text, spans).module(module)
    except cst.ParserSyntaxError as error:
        raise ParseError("invalid syntax", error.raw_line, error.raw_column + 1) from None
    except RecursionError:
        raise ParseError("nested too deeply") from None


def _depth(source: str) -> int:
    """How deeply brackets are nested at most, those in strings included."""
    steps = (1 if bracket in "([{" else -1 for bracket in _BRACKETS.findall(source))
    return max(accumulate(steps), default=0)
