import pytest

from splitter.actions.notices import Entry, listed, read_entries
from splitter.model.monolith import Route

DAYS = ("2026-11-23", "2027-03-31")


def route(methods: str, path: str, kind: str = "http") -> Route:
    return Route(tuple(methods.split()), path, "m:f", "m.py", 1, kind=kind)


def test_what_was_written_is_read_again() -> None:
    source = (
        b"x = 1\nROUTES: list[tuple[str, str, str, str, str]] = [\n"
        b'    ("GET PUT", "/a/{x}", "2026-11-23", "2027-03-31", "https://b/"),\n'
        b'    ("GET", "/a/b", "", "", ""),\n]\n'
    )
    assert read_entries(source) == [Entry("GET PUT", "/a/{x}", *DAYS, "https://b/")]


@pytest.mark.parametrize(
    "source",
    [b"", b"(", b"ROUTES = 1\n", b"ROUTES: int = 1\n", b"ROUTES: list = [(1,)]\n", b"ROUTES: x\n"],
)
def test_what_is_no_table_has_no_entries(source: bytes) -> None:
    assert read_entries(source) == []


def test_entries_come_in_the_order_of_the_routes() -> None:
    routes = [
        route("GET", "/c"),
        route("POST", "/a"),
        route("GET", "/a"),
        route("", "/w", "websocket"),
    ]
    entries = [Entry("GET", "/a", *DAYS), Entry("GET", "/gone", *DAYS), Entry("GET", "/c", *DAYS)]
    assert listed([], entries, routes) == [entries[2], entries[0], entries[1]]


def test_a_route_that_stays_is_listed_where_it_would_be_taken_for_an_old_one() -> None:
    old = Entry("GET", "/x/{a}", *DAYS)
    routes = [
        route("GET", "/x/new"),
        route("POST", "/x/other"),
        route("GET", "/y/new"),
        route("GET", "/x/{a}"),
        route("GET", "/x/late"),
        route("GET", "/x/{a}/"),
    ]
    assert listed([], [old], routes) == [Entry("GET", "/x/new"), old, Entry("GET", "/x/{a}/")]


def test_a_route_keeps_the_day_on_which_it_was_deprecated_first() -> None:
    first = Entry("GET", "/a", "2026-01-01", "2026-12-31", "https://old/")
    again = Entry("GET", "/a", "2026-11-23", "2027-03-31", "https://new/")
    (entry,) = listed([first], [again], [])
    assert entry == Entry("GET", "/a", "2026-01-01", "2027-03-31", "https://new/")


def test_fields_are_written_as_python_reads_them() -> None:
    assert Entry("GET", '/"é"\\').literals() == ['"GET"', '"/\\"é\\"\\\\"', '""', '""', '""']
