import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable

from splitter.model.parity import Summary, Verdict
from splitter.reports.parity.junit import report

Report = Callable[[Iterable[Verdict], Callable[[str], object]], Summary]
Written = Callable[[Report, Iterable[Verdict]], str]


def test_the_whole_report(written: Written, one_of_each: list[Verdict]) -> None:
    assert (
        written(report, one_of_each)
        == """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="splitter">
<testsuite name="parity" tests="4" failures="1" errors="1" skipped="1" time="0.005">
<testcase name="good" classname="orders" file="cases.yaml" line="7" time="0.003">\
<system-out>noise: body $.at</system-out></testcase>
<testcase name="bad one" classname="orders" file="cases.yaml" line="7" time="0.003">\
<failure message="3 differences (orders)">status
  monolith: 200
  service:  404
header etag
  monolith: "\\"1\\""
  service:  (absent)
body $.items[0].amount
  monolith: 1.50
  service:  {"n":[null,"é ☕"]}</failure></testcase>
<testcase name="broken" classname="orders" file="cases.yaml" line="7" time="0.000">\
<error message="service orders: no answer within 30 s">\
service orders: no answer within 30 s</error></testcase>
<testcase name="late" classname="orders" file="cases.yaml" line="7" time="0.000">\
<skipped message="token was not captured (service)">token was not captured (service)</skipped>\
</testcase>
</testsuite>
</testsuites>
"""
    )


def test_values_are_data(written: Written, hostile: list[Verdict]) -> None:
    root = ET.fromstring(written(report, hostile).encode())
    cases = list(root.iter("testcase"))
    assert [[child.tag for child in case] for case in cases] == [
        ["failure"],
        ["error"],
        ["skipped"],
    ]
    assert "<script>alert(1)</script>" in (cases[0].get("name") or "")
    assert "\\u001b[31mred\\u0000" in (cases[0][0].text or "")


def test_no_cases(written: Written) -> None:
    (suite,) = ET.fromstring(written(report, []))
    assert (suite.get("tests"), len(suite)) == ("0", 0)
