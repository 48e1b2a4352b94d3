from __future__ import annotations

from dataclasses import replace

import pytest
from charts import many, shop

from splitter.model.figures import Chart, SharedFile
from splitter.reports.plan.drawing import WIDTH, draw


@pytest.mark.parametrize("chart", [shop(), many(7), many(30)], ids=["two", "seven", "thirty"])
def test_no_box_lies_on_another_or_outside(chart: Chart) -> None:
    drawing = draw(chart)
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert box.y > 0
        assert box.y + box.height <= drawing.height
        for other in drawing.boxes:
            apart = other.y >= box.y + box.height or box.y >= other.y + other.height
            assert other is box or other.x != box.x or apart


def test_bars_are_to_scale_and_fit_into_their_box() -> None:
    users, orders = (b for b in draw(shop()).boxes if b.kind == "service")
    assert users.own / orders.own == pytest.approx(100 / 1234, rel=0.01)
    assert users.shared == orders.shared
    assert orders.own + orders.shared <= orders.width - 24


def test_kinds_of_lines() -> None:
    kinds = {(line.start, line.end): line.kind for line in draw(shop()).lines}
    assert kinds == {
        ("c:models.py", "s:users"): "code",
        ("c:models.py", "s:orders"): "code",
        ("s:users", "t:log"): "contested",
        ("s:orders", "t:log"): "contested",
        ("s:users", "t:users"): "writes",
        ("s:orders", "t:users"): "reads",
        ("s:orders", "t:orders"): "writes",
    }


def test_what_nearly_all_have_is_common() -> None:
    chart = many(10)
    tables = (replace(chart.tables[0], writers=()), *chart.tables[1:])
    reads = [x for x in draw(replace(chart, tables=tables)).lines if x.kind == "reads"]
    assert [x.common for x in reads if x.end == "t:common"] == [True] * 10
    assert not any(x.common for x in reads if x.end != "t:common")


def test_what_nearly_all_write_is_common_and_what_three_do_is_not() -> None:
    assert {x.common for x in draw(many(10)).lines if x.kind == "contested"} == {True}
    assert {x.common for x in draw(many(3)).lines if x.kind == "contested"} == {False}


def test_shared_files_of_few_stand_alone_and_those_of_all_by_folder() -> None:
    chart = many(4)
    names = tuple(f.name for f in chart.services)
    files = tuple(
        SharedFile("m", path, (), f"shared/{path}", lines, who, "")
        for path, lines, who in (
            ("app/models/a.py", 10, names),
            ("app/models/b.py", 20, names),
            ("app/tools.py", 5, names),
            ("app/prices/vat.py", 3, names[:2]),
            ("app/empty.py", 0, names),
        )
    )
    boxes = [b for b in draw(replace(chart, shared=files)).boxes if b.kind == "shared"]
    assert [(b.label, b.said, b.below) for b in boxes] == [
        ("prices/vat.py", "2 services", "3 lines"),
        ("models/", "every service", "2 files · 30 lines"),
        ("tools.py", "every service", "5 lines"),
    ]
