"""Which objects at module level hold state, and what their methods do to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from splitter.discovery.modules import Kind, Statement
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk
from splitter.planning.findings.touching import NOTHING, Methods, Touch, touch_of
from splitter.planning.reaching import Reaching

_MAKERS = frozenset(
    {"dict", "list", "set", "deque", "defaultdict", "OrderedDict", "Counter", "Queue", "LifoQueue"}
    | {"PriorityQueue", "SimpleQueue", "WeakSet", "WeakValueDictionary", "WeakKeyDictionary"}
    | {"TTLCache", "LRUCache", "LFUCache", "FIFOCache", "TLRUCache", "bytearray"}
)
_CONTAINERS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
_LOCKS = frozenset({"Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"})
_CACHED = frozenset({"lru_cache", "cache", "cached", "alru_cache", "ttl_cache"})
_CACHE = re.compile(r"(?i)cache|memo(?!ry)|lru|ttl")
_PLAIN_BASES = frozenset({"object", "ABC", "Protocol", "Generic"})


def methods_of(reaching: Reaching, statement: Statement) -> Methods | None:
    """What the methods of the object that a statement defines do to it.

    Empty for a container, a lock or a plain value; `None` where there is no state.
    """
    node = statement.node
    if statement.kind is not Kind.DEFINITION:
        return None
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        named = {chain[-1] for chain in statement.decorators}
        return {"cache_clear": Touch.EMPTY} if named & _CACHED else None
    if isinstance(node, ast.ClassDef):
        return _methods(reaching, statement, of_class=True)
    value = getattr(node, "value", None)
    if value is None or isinstance(value, (ast.Constant, *_CONTAINERS)):
        return {}
    if isinstance(value, ast.Call):
        if last_name(value.func) in _MAKERS | _LOCKS:
            return {}
        for place in reaching.places_of(statement.module, chain_of(value.func)):
            made = _methods(reaching, reaching.program.statement(place), of_class=False)
            if made:
                return made
    return None


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c`, `b` of `f().b`, also where it is subscripted."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return str(getattr(node, "attr", getattr(node, "id", "")))


def is_cache(name: str, statement: Statement) -> bool:
    """Whether an object is one that only remembers what can be computed again, by its names."""
    value = getattr(statement.node, "value", None)
    made = last_name(value.func) if isinstance(value, ast.Call) else ""
    return bool(_CACHE.search(f"{name} {made}"))


def _methods(reaching: Reaching, statement: Statement, *, of_class: bool) -> Methods | None:
    """What each method does to the containers and counters of an instance, or of its class."""
    node = statement.node
    methods = reaching.methods((statement.module, statement.index))
    if not isinstance(node, ast.ClassDef) or not methods:
        return None
    if of_class and (node.decorator_list or not _is_plain(node)):
        return None
    attributes = _class_attributes(node) if of_class else set()
    made = {a for n, m in methods.items() if n == "__init__" for a in _instance_attributes(m)}
    attributes = attributes - made if of_class else made | _class_attributes(node)
    found = {
        name: _touch(method, attributes, node.name)
        for name, method in methods.items()
        if name not in ("__init__", "__new__")
    }
    _follow(methods, found)
    changing = Touch.FILL | Touch.EMPTY
    return found if any(touch & changing for touch in found.values()) else None


def _touch(method: ast.AST, attributes: set[str], owner: str) -> Touch:
    found = NOTHING
    for first in {_first(method), "cls", owner} - {""}:
        for attribute in attributes:
            found |= touch_of(method, (first, attribute), {}, rebinds=True)
    return found & ~(Touch.PASS | Touch.HOLD)


def _follow(methods: Mapping[str, ast.AST], found: dict[str, Touch]) -> None:
    """A method does what the methods of its own that it mentions do."""
    mentioned = {
        name: {
            part.attr
            for part in walk(methods[name])
            if isinstance(part, ast.Attribute)
            and chain_of(part.value) in ((_first(methods[name]),), ("cls",))
        }
        & found.keys()
        for name in found
    }
    for _ in found:
        before = dict(found)
        for name, others in mentioned.items():
            for other in others:
                found[name] |= before[other]
        if found == before:
            return


def _first(method: ast.AST) -> str:
    spec = getattr(method, "args", None)
    given = [*spec.posonlyargs, *spec.args] if isinstance(spec, ast.arguments) else []
    return given[0].arg if given else ""


def _is_plain(node: ast.ClassDef) -> bool:
    """Whether class attributes are just that, and not the fields of a library's objects."""
    return all(last_name(base) in _PLAIN_BASES for base in node.bases)


def _class_attributes(node: ast.ClassDef) -> set[str]:
    return {name for name, value in _assigned(node.body) if _holds_state(value)}


def _instance_attributes(method: ast.AST) -> Iterator[str]:
    for part in walk(method):
        targets = part.targets if isinstance(part, ast.Assign) else []
        if isinstance(part, ast.AnnAssign):
            targets = [part.target]
        for target in targets:
            chain, value = chain_of(target), getattr(part, "value", None)
            if len(chain) == 2 and chain[0] == _first(method) and _holds_state(value):
                yield chain[1]


def _holds_state(value: ast.AST | None) -> bool:
    if isinstance(value, ast.Call):
        return last_name(value.func) in _MAKERS
    number = isinstance(value, ast.Constant) and isinstance(value.value, int | float)
    return number or isinstance(value, _CONTAINERS)


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id, getattr(node, "value", None)
