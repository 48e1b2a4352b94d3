from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import unquote

from splitter.model.ending import Ending, Endpoint
from splitter.model.parity import Difference, Summary, Verdict
from splitter.reports.parity.github import report

Report = Callable[[Iterable[Verdict], Callable[[str], object]], Summary]
Written = Callable[[Report, Iterable[Verdict]], str]


def test_the_whole_report(written: Written, one_of_each: list[Verdict]) -> None:
    assert written(report, one_of_each) == (
        "::error title=parity%3A bad one,file=cases.yaml,line=7::bad one: 3 differences (orders)"
        "%0Astatus%0A  monolith: 200%0A  service:  404"
        '%0Aheader etag%0A  monolith: "\\"1\\""%0A  service:  (absent)'
        '%0Abody $.items[0].amount%0A  monolith: 1.50%0A  service:  {"n":[null,"é ☕"]}\n'
        "::error title=parity%3A broken,file=cases.yaml,line=7::"
        "broken: service orders: no answer within 30 s\n"
        "::warning title=parity%3A late,file=cases.yaml,line=7::"
        "late: token was not captured (service)\n"
        "parity: 4 cases: 1 matched, 1 mismatched, 1 errored, 1 skipped\n"
    )


def test_where_all_match_there_is_no_annotation(written: Written, all_good: list[Verdict]) -> None:
    assert written(report, all_good) == "parity: 2 cases: 2 matched\n"


def test_no_value_becomes_a_command(written: Written, hostile: list[Verdict]) -> None:
    lines = written(report, hostile).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::warning", "parity:"]
    title = lines[0].removeprefix("::error title=").split(",")[0]
    assert unquote(title).startswith("parity: ]]> & < > \" ' %")
    assert ":" not in title


def test_many_differences_are_named_without_values(
    written: Written, one_of_each: list[Verdict]
) -> None:
    many = tuple(Difference("body", f"$[{i}]", 1, 2) for i in range(150))
    line = written(report, [replace(one_of_each[1], differences=many)]).splitlines()[0]
    assert "%0Abody $[99]%0Aand 50 more" in line
    assert "monolith: 1" not in line


def test_the_page_of_the_job(one_of_each: list[Verdict]) -> None:
    pages: list[str] = []
    report(one_of_each, lambda text: None, page=pages.append)
    assert pages == [
        "### Parity: 4 cases: 1 matched, 1 mismatched, 1 errored, 1 skipped\n\n"
        "| verdict | case | service | found |\n| --- | --- | --- | --- |\n"
        "| mismatch | bad one | orders | <code>status</code><br><code>header etag</code><br>"
        "<code>body $.items&#91;0&#93;.amount</code> |\n"
        "| error | broken | orders | service orders: no answer within 30 s |\n"
        "| skipped | late | orders | token was not captured (service) |\n\n"
        "<details><summary>bad one</summary>\n\n<pre>status\n  monolith: 200\n  service:  404\n"
        "header etag\n  monolith: &quot;&#92;&quot;1&#92;&quot;&quot;\n  service:  (absent)\n"
        "body $.items&#91;0&#93;.amount\n  monolith: 1.50\n"
        "  service:  {&quot;n&quot;:&#91;null,&quot;é ☕&quot;&#93;}</pre>\n\n</details>\n\n"
        "<details><summary>broken</summary>\n\n"
        "<pre>service orders: no answer within 30 s</pre>\n\n</details>\n\n"
    ]


def test_the_page_has_the_endpoints_and_the_first_cases_in_full(asked: Verdict) -> None:
    pages: list[str] = []
    endpoints = (Endpoint("GET", "/a", "orders", 2), Endpoint("POST", "/a", "orders", 0))
    ending = Ending(endpoints=endpoints, interrupted=True)
    report([asked] * 12, lambda text: None, page=pages.append, ending=lambda: ending)
    assert "- 1 of 2 endpoints reached; no case for POST /a\n" in pages[0]
    assert "- interrupted: there were more cases\n" in pages[0]
    assert pages[0].count("<details>") == 10
    assert pages[0].count("curl -i") == 20


def test_the_page_of_a_good_job_is_a_line(all_good: list[Verdict]) -> None:
    pages: list[str] = []
    report(all_good, lambda text: None, page=pages.append)
    assert pages == ["### Parity: 2 cases: 2 matched\n\n"]


def test_values_on_the_page_are_data(hostile: list[Verdict]) -> None:
    pages: list[str] = []
    report(hostile, lambda text: None, page=pages.append)
    rows = pages[0].splitlines()[4:7]
    assert [row.count("|") for row in rows] == [5, 5, 5]
    assert "<script" not in pages[0]
    assert "`" not in pages[0]
