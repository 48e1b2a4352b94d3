from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from splitter.model.acceptance import Acceptance
from splitter.model.parity import Accepted, Case, Difference, Outcome, Request, Verdict
from splitter.parity.ledger import Ledger
from splitter.parity.structure import Place, spelled

TODAY = date(2026, 11, 26)
ANY = Acceptance("known", "T-1", TODAY, "known.yaml", 2)
STATUS = Difference("status", "", 200, 201)
HEADER = Difference("header", "etag", "a", "b")
BODY = Difference("body", "$.items[3].amount", 1, 2)


def verdict(
    *differences: Difference,
    name: str = "list items",
    method: str = "GET",
    path: str = "/items/7?a=1",
) -> Verdict:
    case = Case(name, Request(method, path), service="orders")
    return Verdict(case, Outcome.MISMATCH, differences)


def settled(entries: Iterable[Acceptance], one: Verdict) -> Verdict:
    (found,) = Ledger(entries, today=TODAY).settled([one])
    return found


def test_a_case_of_which_all_is_accepted_matches() -> None:
    entry = replace(ANY, case="list items")
    found = settled([entry], verdict(STATUS, HEADER))
    assert found.outcome is Outcome.MATCH
    assert found.differences == ()
    assert found.accepted == (Accepted(STATUS, entry), Accepted(HEADER, entry))


def test_what_is_left_still_fails() -> None:
    entry = replace(ANY, path="ETag")
    found = settled([entry], verdict(STATUS, HEADER, BODY))
    assert found.outcome is Outcome.MISMATCH
    assert found.differences == (STATUS, BODY)
    assert found.accepted == (Accepted(HEADER, entry),)


def test_errors_and_skipped_cases_are_never_accepted() -> None:
    case = verdict().case
    for outcome in (Outcome.ERROR, Outcome.SKIPPED):
        one = Verdict(case, outcome, error="service: no answer")
        assert settled([replace(ANY, case="*")], one) == one


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        (replace(ANY, case="list items"), True),
        (replace(ANY, case="list*"), True),
        (replace(ANY, case="list"), False),
        (replace(ANY, case="lis? items"), False),
        (replace(ANY, route="/items/{id}"), True),
        (replace(ANY, route="/items/{id:int}"), True),
        (replace(ANY, route="/{rest:path}"), True),
        (replace(ANY, route="/items"), False),
        (replace(ANY, route="/items/{id}/lines"), False),
        (replace(ANY, case="*", method="GET"), True),
        (replace(ANY, case="*", method="POST"), False),
        (replace(ANY, case="*", service="orders"), True),
        (replace(ANY, case="*", service="users"), False),
        (replace(ANY, case="*", kind="header"), True),
        (replace(ANY, case="*", kind="status"), False),
    ],
)
def test_which_cases_and_kinds_an_entry_is_about(entry: Acceptance, fits: bool) -> None:
    assert bool(settled([entry], verdict(HEADER)).accepted) is fits


@pytest.mark.parametrize(
    ("path", "place", "fits"),
    [
        ("$.items[3].amount", ("items", 3, "amount"), True),
        ("$.items[*].amount", ("items", 3, "amount"), True),
        ("$.items[*]", ("items", 3, "amount"), True),
        ("$.items", ("items", 3, "amount"), True),
        ("$..amount", ("items", 3, "amount"), True),
        ("$", (), True),
        ("$.items[2].amount", ("items", 3, "amount"), False),
        ("$.items[:3].amount", ("items", 3, "amount"), False),
        ("$.items[3:].amount", ("items", 3, "amount"), True),
        ("$.amount", ("items", 3, "amount"), False),
        ("$.items[3].amount.cents", ("items", 3, "amount"), False),
        ("$['it\\'s']['a\\\\b']", ("it's", "a\\b"), True),
        ("$['a\\nb']", ("a\nb",), True),
        ("$['']", ("",), True),
        ("$['a.b']", ("a", "b"), False),
    ],
)
def test_places_in_a_body(path: str, place: tuple[str | int, ...], fits: bool) -> None:
    nested: Place = None
    for key in place:
        nested = (nested, key)
    difference = Difference("body", spelled(nested), 1, 2)
    assert bool(settled([replace(ANY, path=path)], verdict(difference)).accepted) is fits


def test_places_in_a_database_take_a_star() -> None:
    rows = [Difference("database", f"users[{key}].seen", 1, 2) for key in ("1", "ada")]
    assert not settled([replace(ANY, path="users[*].seen")], verdict(*rows)).differences
    assert settled([replace(ANY, path="users[1].seen")], verdict(*rows)).differences == (rows[1],)


def test_a_captured_value_stands_where_the_route_has_a_parameter() -> None:
    one = verdict(STATUS, path="/items/{{ id }}")
    assert settled([replace(ANY, route="/items/{item_id}")], one).outcome is Outcome.MATCH


def test_an_entry_that_is_over_accepts_nothing_and_is_told() -> None:
    over = replace(ANY, case="*", expires=date(2026, 11, 25))
    ledger = Ledger([over, replace(over, expires=TODAY, line=9)], today=date(2026, 11, 27))
    (found,) = ledger.settled([verdict(STATUS)])
    assert found.differences == (STATUS,)
    assert [str(stale) for stale in ledger.stale()] == [
        "known.yaml:2: accepted until 2026-11-25 only: known (T-1)",
        "known.yaml:9: accepted until 2026-11-26 only: known (T-1)",
    ]


def test_an_entry_without_use_is_told_unless_cases_are_left_out() -> None:
    entries = [replace(ANY, case="*"), replace(ANY, case="gone", line=8)]
    for partial, lines in ((False, [8]), (True, [])):
        ledger = Ledger(entries, today=TODAY, partial=partial)
        list(ledger.settled([verdict(STATUS)]))
        assert [stale.line for stale in ledger.stale()] == lines


def test_all_entries_that_fit_are_used() -> None:
    ledger = Ledger([replace(ANY, case="*"), replace(ANY, case="list*", line=5)], today=TODAY)
    (found,) = ledger.settled([verdict(STATUS)])
    assert found.accepted[0].by.line == 2
    assert ledger.stale() == ()


def test_a_place_with_a_hidden_name_is_no_place() -> None:
    hidden = Difference("body", "$.[hidden]", 1, 2)
    assert settled([replace(ANY, path="$..*")], verdict(hidden)).differences == (hidden,)
