"""Generated modules run before and after among stand-in modules, and mean the same things."""

import ast
import importlib.abc
import importlib.machinery
import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from splitter.codemods.imports.findings import RENAMED, RESHAPED, STAR, UNCERTAIN
from splitter.codemods.imports.mapping import ImportMap
from splitter.codemods.imports.repointing import Rewritten, repoint

MODULES: Mapping[str, Sequence[str]] = {
    "app": ("VERSION",),
    "app.db": ("engine", "get_db", "Base"),
    "app.models": ("Kind",),
    "app.models.user": ("User", "find"),
    "config": ("Settings", "debug"),
    "legacy": ("tool",),
}
OBJECTS = tuple(f"{m}.{o}" for m, objects in MODULES.items() for o in objects)
HOMES = ("shared.place", "shared", "core", "svc.deep.down", "app.moved", "config_new", "legacy2.x")

RESULT = re.compile(r"[rfC]\d+")


class Thing:
    """Whatever is reached in a stand-in module: it knows its dotted name."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self) -> "Thing":
        return Thing(f"{self.path}()")

    def __getattr__(self, name: str) -> "Thing":
        if name.startswith("__"):
            raise AttributeError(name)
        return Thing(f"{self.path}.{name}")

    def __str__(self) -> str:
        return f"<{self.path}>"


class Stand(types.ModuleType):
    """A stand-in module, shown as things are."""

    def __str__(self) -> str:
        return f"<{self.__name__}>"


class World(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules with the given objects, and the packages that they need."""

    def __init__(self, modules: Mapping[str, Sequence[str]]) -> None:
        self.modules: dict[str, set[str]] = {}
        for name, objects in modules.items():
            parts = name.split(".")
            for length in range(1, len(parts)):
                self.modules.setdefault(".".join(parts[:length]), set())
            self.modules.setdefault(name, set()).update(objects)

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.modules:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return Stand(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        for name in self.modules[module.__name__]:
            setattr(module, name, Thing(f"{module.__name__}.{name}"))

    @contextmanager
    def entered(self) -> Iterator[None]:
        known = set(sys.modules)
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            sys.meta_path.remove(self)
            for name in set(sys.modules) - known:
                if name in self.modules:
                    del sys.modules[name]

    def run(self, source: bytes, package: str = "app") -> dict[str, str]:
        """What the names of a module are worth, and what its functions give."""
        space: dict[str, object] = {"__name__": f"{package}.place", "__package__": package}
        with self.entered():
            exec(compile(source, "module.py", "exec", dont_inherit=True), space)
            return {name: shown(value) for name, value in space.items() if RESULT.match(name)}


def shown(value: object) -> str:
    if isinstance(value, types.FunctionType):
        hints = typing.get_type_hints(value)
        return f"{shown(value())} {[shown(hint) for hint in hints.values()]}"
    if isinstance(value, type):
        return str({k: shown(v) for k, v in vars(value).items() if RESULT.match(k)})
    if isinstance(value, list | tuple):
        return str([shown(part) for part in value])
    return str(value)


def moved(text: str, imports: ImportMap) -> str:
    """A result with every dotted name in it as it is after the move."""
    return re.sub(r"<([\w.]+)", lambda m: f"<{imports.target(m.group(1))}", text)


def after_the_move(imports: ImportMap) -> World:
    places: dict[str, set[str]] = {}
    for module, objects in MODULES.items():
        places.setdefault(imports.target(module), set())
        for name in objects:
            home, _, last = imports.target(f"{module}.{name}").rpartition(".")
            places.setdefault(home, set()).add(last)
    return World({name: tuple(objects) for name, objects in places.items()})


@st.composite
def maps(draw: st.DrawFn) -> dict[str, str]:
    found: dict[str, str] = {}
    homes = draw(st.permutations(HOMES))
    for number in range(draw(st.integers(1, 4))):
        home = homes[number]
        old = draw(st.sampled_from((*MODULES, *OBJECTS)))
        last = old.rpartition(".")[2]
        if old in OBJECTS:
            found[old] = f"{home}.{draw(st.sampled_from((last, f'{last}2')))}"
        else:
            options = (f"{home}.{last}", f"{home}.m{number}", home, f"{old}.inner")
            found[old] = draw(st.sampled_from(options))
    assume(not any(is_chained(new, old, found) for old, new in found.items()))
    return found


def is_chained(new: str, old: str, found: Mapping[str, str]) -> bool:
    """A new name lies where something else moves away."""
    return any(o != old and (new == o or new.startswith(f"{o}.")) for o in found)


IMPORTS: Mapping[str, Sequence[str]] = {
    "import app": ("app", "app.VERSION"),
    "import app.db": ("app.db", "app.db.engine", "app.db.Base", "app.VERSION", "app"),
    "import app.models": ("app.models.Kind", "app.models"),
    "import app.models.user": ("app.models.user.User", "app.models.user", "app.models.Kind"),
    "import app.db, app.models.user": ("app.db.get_db()", "app.models.user.find().x"),
    "import app.db as db": ("db.engine.url", "db.Base"),
    "import app.models as app": ("app.Kind",),
    "import config": ("config.Settings", "config.debug", "config.Settings().x", "config"),
    "import config as config": ("config.debug",),
    "import legacy as shared": ("shared.tool", "shared"),
    "import legacy as core": ("core.tool",),
    "from app import db": ("db.get_db", "db"),
    "from app import db, VERSION, models as m": ("db.engine", "VERSION", "m.Kind"),
    "from app.models import user, Kind": ("user.find", "user.User.x", "Kind"),
    "from app.db import get_db, engine as e": ("get_db()", "e"),
    "from app.db import (\n    Base,  # one\n    get_db,  # two\n    engine,\n)": (
        "Base",
        "engine",
    ),
    "from config import Settings": ("Settings",),
    "from . import db": ("db.engine",),
    "from .models.user import User as U": ("U", "U.x"),
    "from .db import Base, engine": ("Base", "engine"),
    "from . import models, db as d": ("models.Kind", "d.engine"),
    "from app import (db, models as m)": ("db.engine", "m.Kind"),
    "from config import *": ("Settings", "debug"),
    "import importlib; kit = importlib.import_module('config')": ("kit",),
    "from importlib import import_module": ('import_module("app.db")',),
    "import legacy, config": ("legacy.tool", "config.debug"),
}


class Writer:
    """Writes a module, line by line, with imports and uses in all sorts of places."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.number = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def choose(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def line(self, indent: str, text: str) -> None:
        self.lines += [indent + row for row in text.split("\n")]

    def suite(self, indent: str, known: list[str], depth: int, inside: str) -> None:
        """Some statements; `known` are the expressions that can be used there."""
        for _ in range(self.draw(st.integers(1, 4))):
            kinds = ["import", "use", "use", "line"]
            if depth < 2:
                kinds += ["def", "class", "if", "try", "loop", "with"]
            if inside == "function":
                kinds += ["local", "walrus"]
            if inside == "module":
                kinds += ["rebinding", "global"]
            getattr(self, f"add_{self.choose(*kinds)}")(indent, known, depth)

    def add_import(self, indent: str, known: list[str], depth: int) -> None:
        text = self.choose(*IMPORTS)
        self.line(indent, text)
        known += IMPORTS[text]

    def add_use(self, indent: str, known: list[str], depth: int) -> None:
        self.line(indent, f"{self.name('r')} = {self.expression(known)}")

    def expression(self, known: list[str]) -> str:
        one, two = self.choose("0", *known), self.choose("0", *known)
        form = self.choose(
            "{0}",
            "[{0}, {1}]",
            "(lambda: {0})()",
            "[{0} for shared in (1,)]",
            "f'{{{0}}}{{{1}}}'",
            "(lambda app: app)({0})",
            "[core for core in ({0},)]",
            "({0})",
            "(\n    {0}\n)",
            "[x for x in [{0}] if {1} is not None]",
        )
        return form.format(one, two)

    def add_local(self, indent: str, known: list[str], depth: int) -> None:
        name = self.choose("shared", "core", "svc", "db", "legacy2")
        self.line(indent, f"{name} = 5")
        known[:] = [k for k in known if not re.match(rf"{name}\b", k)]

    def add_line(self, indent: str, known: list[str], depth: int) -> None:
        text = self.choose(*(i for i in IMPORTS if "\n" not in i))
        known += IMPORTS[text]
        use = f"{self.name('r')} = {self.choose('0', *IMPORTS[text])}"
        self.line(
            indent,
            self.choose("if 1: {0}; {1}", "{0}; {1}", "x = 1; {0}; {1}  # end").format(text, use),
        )

    def add_walrus(self, indent: str, known: list[str], depth: int) -> None:
        name = self.choose("shared", "core", "w")
        self.line(indent, f"{self.name('r')} = ({name} := {self.choose('0', *known)})")
        known[:] = [k for k in known if not re.match(rf"{name}\b", k)]

    def add_rebinding(self, indent: str, known: list[str], depth: int) -> None:
        name = self.choose("app", "config", "db")
        self.line(indent, self.choose(f"{name} = 3", f"{name} = str()", f"for {name} in (): pass"))
        known[:] = [k for k in known if not re.match(rf"{name}\b", k)]

    def add_global(self, indent: str, known: list[str], depth: int) -> None:
        text = self.choose("import config", "import app.db", "import app")
        name = self.name("f")
        self.line(
            indent, f"def {name}():\n    global app, config\n    {text}\n    return 0\n{name}()"
        )
        known += IMPORTS[text]

    def add_with(self, indent: str, known: list[str], depth: int) -> None:
        self.line(indent, "import contextlib\nwith contextlib.suppress(ImportError):")
        self.suite(indent + "    ", known, depth + 1, "")

    def add_def(self, indent: str, known: list[str], depth: int) -> None:
        name, parameter = self.name("f"), self.choose("p", "shared", "core", "db", "svc")
        kind = ""
        types = [k for k in known if k.rpartition(".")[2] in ("Base", "Kind", "User", "Settings")]
        if types and depth == 0:
            kind = self.choose("", f': "{types[-1]}"', f": {types[-1]}")
        self.line(indent, f"def {name}({parameter}{kind}={self.choose('0', *known)}):")
        inner = [k for k in known if not re.match(rf"{parameter}\b", k)]
        self.suite(indent + "    ", inner, depth + 1, "function")
        self.line(indent + "    ", f"return [{parameter}, {self.choose('0', *inner)}]")

    def add_class(self, indent: str, known: list[str], depth: int) -> None:
        self.line(indent, f"class {self.name('C')}:")
        self.suite(indent + "    ", list(known), depth + 1, "class")

    def add_if(self, indent: str, known: list[str], depth: int) -> None:
        self.line(indent, "if True:")
        self.suite(indent + "    ", known, depth + 1, "")

    def add_try(self, indent: str, known: list[str], depth: int) -> None:
        text = self.choose(*IMPORTS)
        self.line(indent, "try:")
        self.line(indent + "    ", text)
        self.line(indent, f"except ImportError:\n    {self.choose('pass', 'app = None')}")
        known += IMPORTS[text]

    def add_loop(self, indent: str, known: list[str], depth: int) -> None:
        self.line(indent, f"for {self.name('r')} in (1, 2):")
        self.suite(indent + "    ", known, depth + 1, "")


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    writer = Writer(draw)
    known: list[str] = []
    if draw(st.booleans()):
        writer.line("", "from __future__ import annotations")
    if draw(st.booleans()):
        writer.line("", draw(st.sampled_from(("shared = 7", "core = 7", "svc = 7"))))
    writer.add_import("", known, 0)
    for _ in range(draw(st.integers(1, 3))):
        writer.suite("", known, 0, "module")
    return "\n".join([*writer.lines, ""]).encode()


def rewritten(source: bytes, imports: ImportMap, *, place: str = "app.place") -> Rewritten:
    return repoint(
        source, imports=imports, origin="app.place", place=place, is_package=False, path="m.py"
    )


def codes(done: Rewritten) -> set[str]:
    return {note.code for note in done.notes}


many = settings(
    max_examples=300,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@many
@given(programs(), maps(), st.booleans())
def test_names_mean_what_they_meant(source: bytes, names: dict[str, str], moves: bool) -> None:
    imports = ImportMap(names)
    try:
        before = World(MODULES).run(source)
    except (NameError, AttributeError, TypeError, ImportError, SyntaxError):
        assume(False)
    done = rewritten(source, imports, place="svc.place" if moves else "app.place")
    assume(not codes(done) & {UNCERTAIN, STAR})
    after = after_the_move(imports).run(done.text, "svc" if moves else "app")
    wanted = {name: moved(value, imports) for name, value in before.items()}
    assert {name: after.get(name) for name in wanted} == wanted, done.text.decode()


@many
@given(programs(), maps())
def test_a_second_run_changes_nothing(source: bytes, names: dict[str, str]) -> None:
    imports = ImportMap(names)
    once = rewritten(source, imports)
    twice = rewritten(once.text, imports)
    assert twice.text.decode() == once.text.decode()
    assert not twice.edits


@many
@given(programs(), maps())
def test_the_reverse_map_gives_the_file_back_or_a_note_says_why(
    source: bytes, names: dict[str, str]
) -> None:
    assume(not any(new.startswith(f"{old}.") for old, new in names.items()))
    done = rewritten(source, ImportMap(names))
    assume(not codes(done) & {RESHAPED, RENAMED, UNCERTAIN})
    back = rewritten(done.text, ImportMap({new: old for old, new in names.items()}))
    said = codes(back) & {RESHAPED, RENAMED}
    assert said or back.text.decode() == source.decode(), done.text.decode()


@many
@given(programs(), maps())
def test_lines_without_an_edit_are_untouched_and_the_file_parses(
    source: bytes, names: dict[str, str]
) -> None:
    done = rewritten(source, ImportMap(names))
    ast.parse(done.text)
    touched = {e.line + row for e in done.edits for row in range(e.old.count("\n") + 1)}
    lines = source.decode().split("\n")
    rest = iter(done.text.decode().split("\n"))
    kept = [line for number, line in enumerate(lines, 1) if number not in touched]
    assert all(line in rest for line in kept)


@many
@given(programs())
def test_a_map_that_matches_nothing_changes_no_byte(source: bytes) -> None:
    done = rewritten(source, ImportMap({"elsewhere.db": "shared.db", "application": "core"}))
    assert done.text is source
    assert not done.edits
