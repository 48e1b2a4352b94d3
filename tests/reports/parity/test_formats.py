from pathlib import Path

import pytest

from splitter.model.parity import Summary, Verdict
from splitter.reports.parity.formats import FORMATS, report


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_the_same_summary(form: str, one_of_each: list[Verdict]) -> None:
    parts: list[str] = []
    summary = report(iter(one_of_each), form, parts.append)
    assert summary == Summary(1, 1, 1, 1)
    assert (summary.total, summary.proven) == (4, False)
    assert "bad one" in "".join(parts)


def test_all_good_is_proven(all_good: list[Verdict]) -> None:
    assert report(all_good, "text", lambda text: None).proven
    assert report([], "text", lambda text: None).proven


def test_formats_start_differently(one_of_each: list[Verdict]) -> None:
    heads = {}
    for form in FORMATS:
        parts: list[str] = []
        report(one_of_each, form, parts.append)
        heads[form] = "".join(parts)[:6]
    assert heads == {
        "text": "match ",
        "json": '{"sche',
        "junit": "<?xml ",
        "github": "::erro",
        "html": "<!doct",
    }


def test_the_page_is_written_where_the_format_has_one(all_good: list[Verdict]) -> None:
    pages: list[str] = []
    for form in FORMATS:
        report(all_good, form, lambda text: None, page=pages.append)
    assert len(pages) == 1


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="yaml"):
        report([], "yaml", lambda text: None)


def test_the_template_ships() -> None:
    root = Path(__file__).parents[3]
    assert (root / "templates" / "reports" / "parity.html.j2").is_file()
