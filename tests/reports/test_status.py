import json

import pytest

from splitter.model.progress import Milestone, Phase, Progress, ServiceProgress
from splitter.reports.status import document, lines, show

PROGRESS = Progress(
    "run_poc",
    "2026-11-23",
    8000,
    (Milestone("Centralized configuration", True, "splitter init", "config"),),
    (
        ServiceProgress(
            "auth",
            8001,
            (
                Milestone("Structure created", True, "splitter scaffold auth", "structure"),
                Milestone("Routes copied", False, "splitter extract auth", "routes"),
            ),
            ("auth.py has changed",),
        ),
        ServiceProgress("fire", 8004, (Milestone("Structure created", False),)),
    ),
    (Milestone("Gateway configured", False, "splitter gateway", "gateway"),),
    ("splitter extract auth",),
    (Phase("Foundation", 100), Phase("Service extraction", 20), Phase("Integration", 0)),
    (),
    8080,
)
EMPTY = Progress("x", "2026-11-23", 8000, (), (), PROGRESS.integration)


def test_as_text() -> None:
    assert list(lines(PROGRESS)) == [
        "run_poc, 2026-11-23",
        "  Foundation           100 %  complete",
        "  Service extraction    20 %  in progress",
        "  Integration            0 %  not started",
        "",
        "Foundation",
        "  [x] Centralized configuration",
        "",
        "auth, port 8001: 50 %",
        "  [x] Structure created",
        "  [ ] Routes copied",
        "  ! auth.py has changed",
        "",
        "fire, port 8004: not started",
        "",
        "Integration",
        "  [ ] Gateway configured",
        "",
        "Next",
        "  splitter extract auth",
    ]
    assert list(lines(EMPTY)) == ["x, 2026-11-23", "", "Integration", "  [ ] Gateway configured"]


def test_as_json() -> None:
    gateway = {
        "id": "gateway",
        "what": "Gateway configured",
        "done": False,
        "next": "splitter gateway",
    }
    assert document(PROGRESS) == {
        "schema": 1,
        "project": "run_poc",
        "date": "2026-11-23",
        "ports": {"monolith": 8000, "gateway": 8080, "services": {"auth": 8001, "fire": 8004}},
        "phases": [
            {"name": "Foundation", "percent": 100, "state": "complete"},
            {"name": "Service extraction", "percent": 20, "state": "in progress"},
            {"name": "Integration", "percent": 0, "state": "not started"},
        ],
        "foundation": [
            {
                "id": "config",
                "what": "Centralized configuration",
                "done": True,
                "next": "splitter init",
            }
        ],
        "services": [
            {
                "name": "auth",
                "port": 8001,
                "percent": 50,
                "milestones": [
                    {
                        "id": "structure",
                        "what": "Structure created",
                        "done": True,
                        "next": "splitter scaffold auth",
                    },
                    {
                        "id": "routes",
                        "what": "Routes copied",
                        "done": False,
                        "next": "splitter extract auth",
                    },
                ],
                "remarks": ["auth.py has changed"],
                "routes": [],
                "parity": None,
                "blocked": [],
            },
            {
                "name": "fire",
                "port": 8004,
                "percent": 0,
                "milestones": [{"id": "", "what": "Structure created", "done": False, "next": ""}],
                "remarks": [],
                "routes": [],
                "parity": None,
                "blocked": [],
            },
        ],
        "integration": [gateway],
        "next": ["splitter extract auth"],
        "requests": [],
    }
    assert document(EMPTY)["ports"] == {"monolith": 8000, "gateway": None, "services": {}}


def test_each_form_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show(PROGRESS, "text")
    assert capsys.readouterr().out.startswith("run_poc, 2026-11-23\n")
    show(PROGRESS, "json")
    assert json.loads(capsys.readouterr().out) == document(PROGRESS)
    show(PROGRESS, "markdown")
    assert capsys.readouterr().out.startswith("# run_poc: Refactoring Status\n")
