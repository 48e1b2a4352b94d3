"""`plan`: its figures follow splitter.toml, and `--what-if` says beforehand how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from terminal import edit, splitter, tree

pytestmark = pytest.mark.xdist_group("plan")

DASHBOARD = """
[services.dashboard]
port = 8007
routes = ["api.routes.dashboard"]
"""


def planned(at: Path, *words: str) -> dict[str, Any]:
    """Every service of the plan by its name."""
    document = splitter("plan", *words, "--format", "json", at=at).document
    return {service["name"]: service for service in document["services"]}


def merge(project: Path) -> None:
    """The routes of the dashboard become the analytics service's."""
    edit(project, "splitter.toml", DASHBOARD, "")
    one, two = '"api.routes.analytics"', '"api.routes.dashboard"'
    edit(project, "splitter.toml", f"[{one}]", f"[{one}, {two}]")


def test_the_figures_of_the_example(begun: Path) -> None:
    document = splitter("plan", "--format", "json", at=begun).document
    services = {service["name"]: service for service in document["services"]}
    assert {name: len(service["routes"]) for name, service in services.items()} == {
        **{"auth": 11, "transaction": 11, "analytics": 9, "fire": 8, "report": 11},
        **{"asset": 10, "dashboard": 5},
    }
    assert "python-multipart" in services["fire"]["unneeded"]
    assert "python-multipart" not in services["auth"]["unneeded"]
    assert services["fire"]["writes"] == ["fire_profiles", "fire_scenarios"]
    assert services["fire"]["contested"] == []
    assert services["auth"]["contested"] == ["accounts", "audit_entries"]
    assert services["dashboard"]["reads_of_others"] == [
        *("accounts", "assets", "budgets", "categories", "fire_profiles"),
        *("transactions", "users", "valuations"),
    ]
    assert [(c["owner"], c["name"]) for c in services["dashboard"]["across"]] == [
        ("analytics", "api.routes.analytics:category_shares"),
        ("analytics", "api.routes.analytics:month_summary"),
    ]
    spans = {name: [span["route"] for span in s["spans"]] for name, s in services.items()}
    assert spans.pop("transaction") == ["DELETE /api/categories/{slug}"]
    assert not any(spans.values())
    assert [route["path"] for route in document["left"]] == ["/"]
    assert not any(service["blockers"] for service in services.values())
    for service in services.values():
        copied = service["own"]["lines"] + service["shared"]["lines"]
        assert 0 < copied < service["whole_files"]["lines"]


def test_editing_splitter_toml_changes_the_figures(project: Path) -> None:
    before = planned(project)
    merge(project)
    after = planned(project)
    assert "dashboard" not in after
    merged = after["analytics"]
    assert len(merged["routes"]) == 9 + 5
    assert merged["across"] == []
    assert merged["writes"] == ["budgets", "dashboard_layouts"]
    # what only these two shared is its own now
    apart = sum(before[name]["own"]["lines"] for name in ("analytics", "dashboard"))
    assert merged["own"]["lines"] > apart - before["dashboard"]["own"]["lines"]
    assert merged["shared"]["lines"] < before["dashboard"]["shared"]["lines"]
    assert after["fire"]["own"] == before["fire"]["own"]


def test_the_text_says_what_changed_since_the_plan_before(project: Path) -> None:
    assert "against" not in splitter("plan", at=project).out
    merge(project)
    told = splitter("plan", at=project).lines
    start = told.index("against the plan before its last change:")
    assert "  analytics: routes 9 -> 14" in told[start:]
    assert "  dashboard is gone; it had 5 routes" in told[start:]
    assert splitter("plan", at=project).lines == told


def test_what_if_tells_what_the_edit_would_bring(project: Path) -> None:
    asked = "analytics=api.routes.analytics,api.routes.dashboard"
    before = tree(project)
    document = splitter("plan", "--what-if", asked, "--format", "json", at=project).document
    assert tree(project) == before
    told = {(d["service"], d["figure"]): (d["before"], d["after"]) for d in document["differences"]}
    assert told["analytics", "routes"] == (9, 14)
    assert told["dashboard", "routes"] == (5, None)
    assert told["analytics", "tables written"] == (1, 2)
    supposed = {service["name"]: service for service in document["services"]}
    merge(project)
    assert planned(project) == supposed


def test_what_if_can_drop_a_service_and_add_one(begun: Path) -> None:
    words = ("--what-if", "dashboard=", "--what-if", "csv=/api/transactions/export.csv")
    document = splitter("plan", *words, "--format", "json", at=begun).document
    services = {s["name"]: len(s["routes"]) for s in document["services"]}
    assert "dashboard" not in services
    assert services["csv"] == 1
    assert {d["service"] for d in document["differences"]} >= {"dashboard", "csv"}


def test_a_service_by_name_is_told_in_full_within_80_columns(begun: Path) -> None:
    told = splitter("plan", "fire", at=begun).lines
    assert any("api/routes/fire.py -> services/fire_service/routes/fire.py" in t for t in told)
    assert any("GET /api/fire/number" in line for line in told)
    assert not any(line.startswith("auth, port") for line in told)
    assert max(map(len, told)) <= 80
    assert max(map(len, splitter("plan", at=begun).lines)) <= 80


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_the_same_plan_gives_the_same_bytes(form: str, begun: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = splitter("plan", "--format", form, "--output", tmp_path / name, at=begun)
        assert done.out == ""
    written = (tmp_path / "one").read_bytes()
    assert len(written) > 500
    assert written == (tmp_path / "two").read_bytes()


def test_without_services_each_route_module_is_one(project: Path) -> None:
    text = (project / "splitter.toml").read_text("utf-8")
    (project / "splitter.toml").write_text(text[: text.index("[services.")], "utf-8")
    services = planned(project)
    assert list(services) == [
        *("auth", "transaction", "analytics", "fire", "report", "asset", "dashboard"),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "no service 'nothing' is planned"),
        (("--what-if", "fire"), "--what-if 'fire' is not NAME=ROUTES"),
        (("--what-if", "Fire=api.routes.fire"), "is not a name for a service"),
        (("--what-if", "nothing="), "no service 'nothing' is planned"),
        (("--what-if", "fire=api.routes.nowhere"), "api.routes.nowhere has no routes"),
        (("--format", "picture"), "picture"),
    ],
)
def test_mistakes_are_told(words: tuple[str, ...], said: str, begun: Path) -> None:
    done = splitter("plan", *words, at=begun, status=2)
    assert said in done.err
    assert done.out == ""


def test_a_file_that_cannot_be_written_is_told(begun: Path, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "plan.html"
    done = splitter("plan", "--format", "html", "--output", target, at=begun, status=3)
    assert "cannot write the plan" in done.err
