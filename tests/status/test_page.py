from dataclasses import replace

import pytest

from splitter.model.plan import Copy, Service
from splitter.model.progress import Phase, Place
from splitter.model.routing import Entry, RoutingTable, State
from splitter.status.facts import Facts, Run
from splitter.status.page import progress

AUTH, ASSETS = Service("auth", 8001, ("api.routes.auth",)), Service("assets", 8002)
FOLDER = "services/auth_service"
HOMES = {
    "auth": "shared.auth.auth",
    "security": "shared.auth.security",
    "config": "shared.config.settings",
    "database": "shared.database.connection",
}
SHARED = (
    "shared/auth/auth.py",
    "shared/auth/security/__init__.py",
    "shared/config/settings.py",
    "shared/database/connection.py",
)


def copied(origin_path: str, owner: str, path: str) -> Copy:
    origin = origin_path.removesuffix(".py").replace("/", ".")
    return Copy(path, owner, origin, origin_path, "o", "r", "w")


COPIES = (
    copied("api/routes/auth.py", "auth", f"{FOLDER}/api/routes/auth.py"),
    copied("utils.py", "auth", f"{FOLDER}/utils.py"),
    copied("config.py", "shared", "shared/config/settings.py"),
)
NOTHING = Facts("run_poc", "2026-11-23", 8000, (AUTH, ASSETS), files={})
SPLIT = replace(
    NOTHING,
    homes=HOMES,
    files={
        **dict.fromkeys(SHARED, "w"),
        **dict.fromkeys(("api/routes/auth.py", "utils.py", "config.py"), "o"),
        f"{FOLDER}/__init__.py": "w",
        f"{FOLDER}/main.py": "w",
        **{copy.path: "w" for copy in COPIES},
    },
    copies=COPIES,
    prints={"auth": "now"},
    verified={"auth": Run(True, "2026-11-22T10:00:00+00:00", "now")},
    parity={"auth": Run(True, "2026-11-22T11:00:00+00:00", "now", 30, 30)},
)
MOVED = replace(
    SPLIT,
    files={**SPLIT.files, "gateway/nginx.conf": "w"},
    live=frozenset({"auth"}),
    deprecated={"auth": "2027-03-31"},
)


def test_before_anything_is_done_every_service_is_to_be_split() -> None:
    page = progress(NOTHING)
    assert (page.project, page.date, page.monolith_port) == ("run_poc", "2026-11-23", 8000)
    assert page.foundation == ()
    assert page.phases == (Phase("Service extraction", 0), Phase("Integration", 0))
    assert page.steps == ("splitter split auth --port 8001", "splitter split assets --port 8002")
    assert page.places == (
        Place("services/auth_service/", "planned", False),
        Place("services/assets_service/", "planned", False),
    )


def test_without_services_there_is_nothing_to_extract() -> None:
    page = progress(replace(NOTHING, services=()))
    assert page.phases == (Phase("Integration", 0),)
    assert not any(milestone.done for milestone in page.integration)


def test_the_foundation_is_what_has_a_shared_home() -> None:
    page = progress(SPLIT)
    assert [(m.what, m.done) for m in page.foundation] == [
        ("Centralized configuration (shared/config/settings.py)", True),
        ("Shared database connection (shared/database/connection.py)", True),
        ("Shared auth utilities (shared/auth/)", True),
    ]
    assert page.phases[0] == Phase("Foundation", 100)


@pytest.mark.parametrize("gone", SHARED)
def test_a_shared_home_that_is_not_there_is_the_first_step(gone: str) -> None:
    page = progress(replace(SPLIT, files={p: d for p, d in SPLIT.files.items() if p != gone}))
    assert sum(m.done for m in page.foundation) == 2
    assert page.phases[0] == Phase("Foundation", 66)
    assert page.steps[0] == "splitter init"


def test_a_home_of_another_kind_has_its_own_line() -> None:
    facts = replace(NOTHING, homes={"log": "shared.logs.setup"}, files={"shared/logs/setup.py": ""})
    (milestone,) = progress(facts).foundation
    assert (milestone.what, milestone.done) == ("Shared logs (shared/logs/setup.py)", True)


def test_half_the_way_is_told_in_phases_and_steps() -> None:
    page = progress(SPLIT)
    assert [(phase.percent, phase.state) for phase in page.phases] == [
        (100, "complete"),
        (50, "in progress"),
        (0, "not started"),
    ]
    assert page.steps == ("splitter gateway", "splitter split assets --port 8002")


def test_places_are_what_is_shared_and_the_services_folders() -> None:
    assert progress(SPLIT).places == (
        Place("shared/config/settings.py", "Centralized configuration"),
        Place("shared/database/connection.py", "Shared database connection"),
        Place("shared/auth/", "Shared auth utilities"),
        Place(f"{FOLDER}/", "answers as the monolith"),
        Place(f"{FOLDER}/api/"),
        Place(f"{FOLDER}/main.py"),
        Place(f"{FOLDER}/utils.py"),
        Place("services/assets_service/", "planned", False),
    )


def test_integration_counts_the_services() -> None:
    page = progress(MOVED)
    assert [(m.what, m.done) for m in page.integration] == [
        ("Gateway configured (gateway/nginx.conf)", True),
        ("Traffic moved (1 of 2 services)", False),
        ("Old routes deprecated (1 of 2 services)", False),
        ("Old routes retired (0 of 2 services)", False),
    ]
    assert page.phases[2] == Phase("Integration", 42)


def test_when_all_is_done_nothing_is_next() -> None:
    entry = Entry(("GET",), "/a", owner="auth", state=State.RETIRED)
    page = progress(replace(MOVED, services=(AUTH,), table=RoutingTable((entry,))))
    assert [phase.percent for phase in page.phases] == [100, 100, 100]
    assert page.steps == ()


def test_remarks_are_looked_at_next() -> None:
    facts = replace(SPLIT, files={**SPLIT.files, "utils.py": "new"})
    assert progress(facts).steps[1] == "look at auth: utils.py has changed since it was copied"


def test_what_was_begun_comes_before_what_was_not() -> None:
    page = progress(replace(SPLIT, services=(ASSETS, AUTH), live=frozenset({"auth"})))
    assert page.steps == ("splitter gateway", "splitter split assets --port 8002")
