from collections.abc import Callable, Iterable, Iterator

from splitter.model.parity import Summary, Verdict
from splitter.reports.parity.console import report

Report = Callable[[Iterable[Verdict], Callable[[str], object]], Summary]
Written = Callable[[Report, Iterable[Verdict]], str]


def test_the_whole_report(written: Written, one_of_each: list[Verdict]) -> None:
    assert (
        written(report, one_of_each)
        == """\
match     good  [GET /a · orders] 3.1 → 2.7 ms
          noise: body $.at
MISMATCH  bad one  [GET /a · orders] 3.1 → 2.7 ms
          status
            monolith: 200
            service:  404
          header etag
            monolith: "\\"1\\""
            service:  (absent)
          body $.items[0].amount
            monolith: 1.50
            service:  {"n":[null,"é ☕"]}
ERROR     broken  [GET /a · orders]
          service orders: no answer within 30 s
skipped   late  [GET /a · orders]
          token was not captured (service)

4 cases: 1 matched, 1 mismatched, 1 errored, 1 skipped
"""
    )


def test_where_all_match_nothing_speaks_of_a_failure(
    written: Written, all_good: list[Verdict]
) -> None:
    assert (
        written(report, all_good)
        == """\
match     one  [GET /a · orders] 3.1 → 2.7 ms
match     two  [GET /a · orders] 3.1 → 2.7 ms

2 cases: 2 matched
"""
    )
    assert written(report, []) == "\nno cases\n"


def test_lines_come_with_their_verdicts(one_of_each: list[Verdict]) -> None:
    parts: list[str] = []

    def watched() -> Iterator[Verdict]:
        for verdict in one_of_each:
            seen.append("".join(parts).count("[GET"))
            yield verdict

    seen: list[int] = []
    assert report(watched(), parts.append) == Summary(1, 1, 1, 1)
    assert seen == [0, 1, 2, 3]


def test_colour_is_only_there_where_it_is_asked_for(one_of_each: list[Verdict]) -> None:
    parts: list[str] = []
    report(one_of_each, parts.append, colour=True)
    assert parts[0].startswith("\x1b[32mmatch    \x1b[0m good")


def test_values_are_data(written: Written, hostile: list[Verdict]) -> None:
    text = written(report, hostile)
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "\\u001b[31mred" in text


def test_long_values_are_cut(written: Written, one_of_each: list[Verdict]) -> None:
    from dataclasses import replace

    entry = replace(one_of_each[1].differences[0], monolith="x" * 100_000)
    text = written(report, [replace(one_of_each[1], differences=(entry,))])
    assert "xxx… (100002 characters)" in text
    assert len(text) < 1000
