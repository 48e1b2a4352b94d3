"""Every format says what is accepted and why, and which entries of the list fail the run."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest

from splitter.model.acceptance import Acceptance, Stale
from splitter.model.ending import Ending, Endpoint
from splitter.model.parity import Accepted, Difference, Outcome, Verdict
from splitter.reports.parity.formats import FORMATS, report

ENTRY = Acceptance("no etag <yet>", "SHOP-12", date(2027, 1, 31), "known.yaml", 3)
STALE = Stale("known.yaml", 9, "no difference falls under this any more: old (SHOP-1)")


@pytest.fixture
def accepted(one_of_each: list[Verdict]) -> Verdict:
    difference = Difference("header", "etag", '"1"', '"2"')
    bad = one_of_each[1]
    return replace(
        bad, outcome=Outcome.MATCH, differences=(), accepted=(Accepted(difference, ENTRY),)
    )


def written(form: str, *verdicts: Verdict, page: list[str] | None = None) -> str:
    parts: list[str] = []
    pages = page if page is not None else []
    report(verdicts, form, parts.append, page=pages.append, ending=lambda: Ending((STALE,)))
    return "".join(parts)


def test_the_text_has_both(accepted: Verdict) -> None:
    assert (
        written("text", accepted)
        == """\
match     bad one  [GET /a · orders] 3.1 → 2.7 ms
          accepted: header etag: no etag <yet> (SHOP-12, until 2027-01-31)

known.yaml:9: no difference falls under this any more: old (SHOP-1)
1 case: 1 matched
"""
    )


def test_json_has_both(accepted: Verdict) -> None:
    document = json.loads(written("json", accepted))
    assert document["summary"]["matched"] == 1
    assert document["cases"][0]["verdict"] == "match"
    assert document["cases"][0]["accepted"] == [
        {
            "kind": "header", "path": "etag", "monolith": '"1"', "service": '"2"',
            "reason": "no etag <yet>", "ticket": "SHOP-12", "expires": "2027-01-31",
        }
    ]  # fmt: skip
    assert document["stale"] == [{"path": "known.yaml", "line": 9, "message": STALE.what}]


def test_junit_has_a_failure_for_a_stale_entry(accepted: Verdict) -> None:
    (suite,) = ET.fromstring(written("junit", accepted))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    case, stale = suite
    assert "no etag <yet> (SHOP-12" in "".join(case.itertext())
    assert (stale.get("file"), stale.get("line")) == ("known.yaml", "9")
    failure = stale.find("failure")
    assert failure is not None
    assert failure.get("message") == STALE.what


def test_github_annotates_the_line_of_a_stale_entry(accepted: Verdict) -> None:
    pages: list[str] = []
    text = written("github", accepted, page=pages)
    assert (
        "::error title=parity%3A accepted differences,file=known.yaml,line=9::no difference" in text
    )
    assert "- known.yaml:9: no difference falls under this any more" in pages[0]


def test_the_page_shows_both_escaped(accepted: Verdict) -> None:
    text = written("html", accepted)
    assert "no etag &lt;yet&gt; (SHOP-12, until 2027-01-31)" in text
    assert "known.yaml:9: no difference falls under this any more" in text


@pytest.mark.parametrize("form", FORMATS)
def test_without_entries_nothing_is_said_of_them(form: str, all_good: list[Verdict]) -> None:
    parts: list[str] = []
    report(all_good, form, parts.append)
    assert "SHOP" not in "".join(parts)


ENDPOINTS = (Endpoint("GET", "/a", "orders", 2), Endpoint("POST", "/a", "orders", 0))


def test_endpoints_are_told(all_good: list[Verdict]) -> None:
    parts: list[str] = []
    report(all_good, "text", parts.append, ending=lambda: Ending((), ENDPOINTS))
    assert "\n1 of 2 endpoints reached; no case for POST /a\n2 cases: 2" in "".join(parts)
    parts.clear()
    report(all_good, "json", parts.append, ending=lambda: Ending((), ENDPOINTS))
    assert json.loads("".join(parts))["endpoints"][1] == {
        "method": "POST", "path": "/a", "service": "orders", "cases": 0
    }  # fmt: skip
