"""How code that moves finds data: by where it lies, or by where the monolith is started."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from splitter.discovery.trees import children
from splitter.planning.data import Reader, module_of
from splitter.planning.parting import Part
from splitter.planning.program import Program


@dataclass(frozen=True, slots=True)
class Places:
    """What code of a part asks about where it, or another module, lies.

    `own`: it does; `others`: files of other modules by the expressions that it names them with;
    `started`: paths by the folder that the monolith is started in, as `Anchored.start` has them.
    """

    own: bool
    others: Mapping[str, str]
    started: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:
        return self.own or bool(self.others) or bool(self.started)


def places_in(program: Program, part: Part) -> Places:
    """How a part finds data beside the code."""
    view = program.views[part.module]
    others: dict[str, str] = {}
    own = False
    for index in part.statements:
        for node in _walk(view.statements[index].node, part.cut):
            if isinstance(node, ast.Name) and node.id in ("__file__", "__package__", "__name__"):
                own = True
            elif isinstance(node, ast.Attribute) and node.attr == "__file__":
                module = module_of(program, view, node.value)
                if module in program.views:
                    others[ast.unparse(node.value)] = program.views[module].path
    reader = Reader(program)
    for index in sorted(part.statements):
        reader.read(view, view.statements[index].node, part.cut)
    return Places(own, others, frozenset(reader.started))


def _walk(node: ast.AST, cut: frozenset[ast.AST]) -> Iterator[ast.AST]:
    if node in cut:
        return
    yield node
    for child in children(node):
        yield from _walk(child, cut)
