"""Each route module's service gets a name, and none that splitter has itself."""

from __future__ import annotations

from splitter.workflows.naming import service_names


def test_no_service_has_the_name_of_what_else_may_own_files() -> None:
    modules = ("api.routes.shared", "api.routes.monolith", "api.routes.class", "api.routes.users")
    assert list(service_names(modules).values()) == [
        "shared_routes",
        "monolith_routes",
        "routes",
        "user",
    ]
