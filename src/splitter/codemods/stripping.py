"""Decorators taken off functions, which stay as they were otherwise."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable, Collection

from splitter.codemods.spans import Lines


def strip(source: bytes, names: Collection[str], which: Callable[[ast.expr], object]) -> bytes:
    """The module without those decorators of its functions and classes of some names."""
    encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    lines = Lines(source.decode(encoding))
    spans = []
    for node in ast.parse(lines.text).body:
        if getattr(node, "name", "") in names:
            for decorator in getattr(node, "decorator_list", ()):
                if which(decorator):
                    start, end = lines.span(decorator)
                    spans.append((lines.start_of_line(start), lines.end_of_line(end)))
    text = lines.text
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text.encode(encoding)
