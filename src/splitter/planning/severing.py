"""Parts of a statement that are there for certain names only: calls of them for their effect.

What goes is the smallest part that can: a statement that calls, awaits, starts or hands over, the
item of a `with`, the argument of `gather`, the element of a list, `lifespan=` and its like; an
assignment goes with all uses of its target. A compound statement of which nothing is left goes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from splitter.discovery.scopes import chain_of, last_name
from splitter.discovery.trees import children, walk

_HANDS_OVER = frozenset(
    {"create_task", "ensure_future", "add_task", "start_soon", "spawn", "Thread", "Timer"}
    | {"Process", "submit", "run_in_executor", "run_in_threadpool", "to_thread", "run_sync"}
    | {"add_event_handler", "add_job", "add_middleware", "include_router", "mount", "append"}
    | {"partial", "wait_for", "shield", "run", "run_until_complete", "callback"}
    | {"enter_context", "enter_async_context", "push_async_callback", "run_coroutine_threadsafe"}
)
_GATHERS = frozenset({"gather", "as_completed"})
_START_UP = frozenset({"lifespan", "on_startup", "on_shutdown"})
_BLOCKS = ("body", "orelse", "finalbody")
_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Severed:
    """The nodes that go, and the uses that cannot, each with the name it is a use of.

    `uses` are all of them; `attributes`: those of objects that would be set by what goes, each with
    its node and that name.
    """

    cuts: set[ast.AST] = field(default_factory=set)
    stuck: list[tuple[ast.AST, str]] = field(default_factory=list)
    attributes: list[tuple[ast.AST, str, str]] = field(default_factory=list)
    uses: dict[ast.AST, str] = field(default_factory=dict)


def sever(node: ast.stmt, uses: Mapping[ast.AST, str], *, fixed: bool) -> Severed:
    """What goes of a statement with the uses of some names in it. `fixed`: it must stay whole."""
    if not uses:
        return Severed()
    severing = _Severing(node, uses)
    severing.run()
    gone = severing.gone()
    stuck = [(u, name) for u, name in severing.uses.items() if fixed or u not in gone]
    return Severed(set() if fixed else severing.cuts, stuck, severing.attributes, severing.uses)


class _Severing:
    def __init__(self, node: ast.stmt, uses: Mapping[ast.AST, str]) -> None:
        self._node = node
        self._parents = {child: part for part in walk(node) for child in children(part)}
        self.uses = dict(uses)
        self.cuts: set[ast.AST] = set()
        self.attributes: list[tuple[ast.AST, str, str]] = []

    def run(self) -> None:
        todo = list(self.uses)
        while todo:
            use = todo.pop()
            cut = self._cut_of(use)
            if cut is not None and cut not in self.cuts:
                self.cuts.add(cut)
                todo += self._of_targets(cut, self.uses[use])
        self.cuts |= set(left_empty(self._node, self.cuts))

    def gone(self) -> set[ast.AST]:
        return {part for cut in self.cuts for part in walk(cut)}

    def _cut_of(self, node: ast.AST) -> ast.AST | None:
        """The smallest part that can go with a use; `None`: there is none."""
        while node in self._parents:
            parent = self._parents[node]
            if isinstance(parent, ast.Expr):
                return parent
            if isinstance(parent, ast.withitem):
                return parent if node is parent.context_expr else None
            if isinstance(parent, ast.Assign | ast.AnnAssign):
                return parent if node is parent.value and self._can_go(parent) else None
            if isinstance(parent, ast.List | ast.Tuple | ast.Set) and _is_kept(parent):
                return node
            if isinstance(parent, ast.Call) and node is not parent.func:
                if last_name(parent.func) in _GATHERS and len(parent.args) > 1:
                    if not all(map(self._is_left_out, parent.args)):
                        return node
                elif last_name(parent.func) not in _HANDS_OVER | _GATHERS:
                    return node if self._is_start_up(node) else None
            elif not isinstance(
                parent,
                ast.Call | ast.Attribute | ast.Await | ast.Starred | ast.Lambda | ast.keyword,
            ):
                return None
            node = parent
        return node if isinstance(node, ast.Expr) else None

    def _is_left_out(self, node: ast.AST) -> bool:
        """Whether an argument begins with a use."""
        return any(part in self.uses for part in walk(node))

    @staticmethod
    def _is_start_up(node: ast.AST) -> bool:
        return isinstance(node, ast.keyword) and node.arg in _START_UP

    def _can_go(self, node: ast.Assign | ast.AnnAssign) -> bool:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(isinstance(t, ast.Name) or self._is_state(t) for t in targets)

    def _is_state(self, target: ast.AST) -> bool:
        """`app.state.task = …` in the function that alone uses it."""
        return isinstance(target, ast.Attribute) and len(chain_of(target)) > 1

    def _of_targets(self, cut: ast.AST, name: str) -> Iterator[ast.AST]:
        """Further uses: of what a part that goes would have bound."""
        for target in _targets(cut):
            chain = chain_of(target)
            if len(chain) > 1:
                self.attributes.append((cut, chain[-1], name))
            scope = self._node if len(chain) > 1 else self._scope_of(cut)
            if scope is None or not chain:
                continue
            for part in walk(scope):
                same = chain_of(part) == chain and isinstance(getattr(part, "ctx", None), ast.Load)
                if same and part not in self.uses:
                    self.uses[part] = name
                    yield part

    def _scope_of(self, node: ast.AST) -> ast.AST | None:
        while node in self._parents and not isinstance(node, _FUNCTIONS):
            node = self._parents[node]
        return node if isinstance(node, _FUNCTIONS) else None


def _targets(cut: ast.AST) -> Iterable[ast.AST]:
    if isinstance(cut, ast.Assign):
        return cut.targets
    if isinstance(cut, ast.AnnAssign):
        return [cut.target]
    if isinstance(cut, ast.withitem) and cut.optional_vars is not None:
        return [cut.optional_vars]
    return ()


def _is_kept(node: ast.List | ast.Tuple | ast.Set) -> bool:
    return isinstance(node.ctx, ast.Load) if not isinstance(node, ast.Set) else True


def left_empty(node: ast.AST, cuts: set[ast.AST]) -> Iterator[ast.AST]:
    """Compound statements of which everything is cut."""
    inner = [part for name in _BLOCKS for part in _block(node, name)]
    handlers = _block(node, "handlers")
    for part in (*inner, *handlers):
        yield from left_empty(part, cuts)
    empty = set(inner) and all(p in cuts or p in set(left_empty(p, cuts)) for p in inner)
    if empty and isinstance(node, _COMPOUND):
        yield node


def _block(node: ast.AST, name: str) -> list[ast.AST]:
    block = getattr(node, name, [])
    return block if isinstance(block, list) else []
