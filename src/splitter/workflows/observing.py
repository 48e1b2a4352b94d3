"""What the monolith's tests saw: run now, read from a file, or kept from the last time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from splitter.effects import results, testing
from splitter.effects.scratch import scratch
from splitter.workflows import data
from splitter.workflows.project import Project

Requests = tuple[Mapping[str, Any], ...]
_NAME = "observed"


def requests(
    project: Project, key: str, *, tests: str, file: Path | None, say: Callable[[str], None]
) -> Requests:
    """The requests of the tests. `key` stands for the code: what was seen of other code is old."""
    if file is not None:
        found = testing.read_requests(file)
    elif tests:
        say(f"running the monolith's tests: {tests}")
        with scratch("tests") as at, data.for_tests(project, at, say) as environment:
            run = testing.run_tests(
                project.root,
                tests,
                python=project.settings.python,
                environment=environment,
            )
        if run.status:
            say("some tests failed; what they did until then counts")
        found = run.requests
    else:
        return _kept(project, key, say)
    if not found:
        say("the tests put no request to the application in their own process")
    results.write(project.root, _NAME, {"key": key, "requests": list(found)})
    return found


def _kept(project: Project, key: str, say: Callable[[str], None]) -> Requests:
    known = results.read(project.root, _NAME)
    if known and known.get("key") != key:
        say("what the tests saw of the tables is older than the code: analyze --tests sees anew")
        return ()
    found = known.get("requests", ())
    return tuple(found)
