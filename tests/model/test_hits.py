from splitter.model.hits import Count, Traffic, route_key, traffic
from splitter.model.monolith import Route

DAY = 86_400.0
OLD = "GET /api/items"


def test_a_route_that_nobody_counted_is_known_for_nothing() -> None:
    assert traffic(OLD, ()) == traffic(OLD, (Count(0, 9, {"GET /other": (1, 1)}),)) == Traffic(OLD)


def test_quiet_is_what_was_counted_since_the_last_hit_of_any_process() -> None:
    counts = (
        Count(10 * DAY, 14 * DAY, {OLD: (3, 12 * DAY)}),
        Count(11 * DAY, 13 * DAY, {OLD: (1, 11 * DAY)}),
        Count(20 * DAY, 21 * DAY, {OLD: (0, 0)}),
    )
    assert traffic(OLD, counts) == Traffic(OLD, 4, 12 * DAY, 3 * DAY, 10 * DAY, 21 * DAY)


def test_what_two_processes_count_at_the_same_time_is_one_time() -> None:
    counts = tuple(Count(start * DAY, 5 * DAY, {OLD: (0, 0.0)}) for start in (1, 2, 3))
    assert traffic(OLD, counts).quiet == 4 * DAY


def test_a_process_that_did_not_know_the_route_has_not_counted_it() -> None:
    counts = (Count(1 * DAY, 9 * DAY), Count(8 * DAY, 9 * DAY, {OLD: (0, 0.0)}))
    assert traffic(OLD, counts).quiet == DAY


def test_a_route_is_named_as_in_the_table_of_the_monolith() -> None:
    assert route_key(Route(("PUT", "GET"), "/a/{b}", "m:f", "m.py", 1)) == "GET PUT /a/{b}"
