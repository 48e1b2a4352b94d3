"""What a module does when it is imported, and for whom: always, or while an object is needed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from splitter.discovery.modules import Kind, ModuleView, Statement
from splitter.discovery.scopes import Imported, bound_by_import
from splitter.planning.program import Program, Router
from splitter.planning.registries import Registries
from splitter.planning.ways import Ways


@dataclass(frozen=True, slots=True)
class Effect:
    """A statement that does something, or an import of a module that does.

    `when`: objects of which one has to be needed; empty: always. `puts`: the statement puts what
    it defines into that object. `module` is what an import runs, `local` the name that it binds
    (empty for a star), to `imported`.
    """

    index: int
    when: tuple[Router, ...] = ()
    puts: bool = False
    module: str = ""
    local: str = ""
    imported: Imported | None = None


def effects(
    program: Program, registries: Registries, ways: Ways, view: ModuleView
) -> Iterator[Effect]:
    """What the statements of a module do, those aside that are only there for their names."""
    for statement in view.statements:
        index = statement.index
        if statement.kind is Kind.ACTION and not is_main_guard(statement.node):
            when = ((view.name, statement.base[0]),) if statement.base else ()
            yield Effect(index, when)
        elif statement.kind is Kind.REGISTRATION and ways.takes(statement):
            yield Effect(index)
        elif statement.kind is Kind.DEFINITION:
            into = tuple(sorted(registries.put_into((view.name, index))))
            if into:
                yield Effect(index, into, puts=True)
        elif statement.kind is Kind.IMPORT:
            for effect in _imports(program, view, statement):
                if ways.fills_others(effect.module) or _is_for_effect(program, view, effect):
                    yield effect
                elif registries.filled_by(effect.module):
                    into = tuple(sorted(registries.filled_by(effect.module)))
                    yield Effect(index, into, False, effect.module, effect.local, effect.imported)


def is_main_guard(node: ast.AST) -> bool:
    """`if __name__ == "__main__":` is for a script, not for a module that is imported."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides)


def _imports(program: Program, view: ModuleView, statement: Statement) -> Iterator[Effect]:
    assert isinstance(statement.node, ast.Import | ast.ImportFrom)
    for index, star in view.stars:
        if index == statement.index:
            yield Effect(index, module=star)
    for local, imported, alias in bound_by_import(statement.node, view.resolve):
        module = f"{imported.module}.{imported.name}" if imported.name else alias.name
        if not program.is_module(module) or _takes_a_name(program, imported):
            module = imported.module
        yield Effect(statement.index, (), False, module, local, imported)


def _is_for_effect(program: Program, view: ModuleView, effect: Effect) -> bool:
    """A module that is imported and never named is imported for what it does.

    A package that imports its own modules most often only passes their names on.
    """
    if effect.imported is None or effect.local in view.names_read:
        return False
    passed_on = view.is_package or _takes_a_name(program, effect.imported)
    return program.is_module(effect.module) and not passed_on


def _takes_a_name(program: Program, imported: Imported) -> bool:
    """Whether an import takes a name that a module binds, and not a module."""
    return bool(imported.name) and not program.is_submodule(imported.module, imported.name)
