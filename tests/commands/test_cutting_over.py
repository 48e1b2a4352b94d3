"""Traffic moves: the gateway in front of live servers, and a monolith that announces the end."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers import Answer, ask, log_in, running, uvicorn
from terminal import copy, edit, splitter

from splitter.effects.ports import free_port

pytestmark = pytest.mark.xdist_group("cutting over")

SERVICE = "services.transaction_service.main:app"
LIVE = '\n[gateway]\nport = {}\nlive = ["transaction"]\n'
TAGGED = {"API_VERSION": "from the service"}


@dataclass(frozen=True)
class Front:
    """nginx with a monolith and a live service behind it."""

    project: Path
    port: int

    def nginx(self, *words: str) -> list[str]:
        return [_nginx(), "-p", "gateway", "-c", "nginx.conf", *words]


@pytest.fixture(scope="module")
def front(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    if not _nginx():
        reason = "nginx is not on this machine"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    base = tmp_path_factory.mktemp("front")
    project = copy(made, base / "project")
    database = {"DATABASE_URL": f"sqlite:///{base / 'shared.db'}"}
    with ExitStack() as stack:
        monolith = stack.enter_context(uvicorn("main:app", at=project, environment=database))
        service = stack.enter_context(uvicorn(SERVICE, at=project, environment=database | TAGGED))
        edit(project, "splitter.toml", "port = 8000\n", f"port = {monolith}\n")
        edit(project, "splitter.toml", "port = 8002\n", f"port = {service}\n")
        found = Front(project, free_port())
        with (project / "splitter.toml").open("a") as file:
            file.write(LIVE.format(found.port))
        done = splitter("gateway", at=project)
        assert done.lines[-1] == "run it: nginx -p gateway -c nginx.conf"
        assert "  + .splitter/routes.toml" in done.lines
        daemon = found.nginx("-g", "daemon off;")
        stack.enter_context(running(daemon, found.port, at=project, environment=os.environ))
        yield found


@pytest.mark.nginx
def test_each_request_goes_to_who_serves_it(front: Front) -> None:
    known = log_in(front.port)
    new = {
        **{"account_id": 1, "category": "groceries", "posted_on": "2025-09-29"},
        **{"amount": "-12.34", "merchant": "Greengrocer"},
    }
    created = ask(front.port, "/api/transactions", method="POST", document=new, headers=known)
    assert created.status == 201
    answers = {
        path: _side(ask(front.port, path, headers=known))
        for path in (
            *("/api/transactions", "/api/transactions/1", "/api/categories?kind=income"),
            *(created.headers["location"], "/api/accounts", "/api/auth/me", "/api/reports"),
        )
    }
    assert answers == {
        "/api/transactions": (200, "service"),
        "/api/transactions/1": (200, "service"),
        "/api/categories?kind=income": (200, "service"),
        created.headers["location"]: (200, "service"),
        "/api/accounts": (200, "monolith"),
        "/api/auth/me": (200, "monolith"),
        "/api/reports": (200, "monolith"),
    }
    assert ask(front.port, "/").headers["location"].endswith("/static/index.html")
    assert ask(front.port, "/static/app.js").status == 200
    assert ask(front.port, "/health").status == 404
    assert ask(front.port, "/api/transactions").status == 401


@pytest.mark.nginx
def test_a_service_that_is_not_live_any_more_gets_no_requests(front: Front) -> None:
    known = log_in(front.port)
    edit(front.project, "splitter.toml", 'live = ["transaction"]', "live = []")
    assert splitter("gateway", at=front.project).lines[0].startswith("configure the gateway: wrote")
    subprocess.run(front.nginx("-s", "reload"), cwd=front.project, check=True)
    for _ in range(100):
        answer = _side(ask(front.port, "/api/transactions", headers=known))
        if answer == (200, "monolith"):
            break
    assert answer == (200, "monolith")
    assert b'state = "service"' not in (front.project / ".splitter" / "routes.toml").read_bytes()


def test_a_live_service_has_to_be_there(project: Path) -> None:
    with (project / "splitter.toml").open("a") as file:
        file.write('\n[gateway]\nlive = ["fire"]\n')
    done = splitter("gateway", at=project, status=2)
    assert done.err == (
        "error: splitter.toml: gateway.live names fire, which has no service yet\n"
        "  splitter split fire --port 8004\n"
    )


def test_a_routing_table_that_was_broken_by_hand_is_refused(with_services: Path) -> None:
    splitter("gateway", at=with_services)
    edit(with_services, ".splitter/routes.toml", "schema = 1", "schema = one")
    done = splitter("gateway", at=with_services, status=2)
    assert done.err == (
        "error: .splitter/routes.toml:3: this is not TOML: Invalid value\n"
        "  mend it, restore it from version control, or run splitter undo\n"
    )


def test_the_monolith_announces_the_end_of_its_old_routes(with_services: Path) -> None:
    words = ("deprecate", "transaction", "--sunset", "2031-05-01", "--since", "2030-05-01")
    splitter(*words, at=with_services)
    with uvicorn("main:app", at=with_services) as port:
        known = log_in(port)
        old = [
            ask(port, "/api/transactions", headers=known),
            ask(port, "/api/transactions"),
            ask(port, "/api/transactions/999999", headers=known),
            ask(port, "/api/categories", headers=known),
        ]
        others = [ask(port, "/api/accounts", headers=known), ask(port, "/api/accounts")]
        paths = ask(port, "/openapi.json").json["paths"]
    assert [answer.status for answer in (*old, *others)] == [200, 401, 404, 200, 200, 401]
    assert {_notice(answer) for answer in old} == {("@1903824000", "Thu, 01 May 2031 00:00:00 GMT")}
    assert {_notice(answer) for answer in others} == {("", "")}
    marked = {p for p, verbs in paths.items() if all(v.get("deprecated") for v in verbs.values())}
    said = {p for p, verbs in paths.items() if any(v.get("deprecated") for v in verbs.values())}
    own = {p for p in paths if re.match(r"/api/(transactions|categories)(/|$)", p)}
    assert marked == said == own
    done = splitter("parity-check", "transaction", "--cases", "parity/cases.yaml", at=with_services)
    assert done.lines[-1] == "8 cases: 8 matched"


def _notice(answer: Answer) -> tuple[str, str]:
    return answer.headers.get("deprecation", ""), answer.headers.get("sunset", "")


def _side(answer: Answer) -> tuple[int, str]:
    tagged = answer.headers["x-api-version"] == TAGGED["API_VERSION"]
    return answer.status, "service" if tagged else "monolith"


def _nginx() -> str:
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or ""
