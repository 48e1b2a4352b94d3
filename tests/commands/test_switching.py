"""cutover and rollback: what they refuse, and that nothing is switched then."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from servers import ask, log_in, running, uvicorn
from terminal import Done, copy, edit, splitter, tree

from splitter.effects.ports import free_port

pytestmark = [pytest.mark.nginx, pytest.mark.xdist_group("switching")]

SERVICE = "services.transaction_service.main:app"
TEMPLATE = Path(__file__).parents[2] / "templates" / "gateway" / "nginx.conf.jinja"
TO_SERVICE = ("cutover", "transaction", "--to", "service")


@pytest.fixture(scope="module")
def sides(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """The ports of a monolith and a service on one database."""
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
        reason = "nginx is not on this machine"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    base = tmp_path_factory.mktemp("sides")
    project = copy(made, base / "project")
    database = {"DATABASE_URL": f"sqlite:///{base / 'shared.db'}"}
    with ExitStack() as stack:
        monolith = stack.enter_context(uvicorn("main:app", at=project, environment=database))
        tagged = database | {"API_VERSION": "from the service"}
        service = stack.enter_context(uvicorn(SERVICE, at=project, environment=tagged))
        yield monolith, service


@pytest.fixture
def ready(with_services: Path, sides: tuple[int, int]) -> Path:
    """A project whose settings name these servers, and a free port for the gateway."""
    monolith, service = sides
    edit(with_services, "splitter.toml", "port = 8000\n", f"port = {monolith}\n")
    edit(with_services, "splitter.toml", "port = 8002\n", f"port = {service}\n")
    with (with_services / "splitter.toml").open("a") as file:
        file.write(f"\n[gateway]\nport = {free_port()}\nclosing_seconds = 0.1\n")
    return with_services


def refused(project: Path, *words: str, status: int) -> Done:
    """A command that fails and leaves all as it was."""
    before = tree(project)
    done = splitter(*words, at=project, status=status)
    assert tree(project) == before
    return done


def gateway_port(project: Path) -> int:
    return int((project / "splitter.toml").read_text().rpartition("port = ")[2].split()[0])


def test_what_it_writes_is_shown_before(ready: Path) -> None:
    listed = refused(ready, *TO_SERVICE, "--dry-run", status=0)
    assert listed.lines == [
        "transaction: service: would write 4 files",
        "  ~ .splitter/manifest.json",
        "  + .splitter/routes.toml",
        "  + gateway/.gitignore",
        "  + gateway/nginx.conf",
        "transaction: 11 service",
    ]
    shown = refused(ready, *TO_SERVICE, "--diff", status=0)
    assert '+state = "service"' in shown.lines


def test_without_a_gateway_it_says_how_to_start_one(ready: Path) -> None:
    done = splitter(*TO_SERVICE, at=ready, environment={"SPLITTER_BY": "ada"})
    assert done.lines[-2:] == [
        "transaction: 11 service",
        "the gateway does not run here; start it: nginx -p gateway -c nginx.conf",
    ]
    assert "requests through a copy of nginx went where they should" in done.err
    assert (ready / ".splitter" / "routes.toml").read_text().count('by = "ada"') == 11
    again = splitter(*TO_SERVICE, at=ready)
    assert again.lines[0] == "transaction: service: nothing to change"


def test_some_routes_go_and_the_others_stay(ready: Path) -> None:
    words = ("--routes", "GET /api/transactions", "--routes", "/api/categories", "--format", "json")
    done = splitter("cutover", "transaction", "--to", "10%", *words, at=ready)
    assert done.document["gateway"] == "not running"
    assert done.document["said"] == ["transaction: 4 canary 10 %, 7 monolith"]
    splitter("undo", at=ready)
    assert not (ready / ".splitter" / "routes.toml").exists()
    done = refused(ready, *TO_SERVICE, "--routes", "/api/accounts", status=2)
    assert done.err == "error: --routes: none of /api/accounts is transaction's\n"


def test_in_a_cluster_the_files_are_to_be_applied(ready: Path) -> None:
    edit(ready, "splitter.toml", "[gateway]\n", '[gateway]\nkind = "gateway-api"\n')
    done = splitter(*TO_SERVICE, at=ready)
    assert done.err.endswith("gateway-api is not on this machine: nothing is tried out\n")
    assert done.lines[-1] == (
        "the gateway does not run here; start it: kubectl apply -f gateway/httproute.yml"
    )
    assert "kind: HTTPRoute" in (ready / "gateway" / "httproute.yml").read_text()


def test_a_key_that_a_gateway_cannot_tell_clients_by_is_refused(ready: Path) -> None:
    edit(ready, "splitter.toml", "[gateway]\n", '[gateway]\nkind = "caddy"\nsticky = "cookie:id"\n')
    done = refused(ready, *TO_SERVICE, status=2)
    assert done.err == (
        "error: splitter.toml: gateway.sticky: caddy cannot tell clients by cookie:id\n"
        "  see docs/cutover.md for what each gateway can\n"
    )


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        ("half", "shadow, a percentage such as 10%, or service"),
        ("100%", "--to service is all of it"),
        ("0", "splitter rollback transaction takes it back"),
    ],
)
def test_a_step_has_to_be_one(ready: Path, step: str, hint: str) -> None:
    done = refused(ready, "cutover", "transaction", "--to", step, status=2)
    assert done.err == f"error: --to: {step!r} is no step of a cutover\n  {hint}\n"


def test_a_service_that_is_down_gets_no_traffic(ready: Path, sides: tuple[int, int]) -> None:
    nobody = free_port()
    edit(ready, "splitter.toml", f"port = {sides[1]}\n", f"port = {nobody}\n")
    done = refused(ready, *TO_SERVICE, status=3)
    assert done.err == (
        f"error: 127.0.0.1:{nobody}: transaction does not answer, so nothing was switched\n"
        f"  start it: uvicorn services.transaction_service.main:app --port {nobody}\n"
    )
    edit(ready, "splitter.toml", f"port = {sides[0]}\n", f"port = {free_port()}\n")
    done = refused(ready, "rollback", "transaction", status=3)
    assert "monolith does not answer, so nothing was switched" in done.err


def test_a_taken_port_is_said(ready: Path) -> None:
    port = gateway_port(ready)
    with socket.create_server(("127.0.0.1", port)):
        done = refused(ready, *TO_SERVICE, status=3)
    assert f"127.0.0.1:{port}: the gateway's port {port} is taken by " in done.err
    assert "nothing was switched\n  stop what listens there, or give another port" in done.err


def test_a_configuration_that_nginx_refuses_is_not_switched_to(ready: Path) -> None:
    own = ready / ".splitter" / "templates" / "gateway"
    own.mkdir(parents=True)
    text = TEMPLATE.read_text()
    (own / "nginx.conf.jinja").write_text(text.replace("merge_slashes off;", "merge_slashes of;"))
    done = refused(ready, *TO_SERVICE, status=1)
    assert "error: nginx refuses the configuration; nothing was switched\n" in done.err
    assert 'invalid value "of" in "merge_slashes" directive' in done.err


def test_a_configuration_that_sends_requests_elsewhere_is_not_switched_to(ready: Path) -> None:
    own = ready / ".splitter" / "templates" / "gateway"
    own.mkdir(parents=True)
    text = TEMPLATE.read_text()
    (own / "nginx.conf.jinja").write_text(text.replace("http://$owner", "http://monolith"))
    done = refused(ready, *TO_SERVICE, status=1)
    assert "the gateway would not do what the routing table says; nothing was switched" in done.err
    assert "GET /api/transactions was answered by monolith, not by transaction" in done.err


def test_a_configuration_edited_by_hand_is_left(ready: Path) -> None:
    splitter("gateway", at=ready)
    with (ready / "gateway" / "nginx.conf").open("a") as file:
        file.write("# mine\n")
    done = refused(ready, *TO_SERVICE, status=1)
    assert "gateway/nginx.conf was edited by hand, so it would not be switched" in done.err


def test_one_at_a_time_moves_traffic(ready: Path) -> None:
    (ready / ".splitter" / "results").mkdir(exist_ok=True)
    with (ready / ".splitter" / "results" / "cutover.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = refused(ready, *TO_SERVICE, status=3)
    assert "another splitter is writing in this project" in done.err


def test_a_gateway_that_runs_goes_by_it_and_back(ready: Path) -> None:
    splitter("gateway", at=ready)
    port = gateway_port(ready)
    with served(ready, port):
        known = log_in(port)

        def side(**headers: str) -> str:
            answer = ask(port, "/api/transactions", headers={**known, **headers})
            return answer.headers["x-api-version"]

        assert side() != "from the service"
        done = splitter("cutover", "transaction", "--to", "1%", at=ready)
        assert "goes by it now" in done.err
        assert side(**{"X-Splitter-Service": "transaction"}) == "from the service"
        assert side(**{"X-Splitter-Service": "monolith"}) != "from the service"
        splitter(*TO_SERVICE, at=ready)
        assert side() == "from the service"
        assert "transaction.canary1 " in (ready / "gateway" / "last" / "nginx.conf").read_text()
        splitter("rollback", "transaction", at=ready)
        assert side() != "from the service"
        assert side(**{"X-Splitter-Service": "transaction"}) != "from the service"
        assert not (ready / "gateway" / "closing").exists()


def test_a_gateway_that_does_not_take_it_over_serves_on_as_it_was(ready: Path) -> None:
    """The running nginx reads its files anew where it may not: it keeps the old configuration."""
    splitter("gateway", at=ready)
    port = gateway_port(ready)
    with served(ready, port):
        known = log_in(port)
        before = tree(ready, but=("gateway/access.log", "gateway/error.log"))
        # A listener that the running master cannot have, though a copy elsewhere can.
        with socket.create_server(("127.0.0.1", 0)) as taken:
            edit(ready, "splitter.toml", f"port = {port}\n", f"port = {taken.getsockname()[1]}\n")
            done = splitter(*TO_SERVICE, at=ready, status=3)
        edit(ready, "splitter.toml", f"port = {taken_port(done)}\n", f"port = {port}\n")
        assert "did not take the new configuration over; the old one serves on" in done.err
        assert tree(ready, but=("gateway/access.log", "gateway/error.log")) == before
        answer = ask(port, "/api/transactions", headers=known)
        assert answer.headers["x-api-version"] != "from the service"


def taken_port(done: Done) -> str:
    return done.err.partition("bind() to 0.0.0.0:")[2].split()[0]


def served(project: Path, port: int) -> AbstractContextManager[None]:
    """nginx on the project's files."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or ""
    as_who = " user root;" if os.geteuid() == 0 else ""
    command = [program, "-p", "gateway", "-c", "nginx.conf", "-g", f"daemon off;{as_who}"]
    return running(command, port, at=project, environment=os.environ)
