"""What a service has to be given from outside: variables without a default, and secrets."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk
from splitter.model.monolith import Variable
from splitter.planning.findings.calls import Calls, Sight
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.findings.kinds import last_name
from splitter.planning.parties import MONOLITH, Parties, listed

_SECRET = re.compile(r"(?i)secret|salt|pepper|jwt|signing|(^|_)key($|_)|token(?!s)")
_RANDOM = frozenset(
    {"token_hex", "token_urlsafe", "token_bytes", "urandom", "uuid4", "generate_key"}
    | {"get_random_bytes", "randbytes", "choices"}
)


def needed_variables(parties: Parties, variables: Iterable[Variable]) -> Iterator[Finding]:
    """Variables without a default, told together where one class or line asks for them."""
    by_place: dict[tuple[str, int], list[Variable]] = defaultdict(list)
    lines: dict[tuple[str, int], int] = {}
    for variable in variables:
        piece = parties.reaching.piece_at(variable.module, variable.line)
        if variable.required and piece and parties.with_piece(piece):
            by_place[piece[0], piece[1]].append(variable)
            lines.setdefault((piece[0], piece[1]), variable.line)
    for place, found in sorted(by_place.items()):
        names = sorted({v.name for v in found})
        users = parties.with_piece((*place, "")) or parties.with_piece(
            parties.reaching.piece_at(found[0].module, found[0].line)
        )
        verb = "has" if len(names) == 1 else "have"
        what = f"{listed(names)} {verb} to be set in the environment: there is no default"
        yield finding(found[0].file, min(v.line for v in found), "SPL023", what, users)


def random_secrets(calls: Calls) -> Iterator[Finding]:
    """Secrets that each process makes for itself: what one signs, another does not take."""
    parties = calls.parties
    for sight in calls.named(*_RANDOM):
        name, kept = _name(parties, sight)
        users = parties.with_piece(sight.piece)
        if name and any(u != MONOLITH for u in users):
            what = f"{name} is made anew in each process"
            if kept:
                what += " unless it is set: give all services and the monolith the same"
            else:
                what += ", so what one process signs with it no other takes"
            yield finding(sight.view.path, sight.line, "SPL024", what, users, blocks=not kept)


def _name(parties: Parties, sight: Sight) -> tuple[str, bool]:
    """The name of the secret that a call makes, and whether the environment can set it."""
    statement = parties.program.statement((sight.piece[0], sight.piece[1]))
    node = statement.node
    settings = isinstance(node, ast.ClassDef) and any(
        last_name(base).endswith("Settings") for base in node.bases
    )
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or sight.piece[2]:
        return "", False
    for part in walk(node):
        if isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            names = [chain_of(t)[-1] for t in targets if chain_of(t)]
            inside = any(inner is sight.call for inner in walk(part.value))
            if inside and names and _SECRET.search(names[0]):
                return names[0], settings or _asks(part.value)
    return "", False


def _asks(value: ast.AST) -> bool:
    """`os.getenv(…) or token_hex()`."""
    return any(
        isinstance(part, ast.Name | ast.Attribute)
        and chain_of(part)[-1:] in {("getenv",), ("environ",), ("get",)}
        for part in walk(value)
    )
