"""A file's imports, and all that goes by them, pointed at new homes."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from splitter.codemods.imports.expressions import Interest, MisplacedError
from splitter.codemods.imports.findings import ABOVE_TOP, RESHAPED, Finding
from splitter.codemods.imports.following import follow_uses, followed_names
from splitter.codemods.imports.mapping import ImportMap, mentions_dynamic
from splitter.codemods.imports.parsing import parse, parse_exactly
from splitter.codemods.imports.reading import read_names
from splitter.codemods.imports.statements import Home, Statement, read_statements
from splitter.codemods.imports.strings import callee_names, stars, write_strings
from splitter.codemods.imports.text import ParseError, Splice, Text, open_text, splice
from splitter.codemods.imports.uncovered import Watch
from splitter.codemods.imports.writing import Site, write_statement
from splitter.model.changes import Note
from splitter.model.rewriting import Edit


class Rewritten(NamedTuple):
    """The file as it is now; its own bytes where nothing was due.

    A note with the code `RESHAPED` says why the reverse map would not give the bytes back.
    `read` is false if the file could not hold anything of the map, and was not parsed.
    """

    text: bytes
    edits: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()
    read: bool = True


def repoint(
    source: bytes,
    *,
    imports: ImportMap,
    origin: str,
    place: str,
    is_package: bool,
    path: str,
    monolith: Watch | None = None,
) -> Rewritten:
    """Point the imports of one file at the new homes of what they name; raises ParseError.

    `origin` is the dotted name that the file had in the monolith, `place` the one it has
    now; unlike each other, they make every relative import absolute. `path` goes into the
    notes. An import of what `monolith` watches that the map does not cover is a note that blocks.
    """
    home = Home(origin, place, is_package)
    watched = monolith is not None and monolith.concerns(source)
    if not watched and not imports.concerns(source, package=home.package, moved=home.moved):
        return Rewritten(source, read=False)
    text = open_text(source)
    tree = parse(text)
    try:
        work = _Work(text, tree, imports, home)
    except MisplacedError:
        work = _Work(text, parse_exactly(text), imports, home)
    except RecursionError:
        raise ParseError("nested too deeply to be followed") from None
    if monolith:
        every = read_statements(tree, imports, home, everything=True)
        work.findings += monolith.uncovered(text, every, imports)
    return _result(source, text, work.sites, work.findings, path)


class _Work:
    """What is due in one file, and what there is to say of it; raises MisplacedError."""

    def __init__(self, text: Text, tree: ast.Module, imports: ImportMap, home: Home) -> None:
        self.sites: list[Site] = []
        self.findings: list[Finding] = []
        self._text = text
        self._imports = imports
        self._statements = read_statements(tree, imports, home, everything=False)
        names = followed_names(self._statements, imports)
        if names or imports.quoted_in(text.data) or mentions_dynamic(text.data):
            self._statements = read_statements(tree, imports, home, everything=True)
            self._follow(tree, names)
        self._write()
        self.findings += stars(text, self._statements, imports)

    def _follow(self, tree: ast.Module, names: Collection[str]) -> None:
        """Rewrite the uses of `names`, and strings."""
        wanted = {*names, *self._imports.binds, *callee_names(self._statements)}
        interest = Interest(
            wanted, self._imports.looks_old, _typing_names(self._statements), self._imports.roots
        )
        reading = read_names(self._text, tree, self._statements, interest)
        if names:
            self._take(*follow_uses(self._text, reading, self._statements, self._imports))
        self._take(*write_strings(reading, self._imports))

    def _take(self, sites: list[Site], findings: list[Finding]) -> None:
        self.sites += sites
        self.findings += findings

    def _write(self) -> None:
        for statement in self._statements:
            if statement.left:
                start, _ = self._text.span(statement.node)
                self.findings.append(Finding(start, ABOVE_TOP, statement.left))
            elif statement.due:
                site = write_statement(self._text, statement)
                self.sites.append(site)
                if site.reshaped:
                    self.findings.append(Finding(site.start, RESHAPED, site.reshaped))


def _typing_names(statements: Sequence[Statement]) -> dict[str, str]:
    """What this file calls `Literal` and `Annotated`."""
    return {
        name.local: name.node.name
        for statement in statements
        if statement.module in ("typing", "typing_extensions")
        for name in statement.names
        if name.node.name in ("Literal", "Annotated")
    }


def _result(
    source: bytes, text: Text, sites: Sequence[Site], findings: Iterable[Finding], path: str
) -> Rewritten:
    notes = tuple(
        Note(path, text.place(f.offset)[0], f.code, f.what, f.blocks) for f in sorted(findings)
    )
    if not sites:
        return Rewritten(source, notes=notes)
    edits = tuple(_edit(text, site) for site in sorted(sites, key=lambda s: (s.start, s.end)))
    data = splice(text.data, (one for site in sites for one in site.splices))
    try:
        return Rewritten(text.in_file(data), edits, notes)
    except UnicodeEncodeError as error:
        what = f"the new names cannot be written in the file's encoding: {error}"
        raise ParseError(what, edits[0].line) from None


def _edit(text: Text, site: Site) -> Edit:
    old = text.data[site.start : site.end]
    moved = [Splice(s.start - site.start, s.end - site.start, s.new) for s in site.splices]
    return Edit(text.place(site.start)[0], old.decode(), splice(old, moved).decode())
