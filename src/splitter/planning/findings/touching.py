"""What code does to an object at module level: puts something in, takes something out, reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from enum import Flag, auto

from splitter.discovery.scopes import Chain, bound_by_import, bound_names, chain_of
from splitter.discovery.trees import children, walk
from splitter.planning.pieces import Piece
from splitter.planning.program import Place
from splitter.planning.reaching import Reaching


class Touch(Flag):
    """`HOLD`: a lock is held while something is awaited; `PASS`: the object is handed on."""

    READ = auto()
    FILL = auto()
    EMPTY = auto()
    HOLD = auto()
    PASS = auto()


Methods = Mapping[str, Touch]
NOTHING = Touch(0)
_FILLING = frozenset(
    {"append", "appendleft", "add", "update", "setdefault", "extend", "insert", "put"}
    | {"put_nowait", "extendleft"}
)
_EMPTYING = frozenset({"clear", "remove", "discard", "pop", "popitem", "popleft", "get_nowait"})
_METHODS: Methods = {
    **dict.fromkeys(_FILLING, Touch.FILL),
    **dict.fromkeys(_EMPTYING, Touch.EMPTY | Touch.READ),
    **dict.fromkeys(("clear", "remove", "discard"), Touch.EMPTY),
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def during(node: ast.AST, *, depth: int) -> Iterator[ast.AST]:
    """The parts of a function that run when it is called; nothing of any other code.

    `depth` is how many functions lie around what runs while answering: a decorator's own body
    runs when something is decorated, and only what it makes of that runs later.
    """
    if not isinstance(node, _FUNCTIONS):
        return
    if depth == 0:
        yield from (node.args, *node.body)
        return
    for part in _inner_functions(node):
        yield from during(part, depth=depth - 1)


def together(touches: Iterable[Touch]) -> Touch:
    """All of them. There are few that differ, and an enum takes its time to add one."""
    found = NOTHING
    for touch in {id(touch): touch for touch in touches}.values():
        found |= touch
    return found


def touches(
    reaching: Reaching, piece: Piece, parts: list[ast.AST], state: tuple[Place, str], of: Methods
) -> Touch:
    """What parts of a piece do to the object that a statement gives a name to.

    `of`: what the methods of the object do to it; empty for a container.
    """
    found = NOTHING
    for head in set(_heads(reaching, piece, state)) if parts else ():
        rebinds = len(head) == 1 and piece[0] == state[0][0]
        once = rebinds and _is_guarded(parts, head)
        for part in parts:
            found |= touch_of(part, head, of, rebinds=rebinds, once=once)
    return found


def touch_of(
    node: ast.AST, head: Chain, of: Methods, *, rebinds: bool, once: bool = False
) -> Touch:
    """What code does to the object that a chain of names stands for in it.

    `rebinds`: an assignment to the name itself is one to the object's name; `once`: a constant is
    assigned where the code has looked at what is there.
    """
    found = NOTHING
    inner: set[ast.AST] = set()
    for part in walk(node):
        if isinstance(part, ast.With | ast.AsyncWith):
            found |= Touch.HOLD if _holds(part, head) else NOTHING
        elif isinstance(part, ast.Assign | ast.AnnAssign | ast.AugAssign) and part.value:
            found |= _assigned(part, head, rebinds, once)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            found |= _called(part.func, head, of, inner)
        elif isinstance(part, ast.Subscript) and _is_at(part.value, head):
            inner.update(walk(part.value))
            found |= _subscripted(part)
        elif isinstance(part, ast.Attribute) and chain_of(part.value) == head:
            inner.add(part.value)
            found |= of.get(part.attr, Touch.READ) if of else Touch.READ
        elif part not in inner and _is_handed_on(part, head):
            found |= Touch.READ | Touch.PASS
    return found


def _assigned(
    node: ast.Assign | ast.AnnAssign | ast.AugAssign, head: Chain, rebinds: bool, once: bool
) -> Touch:
    """A counter that is counted, or a flag that is set other than once for each process."""
    constant = isinstance(node.value, ast.Constant) and node.value.value is not None
    if not isinstance(node, ast.AugAssign) and (once or not constant):
        return NOTHING
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        chain = chain_of(target)
        deeper = len(chain) > len(head) and chain[: len(head)] == head
        if deeper or (chain == head and rebinds):
            return Touch.FILL
    return NOTHING


def _is_guarded(parts: list[ast.AST], head: Chain) -> bool:
    """`if known is None: known = True`: what is found out once, by each process for itself."""
    tests = (p.test for part in parts for p in walk(part) if isinstance(p, ast.If | ast.IfExp))
    return any(chain_of(inner) == head for test in tests for inner in walk(test))


def _called(function: ast.Attribute, head: Chain, of: Methods, inner: set[ast.AST]) -> Touch:
    chain = chain_of(function.value)
    if chain[: len(head)] != head:
        return NOTHING
    inner.update(walk(function))
    if len(chain) > len(head):
        return _METHODS.get(function.attr, Touch.READ)
    return of.get(function.attr, NOTHING) if of else _METHODS.get(function.attr, Touch.READ)


def _is_handed_on(node: ast.AST, head: Chain) -> bool:
    named = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    return named and chain_of(node) == head


def _is_at(node: ast.AST, head: Chain) -> bool:
    chain = chain_of(node)
    return bool(chain) and chain[: len(head)] == head


def _subscripted(node: ast.Subscript) -> Touch:
    if isinstance(node.ctx, ast.Store):
        return Touch.FILL
    return Touch.EMPTY if isinstance(node.ctx, ast.Del) else Touch.READ


def _holds(node: ast.With | ast.AsyncWith, head: Chain) -> bool:
    if not any(chain_of(item.context_expr) == head for item in node.items):
        return False
    return any(isinstance(part, ast.Await) for inner in node.body for part in walk(inner))


def _inner_functions(node: ast.AST) -> Iterator[ast.AST]:
    for part in children(node):
        if isinstance(part, _FUNCTIONS):
            yield part
        elif not isinstance(part, ast.Lambda | ast.ClassDef):
            yield from _inner_functions(part)


def _heads(reaching: Reaching, piece: Piece, state: tuple[Place, str]) -> Iterator[Chain]:
    """The names, with attributes, by which a piece calls the object."""
    (module, _), name = state
    program, facts = reaching.program, reaching.facts(piece)
    if module == piece[0]:
        if not _is_hidden(facts.node, name):
            yield (name,)
        return
    for chain in {c[: n + 1] for c in facts.uses.free for n in range(len(c))}:
        if (module, name) in set(program.origins(piece[0], chain)):
            yield chain
    for part in walk(facts.node):
        if isinstance(part, ast.Import | ast.ImportFrom):
            resolve = program.views[piece[0]].resolve
            for local, imported, _ in bound_by_import(part, resolve):
                for rest in ((), (name,)):
                    if (module, name) in set(program.target(imported, rest)):
                        yield (local, *rest)


def _is_hidden(node: ast.AST, name: str) -> bool:
    """Whether a function has a variable or parameter of that name for itself."""
    if not isinstance(node, _FUNCTIONS):
        return False
    if any(isinstance(p, ast.Global) and name in p.names for p in walk(node)):
        return False
    return name in {n for n, _ in bound_names([node.args, *node.body])}
