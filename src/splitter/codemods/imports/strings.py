"""Strings that are import paths, and what else a map cannot follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from splitter.codemods.imports.expressions import Call, Reading
from splitter.codemods.imports.findings import DYNAMIC, STAR, STRING, Finding
from splitter.codemods.imports.mapping import ImportMap
from splitter.codemods.imports.scopes import Use, sight
from splitter.codemods.imports.statements import Statement
from splitter.codemods.imports.text import Splice, Text
from splitter.codemods.imports.writing import Site

_Kind = Callable[[str, ImportMap], str | None]
_MODULES_WITH_CALLS = ("importlib", "unittest", "uvicorn")
_UNBOUND = ("monkeypatch", "__import__")


def callee_names(statements: Sequence[Statement]) -> set[str]:
    """The local names that calls with import paths may start from."""
    known = {
        name.local
        for statement in statements
        for name in statement.names
        if name.old.partition(".")[0] in _MODULES_WITH_CALLS
    }
    return known | set(_UNBOUND)


def write_strings(reading: Reading, imports: ImportMap) -> tuple[list[Site], list[Finding]]:
    """The strings that are rewritten, and a finding for each that cannot be or looks alike."""
    sites, findings, done = [], [], set()
    for call in reading.calls:
        kind = _kind(call.callee)
        if kind is None:
            continue
        new = None if call.value is None else kind(call.value, imports)
        if new is not None and new != call.value and call.start is not None:
            sites.append(_site(call.start, call.value or "", new))
            done.add(call.argument)
        elif _is_dynamic(call, kind, imports):
            findings.append(_dynamic(call))
            done.add(call.argument)
    findings += [
        Finding(offset, STRING, f'"{node.value!s}" looks like a moved name and was left')
        for node, offset in reading.strings
        if node not in done
    ]
    return sites, findings


def stars(text: Text, statements: Sequence[Statement], imports: ImportMap) -> Iterator[Finding]:
    """Star imports of modules of which something moves elsewhere."""
    for statement in statements:
        if statement.names[0].node.name == "*" and imports.splits(statement.module):
            what = f"`from {statement.module} import *` may bind names that moved elsewhere"
            yield Finding(text.span(statement.node)[0], STAR, what)


def _kind(callee: Use) -> _Kind | None:
    """How the first argument of a call is read, if it is one of those that are rewritten."""
    seen = sight(callee)
    means = {b.imported.means for b in seen.bindings if b.imported} if seen else set()
    if not means and callee.name == "monkeypatch":
        return _dotted if callee.attributes in (("setattr",), ("delattr",)) else None
    if seen is None:
        return _dunder if callee.name == "__import__" and not callee.attributes else None
    for meaning in means:
        kind = _KINDS.get(".".join((meaning, *callee.attributes)))
        if kind:
            return kind
    return None


def _module(value: str, imports: ImportMap) -> str | None:
    return imports.target(value)


def _dotted(value: str, imports: ImportMap) -> str | None:
    return imports.target(value) if "." in value else None


def _application(value: str, imports: ImportMap) -> str | None:
    module, colon, attribute = value.partition(":")
    if not colon:
        return None
    whole = imports.target(f"{module}.{attribute}")
    if whole == f"{imports.target(module)}.{attribute}":
        return f"{imports.target(module)}:{attribute}"
    first, dot, rest = attribute.partition(".")
    home, _, name = imports.target(f"{module}.{first}").rpartition(".")
    return f"{home}:{name}{dot}{rest}" if home else None


def _dunder(value: str, imports: ImportMap) -> str | None:
    return None


_KINDS: dict[str, _Kind] = {
    "importlib.import_module": _module,
    "importlib.__import__": _dunder,
    "unittest.mock.patch": _dotted,
    "uvicorn.run": _application,
}


def _site(start: int, old: str, new: str) -> Site:
    end = start + len(old.encode())
    return Site(start, end, (Splice(start, end, new.encode()),))


def _is_dynamic(call: Call, kind: _Kind, imports: ImportMap) -> bool:
    if call.value is None:
        return kind in (_module, _dunder)
    return kind is _dunder and imports.target(call.value) != call.value


def _dynamic(call: Call) -> Finding:
    argument = "" if call.value is None else f'"{call.value}"'
    called = ".".join((call.callee.name, *call.callee.attributes))
    what = f"`{called}({argument or '...'})` imports what only the running program knows"
    if argument:
        what = f"`{called}({argument})` imports a moved name and was left"
    return Finding(call.offset, DYNAMIC, what)
