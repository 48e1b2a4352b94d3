import asyncio
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from splitter.actions.ownership import digest
from splitter.actions.scaffolding import Skeleton, scaffold
from splitter.effects.templates import read_templates
from splitter.model.changes import ChangeSet, Note
from splitter.model.plan import Service

SERVICE = Service("transaction", 8002)
PLAIN = Skeleton(requirements=("fastapi==0.165.0", "uvicorn==0.54.0"), python_version="3.11.7")
APPLICATION = """
from contextlib import asynccontextmanager
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.responses import PlainTextResponse

log = []

@asynccontextmanager
async def lifespan(app):
    log.append("up")
    yield
    log.append("down")

app = FastAPI(title="Bank", lifespan=lifespan)

@app.middleware("http")
async def locked(request, call_next):
    log.append(request.url.path)
    if "key" not in request.headers:
        return PlainTextResponse("locked", 401)
    return await call_next(request)

router = APIRouter()

@router.get("/items/{item}")
def item(item: int):
    return item

@router.websocket("/feed")
async def feed(socket: WebSocket):
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()

app.include_router(router, prefix="/api")
"""
OWN_HEALTH = """
@router.post("/live")
def own():
    return "mine"

app.include_router(router, prefix="/health")
"""

Booted = Callable[..., Any]


def proposed(skeleton: Skeleton = PLAIN, **options: Any) -> ChangeSet:
    given: dict[str, Any] = {"templates": read_templates(), "before": {}, "recorded": {}}
    return scaffold(SERVICE, skeleton, **(given | options))


def write(root: Path, change: ChangeSet, **more: str) -> None:
    files = change.over({}) | {
        path.replace("__", "/") + ".py": text.encode() for path, text in more.items()
    }
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


@pytest.fixture
def booted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Booted]:
    """Imports `main` of the scaffolded service, around an application of that text."""
    before = set(sys.modules)

    def boot(application: str, skeleton: Skeleton = PLAIN, **more: str) -> Any:
        write(
            tmp_path,
            proposed(skeleton),
            **{"services__transaction_service__application": application},
            **more,
        )
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module("services.transaction_service.main")

    yield boot
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("services", "shared"):
            del sys.modules[name]


def ask(app: Any, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(asked())


def test_the_skeleton_is_complete() -> None:
    change = proposed()
    assert change.title == "scaffold transaction"
    assert [(c.path, c.kind) for c in change.changes] == [
        (path, "create")
        for path in (
            "services/__init__.py",
            "services/transaction_service/Dockerfile",
            "services/transaction_service/Dockerfile.dockerignore",
            "services/transaction_service/README.md",
            "services/transaction_service/__init__.py",
            "services/transaction_service/main.py",
            "services/transaction_service/requirements.txt",
            "services/transaction_service/routes/__init__.py",
            "services/transaction_service/tests/__init__.py",
            "services/transaction_service/tests/test_health.py",
            "shared/__init__.py",
        )
    ]


def test_requirements_and_environment_are_those_given() -> None:
    skeleton = Skeleton(("a==1", "b==2"), "3.12.1+local", environment=("URL", "KEY"))
    files = proposed(skeleton).over({})
    folder = "services/transaction_service"
    assert files[f"{folder}/requirements.txt"].decode().splitlines()[1:] == ["a==1", "b==2"]
    assert files[f"{folder}/.env.example"].decode().splitlines()[1:] == ["KEY=", "URL="]
    assert files[f"{folder}/Dockerfile"].count(b"FROM python:3.12-slim") == 2


def test_a_second_time_nothing_changes() -> None:
    before = proposed().over({})
    assert not proposed(before=before)


def test_a_change_of_port_is_brought_in_where_nothing_was_edited() -> None:
    before = proposed().over({})
    path = "services/transaction_service/README.md"
    before[path] += b"more\n"
    recorded = {p: digest(data) for p, data in proposed().over({}).items()}
    change = scaffold(
        Service("transaction", 8012),
        PLAIN,
        templates=read_templates(),
        before=before,
        recorded=recorded,
    )
    assert [c.path.rpartition("/")[2] for c in change.changes] == ["Dockerfile", "main.py"]
    assert change.notes == (Note(path, 0, "SPL090", "edited by hand, left as it is"),)


def test_packages_that_are_there_and_paths_of_others_are_not_touched() -> None:
    routes = "services/transaction_service/routes/__init__.py"
    change = proposed(before={"shared/__init__.py": b"x = 1\n"}, provided={routes})
    assert {routes, "shared/__init__.py"}.isdisjoint(c.path for c in change.changes)
    assert change.notes == ()


def test_the_application_stays_itself_and_its_interface_too(booted: Booted) -> None:
    main = booted(APPLICATION)
    assert isinstance(main.app, FastAPI)
    assert main.app is main.application
    assert list(main.app.openapi()["paths"]) == ["/api/items/{item}"]


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_health_is_answered_in_front_of_all_middleware(booted: Booted, path: str) -> None:
    main = booted(APPLICATION)
    answer = ask(main.app, path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "service": "transaction"})
    assert dict(answer.headers) == {
        "content-type": "application/json",
        "content-length": str(len(answer.content)),
        "cache-control": "no-store",
    }
    assert importlib.import_module("services.transaction_service.application").log == []


def test_a_head_request_has_no_body(booted: Booted) -> None:
    answer = ask(booted(APPLICATION).app, "/health/live", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/items/3", {"key": "1"}, 200),
        ("GET", "/api/items/3", {}, 401),
        ("POST", "/health/live", {"key": "1"}, 404),
        ("GET", "/health/live/", {"key": "1"}, 404),
        ("GET", "/healthy", {}, 401),
    ],
)
def test_all_else_is_the_applications(
    booted: Booted, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert ask(booted(APPLICATION).app, path, method, **headers).status_code == status


def test_a_route_of_the_application_wins_over_a_health_check(booted: Booted) -> None:
    main = booted(APPLICATION + OWN_HEALTH)
    assert ask(main.app, "/health/live", key="1").status_code == 405
    assert ask(main.app, "/health/live", "POST", key="1").json() == "mine"
    assert ask(main.app, "/health/ready").status_code == 200


def test_lifespan_and_websockets_pass_through(booted: Booted) -> None:
    from starlette.testclient import TestClient

    main = booted(APPLICATION)
    with TestClient(main.app) as client, client.websocket_connect("/api/feed") as socket:
        assert socket.receive_text() == "hello"
    assert importlib.import_module("services.transaction_service.application").log == ["up", "down"]


def test_an_application_may_be_made_by_a_factory(booted: Booted) -> None:
    text = "from fastapi import FastAPI\ndef make():\n    return FastAPI(title='made')\n"
    skeleton = Skeleton((), "3.11", "services.transaction_service.application:make", factory=True)
    main = booted(text, skeleton)
    assert main.app.title == "made"
    assert ask(main.app, "/health").status_code == 200


def test_an_application_may_be_an_attribute_of_an_object(booted: Booted) -> None:
    text = "import types\n" + APPLICATION + "\nserver = types.SimpleNamespace(api=app)\n"
    skeleton = Skeleton((), "3.11", "services.transaction_service.application:server.api")
    assert booted(text, skeleton).app.title == "Bank"


def test_an_application_that_is_only_asgi_is_put_behind_the_checks(booted: Booted) -> None:
    text = APPLICATION + (
        "\nfrom starlette.middleware.gzip import GZipMiddleware\n"
        "app = GZipMiddleware(app, minimum_size=7)\n"
    )
    main = booted(text)
    assert main.app.minimum_size == 7
    assert ask(main.app, "/health").status_code == 200
    assert ask(main.app, "/api/items/3", key="1").json() == 3


def test_registrations_are_imported_after_the_application(booted: Booted) -> None:
    package = "services.transaction_service"
    skeleton = Skeleton((), "3.11", registrations=(f"{package}.models", f"{package}.tasks"))
    note = f"from {package}.application import log\nlog.append(__name__)\n"
    booted(
        APPLICATION,
        skeleton,
        services__transaction_service__models=note,
        services__transaction_service__tasks=note,
    )
    log = importlib.import_module(f"{package}.application").log
    assert log == [f"{package}.models", f"{package}.tasks"]


SYNC = "from sqlalchemy import create_engine\nengine = create_engine({url!r})\n"
ASYNC = """
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
engine = create_async_engine({url!r}, poolclass=NullPool)
"""
BROKEN = """
class Engine:
    sync_engine = None
    def connect(self):
        raise OSError({url!r})
engine = Engine()
"""


@pytest.mark.parametrize(
    ("connection", "url", "status"),
    [
        (SYNC, "sqlite://", 200),
        (SYNC, "sqlite:////nowhere/at/all.db", 503),
        (ASYNC, "sqlite+aiosqlite://", 200),
        (BROKEN, "no route to host", 503),
    ],
)
def test_ready_asks_the_database(booted: Booted, connection: str, url: str, status: int) -> None:
    skeleton = Skeleton((), "3.11", engine="shared.database.connection:engine")
    main = booted(APPLICATION, skeleton, shared__database__connection=connection.format(url=url))
    answer = ask(main.app, "/health/ready")
    said = {200: "ok", 503: "the database does not answer"}
    assert (answer.status_code, answer.json()["status"]) == (status, said[status])
    assert ask(main.app, "/health/live").status_code == 200


def test_ready_does_not_wait_for_a_database_that_hangs(
    booted: Booted, monkeypatch: pytest.MonkeyPatch
) -> None:
    skeleton = Skeleton((), "3.11", engine="shared.database.connection:engine")
    main = booted(APPLICATION, skeleton, shared__database__connection=SYNC.format(url="sqlite://"))

    async def hang(database: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(main, "PING_SECONDS", 0.01)
    monkeypatch.setattr(main, "ping_database", hang)
    assert ask(main.app, "/health/ready").status_code == 503


NESTED = """
from fastapi import APIRouter, FastAPI, WebSocket
app = FastAPI()
inner = APIRouter(prefix="/inner")
outer = APIRouter()

@inner.get("/a")
@inner.post("/a")
def a(): return "a"

@inner.get("/b/{x}")
def b(x: str): return x

@outer.get("/c")
def c(): return "c"

@outer.websocket("/w")
async def w(socket: WebSocket): ...

@app.get("/d")
def d(): return "d"

outer.include_router(inner)
app.include_router(outer, prefix="/api")
app.mount("/files", FastAPI())
app.openapi()
"""


def test_routes_that_could_not_be_cut_off_are_dropped_at_the_start(booted: Booted) -> None:
    kept = (("GET", "/api/inner/a"), ("GET", "/api/inner/b/{x}"))
    main = booted(NESTED, Skeleton((), "3.11", kept=kept))
    schema = main.app.openapi()["paths"]
    assert {(path, *methods) for path, methods in schema.items()} == {
        ("/api/inner/a", "get"),
        ("/api/inner/b/{x}", "get"),
    }
    assert main.own_paths(main.app) == {
        *schema,
        *("/docs", "/docs/oauth2-redirect", "/openapi.json", "/redoc", "/files"),
    }
    answers = {p: ask(main.app, p) for p in ("/api/inner/a", "/api/inner/b/1", "/api/c", "/d")}
    assert [a.status_code for a in answers.values()] == [200, 200, 404, 404]
    assert ask(main.app, "/api/inner/a", "POST").status_code == 405


def test_a_kept_websocket_stays(booted: Booted) -> None:
    main = booted(NESTED, Skeleton((), "3.11", kept=(("WEBSOCKET", "/api/w"), ("GET", "/d"))))
    assert {"/api/w", "/d"} <= main.own_paths(main.app)
    assert main.own_paths(main.app).isdisjoint({"/api/c", "/api/inner/a"})


@pytest.mark.parametrize(
    "skeleton",
    [
        PLAIN,
        Skeleton(
            (),
            "3.11",
            engine="shared.database.connection:engine",
            registrations=("services.transaction_service.models", "shared.models"),
            kept=(("GET", "/api/inner/a"), ("WEBSOCKET", "/api/é")),
        ),
    ],
)
def test_the_written_code_is_clean_and_its_own_tests_pass(
    tmp_path: Path, skeleton: Skeleton
) -> None:
    write(
        tmp_path,
        proposed(skeleton),
        services__transaction_service__application=NESTED,
        services__transaction_service__models="",
        shared__models="",
        shared__database__connection=SYNC.format(url="sqlite://"),
    )
    code = ["services/transaction_service/main.py", "services/transaction_service/tests"]
    options = ["--isolated", "--no-cache", "--line-length=100"]
    run(tmp_path, "ruff", "check", *options, "--select=E,F,W,I,UP,B,SIM,RUF,PT", *code)
    run(tmp_path, "ruff", "format", "--check", *options, *code)
    assert "passed" in run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "-Werror", code[1])


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
