"""Whether a plan still says of an owner's files what it said when they were written."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import partial

from splitter.actions.ownership import digest
from splitter.planning.parting import FOUNDATION
from splitter.planning.plan import Blueprint


def prints(blueprint: Blueprint) -> dict[str, str]:
    """For each service the SHA-256 of what is planned for it: which names go where.

    The text of the code does not count: another one is no other plan.
    """
    said = partial(json.dumps, sort_keys=True)
    shared = [[*_parts(blueprint, FOUNDATION)], blueprint.imports(FOUNDATION)]
    return {
        name: digest(said([shared, *_planned(blueprint, name)]).encode())
        for name in blueprint.plans
    }


def _planned(blueprint: Blueprint, name: str) -> Iterator[object]:
    yield [*_parts(blueprint, name)]
    yield blueprint.imports(name)
    yield [call.key for call in blueprint.calls(name)]
    yield [call.key for call in blueprint.answers(name)]


def _parts(blueprint: Blueprint, owner: str) -> Iterator[object]:
    targets = blueprint.layout.targets.get(owner, {})
    for module, part in sorted(blueprint.division.parts.get(owner, {}).items()):
        statements = blueprint.program.views[module].statements
        yield module, targets.get(module, "")
        yield sorted(sorted(statements[index].binds) for index in part.statements)
        yield sorted(name for names in part.aliases.values() for name in names)
        yield sorted(part.borrowed)
        yield sorted(ast.dump(node) for node in part.cut)
