"""The whole road on the example: run_poc becomes seven services that answer as it did."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from splitter.effects.scratch import copy_project
from splitter.errors import UsageError
from splitter.workflows import beginning, progressing, proving, splitting
from splitter.workflows.data import Say
from splitter.workflows.project import open_project

SEED = (
    ("auth", 8001),
    ("transaction", 8002),
    ("analytics", 8003),
    ("fire", 8004),
    ("reports", 8005),
    ("assets", 8006),
    ("dashboard", 8007),
)
"""The services of the first team that did this by hand, with their ports."""


@dataclass(frozen=True)
class Finished:
    """How the demonstration ended, and what it has to say at its end."""

    ok: bool
    lines: tuple[str, ...]


def demo(folder: Path | None, *, say: Say) -> Finished:
    """Copy the example, split it, prove it; the copy is left to look at."""
    began = time.monotonic()
    root = _new_folder(folder)
    copy_project(_example(), root)
    say(f"run_poc, a monolith, copied to {root}")
    beginning.init(root).apply()
    for name, port in SEED:
        proposal = splitting.split(
            open_project(root), name, port, [], prove=True, parity=False, say=_quiet
        )
        if not proposal.ok:
            return Finished(False, proposal.said)
        proposal.apply()
        count = len(proposal.changes.changes)
        say(f"{name}: {count} files written, boots alone on a free port, healthy")
    project = open_project(root)
    proof = proving.prove(project, list(project.planned()), say=say)
    page = tuple(progressing.page(open_project(root)))
    took = time.monotonic() - began
    return Finished(proof.ok, (*page, "", *splitting.told(proof), *_written(root), f"{took:.0f} s"))


def _new_folder(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="splitter-demo-")).resolve() / "run_poc"
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", hint="name a new folder")
    return folder.resolve()


def _example() -> Path:
    shipped = Path(str(files("splitter"))) / "examples" / "run_poc"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "examples" / "run_poc"


def _written(root: Path) -> Iterator[str]:
    yield f"the monolith and its services: {root}"
    for name in ("splitter.toml", "shared", "services", "services/auth_service/application.py"):
        yield f"  {root / name}"
    yield f"look on: splitter -C {root} status"


def _quiet(text: str) -> None:
    """What each step says is left out."""
