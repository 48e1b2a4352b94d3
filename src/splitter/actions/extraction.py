"""The route files and what they need, at their new homes, sliced to what is needed."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from splitter.actions.ownership import digest
from splitter.codemods.anchoring import anchor
from splitter.codemods.hollowing import calling
from splitter.codemods.locating import locate
from splitter.codemods.slicing import Slice, slice_module
from splitter.discovery.modules import Kind, ModuleView
from splitter.discovery.parsing import module_name
from splitter.model.plan import Copy
from splitter.planning.parting import FOUNDATION, Part
from splitter.planning.places import places_in
from splitter.planning.plan import Blueprint
from splitter.planning.speech import RESOURCES


@dataclass(frozen=True, slots=True)
class Extract:
    """A file as copied: where it goes, what it was, and its text with the old imports.

    `target` is the name of the module that it is now; empty for what is only read or run.
    """

    path: str
    owner: str
    origin: str
    target: str
    origin_path: str
    text: bytes

    def copy(self, origin_text: bytes) -> Copy:
        """The record of it, as long as its imports have not been rewritten."""
        raw = digest(self.text)
        return Copy(
            self.path, self.owner, self.origin, self.origin_path, digest(origin_text), raw, raw
        )


def extract(blueprint: Blueprint, owner: str) -> tuple[Extract, ...]:
    """What goes to an owner: a service's name, or `FOUNDATION` for all that is shared."""
    parts = blueprint.division.parts.get(owner, {})
    targets = blueprint.layout.targets.get(owner, {})
    return tuple(_extract(blueprint, part) for m, part in parts.items() if m in targets)


def shared_by(blueprint: Blueprint, *services: str) -> tuple[Extract, ...]:
    """The shared files that services import, those of the foundation, and what they import."""
    homes = [blueprint.needs[s] for s in (*services, FOUNDATION) if s in blueprint.needs]
    known = set(blueprint.layout.targets.get(FOUNDATION, {}))
    wanted = {m for needs in homes for m in needs.kept} & known
    parts = blueprint.division.parts.get(FOUNDATION, {})
    return tuple(_extract(blueprint, parts[m]) for m in sorted(_closed(blueprint, wanted, known)))


def data_files(blueprint: Blueprint, owner: str) -> tuple[Extract, ...]:
    """The files that an owner's code, and shared code, reads from beside itself.

    A module that is parted has them at both of its homes.
    """
    found: dict[str, Extract] = {}
    for module, files in blueprint.data(owner).files.items():
        for home in (FOUNDATION, owner):
            if module in blueprint.division.parts.get(home, {}):
                for file in sorted(files):
                    extract = _data_file(blueprint, home, file)
                    found[extract.path] = extract
    return tuple(found.values())


def _data_file(blueprint: Blueprint, home: str, file: str) -> Extract:
    text = blueprint.program.sources[file]
    text = locate(text, path=file) if file.endswith(".ini") else text
    origin = module_name(file) if file.endswith(".py") else ""
    return Extract(f"{_root(blueprint, home)}/{file}", home, origin, "", file, text)


def _root(blueprint: Blueprint, owner: str) -> str:
    """The folder below which an owner's tree of data is laid out."""
    if owner == FOUNDATION:
        return "shared"
    return blueprint.plans[owner].service.folder


def packages(paths: Iterable[str]) -> Iterator[str]:
    """The `__init__.py` files that make folders of these files importable packages."""
    seen: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in seen:
            seen.add(folder)
            yield f"{folder}/__init__.py"
            folder = folder.rpartition("/")[0]


def _closed(blueprint: Blueprint, wanted: set[str], known: set[str]) -> set[str]:
    """`wanted` with all shared modules that their shared statements use, transitively."""
    todo, found = list(wanted), set(wanted)
    parts = blueprint.division.parts.get(FOUNDATION, {})
    uses: dict[str, set[str]] = {}
    for needs in blueprint.needs.values():
        for (module, key), targets in needs.edges.items():
            if module in parts and (isinstance(key, str) or key in parts[module].statements):
                uses.setdefault(module, set()).update(t for t, _ in targets)
        for (module, key), modules in needs.runs.items():
            if module in parts and (isinstance(key, str) or key in parts[module].statements):
                uses.setdefault(module, set()).update(modules)
        for module in needs.kept:
            if module in parts:
                uses.setdefault(module, set()).update(_parents(module))
    while todo:
        for module in uses.get(todo.pop(), ()):
            if module in known and module not in found:
                found.add(module)
                todo.append(module)
    return found


def _extract(blueprint: Blueprint, part: Part) -> Extract:
    view = blueprint.program.views[part.module]
    source = blueprint.program.sources[view.path]
    tree = blueprint.ground.parsed.trees[view.path]
    alias, bodies = _calls(blueprint, part)
    extra = ((_borrow(part),) if part.borrowed else ()) + ((alias,) if alias else ())
    kept = {*part.statements, *_frame(view, part)}
    text = slice_module(source, tree, Slice(kept, part.aliases, part.cut, extra, bodies))
    layout = blueprint.layout
    path = layout.path(part.owner, part.module)
    places = places_in(blueprint.program, part)
    if places:
        below = path.removeprefix(f"{_root(blueprint, part.owner)}/")
        text = anchor(
            text,
            origin_path=view.path,
            depth=below.count("/"),
            others=places.others,
            package=view.package,
            finders=RESOURCES,
            started=places.started,
        )
    return Extract(
        path,
        part.owner,
        part.module,
        layout.targets[part.owner][part.module],
        view.path,
        text,
    )


def _calls(blueprint: Blueprint, part: Part) -> tuple[str, dict[int, str]]:
    """What functions of others do here, as bodies, and the import that they need for it."""
    if part.owner not in blueprint.plans:
        return "", {}
    called = [c for c in blueprint.calls(part.owner) if c.module == part.module]
    view = blueprint.program.views[part.module]
    local = "_remote"
    while local in view.bindings or local in view.names_read:
        local += "_calls"
    bodies = {
        call.place[1]: calling(
            f"{local}.{'call_async' if call.is_async else 'call'}",
            call.path,
            call.parameters,
            awaits=call.is_async,
        )
        for call in called
        if call.place[1] in part.statements
    }
    package = blueprint.plans[part.owner].service.package
    return (f"from {package} import remote_calls as {local}" if bodies else ""), bodies


def _borrow(part: Part) -> str:
    names = ", ".join(sorted(part.borrowed))
    line = f"from {part.module} import {names}"
    if len(line) <= 88:
        return line
    rows = "".join(f"    {name},\n" for name in sorted(part.borrowed))
    return f"from {part.module} import (\n{rows})"


def _frame(view: ModuleView, part: Part) -> Iterator[int]:
    """Docstring and `__future__` always stay; `__all__` only where all of its names do."""
    kept = {n for i in part.statements for n in view.statements[i].binds}
    kept |= {n for names in part.aliases.values() for n in names} | set(part.borrowed)
    for statement in view.statements:
        if statement.kind is Kind.FRAME:
            listed = _listed(statement.node)
            if "__all__" not in statement.binds or (listed and listed <= kept):
                yield statement.index


def _listed(node: ast.stmt) -> set[str]:
    value = getattr(node, "value", None)
    if not isinstance(value, ast.List | ast.Tuple):
        return set()
    return {str(e.value) for e in value.elts if isinstance(e, ast.Constant)}


def _parents(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module
