"""A file's syntax tree: by `ast`, or by libcst where this Python is too old for the file."""

from __future__ import annotations

import ast
import warnings

from splitter.codemods.imports.text import ParseError, Text, open_text

_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)


def parse(text: Text) -> ast.Module:
    """The tree of `text`, its places in UTF-8 bytes; raises ParseError.

    Until Python 3.12 the places of what stands in f-strings are not always right.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.source)
    except (RecursionError, MemoryError):
        raise ParseError("nested too deeply") from None
    except (SyntaxError, ValueError) as error:
        refusal = _parse_error(error)
    try:
        return parse_exactly(text)
    except ParseError as error:
        raise _better(refusal, error) from None


def parse_exactly(text: Text) -> ast.Module:
    """The same tree by libcst, which knows the places in f-strings; raises ParseError."""
    from splitter.codemods.imports.newer import read_newer

    return read_newer(text)


def check_syntax(source: bytes) -> None:
    """Raise ParseError if `source` is no Python; much cheaper than a tree where it is."""
    import symtable

    text = open_text(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            symtable.symtable(
                text.source,  # type: ignore[arg-type]
                "<file>",
                "exec",
            )
    except _REFUSALS:
        parse(text)


def _parse_error(error: SyntaxError | ValueError) -> ParseError:
    if isinstance(error, SyntaxError):
        return ParseError(error.msg, max(error.lineno or 1, 1), max(error.offset or 1, 1))
    return ParseError(str(error))


def _better(old: ParseError, new: ParseError) -> ParseError:
    """Which of both refusals is the fault: `ast` may have stumbled over newer syntax first."""
    starts = any(word in old.what for word in ("never closed", "unterminated"))
    return new if new.line > old.line and not starts else old
