from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from charts import figures, many, shop

from splitter.model.figures import Difference, Outlook
from splitter.reports.plan.html import page

VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    """The page as a browser reads it; elements have to be closed in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script") and data.strip():
            self.words.append(data.strip())

    def having(self, attribute: str) -> list[str]:
        return [str(found[attribute]) for _, found in self.elements if attribute in found]


def test_every_service_table_and_shared_file_is_on_the_map() -> None:
    found = Page(page(Outlook(shop())))
    assert found.having("data-id") == [
        *("c:models.py", "s:users", "s:orders"),
        *("t:log", "t:users", "t:orders"),
    ]


def test_lines_lead_from_box_to_box() -> None:
    found = Page(page(Outlook(many(30))))
    boxes = set(found.having("data-id"))
    ends = {*found.having("data-a"), *found.having("data-b")}
    assert ends
    assert ends <= boxes
    assert len(boxes) == 30 + 31


def test_the_page_needs_nothing_from_elsewhere() -> None:
    text = page(Outlook(shop()))
    found = Page(text)
    assert [tag for tag, _ in found.elements if tag in ("link", "img", "iframe")] == []
    assert found.having("src") == []
    assert all(target.startswith("#") for target in found.having("href"))
    assert "http" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_links_of_the_page_lead_to_services_that_are_there() -> None:
    found = Page(page(Outlook(shop())))
    assert {t[1:] for t in found.having("href")} == {"users", "orders"}
    assert {"users", "orders"} <= set(found.having("id"))


def test_figures_findings_and_what_blocks_are_told() -> None:
    words = Page(page(Outlook(shop()))).words
    for said in (
        "2 services, 2 of 3 routes, 2,000 lines in 10 files",
        "1,234",
        "blocked",
        "a.py:3: SPL030 imports by string",
        "POST /orders writes log, orders (api/o.py:9)",
        "models.py:5: SPL016 table log is written by orders and users",
        "GET / (main.py:12)",
    ):
        assert said in words


def test_differences_are_told_if_there_are_any() -> None:
    found = (Difference("orders", "routes", 1, 2),)
    text = page(Outlook(shop(), found, "the plan of old"))
    assert "Against the plan of old: orders: routes 1 -&gt; 2." in text
    assert "Against" not in page(Outlook(shop()))


def test_names_cannot_become_elements() -> None:
    chart = shop()
    odd = replace(chart.tables[0], name="<script>alert(1)</script>")
    services = (figures("users", writes=(odd.name,)), chart.services[1])
    text = page(Outlook(replace(chart, services=services, tables=(odd, *chart.tables[1:]))))
    assert "<script>alert" not in text
    Page(text)


def test_a_plan_without_tables_and_shared_code_is_a_page() -> None:
    bare = replace(shop(), tables=(), shared=(), ties=(), left=(), notes=())
    assert Page(page(Outlook(bare))).having("data-id") == ["s:users", "s:orders"]


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert page(Outlook(many(7))) == page(Outlook(many(7)))
