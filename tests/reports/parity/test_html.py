import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from splitter.model.acceptance import Stale
from splitter.model.ending import Ending, Endpoint
from splitter.model.parity import ABSENT, Answer, Difference, Summary, Verdict
from splitter.reports.parity.html import report

Report = Callable[[Iterable[Verdict], Callable[[str], object]], Summary]
Written = Callable[[Report, Iterable[Verdict]], str]


class Page(HTMLParser):
    """The page as a browser reads it: what its cases say, and which elements it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cases: list[dict[str, str | None]] = []
        self.shown: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if "case" in (given.get("class") or "").split():
            self.cases.append(given)

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] not in (["style"], ["script"]) and data.strip():
            self.shown.append(data.strip())


def test_every_case_is_there_to_be_filtered(written: Written, one_of_each: list[Verdict]) -> None:
    page = Page(written(report, one_of_each))
    assert [(c["data-verdict"], c["data-service"], c["data-text"]) for c in page.cases] == [
        ("match", "orders", "good get /a  body $.at"),
        ("mismatch", "orders", "bad one get /a  status header etag body $.items[0].amount"),
        ("error", "orders", "broken get /a service orders: no answer within 30 s"),
        ("skipped", "orders", "late get /a token was not captured (service)"),
    ]
    assert page.tags.count("input") == 6
    assert "select" not in page.tags


def test_values_stand_side_by_side(written: Written, one_of_each: list[Verdict]) -> None:
    shown = Page(written(report, one_of_each)).shown
    at = shown.index("body $.items[0].amount")
    assert shown[at : at + 5] == [
        "body $.items[0].amount", "monolith", "1.50", "orders", '{"n":[null,"é ☕"]}',
    ]  # fmt: skip
    at = shown.index("header etag")
    assert shown[at : at + 5] == ["header etag", "monolith", '"1"', "orders", "not there"]
    assert "4 cases: 1 matched, 1 mismatched, 1 errored, 1 skipped" in shown


def test_what_differs_is_marked(written: Written, one_of_each: list[Verdict]) -> None:
    def marked(a: object, b: object) -> list[str]:
        entry = Difference("body", "$", a, b)
        text = written(report, [replace(one_of_each[1], differences=(entry,))])
        return re.findall("<pre>(.*?)</pre>", text, re.DOTALL)

    assert marked("a\nb1\nc", "a\nb22\nc") == ["a\nb<mark>1</mark>\nc", "a\nb<mark>22</mark>\nc"]
    assert marked(12.5, 12.51) == ["12.5", "12.5<mark>1</mark>"]
    assert marked("7", 7) == ["<mark>&#34;</mark>7<mark>&#34;</mark>", "7"] or marked("7", 7) == [
        "<mark>&#34;7&#34;</mark>", "<mark>7</mark>",
    ]  # fmt: skip
    assert marked("a\n", "a") == ["a<mark>↵\n</mark>", "a"]
    assert marked(ABSENT, "a") == ['<span class="absent">not there</span>', "<mark>a</mark>"]


def test_services_can_be_chosen_where_there_are_several(
    written: Written, one_of_each: list[Verdict]
) -> None:
    first, *rest = one_of_each
    verdicts = [replace(first, case=replace(first.case, service="users")), *rest]
    page = Page(written(report, verdicts))
    assert page.tags.count("option") == 3


def test_cases_can_be_found_by_their_path(written: Written, asked: Verdict) -> None:
    (case,) = Page(written(report, [asked])).cases
    assert case["data-path"] == "/a"


def test_times_of_both_sides(written: Written, one_of_each: list[Verdict]) -> None:
    slow = replace(one_of_each[0], monolith=Answer(200, 80.0), service=Answer(200, 9.0))
    shown = Page(written(report, [*one_of_each, slow])).shown
    at = shown.index("median")
    assert shown[at - 2 : at + 9] == [
        *("monolith", "service", "median", "3.1", "2.7"),
        *("95 %", "80.0", "9.0", "longest", "80.0", "9.0"),
    ]
    assert "median" not in Page(written(report, one_of_each[2:])).shown


def test_endpoints_without_a_case_come_first(one_of_each: list[Verdict]) -> None:
    endpoints = (
        Endpoint("GET", "/a/{id}", "orders", 4),
        Endpoint("POST", "/a/<b>", "orders", 0),
    )
    parts: list[str] = []
    report(one_of_each, parts.append, ending=lambda: Ending((), endpoints))
    shown = Page("".join(parts)).shown
    assert "1 of 2" in shown
    at = shown.index("/a/<b>")
    assert shown[at - 1 : at + 3] == ["POST", "/a/<b>", "orders", "none"]
    assert shown[at + 3 : at + 7] == ["GET", "/a/{id}", "orders", "4"]


@pytest.mark.parametrize(
    ("ending", "word"),
    [
        (Ending(), "passed"),
        (Ending((Stale("known.yaml", 1, "over"),)), "not proven"),
        (Ending(interrupted=True), "not proven"),
    ],
)
def test_the_head_says_how_it_ended(ending: Ending, word: str, all_good: list[Verdict]) -> None:
    parts: list[str] = []
    report(all_good, parts.append, ending=lambda: ending)
    assert word in Page("".join(parts)).shown


def test_the_page_needs_nothing_else(written: Written, one_of_each: list[Verdict]) -> None:
    text = written(report, one_of_each)
    assert text.startswith("<!doctype html>")
    assert not re.search(r"\b(src|href)\s*=|@import|url\(|https?:", text)


def test_values_are_data(
    written: Written, one_of_each: list[Verdict], hostile: list[Verdict]
) -> None:
    text = written(report, hostile)
    plain = Page(written(report, one_of_each)).tags
    assert set(Page(text).tags) <= {*plain, "select", "option"}
    assert "<script>alert(1)" not in text
    assert "{{ x }}" in text
    assert "\x1b" not in text


def test_where_all_match_no_case_has_anything_to_open(
    written: Written, all_good: list[Verdict]
) -> None:
    page = Page(written(report, all_good))
    assert "details" not in page.tags
    assert not re.search("mismatch|error|skipped", " ".join(page.shown))


def test_no_cases(written: Written) -> None:
    page = Page(written(report, []))
    assert page.cases == []
    assert "no cases" in page.shown
