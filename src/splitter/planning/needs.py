"""What a service needs: statements, imported names, and what each of them uses."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from splitter.model.changes import Note
from splitter.planning.pieces import Piece
from splitter.planning.program import Place

Node = tuple[str, int | str]
"""A top-level statement (module, index), or a name that a module imports (module, name)."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function that another service, its owner, is asked for.

    `signature` is its definition without decorators and body; `threaded`: the monolith runs it in
    threads; `raises` are the monolith's own exceptions that may come of it, as (module, name).
    """

    owner: str
    place: Place
    name: str
    signature: ast.FunctionDef | ast.AsyncFunctionDef = field(compare=False)
    threaded: bool = False
    raises: tuple[tuple[str, str], ...] = ()

    @property
    def module(self) -> str:
        return self.place[0]

    @property
    def key(self) -> str:
        """What it is called between services, by its place in the monolith."""
        return f"{self.module}:{self.name}"

    @property
    def path(self) -> str:
        """Where its owner answers."""
        return f"/internal/{self.module.replace('.', '/')}/{self.name}"

    @property
    def is_async(self) -> bool:
        return isinstance(self.signature, ast.AsyncFunctionDef)

    @property
    def parameters(self) -> tuple[str, ...]:
        spec = self.signature.args
        rest = (spec.vararg, *spec.kwonlyargs, spec.kwarg)
        return tuple(p.arg for p in (*spec.posonlyargs, *spec.args, *rest) if p is not None)


@dataclass(slots=True)
class Needs:
    """What was found.

    `kept`: module → statements, empty for a module that only has to be run; `named`: modules that
    an import names, not only passes through; `whole` and `open`: modules, and packages with the
    modules in them, that are handed about, so that anything in them may be asked for; `starred`:
    modules of which a star takes the names; `edges`: what each node uses; `runs`: what
    imports modules for no name in them, and these; `spoken`: modules that strings name, empty for
    one that only the running program knows; `scripts`: files that a library runs by their paths,
    by the modules that let it; `called`: functions that are kept as calls of another service;
    `unresolved`: by path and line of an import and its module, names that the module does not
    define in the open; `left`: what the owner leaves out, as it is named there, with the places
    (path, line) where something went with it; `asks_where`: code asks in which module something
    lies; `gone`: the functions, classes and methods that are
    left out.
    """

    kept: dict[str, set[int]] = field(default_factory=dict)
    asked: set[Node] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    starred: set[str] = field(default_factory=set)
    cut: dict[str, set[ast.AST]] = field(default_factory=dict)
    edges: dict[Node, set[Node]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    foreign: dict[str, set[str]] = field(default_factory=dict)
    rebound: dict[str, set[str]] = field(default_factory=dict)
    registered: set[Place] = field(default_factory=set)
    runs: dict[Node, set[str]] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    scripts: dict[str, set[str]] = field(default_factory=dict)
    unresolved: dict[tuple[str, int, str], set[str]] = field(default_factory=dict)
    called: dict[Place, Call] = field(default_factory=dict)
    notes: set[Note] = field(default_factory=set)
    asks_where: bool = False
    left: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    gone: frozenset[Piece] = frozenset()

    def told(self) -> set[Note]:
        """The notes; what an import names and its module does not define is one."""
        found = set(self.notes)
        for name, places in self.left.items():
            what = f"{name} is left out here, as leave_out says"
            found.update(Note(path, line, "SPL043", what) for path, line in places)
        for (path, line, module), names in self.unresolved.items():
            first, more = sorted(names)[:3], max(0, len(names) - 3)
            listed = ", ".join(first) + (f" and {more} more" if more else "")
            verb = "is" if len(names) == 1 else "are"
            what = f"{listed} {verb} imported from {module}, which does not define "
            what += f"{'it' if len(names) == 1 else 'them'} in the open"
            found.add(Note(path, line, "SPL031", what))
        return found
