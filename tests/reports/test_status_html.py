"""The page says all that is so, in words, and nothing that would run or load."""

import re
from dataclasses import replace

from splitter.model.progress import (
    Blockage,
    Milestone,
    Phase,
    Progress,
    Proof,
    RouteStand,
    ServiceProgress,
    Share,
)
from splitter.reports.status_html import page

ROUTES = (
    RouteStand("GET /a", "canary", 10, "2026-11-20T10:00:00+00:00", "ada", 1200, "2026-11-25"),
    RouteStand("GET /<b>", "service", 100, "2026-11-21T10:00:00+00:00", "bob", 0),
)
AUTH = ServiceProgress(
    "auth",
    8001,
    (
        Milestone("Structure created", True, "splitter scaffold auth", "structure"),
        Milestone("Boots alone", False, "splitter verify auth", "boots"),
    ),
    ("auth.py has changed",),
    ROUTES,
    Proof(True, "2026-11-23T10:00:00+00:00", 30, 30, True),
    (Blockage("it <differs>", "splitter parity-check auth"), Blockage("it waits")),
)
FIRE = ServiceProgress("fire", 8004, (Milestone("Structure created", False),))
PAGE = Progress(
    "run_poc",
    "2026-11-26",
    8000,
    (),
    (AUTH, FIRE),
    (),
    ("splitter verify auth", "look at auth"),
    (Phase("Foundation", 66),),
    (),
    8080,
    (Share("auth", 300, 900),),
    (RouteStand("GET /health"),),
)


def words(html: str) -> str:
    """What a reader sees."""
    body = html[html.index("<body>") : html.index("<script>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_all_of_it_is_told() -> None:
    text = words(page(PAGE))
    for told in (
        *("run_poc", "2 services, 1 begun · 2026-11-26", "Foundation 66 %"),
        *("Routes that services answer 1 of 3", "1 monolith 1 canary 1 service"),
        *("300 of 1,200", "25 % by services", "Requests on deprecated routes 1,200"),
        *("the last on 2026-11-25", "auth it &lt;differs&gt; splitter parity-check auth copy"),
        *("it waits", "auth port 8001 · 50 %", "1 of 2 milestones", "1 canary, 1 service"),
        *("30 of 30 match compared 3 days ago", "auth.py has changed", "splitter verify auth"),
        *("GET /a canary 10 % 2026-11-20 ada 1200, 2026-11-25", "GET /&lt;b&gt; service"),
        *("fire port 8004 · not started", "splitter split fire --port 8004", "GET /health"),
    ):
        assert told in text, told


def test_it_loads_nothing() -> None:
    html = page(PAGE)
    assert not re.search(r"""(src|href)=|@import|url\(|https?://""", html)


def test_an_old_or_failed_comparison_looks_so() -> None:
    def told(proof: Proof | None) -> str:
        return words(page(replace(PAGE, services=(replace(AUTH, proof=proof),))))

    assert "29 of 30 match compared today" in told(Proof(False, "2026-11-26", 29, 30, True))
    assert "30 of 30 match, files changed since compared 1 day ago" in told(
        Proof(True, "2026-11-25", 30, 30, False)
    )
    assert "not compared yet" in told(None)


def test_before_anything_has_moved() -> None:
    text = words(page(replace(PAGE, services=(FIRE,), steps=(), shares=(), kept=())))
    assert "Nothing is in the way." in text
    assert "Nothing is left to do." in text
    assert "Requests" not in text
    assert "Routes that services answer" not in text
