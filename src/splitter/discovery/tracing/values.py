"""What the names of a program stand for, as far as that can be told without running it.

A value is a plain Python one (`str`, `int`, `bool`, `None`, `list`, `dict` with such values) or one
of the classes below. Text of which a part is not known has a `HOLE` in that place.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from splitter.model.changes import Note

HOLE = "…"


@dataclass(frozen=True, slots=True)
class Unknown:
    """What cannot be told."""


@dataclass(frozen=True, slots=True)
class Missing:
    """No value at all: the name is not bound, the argument not given."""


UNKNOWN = Unknown()
MISSING = Missing()


@dataclass(frozen=True, slots=True)
class External:
    """A name that the project does not define, by its dotted name (`fastapi.APIRouter`)."""

    name: str

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(eq=False, slots=True)
class Made:
    """What a call of an external name gives: `StaticFiles(…)`, `Depends(…)`.

    `router` is what is added to it, once it is seen to be used as a router.
    """

    by: External
    arguments: tuple[object, ...] = ()
    router: Router | None = None


@dataclass(eq=False, slots=True)
class Scope:
    """Names bound so far in a module, class or function, and where that is in the program."""

    module: str
    path: str
    qualname: str
    names: dict[str, object] = field(default_factory=dict)
    outer: Scope | None = None
    is_class: bool = False
    returned: list[object] = field(default_factory=list)
    globals: set[str] = field(default_factory=set)
    owner: Class | None = None
    me: object = MISSING

    def look_up(self, name: str) -> object:
        """The binding of `name` as code in this scope sees it; `MISSING` if there is none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope.names[name]
            scope = scope.outer
        return MISSING

    def bind(self, name: str, value: object) -> None:
        scope = self
        while name in self.globals and scope.outer is not None:
            scope = scope.outer
        scope.names[name] = value

    def of_method(self) -> Scope | None:
        """The nearest scope, outward, that is a method's."""
        scope: Scope | None = self
        while scope is not None and (scope.owner is None or scope.is_class):
            scope = scope.outer
        return scope


@dataclass(eq=False, slots=True)
class Lazy:
    """An expression that is evaluated when its value is first needed."""

    node: ast.expr
    scope: Scope
    value: object = MISSING


@dataclass(eq=False, slots=True)
class ModuleValue:
    """A module of the project; its scope has what is bound in it so far."""

    name: str
    scope: Scope


@dataclass(eq=False, slots=True)
class Function:
    """A function of the project and the scope that it was defined in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: Class | None = None

    @property
    def name(self) -> str:
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name

    @property
    def qualname(self) -> str:
        return f"{self.scope.qualname}{self.name}"


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project; its body is traced when it is first looked into."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[object, ...] = ()
    body: Scope | None = None

    @property
    def qualname(self) -> str:
        return f"{self.scope.qualname}{self.node.name}"


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the project; `router` as in `Made`."""

    of: Class
    names: dict[str, object] = field(default_factory=dict)
    router: Router | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """An attribute of a value that is to be called: `router.get`, `routers.append`."""

    to: object
    name: str
    function: Function | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """`super()` of a value, seen from a method of `seen_from`."""

    me: object
    seen_from: Class


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What answers a route: `name` is `module:qualname`, empty if it cannot be told."""

    name: str
    path: str
    line: int
    called: str = ""
    verbs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the running application may lack a route; `side` is the way of a branch it lies on."""

    note: Note
    side: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """A route that a router was given. `plain`: the router's own prefix does not count for it.

    `doubts` say, the outermost first, why the running application may lack it; `if_included` is one
    more where the router is included in another.
    """

    kind: str
    methods: tuple[str, ...]
    route: str
    endpoint: Endpoint
    name: str
    in_schema: bool
    doubts: tuple[Doubt, ...] = ()
    plain: bool = False
    if_included: Doubt | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Adding:
    """A decorator that adds what it decorates to a router: `router.get("/path")`.

    `direct` if no method of the router's own class is asked any more.
    """

    router: Router
    kind: str
    methods: tuple[str, ...]
    arguments: Arguments
    node: ast.Call
    direct: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Included:
    """A router or application that was included or mounted under a prefix.

    `taken` is how many of its routes it had then, `late` what is to be said of those to come.
    """

    router: Router
    prefix: str
    in_schema: bool
    mounted: bool
    doubts: tuple[Doubt, ...] = ()
    taken: int | None = None
    late: Doubt | None = None
    if_included: Doubt | None = None
    bare: bool = False

    @property
    def plain(self) -> bool:
        """Whether the prefix of the router that it is put into does not count for it."""
        return self.mounted or self.bare


@dataclass(frozen=True, slots=True)
class Opening:
    """A place where routes get in below a prefix that only the running application knows."""

    note: Note
    prefix: str
    plain: bool = False


@dataclass(eq=False, slots=True)
class Router:
    """A router or an application, with what was added to it, in order."""

    path: str
    line: int
    application: bool
    of: Class | None = None
    library: str = ""
    prefix: str = ""
    in_schema: bool = True
    events: list[Added | Included | Opening] = field(default_factory=list)
    names: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class RouteList:
    """`router.routes`: a list that is the router's own."""

    router: Router


@dataclass(frozen=True, slots=True, eq=False)
class Arguments:
    """The evaluated arguments of a call; `starred` if there are more that cannot be told."""

    positional: tuple[object, ...]
    named: Mapping[str, object]
    starred: bool = False

    def get(self, position: int, name: str, default: object = UNKNOWN) -> object:
        if name in self.named:
            return self.named[name]
        return self.positional[position] if position < len(self.positional) else default

    def all(self) -> tuple[object, ...]:
        return (*self.positional, *self.named.values())


def router_of(value: object) -> Router | None:
    """The router that `value` is, or has turned out to be."""
    if isinstance(value, Made | Instance):
        return value.router
    return value if isinstance(value, Router) else None
