from dataclasses import replace
from typing import Any

import pytest

from splitter.model.hits import Traffic
from splitter.model.plan import Copy, Service
from splitter.model.progress import Blockage, Milestone, RouteStand
from splitter.model.routing import Entry, RoutingTable, State
from splitter.status.facts import Facts, Run
from splitter.status.milestones import service_progress

SERVICE = Service("transaction", 8002)
FOLDER = "services/transaction_service"
ROUTES = Copy(
    f"{FOLDER}/api/transactions.py",
    "transaction",
    "api.transactions",
    "api/transactions.py",
    "o",
    "r",
    "w",
)
MONEY = replace(ROUTES, path=f"{FOLDER}/money.py", origin="money", origin_path="money.py")
CONFIG = replace(
    ROUTES, path="shared/config.py", owner="shared", origin="config", origin_path="config.py"
)
FACTS = Facts(
    "bank",
    "2026-11-23",
    8000,
    (SERVICE,),
    files={
        f"{FOLDER}/main.py": "w",
        **{copy.path: "w" for copy in (ROUTES, MONEY, CONFIG)},
        **{copy.origin_path: "o" for copy in (ROUTES, MONEY, CONFIG)},
    },
    copies=(ROUTES, MONEY, CONFIG),
    prints={"transaction": "now"},
)


def milestone(id: str, service: Service = SERVICE, **facts: Any) -> Milestone:
    found = service_progress(replace(FACTS, **facts), service)
    return next(m for m in found.milestones if m.id == id)


def said(id: str, **facts: Any) -> tuple[str, bool]:
    found = milestone(id, **facts)
    return found.what, found.done


def without(path: str) -> dict[str, str]:
    return {known: digest for known, digest in FACTS.files.items() if known != path}


def test_the_milestones_come_in_the_order_in_which_they_are_reached() -> None:
    progress = service_progress(FACTS, SERVICE)
    assert [(m.id, m.done, m.next) for m in progress.milestones] == [
        ("structure", True, "splitter scaffold transaction --port 8002"),
        ("routes", True, "splitter extract transaction"),
        ("imports", True, "splitter rewrite-imports"),
        ("boots", False, "splitter verify transaction"),
        ("parity", False, "splitter parity-check transaction"),
        ("traffic", False, "splitter gateway"),
        ("deprecated", False, "splitter deprecate transaction --sunset DATE"),
        ("retired", False, "splitter retire transaction"),
    ]
    assert (progress.percent, progress.remarks) == (38, ())
    assert progress.following == progress.milestones[3]


def test_the_structure_is_there_with_its_main() -> None:
    assert said("structure") == (f"Structure created ({FOLDER}/)", True)
    assert not milestone("structure", files=without(f"{FOLDER}/main.py")).done


@pytest.mark.parametrize(
    ("routes", "origins"),
    [
        ((), " from api/transactions.py"),
        (("api.transactions",), " from api/transactions.py"),
        (("money.py", "api/transactions.py"), " from api/transactions.py, money.py"),
        (("/api/transactions",), ""),
    ],
)
def test_the_routes_origins_are_named_where_they_are_known(
    routes: tuple[str, ...], origins: str
) -> None:
    found = milestone("routes", Service("transaction", 8002, routes))
    assert (found.what, found.done) == (f"Routes copied{origins}", True)


def test_a_copy_that_is_gone_is_not_copied() -> None:
    assert not milestone("routes", files=without(MONEY.path)).done
    assert milestone("routes", files=without(CONFIG.path)).done
    assert not milestone("routes", copies=(CONFIG,)).done


def test_imports_count_in_the_services_files_and_in_the_shared_ones() -> None:
    assert said("imports") == ("Imports point at the new homes", True)
    left = frozenset({MONEY.path, CONFIG.path, "services/other_service/x.py"})
    assert said("imports", unrewritten=left) == (
        "Imports point at the new homes (2 files do not yet)",
        False,
    )
    assert not milestone("imports", copies=()).done


@pytest.mark.parametrize(
    ("run", "what", "done"),
    [
        (None, "Boots alone", False),
        (Run(True, "2026-11-22T10:00:00+00:00", "now"), "Boots alone (2026-11-22)", True),
        (Run(False, "2026-11-22T10:00:00", "now"), "Boots alone (failed, 2026-11-22)", False),
        (
            Run(True, "2026-11-22", "before"),
            "Boots alone (its files have changed since 2026-11-22)",
            False,
        ),
    ],
)
def test_a_run_counts_for_the_files_that_it_saw(run: Run | None, what: str, done: bool) -> None:
    assert said("boots", verified={"transaction": run} if run else {}) == (what, done)


@pytest.mark.parametrize(
    ("run", "what", "done"),
    [
        (None, "", False),
        (Run(True, "2026-11-22", "now", 30, 30), " (30 cases, 2026-11-22)", True),
        (Run(True, "2026-11-22", "now"), " (2026-11-22)", True),
        (Run(False, "2026-11-22", "now", 29, 30), " (29 of 30 cases match, 2026-11-22)", False),
        (Run(False, "2026-11-22", "now"), " (failed, 2026-11-22)", False),
        (
            Run(True, "2026-11-22", "before", 30, 30),
            " (its files have changed since 2026-11-22)",
            False,
        ),
    ],
)
def test_parity_says_how_many_cases(run: Run | None, what: str, done: bool) -> None:
    parity = {"transaction": run} if run else {}
    assert said("parity", parity=parity) == (f"Answers as the monolith{what}", done)


def test_traffic_goes_to_it_once_the_gateway_is_written_too() -> None:
    live = frozenset({"transaction"})
    found = milestone("traffic", live=live)
    assert (found.done, found.next) == (False, "splitter gateway")
    files = {**FACTS.files, "gateway/nginx.conf": "w"}
    assert milestone("traffic", live=live, files=files).done
    assert not milestone("traffic", files=files).done


def test_deprecation_names_the_sunset() -> None:
    deprecated = {"transaction": "2027-03-31"}
    assert said("deprecated", deprecated=deprecated) == (
        "Old routes deprecated (sunset 2027-03-31)",
        True,
    )


def test_what_changed_in_the_monolith_and_what_blocks_are_remarks() -> None:
    files = without("money.py") | {"config.py": "new", "api/transactions.py": "new"}
    facts = replace(FACTS, files=files, blocked={"transaction": ("a cycle",), "other": ("x",)})
    assert service_progress(facts, SERVICE).remarks == (
        "a cycle",
        "api/transactions.py has changed since it was copied",
        "config.py has changed since it was copied",
        "money.py has changed since it was copied",
    )


def test_shared_files_do_not_concern_a_service_that_has_none() -> None:
    facts = replace(FACTS, files=without("config.py"), copies=(CONFIG,))
    assert service_progress(facts, SERVICE).remarks == ()


def entry(path: str, state: State, **more: Any) -> Entry:
    return Entry(("GET",), path, owner="transaction", state=state, moved="2026-11-20", **more)


@pytest.mark.parametrize(
    ("states", "what", "step"),
    [
        ((), "Traffic goes to it", "shadow"),
        ((State.MONOLITH, State.SHADOW), "Traffic goes to it (1 monolith, 1 shadow)", "shadow"),
        ((State.SHADOW, State.SHADOW), "Traffic goes to it (2 shadow)", "10%"),
        ((State.CANARY, State.SERVICE), "Traffic goes to it (1 canary 10 %, 1 service)", "service"),
    ],
)
def test_traffic_moves_step_by_step(states: tuple[State, ...], what: str, step: str) -> None:
    entries = tuple(entry(f"/{n}", state, percent=10) for n, state in enumerate(states))
    files = {**FACTS.files, "gateway/nginx.conf": "w"}
    found = milestone("traffic", table=RoutingTable(entries), files=files)
    assert (found.what, found.next) == (what, f"splitter cutover transaction --to {step}")


def test_what_is_retired_is_neither_compared_nor_deprecated_any_more() -> None:
    some = RoutingTable((entry("/a", State.RETIRED), entry("/b", State.SERVICE)))
    assert said("retired", table=some) == ("Old routes taken out of the monolith (1 of 2)", False)
    table = RoutingTable((entry("/a", State.RETIRED),))
    assert said("retired", table=table) == ("Old routes taken out of the monolith", True)
    assert milestone("deprecated", table=table).done
    assert milestone("parity", table=table).done


def test_routes_tell_how_far_they_are_and_who_still_asks_for_them() -> None:
    table = RoutingTable((entry("/a", State.CANARY, percent=10, by="ada"),))
    old = {"GET /a": Traffic("GET /a", 3, 86_400.0, 5.0, 9.0, 99.0)}
    service = service_progress(replace(FACTS, table=table, old=old), SERVICE)
    assert service.routes == (
        RouteStand("GET /a", "canary", 10, "2026-11-20", "ada", 3, "1970-01-02"),
    )
    assert service_progress(replace(FACTS, table=table), SERVICE).routes[0].hits is None


def test_what_is_in_the_way_comes_with_what_to_do() -> None:
    facts = replace(
        FACTS,
        files={**FACTS.files, "config.py": "new", "money.py": "new"},
        parity={"transaction": Run(False, "2026-11-22", "now", 29, 30)},
        table=RoutingTable((entry("/a", State.SERVICE),)),
        waiting={"transaction": ("GET /a: 3 hits",)},
        blocked={"transaction": ("a cycle",)},
    )
    assert service_progress(facts, SERVICE).blocked == (
        Blockage("a cycle", "splitter plan transaction"),
        Blockage(
            "the monolith has changed since it was copied: config.py and 1 more",
            "splitter extract transaction",
        ),
        Blockage(
            "it does not answer as the monolith: 29 of 30 cases match",
            "splitter parity-check transaction",
        ),
        Blockage("1 of its routes have traffic without proof", "splitter parity-check transaction"),
        Blockage("its old routes cannot retire yet: GET /a: 3 hits"),
    )
    assert service_progress(FACTS, SERVICE).blocked == ()


def test_a_copy_of_what_was_retired_has_not_fallen_behind() -> None:
    gone = replace(MONEY, origin_digest="")
    facts = replace(FACTS, files=without("money.py"), copies=(ROUTES, gone, CONFIG))
    assert service_progress(facts, SERVICE).remarks == ()
