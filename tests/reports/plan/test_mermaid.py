from __future__ import annotations

import re
from dataclasses import replace

from charts import figures, many, shop

from splitter.reports.plan.mermaid import graph

NODE = re.compile(r'  (\w+)\[\(?"([^"]*)"\)?\]:::(\w+)')
LINK = re.compile(r'  (\w+) (==>|-->|-\.->)\|"([^"]*)"\| (\w+)')


def test_the_whole_graph() -> None:
    assert graph(shop()) == WHOLE.lstrip("\n")


def test_every_line_is_of_a_form_that_mermaid_takes() -> None:
    head, *rest = graph(many(40)).splitlines()
    assert head == "flowchart LR"
    for line in rest:
        form = NODE.fullmatch(line) or LINK.fullmatch(line)
        assert form or line.startswith("  classDef "), line


def test_links_join_nodes_that_are_there() -> None:
    text = graph(many(40))
    nodes = {found[1] for found in NODE.finditer(text)}
    ends = {end for found in LINK.finditer(text) for end in (found[1], found[4])}
    assert ends
    assert ends <= nodes


def test_what_is_too_much_is_counted() -> None:
    text = graph(many(40))
    services = [f for f in NODE.finditer(text) if f[3] in ("service", "blocked")]
    assert len(services) == 24
    assert len(LINK.findall(text)) == 30
    assert "16 services more, with fewer routes" in text
    assert re.search(r"\d+ links more, of less weight", text)


def test_a_table_that_nearly_all_use_is_told_and_not_drawn() -> None:
    text = graph(many(10))
    assert "written by nearly all:<br>common" in text
    assert "read by nearly all:<br>common" in text
    assert "writes common" not in text


def test_a_table_of_several_is_a_node_of_its_own() -> None:
    chart = shop()
    nobodys = replace(chart.tables[0], owner="")
    text = graph(replace(chart, tables=(nobodys, *chart.tables[1:])))
    assert '  t0[("log")]:::tables\n' in text
    assert '  s0 ==>|"writes"| t0\n' in text
    assert '  s1 ==>|"writes"| t0\n' in text


def test_quotes_and_angles_of_names_cannot_end_a_label() -> None:
    chart = shop()
    odd = replace(chart.tables[0], name='a"]-->b<i>')
    text = graph(replace(chart, tables=(odd, *chart.tables[1:])))
    assert "a#quot;]--#gt;b#lt;i#gt;" in text


def test_a_plan_of_one_service_is_a_graph() -> None:
    text = graph(replace(shop(), services=(figures("alone"),), tables=(), left=(), shared=()))
    assert NODE.findall(text)[0] == ("s0", "<b>alone</b><br>1 route<br>100 + 50 lines", "service")


WHOLE = """
flowchart LR
  s0["<b>users</b><br>1 route<br>100 + 50 lines<br><i>log<br>users</i>"]:::blocked
  s1["<b>orders</b><br>1 route<br>1,234 + 50 lines<br><i>orders</i>"]:::service
  s1 ==>|"writes log"| s0
  s1 -->|"uses find"| s0
  s1 -.->|"reads users"| s0
  r0["<b>shared/</b><br>50 lines"]:::note
  r1["1 route in no service"]:::note
  classDef service fill:#e6eefb,stroke:#3b6fb5,color:#1b2733
  classDef blocked fill:#fdecea,stroke:#c0392b,stroke-width:3px,color:#1b2733
  classDef tables fill:#f4efe2,stroke:#c0392b,color:#1b2733
  classDef note fill:none,stroke-dasharray:4
"""
