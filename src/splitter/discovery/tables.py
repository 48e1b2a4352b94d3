"""The tables of the monolith: which class maps each, which modules read it, which write it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from splitter.discovery import sql
from splitter.discovery.mapping import Model, Models, Use, is_migration
from splitter.discovery.names import Names
from splitter.discovery.parsing import Parsed, absolute
from splitter.discovery.queries import uses_in
from splitter.discovery.trees import walk
from splitter.model.monolith import Table, TableUse

_WORD = re.compile(r"\w+")


def read_tables(parsed: Parsed, names: Names | None = None) -> tuple[Table, ...]:
    """Every table that a model maps or raw SQL names, by name, with its uses by module and line.

    Migrations are left out: they write every table once, and belong to none. A name that SQL
    spells in other letters is the model's. `references` are the tables that foreign keys and
    relationships of the model lead to; `names`: those of the same code, if looked up before.
    """
    models = Models(parsed, names or Names(parsed))
    by_table: dict[str, list[Model]] = defaultdict(list)
    for model in models.by_definition.values():
        by_table[model.table].append(model)
    spelled = {name.lower(): name for name in by_table}
    uses: dict[str, set[Use]] = defaultdict(set)
    for use in _uses(parsed, models):
        uses[spelled.get(use.table.lower(), use.table)].add(use)
    found = sorted({*by_table, *uses})
    return tuple(_table(name, by_table.get(name, []), uses[name], models) for name in found)


def _uses(parsed: Parsed, models: Models) -> Iterator[Use]:
    telling = _Telling(parsed, models)
    for module, path in parsed.names.items():
        source, tree = parsed.sources[path], parsed.trees.get(path)
        if tree is None or is_migration(source):
            continue
        names = telling.names_in(module, path)
        if names or sql.may_hold_sql(source):
            yield from uses_in(models, module, path, tree, source, names)


class _Telling:
    """The names that a use of a table starts from: models, and what is annotated to give them."""

    def __init__(self, parsed: Parsed, models: Models) -> None:
        found = {model.definition.name for model in models.by_definition.values()}
        homes = {model.definition.module for model in models.by_definition.values()}
        mapped = frozenset(found)
        for module in parsed.names if found else ():
            for definition in models.names.top_level(module).values():
                kind = _annotation(definition.node)
                if kind is not None and not mapped.isdisjoint(_words(kind)):
                    found.add(definition.name)
                    homes.add(module)
        self._models = models
        self._parsed = parsed
        self._names = frozenset(found)
        self._homes = frozenset(package for home in homes for package in _with_packages(home))

    def names_in(self, module: str, path: str) -> frozenset[str]:
        """Those that a module defines or imports, by their local names; modules of them too."""
        found = self._names & self._models.names.top_level(module).keys()
        for node in self._models.names.imports(path):
            for alias in self._telling(node, path):
                local = alias.asname or alias.name
                found |= self._names if local == "*" else {local.partition(".")[0]}
        return found

    def _telling(self, node: ast.Import | ast.ImportFrom, path: str) -> Iterator[ast.alias]:
        if isinstance(node, ast.Import):
            yield from (alias for alias in node.names if alias.name in self._homes)
            return
        module = absolute(node.module or "", path, node.level)
        within = f"{module}." if module in self._homes else ""
        for alias in node.names:
            if alias.name == "*":
                if within:
                    yield alias
            elif alias.name in self._names or (within and within + alias.name in self._homes):
                yield alias


def _with_packages(module: str) -> Iterator[str]:
    yield module
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def _annotation(node: ast.AST) -> ast.expr | None:
    """What says of which kind a function's results, or the parameters under an alias, are."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.returns
    return node if isinstance(node, ast.Subscript) else None


def _words(kind: ast.expr) -> Iterator[str]:
    """The names in an annotation, those in quoted ones too."""
    for part in walk(kind):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from _WORD.findall(part.value)


def _table(name: str, found: list[Model], uses: set[Use], models: Models) -> Table:
    references = {other for model in found for other in models.references(model)}
    first = min(found, key=lambda model: not model.own, default=None)
    return Table(
        name=name,
        model=first.definition.dotted if first else "",
        file=first.file if first else "",
        line=first.line if first else 0,
        uses=_by_line(uses),
        references=tuple(sorted(references)),
        cascades=tuple(sorted({t for model in found for t in models.cascades(model)})),
    )


def _by_line(uses: set[Use]) -> tuple[TableUse, ...]:
    """One use for each module, line and mode, told by the first of its kind."""
    told: dict[tuple[str, int, str], TableUse] = {}
    for use in sorted(uses):
        key = (use.module, use.line, use.mode)
        told.setdefault(key, TableUse(use.module, use.line, use.mode, use.how))
    return tuple(told.values())
