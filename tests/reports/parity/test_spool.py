"""Reports whose head counts the cases do not keep all of them in memory."""

import gc
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from splitter.model.parity import Answer, Case, Difference, Outcome, Request, Verdict
from splitter.reports.parity.formats import report
from splitter.reports.parity.spool import IN_MEMORY


def _verdicts(count: int) -> Iterator[Verdict]:
    for n in range(count):
        case = Case(f"case {n}", Request("GET", f"/{n}"), "cases.yaml", service="orders")
        found = (Difference("body", "$.a", "x" * 1000, "x" * 1000 + str(n)),)
        yield Verdict(case, Outcome.MISMATCH, found, (), "", Answer(200, 1.0), Answer(200, 2.0))


@pytest.fixture
def collected() -> Iterator[None]:
    """Memory is measured with cycles collected, whatever other tests of this process did to gc."""
    was_on, threshold = gc.isenabled(), gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    gc.enable()
    gc.collect()
    yield
    gc.set_threshold(*threshold)
    if not was_on:
        gc.disable()


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize(("form", "count"), [("junit", 7000), ("html", 2500)])
def test_the_report_is_whole_and_in_order_and_not_kept_in_memory(
    form: str, count: int, tmp_path: Path
) -> None:
    path = tmp_path / "report"
    report(_verdicts(10), form, lambda text: None)
    tracemalloc.start()
    try:
        with path.open("w") as file:
            report(_verdicts(count), form, file.write)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    text = path.read_text()
    assert len(text) > 4 * IN_MEMORY
    assert most < 3 * IN_MEMORY
    assert re.findall(r'(?:name="|"name">)case (\d+)', text) == list(map(str, range(count)))
