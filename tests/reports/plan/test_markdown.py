from __future__ import annotations

from charts import many, shop

from splitter.model.figures import Outlook
from splitter.reports.plan.markdown import document


def test_the_page_has_a_row_for_each_service_and_the_picture() -> None:
    text = document(Outlook(shop()))
    assert "| users (blocked) | 1 | 100 | 50 | 8 % | 2 | 1 | 0 |" in text
    assert "| orders | 1 | 1,234 | 50 | 64 % | 2 | 1 | 1 |" in text
    assert "```mermaid\nflowchart LR\n" in text
    assert "- **blocked**: a.py:3: SPL030 imports by string" in text
    assert "- uses `api.routes.users:find` at api/o.py:4" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    rows = [line for line in document(Outlook(many(9))).splitlines() if line.startswith("|")]
    assert len(rows) > 9
    assert {row.count("|") for row in rows[:11]} == {9}


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert document(Outlook(shop())) == document(Outlook(shop()))
