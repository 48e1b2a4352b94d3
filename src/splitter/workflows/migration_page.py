"""The status page in the repository: a part of a file, between two lines that say so."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from splitter.actions.ownership import digest
from splitter.errors import RefusedError, UsageError
from splitter.model.changes import ChangeSet
from splitter.reports.status import text
from splitter.status.facts import Run
from splitter.workflows.progressing import Runs, progress, runs_of
from splitter.workflows.project import Project
from splitter.workflows.proposal import Proposal

BEGIN = "<!-- splitter status: begin, written by splitter status --write -->"
_RUNS = re.compile(r"<!-- splitter status: runs (\{.*?\}) -->")
_END = re.compile(r"<!-- splitter status: end ([0-9a-f]{12}) -->\n?")


def page(project: Project, file: Path, *, check: bool = False) -> Proposal:
    """The page brought up to date, for what the repository says and the runs of this machine.

    For a `check` the runs are those that the page itself tells of. What stands around the page in
    the file stays. RefusedError if the file is somebody's own, or the page was edited.
    """
    path = _path(project, file)
    before = project.sources.get(path, b"").decode("utf-8", "replace")
    head, known, tail = _parts(before, path)
    table = _table(known)
    runs = _read_runs(table) if check else _newer(_read_runs(table), runs_of(project))
    section = _section(project, runs, str(table.get("project", project.root.name)))
    after = {path: f"{head}{section}{tail}".encode()}
    return Proposal(project.root, ChangeSet.between("status", project.sources, after))


def _path(project: Project, file: Path) -> str:
    try:
        return (Path.cwd() / file).resolve().relative_to(project.root.resolve()).as_posix()
    except ValueError:
        raise UsageError(f"{file} is not in the project", hint="such as MIGRATION.md") from None


def _parts(text: str, path: str) -> tuple[str, str, str]:
    """What is before the page, the page, and what is behind it."""
    if not text.strip():
        return "", "", ""
    start = text.find(BEGIN)
    end = _END.search(text, start) if start >= 0 else None
    if end is None:
        raise RefusedError(
            "this is not a page of splitter status, or one of its two marking lines is gone",
            where=path,
            hint=f"name another file; or put these lines where the page shall stand:\n{BEGIN}\n"
            "<!-- splitter status: end 000000000000 -->",
        )
    known = text[start : end.start()]
    inside = known.removeprefix(BEGIN).strip()
    if inside and end[1] != _mark(known):
        raise RefusedError(
            "the page was edited by hand, which would be lost",
            where=path,
            hint="move your words above or below its two marking lines, and empty what is between",
        )
    return text[:start], known, text[end.end() :]


def _section(project: Project, runs: Runs, name: str) -> str:
    """`name` is the project's: a clone may lie in a folder of another name."""
    known = {k: {n: asdict(r) for n, r in v.items()} for k, v in _tables(runs).items()}
    told = json.dumps({"project": name, **known})
    shown = text(replace(progress(project, runs=runs), project=name), "markdown")
    body = f"{BEGIN}\n<!-- splitter status: runs {told} -->\n\n{shown}\n"
    return f"{body}<!-- splitter status: end {_mark(body)} -->\n"


def _mark(text: str) -> str:
    return digest(text.encode())[:12]


def _tables(runs: Runs) -> dict[str, dict[str, Run]]:
    return {"verified": dict(runs.verified), "parity": dict(runs.parity)}


def _table(page: str) -> dict[str, Any]:
    found = _RUNS.search(page)
    try:
        return dict(json.loads(found[1])) if found else {}
    except (ValueError, TypeError):
        return {}


def _read_runs(table: dict[str, Any]) -> Runs:
    try:
        return Runs(*({n: Run(**r) for n, r in table.get(k, {}).items()} for k in _KINDS))
    except (ValueError, TypeError, AttributeError):
        return Runs({}, {})


_KINDS = ("verified", "parity")


def _newer(known: Runs, own: Runs) -> Runs:
    """Of each run the newer one: others have their own machines."""
    tables = (
        {
            name: max((t[name] for t in pair if name in t), key=lambda run: run.when)
            for name in sorted({*pair[0], *pair[1]})
        }
        for pair in ((known.verified, own.verified), (known.parity, own.parity))
    )
    return Runs(*tables)
