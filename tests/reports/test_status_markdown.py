from dataclasses import replace

from splitter.model.progress import (
    Blockage,
    Milestone,
    Phase,
    Place,
    Progress,
    RouteStand,
    ServiceProgress,
)
from splitter.reports.status_markdown import page

REACHED = ("structure", "routes", "imports", "boots", "parity", "traffic", "deprecated")
"""As far as a service had to come before its old routes could retire."""


def service(name: str, port: int, reached: int, *remarks: str) -> ServiceProgress:
    milestones = (
        Milestone(f"{id}!", place < reached, f"splitter {id}", id)
        for place, id in enumerate(REACHED)
    )
    return ServiceProgress(name, port, tuple(milestones), remarks)


PROGRESS = Progress(
    "run_poc",
    "2026-11-23",
    8000,
    (
        Milestone("Centralized configuration (shared/config/settings.py)", True),
        Milestone("Shared auth utilities (shared/auth/)", False),
    ),
    (
        service("auth", 8001, 6),
        service("cash_flow", 8002, 2, "a.py has changed"),
        service("x", 8003, 0),
    ),
    (Milestone("Gateway configured", True, "", "gateway"),),
    ("splitter rewrite-imports", "look at cash_flow: a.py has changed"),
    (Phase("Foundation", 50), Phase("Service extraction", 46), Phase("Integration", 0)),
    (
        Place("shared/config/settings.py", "Centralized configuration"),
        Place("shared/auth/", "Shared auth utilities", False),
        Place("services/auth_service/", "answers as the monolith"),
        Place("services/auth_service/main.py"),
        Place("services/auth_service/routes/"),
        Place("services/x_service/", "planned", False),
    ),
    8080,
)

PAGE = """\
# run_poc: Refactoring Status

## ✅ Completed

### Shared Infrastructure

- ✅ Centralized configuration (shared/config/settings.py)

### Services Created

- **Auth Service** — 86 %
  - Port: 8001
  - ✅ structure!
  - ✅ routes!
  - ✅ imports!
  - ✅ boots!
  - ✅ parity!
  - ✅ traffic!
  - ⏳ deprecated!
- **Cash Flow Service** — 29 %
  - Port: 8002
  - ✅ structure!
  - ✅ routes!
  - ⏳ imports!
  - ⏳ boots!
  - ⏳ parity!
  - ⏳ traffic!
  - ⏳ deprecated!
  - ⚠️ a.py has changed

### Directory Structure

```
run_poc/
├── shared/
│   ├── config/
│   │   └── settings.py  ✅ Centralized configuration
│   └── auth/            📁 Shared auth utilities
└── services/
    ├── auth_service/    ✅ Answers as the monolith
    │   ├── main.py
    │   └── routes/
    └── x_service/       📁 Planned
```

## 🔄 Next Steps

1. `splitter rewrite-imports`
2. look at cash_flow: a.py has changed

## 📊 Progress

- **Foundation:** 🔄 50 % (in progress)
- **Service extraction:** 🔄 46 % (in progress)
- **Integration:** ⏳ 0 % (not started)

| service | port | reached | next |
| --- | --- | --- | --- |
| auth | 8001 | 86 % | deprecated! |
| cash_flow | 8002 | 29 % | imports! |
| x | 8003 | 0 % | not started |

## 📝 Notes

### Current Architecture

- The monolith answers on port 8000
- The gateway on port 8080 sends the traffic of auth to the new side

### Service Ports

- Auth: 8001
- Cash Flow: 8002
- X: 8003

### Migration Strategy

1. Create service structure (2 of 3)
2. Test service independently (1 of 3)
3. Send the traffic to the service (1 of 3)
4. Deprecate the old routes in the monolith (0 of 3)
5. Take the old routes out of the monolith (0 of 3)

---

**Date:** 2026-11-23
**Status:** Foundation In Progress, Service extraction In Progress, Integration Not Started
"""


def test_the_whole_page() -> None:
    assert "\n".join(page(PROGRESS)) + "\n" == PAGE


def test_what_is_not_there_has_no_section() -> None:
    empty = Progress("x", "2026-11-23", 8000, (), (), (), phases=(Phase("Integration", 0),))
    assert "\n".join(page(empty)).splitlines() == [
        "# x: Refactoring Status",
        "",
        "## 📊 Progress",
        "",
        "- **Integration:** ⏳ 0 % (not started)",
        "",
        "## 📝 Notes",
        "",
        "### Current Architecture",
        "",
        "- The monolith answers on port 8000",
        "",
        "---",
        "",
        "**Date:** 2026-11-23",
        "**Status:** Integration Not Started",
    ]


def test_a_gateway_before_nothing_sends_all_to_the_monolith() -> None:
    still = replace(PROGRESS, services=(service("x", 8003, 0),))
    line = "- The gateway on port 8080 sends the traffic of all to the monolith"
    assert line in list(page(still))


def test_routes_and_what_is_in_the_way_are_there_once_traffic_moves() -> None:
    moved = RouteStand("GET /a", "canary", 10, "2026-11-20T10:00:00+00:00", "ada")
    first = replace(
        PROGRESS.services[0],
        routes=(moved, replace(moved, title="GET /b")),
        blocked=(Blockage("it differs", "splitter parity-check auth"), Blockage("it waits")),
    )
    text = "\n".join(page(replace(PROGRESS, services=(first,), date="")))
    assert "| auth | 2 canary 10 % | 2026-11-20, ada |" in text
    assert "### In the way\n\n- **auth:** it differs: `splitter parity-check auth`\n" in text
    assert "- **auth:** it waits\n" in text
    assert "**Date:**" not in text
