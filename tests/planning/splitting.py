"""Monoliths of tests that are really split: their services are laid out, imported and asked."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from splitter.actions.assembling import place
from splitter.actions.extraction import data_files, extract, shared_by
from splitter.actions.rewriting import rewrite_copies
from splitter.actions.scaffolding import Skeleton, scaffold
from splitter.discovery.parsing import module_name
from splitter.effects.templates import read_templates
from splitter.model.changes import ChangeSet
from splitter.model.plan import Manifest
from splitter.planning.parting import FOUNDATION
from splitter.planning.plan import Blueprint

DOUBLES = Path(__file__).with_name("doubles")


@dataclass(frozen=True)
class Answers:
    """What an application answers, route by route, and the routes that it has."""

    answers: list[list[object]]
    routes: list[list[str]]


def split(plan: Blueprint, service: str) -> dict[str, bytes]:
    """The files of a service and of shared/, as `splitter split` writes them."""
    files = (*extract(plan, service), *shared_by(plan, service), *data_files(plan, service))
    imports = {owner: plan.imports(owner) for owner in (service, FOUNDATION)}
    before = dict(plan.program.sources)
    assembly = place("split", files, imports, before=before, manifest=Manifest())
    after = assembly.changes.over(before)
    report = rewrite_copies(after, assembly.manifest)
    assert not report.errors
    after = report.changes.over(after)
    folders = ("shared/", f"services/{service}_service/")
    written = {c.path for c in assembly.changes.changes}
    former = {c.path: c.after or b"" for c in _skeleton(plan, service).changes}
    made = {p: t for p, t in after.items() if p in written and p.startswith(folders)}
    return {**made, **{p: t for p, t in former.items() if p.endswith("/former_names.py")}}


def _skeleton(plan: Blueprint, service: str) -> ChangeSet:
    skeleton = Skeleton((), "3.11", former=plan.former_names(service))
    made = plan.plans[service].service
    return scaffold(made, skeleton, templates=read_templates(), before={}, recorded={})


def check(plan: Blueprint, *, factory: bool = False) -> dict[str, Answers]:
    """Split off every service, and hold it against the monolith; what each of them answers."""
    found = {}
    for name, drawn in plan.plans.items():
        files = split(plan, name)
        assert list(dangling(files, plan)) == []
        routes = [[m, r.path] for r in drawn.routes for m in r.methods if m != "HEAD"]
        app = plan.ground.app
        monolith = ask(plan.program.sources, app, routes, factory=factory)
        assert monolith.answers
        moved = plan.layout.targets[name][plan.ground.application]
        alone = f"{moved}:{app.partition(':')[2]}"
        also = plan.effects(name)
        first = tuple(module_name(p) for p in files if p.endswith("/former_names.py"))
        first += plan.first(name)
        service = ask(files, alone, routes, factory=factory, also=also, first=first)
        assert service.answers == monolith.answers
        assert [r for r in service.routes if r not in monolith.routes] == []
        found[name] = service
    return found


def ask(
    files: Mapping[str, bytes],
    app: str,
    routes: list[list[str]],
    *,
    factory: bool = False,
    also: tuple[str, ...] = (),
    first: tuple[str, ...] = (),
) -> Answers:
    """Import an application from a folder with nothing but these files, and call its routes."""
    with TemporaryDirectory() as folder:
        for path, data in files.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        paths = [folder, str(DOUBLES)]
        order = {"paths": paths, "app": app, "factory": factory, "also": also, "routes": routes}
        order["first"] = first
        done = subprocess.run(
            [sys.executable, "-SEB", DOUBLES / "asked.py", json.dumps(order)],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=30,
        )
    shown = "\n".join(f"--- {p}\n{t.decode()}" for p, t in sorted(files.items()))
    assert done.returncode == 0, f"{done.stderr}\n{shown}"
    return Answers(**json.loads(done.stdout))


def dangling(files: Mapping[str, bytes], plan: Blueprint) -> Iterator[str]:
    """Imports that lead back to the monolith, nowhere, or from what is shared to a service."""
    trees = {path: ast.parse(text) for path, text in files.items() if path.endswith(".py")}
    modules = {module_name(path): tree for path, tree in trees.items()}
    folders = {m[:at] for m in modules for at, sign in enumerate(m) if sign == "."}
    old = {name.partition(".")[0] for name in plan.program.views} - {"shared", "services"}
    old = {name for name in old if plan.program.is_own(name)}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            for module, name in _imported(node, path):
                first = module.partition(".")[0]
                if first in old:
                    yield f"{path}: {module} is the monolith's"
                elif path.startswith("shared/") and first == "services":
                    yield f"{path}: {module} is a service's"
                elif first in ("shared", "services"):
                    known = modules.get(module)
                    if known is None and module not in folders:
                        yield f"{path}: there is no {module}"
                    elif not _has(known, name) and f"{module}.{name}" not in {*modules, *folders}:
                        yield f"{path}: {module} has no {name}"


def _imported(node: ast.AST, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, "") for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if node.level:
            parts = path.split("/")[: -node.level]
            module = ".".join([*parts, *filter(None, [node.module])])
        yield from ((module, alias.name) for alias in node.names)


def _has(tree: ast.Module | None, name: str) -> bool:
    """Whether a module binds a name, be it through a star or when it is asked for it."""
    bound = _bound(tree) if tree is not None else set()
    return name in ("", "*") or not bound.isdisjoint({name, "*", "__getattr__"})


def _bound(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(a.asname or a.name.partition(".")[0] for a in node.names)
    return found
