import asyncio
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from splitter.actions.deprecation import Application, Notice, deprecate
from splitter.actions.ownership import digest
from splitter.effects.templates import read_templates
from splitter.errors import UsageError
from splitter.model.changes import ChangeSet, Note
from splitter.model.monolith import Module, Route

NOTICE = Notice(date(2026, 11, 23), date(2027, 3, 31), "https://api.example/items")
HEADERS = {
    "deprecation": "@1795392000",
    "sunset": "Wed, 31 Mar 2027 00:00:00 GMT",
    "link": '<https://api.example/items>; rel="successor-version"',
}
MAIN = b"""
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from bank.routes import items

app = FastAPI()

@app.middleware("http")
async def gate(request, call_next):
    if "closed" in request.headers:
        return PlainTextResponse("closed", 403)
    return await call_next(request)

app.include_router(items.router, prefix="/api")

@app.get("/api/items/{item}/late")
def late(item): return item
"""
ITEMS = b"""
from fastapi import APIRouter, HTTPException, Response, WebSocket
from fastapi.responses import StreamingResponse

router = APIRouter(prefix="/items")

@router.get("/current")
def current(): return "current"

@router.get("/{item}")
def item(item: int):
    if item == 404:
        raise HTTPException(404)
    if item == 500:
        raise RuntimeError
    if item == 200:
        return Response("direct", headers={"x-own": "1"})
    if item == 201:
        return StreamingResponse(iter(["a", "b"]))
    return item

@router.post("/{item}",
             response_model=int)
def change(item: int): return item

@router.get("", include_in_schema=False)
def listed(): return []

def added(item: int): return item

router.add_api_route("/{item}/added", added)

@router.websocket("/{item}/feed")
async def feed(socket: WebSocket): ...
"""
BEFORE = {
    "bank/__init__.py": b"",
    "bank/main.py": MAIN,
    "bank/routes/__init__.py": b"",
    "bank/routes/items.py": ITEMS,
}
MODULES = tuple(
    Module(
        path.removesuffix(".py").removesuffix("/__init__").replace("/", "."),
        path,
        path.endswith("__init__.py"),
        1,
    )
    for path in BEFORE
)


def route(methods: str, path: str, name: str, **options: Any) -> Route:
    endpoint = f"bank.routes.items:{name}"
    return Route(tuple(methods.split()), path, endpoint, "bank/routes/items.py", 9, **options)


CURRENT = route("GET", "/api/items/current", "current")
OLD = (
    route("GET", "/api/items/{item}", "item"),
    route("POST", "/api/items/{item}", "change"),
    route("GET", "/api/items", "listed", in_schema=False),
    route("GET", "/api/items/{item}/added", "added"),
    route("", "/api/items/{item}/feed", "feed", kind="websocket"),
)
LATE = Route(("GET",), "/api/items/{item}/late", "bank.main:late", "bank/main.py", 18)
APPLICATION = Application("bank.main:app", False, MODULES, (CURRENT, *OLD, LATE))

Booted = Callable[[ChangeSet], Any]


def proposed(**options: Any) -> ChangeSet:
    given: dict[str, Any] = {
        "routes": OLD,
        "notice": NOTICE,
        "application": APPLICATION,
        "templates": read_templates(),
        "before": BEFORE,
        "recorded": {},
    }
    return deprecate("item", **(given | options))


@pytest.fixture
def booted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Booted]:
    """The module `bank.main` as a change leaves it."""

    def boot(change: ChangeSet) -> Any:
        for path, data in change.over(BEFORE).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module("bank.main")

    yield boot
    for name in [name for name in sys.modules if name.partition(".")[0] == "bank"]:
        del sys.modules[name]


def ask(app: Any, method: str, path: str, **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(asked())


def told(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in HEADERS if name in answer.headers}


def test_what_it_changes() -> None:
    change = proposed()
    assert change.title == "deprecate the old routes of item"
    assert [(c.path, c.kind) for c in change.changes] == [
        ("bank/main.py", "change"),
        ("bank/routes/items.py", "change"),
        ("bank/splitter_deprecations.py", "create"),
    ]
    assert change.notes == ()
    after = change.over(BEFORE)
    assert after["bank/main.py"] == MAIN.replace(
        b"items\n\napp = FastAPI()\n",
        b"items\nfrom bank.splitter_deprecations import announce_deprecations\n\n"
        b"app = FastAPI()\nannounce_deprecations(app)\n",
    )
    assert after["bank/routes/items.py"] == ITEMS.replace(
        b'get("/{item}"', b'get("/{item}", deprecated=True'
    ).replace(b"response_model=int", b"response_model=int,\n             deprecated=True").replace(
        b"added)", b"added, deprecated=True)"
    )


def test_openapi_shows_the_old_routes_as_deprecated(booted: Booted) -> None:
    schema = booted(proposed()).app.openapi()
    shown = {
        (method, path): operation.get("deprecated", False)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
    assert shown == {
        ("get", "/api/items/current"): False,
        ("get", "/api/items/{item}"): True,
        ("post", "/api/items/{item}"): True,
        ("get", "/api/items/{item}/added"): True,
        ("get", "/api/items/{item}/late"): False,
    }


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/api/items/1", {}, 200),
        ("GET", "/api/items/200", {}, 200),
        ("GET", "/api/items/201", {}, 200),
        ("POST", "/api/items/1", {}, 200),
        ("GET", "/api/items/404", {}, 404),
        ("GET", "/api/items/x", {}, 422),
        ("GET", "/api/items/500", {}, 500),
        ("GET", "/api/items/1", {"closed": "1"}, 403),
        ("GET", "/api/items/1/", {}, 307),
        ("GET", "/api/items", {}, 200),
        ("GET", "/api/items/1/added", {}, 200),
    ],
)
def test_every_answer_of_an_old_route_tells(
    booted: Booted, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = ask(booted(proposed()).app, method, path, **headers)
    assert (answer.status_code, told(answer)) == (status, HEADERS)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/items/current", 200),
        ("GET", "/api/items/1/late", 200),
        ("GET", "/api/items/1/2/3", 404),
        ("PUT", "/api/items/1", 405),
        ("GET", "/openapi.json", 200),
    ],
)
def test_no_other_answer_does(booted: Booted, method: str, path: str, status: int) -> None:
    answer = ask(booted(proposed()).app, method, path)
    assert (answer.status_code, told(answer)) == (status, {})


def test_without_a_successor_there_is_no_link(booted: Booted) -> None:
    main = booted(proposed(notice=Notice(NOTICE.since, NOTICE.since)))
    assert told(ask(main.app, "GET", "/api/items/1")) == {
        "deprecation": "@1795392000",
        "sunset": "Mon, 23 Nov 2026 00:00:00 GMT",
    }


def test_a_second_time_nothing_changes_even_on_a_later_day() -> None:
    after = proposed().over(BEFORE)
    path = "bank/splitter_deprecations.py"
    recorded = {path: digest(after[path])}
    assert not proposed(before=after)
    later = Notice(date(2026, 12, 1), NOTICE.sunset, NOTICE.successor)
    assert not proposed(before=after, notice=later, recorded=recorded)


def test_a_second_service_is_added_to_the_first(booted: Booted) -> None:
    first = proposed(routes=OLD[:1])
    after = first.over(BEFORE)
    path = "bank/splitter_deprecations.py"
    later = Notice(date(2027, 1, 1), date(2028, 1, 1))
    second = proposed(
        routes=(LATE,), before=after, notice=later, recorded={path: digest(after[path])}
    )
    assert [c.path for c in second.changes] == ["bank/main.py", path]
    main = booted(first + second)
    assert told(ask(main.app, "GET", "/api/items/1")) == HEADERS
    assert told(ask(main.app, "POST", "/api/items/1")) == {}
    assert told(ask(main.app, "GET", "/api/items/1/late")) == {
        "deprecation": "@1798761600",
        "sunset": "Sat, 01 Jan 2028 00:00:00 GMT",
    }


def test_undone_it_is_as_it_was() -> None:
    change = proposed()
    assert change.reversed().over(change.over(BEFORE)) == BEFORE


def test_a_module_edited_by_hand_is_left() -> None:
    before = BEFORE | {"bank/splitter_deprecations.py": b"# mine\n"}
    (note,) = proposed(before=before).notes
    assert (note.code, note.path) == ("SPL090", "bank/splitter_deprecations.py")


def test_a_sunset_before_the_deprecation_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-11-22 is before the deprecation 2026-11-23"):
        proposed(notice=Notice(NOTICE.since, date(2026, 11, 22)))


def test_only_websockets_change_nothing() -> None:
    change = proposed(routes=OLD[-1:])
    assert (change.changes, change.notes) == ((), ())


def test_a_route_that_cannot_be_marked_is_told_of_and_has_the_headers(booted: Booted) -> None:
    source = ITEMS.replace(b'@router.get("/{item}")', b'@router.get("/{item}", **{})')
    change = proposed(routes=OLD[:1], before=BEFORE | {"bank/routes/items.py": source})
    assert change.notes == (
        Note(
            "bank/routes/items.py",
            9,
            "SPL092",
            "no decorator or add_api_route call of bank.routes.items:item could be marked: "
            "OpenAPI does not show GET /api/items/{item} as deprecated",
        ),
    )
    assert told(ask(booted(change).app, "GET", "/api/items/1")) == HEADERS


@pytest.mark.parametrize(
    ("main", "name", "factory"),
    [
        (MAIN.replace(b"app = FastAPI()", b"app = api = FastAPI()"), "bank.main:api", False),
        (
            b"def make():\n    from fastapi import FastAPI\n\n"
            b"    from .routes.items import router\n\n    made = FastAPI()\n"
            b"    made.include_router(router, prefix='/api')\n    return made\n",
            "bank.main:make",
            True,
        ),
    ],
)
def test_the_application_may_have_another_name_or_be_made_by_a_factory(
    booted: Booted, main: bytes, name: str, factory: bool
) -> None:
    application = Application(name, factory, MODULES, APPLICATION.routes)
    before = BEFORE | {"bank/main.py": main}
    change = proposed(before=before, application=application)
    assert change.notes == ()
    module = booted(ChangeSet.between("before", BEFORE, before) + change)
    app = module.make() if factory else module.api
    assert told(ask(app, "GET", "/api/items/500")) == HEADERS


@pytest.mark.parametrize(
    ("name", "path", "what"),
    [
        (
            "bank.main:missing",
            "bank/main.py",
            "no place found where bank.main:missing is made: after it, call "
            "announce_deprecations(app), from bank.splitter_deprecations, by hand",
        ),
        (
            "elsewhere:app",
            "",
            "no place found where elsewhere:app is made: its module is not in the project",
        ),
    ],
)
def test_where_the_application_is_not_found_a_note_says_so(name: str, path: str, what: str) -> None:
    application = Application(name, False, MODULES, APPLICATION.routes)
    change = proposed(application=application)
    assert change.notes == (Note(path, 0, "SPL091", what),)
    assert "bank/routes/items.py" in [c.path for c in change.changes]


@pytest.mark.parametrize(
    ("path", "name", "written", "line"),
    [
        ("main.py", "main:app", "splitter_deprecations.py", b"from splitter_deprecations "),
        ("bank/__init__.py", "bank:app", "bank/splitter_deprecations.py", b"from bank.splitter_"),
    ],
)
def test_the_module_is_beside_the_applications(
    path: str, name: str, written: str, line: bytes
) -> None:
    module = Module(name.partition(":")[0], path, path.endswith("__init__.py"), 3)
    application = Application(name, False, (module,), ())
    change = proposed(application=application, before={path: b"app = make()\n"})
    assert line in change.over({})[path]
    assert written in [c.path for c in change.changes]


def test_the_written_module_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "splitter_deprecations.py"
    path.write_bytes(proposed().over(BEFORE)["bank/splitter_deprecations.py"])
    options = ["--isolated", "--no-cache", "--line-length=100", str(path)]
    ruff = str(Path(sys.executable).parent / "ruff")
    for command in (["check", "--select=E,F,W,I,UP,B,SIM,RUF"], ["format", "--check"]):
        done = subprocess.run([ruff, *command, *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
