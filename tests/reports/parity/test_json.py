import json
from collections.abc import Callable, Iterable

from splitter.model.parity import Summary, Verdict
from splitter.reports.parity.json import report

Report = Callable[[Iterable[Verdict], Callable[[str], object]], Summary]
Written = Callable[[Report, Iterable[Verdict]], str]


def test_the_whole_report(written: Written, one_of_each: list[Verdict]) -> None:
    answers = {
        "monolith": {"status": 200, "elapsed_ms": 3.14},
        "service": {"status": 200, "elapsed_ms": 2.7},
    }
    assert json.loads(written(report, one_of_each)) == {
        "schema": 1,
        "summary": {"total": 4, "matched": 1, "mismatched": 1, "errored": 1, "skipped": 1},
            "stale": [],
        "cases": [
            {
                "name": "good", "service": "orders", "verdict": "match", "differences": [],
                "noise": [{"kind": "body", "path": "$.at", "monolith": "a", "service": "b"}],
                    "accepted": [],
                "answers": answers,
            },
            {
                "name": "bad one", "service": "orders", "verdict": "mismatch",
                "differences": [
                    {"kind": "status", "path": "", "monolith": 200, "service": 404},
                    {"kind": "header", "path": "etag", "monolith": '"1"'},
                    {"kind": "body", "path": "$.items[0].amount", "monolith": 1.5,
                     "service": {"n": [None, "é ☕"]}},
                ],
                "noise": [], "accepted": [], "answers": answers,
            },
            {
                "name": "broken", "service": "orders", "verdict": "error", "differences": [],
                "noise": [], "accepted": [], "answers": {},
                    "error": "service orders: no answer within 30 s",
            },
            {
                "name": "late", "service": "orders", "verdict": "skipped", "differences": [],
                "noise": [], "accepted": [], "answers": {},
                    "error": "token was not captured (service)",
            },
        ],
    }  # fmt: skip


def test_digits_and_characters_are_kept(written: Written, one_of_each: list[Verdict]) -> None:
    text = written(report, one_of_each)
    assert '"monolith":1.50' in text
    assert "é ☕" in text


def test_no_cases(written: Written) -> None:
    assert json.loads(written(report, [])) == {
        "schema": 1,
        "summary": {"total": 0, "matched": 0, "mismatched": 0, "errored": 0, "skipped": 0},
        "cases": [],
        "stale": [],
    }


def test_values_are_data(written: Written, hostile: list[Verdict]) -> None:
    first = json.loads(written(report, hostile))["cases"][0]
    entry = hostile[0].differences[0]
    assert first["name"] == hostile[0].case.name
    assert first["differences"][0]["path"] == entry.path
    assert first["differences"][0]["service"] == entry.service
