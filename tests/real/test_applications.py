"""Public applications of the package index, a few route modules of each: split and matching."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from applications import Application, applications
from closures import CodeBase
from grounds import Ground, ground
from trials import Outcome, begin, names, splitter, trials

CHOSEN = [application for application in applications().values() if application.ci]


@pytest.mark.network
@pytest.mark.skipif(
    os.environ.get("SPLITTER_TEST_NETWORK") != "1",
    reason="installs applications from the package index: set SPLITTER_TEST_NETWORK=1",
)
@pytest.mark.parametrize("application", CHOSEN, ids=lambda application: application.name)
def test_route_modules_are_split_and_match(application: Application, tmp_path: Path) -> None:
    with ground(application, tmp_path, brought=None) as at:
        begun = begin(at)
        assert begun.status == 0, begun.err
        before = _tree(at)
        most = {module: _closure(at, module) for module in application.ci}
        for trial in trials(at, dict.fromkeys(application.ci, 1)):
            assert trial.outcome is Outcome.MATCHED, (trial.module, trial.run.out, trial.run.err)
            assert 0 < trial.copied < most[trial.module]
        name, port = names(at, application.ci)[application.ci[-1]]
        again = splitter(at, "split", name, "--port", str(port), "--dry-run")
        assert (again.status, again.out.partition("\n")[0]) == (
            0,
            f"split {name}: nothing to change",
        )
        for _ in application.ci:
            assert splitter(at, "undo").status == 0
        assert _tree(at) == before


def _closure(at: Ground, module: str) -> int:
    """The lines of a route module, the application, and all that the two import."""
    code = CodeBase(at.project)
    return code.lines(code.closure([module, at.application.app.partition(":")[0]]))


def _tree(at: Ground) -> dict[str, bytes]:
    """The project's files, without what splitter remembers of its own runs."""
    files = (file for file in at.project.rglob("*") if file.is_file())
    told = {file.relative_to(at.project).as_posix(): file for file in files}
    return {
        path: file.read_bytes()
        for path, file in told.items()
        if "__pycache__" not in path and not path.startswith(".splitter/")
    }
