"""`verify`: boots alone, is healthy, and has every route that the monolith has of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import append, edit, splitter

APPLICATION = "services/auth_service/application.py"
INCLUSION = 'app.include_router(auth.router, prefix="/api/auth", tags=["auth"])\n'


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (
            lambda at: edit(at, APPLICATION, INCLUSION, ""),
            [
                "GET /api/auth/activity",
                "GET /api/auth/me",
                "GET /api/auth/users",
                "PATCH /api/auth/me",
                "POST /api/auth/change-password",
                "POST /api/auth/login",
                "POST /api/auth/logout",
                "POST /api/auth/refresh",
                "POST /api/auth/register",
                "POST /api/auth/token",
                "POST /api/auth/users/{user_id}/deactivate",
            ],
        ),
        (
            lambda at: edit(
                at,
                "services/auth_service/routes/auth.py",
                '@router.get("/activity"',
                '@router.get("/doings"',
            ),
            ["GET /api/auth/activity"],
        ),
    ],
    ids=["an inclusion is gone", "another path"],
)
def test_a_service_without_its_routes_is_none(
    change: Callable[[Path], None], missing: list[str], with_services: Path
) -> None:
    change(with_services)
    done = splitter("verify", "auth", at=with_services, status=1)
    assert done.lines[0] == "auth: boots alone"
    assert done.lines[3:] == [
        "auth: lacks routes that the monolith has",
        *(f"  {route}" for route in missing),
    ]


def test_routes_that_no_document_has_are_asked_for(with_services: Path) -> None:
    hidden = "\n\n@router.get('/hidden', include_in_schema=False)\ndef hidden() -> None: ...\n"
    append(with_services, "api/routes/auth.py", hidden)
    assert splitter("verify", "auth", at=with_services, status=1).lines[3:] == [
        "auth: lacks routes that the monolith has",
        "  GET /api/auth/hidden",
    ]
    append(with_services, "services/auth_service/routes/auth.py", hidden)
    assert splitter("verify", "auth", at=with_services).lines[0] == "auth: boots alone"


def test_what_stopped_it_is_told_before_what_is_due_besides(with_services: Path) -> None:
    routes = "services/auth_service/routes/auth.py"
    append(with_services, routes, "\nfrom utils import today as day\n")
    lines = splitter("verify", "auth", at=with_services, status=1).lines
    assert lines[:2] == [
        "auth: does not boot alone",
        "  auth service ended with status 1 before it answered",
    ]
    assert any("ModuleNotFoundError: No module named 'utils'" in line for line in lines)
    assert any("/routes/auth.py" in line for line in lines)
    assert lines[-1] == (
        f"  1 of its files still import from the monolith, {routes} among them: "
        "run splitter rewrite-imports first"
    )
