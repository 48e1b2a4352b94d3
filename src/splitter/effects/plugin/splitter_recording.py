"""The part of the pytest plugin that records what the tests ask the application, and its answers.

    pytest -p splitter_pytest --splitter-record FILE

FILE gets JSON lines, as docs/parity.md describes them: a head, then a line for each fixture that
several tests share and for each test, when it is done, and an end. Nothing but Python 3.8.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import hashlib
import importlib
import importlib.util
import re
import threading
from typing import Any

import pytest

_PACKAGE = __package__ + "." if __package__ else ""
hindrances: Any = importlib.import_module(_PACKAGE + "splitter_hindrances")
files: Any = importlib.import_module(_PACKAGE + "splitter_lines")

KEPT = 1024 * 1024
"""Of longer answers, those that are not JSON, only length and digest are kept."""
_REST = 64
"""Messages that are waited for when the application did not read a request to its end."""

_inside: contextvars.ContextVar[bool] = contextvars.ContextVar("splitter_inside", default=False)


class Recorder:
    """Keeps the requests of the test that is running, and writes them when it is done."""

    def __init__(self, config: Any, path: str) -> None:
        self.lines = files.Lines(config, path)
        self.lock = threading.Lock()
        self.test: dict[str, Any] | None = None
        self.order = -1
        self.fixtures = 0
        self.places: dict[str, int] = {}
        self.stack: list[dict[str, Any]] = []
        self.shared: dict[Any, str] = {}
        self.counts = {"tests": 0, "requests": 0, "outside": 0, "failed": 0}
        hindrances.watch()
        if importlib.util.find_spec("starlette") is not None:
            self._watch_application()

    def pytest_collection_finish(self, session: Any) -> None:
        self.places = {item.nodeid: n for n, item in enumerate(session.items)}

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        self.order = self.places.get(item.nodeid, self.order)
        self.test = {"test": item.nodeid, "after": [], "requests": [], "wrote": []}
        yield
        test, self.test = self.test, None
        if test["requests"]:
            self.counts["tests"] += 1
            self._write(test)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self, item: Any) -> Any:
        yield
        if self.test is not None:
            self.test["after"] = self._fixtures(item)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        """What a fixture asks that outlives its test belongs to all the tests that use it."""
        if getattr(fixturedef, "scope", "function") == "function":
            yield
            return
        self.fixtures += 1
        number = f"{self.lines.worker}{self.fixtures}"
        name = f"{fixturedef.baseid or '.'}::{fixturedef.argname}"
        own = {"fixture": name, "id": number, "requests": [], "wrote": []}
        self.stack.append(own)
        yield
        self.stack.remove(own)
        self.shared.pop(fixturedef, None)
        if own["requests"]:
            self.shared[fixturedef] = number
            self._write(own)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        self.lines.close(self.counts)

    def statement(self, text: str) -> None:
        """Hear of SQL that ran outside of any request."""
        table = hindrances.writes(text)
        place = self.stack[-1] if self.stack else self.test
        if table and place is not None and not _inside.get() and table not in place["wrote"]:
            place["wrote"].append(table)

    def _fixtures(self, item: Any) -> list[str]:
        """The shared fixtures that the test used, in the order in which they were set up."""
        known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
        used = [found[-1] for name, found in known.items() if found and name in item.fixturenames]
        used += getattr(getattr(item, "_request", None), "_fixture_defs", {}).values()
        return [number for fixture, number in self.shared.items() if fixture in used]

    def _write(self, entry: dict[str, Any]) -> None:
        self.counts["requests"] += len(entry["requests"])
        wrote = [table for table in entry["wrote"] if table]
        found = [exchange.written() for exchange in entry["requests"]]
        self.lines.write({**entry, "wrote": wrote, "requests": found}, self.order)

    def _watch_application(self) -> None:
        """Every request goes through an application's `__call__`, that of FastAPI included."""
        starlette = importlib.import_module("starlette.applications").Starlette
        answer = starlette.__call__
        recorder = self

        @functools.wraps(answer)
        async def recorded(self: Any, scope: Any, receive: Any, send: Any) -> None:
            if _inside.get():
                await answer(self, scope, receive, send)
                return
            token = _inside.set(True)
            try:
                exchange = recorder._begun(self, scope)
                if exchange is None:
                    await answer(self, scope, receive, send)
                else:
                    await exchange.run(answer, receive, send)
            finally:
                _inside.reset(token)

        starlette.__call__ = recorded

    def _begun(self, app: Any, scope: Any) -> Exchange | None:
        if scope.get("type") not in ("http", "websocket"):
            return None
        place = self.stack[-1] if self.stack else self.test
        if place is None:
            self.counts["outside"] += 1
            return None
        try:
            exchange = Exchange(app, scope, self)
        except Exception:
            self.counts["failed"] += 1
            return None
        exchange.request["wrote"] = list(place["wrote"])
        with self.lock:
            place["requests"].append(exchange)
        return exchange


class Exchange:
    """One request and its answer, as they pass by."""

    def __init__(self, app: Any, scope: Any, recorder: Recorder) -> None:
        self.app, self.scope, self.recorder = app, scope, recorder
        self.path = scope.get("path", "")
        self.body: list[bytes] = []
        self.answer: list[bytes] = []
        self.length, self.digest = 0, hashlib.sha256()
        self.is_json = self.heard = self.answered = False
        self.request: dict[str, Any] = {
            "method": scope.get("method", "WEBSOCKET"),
            "path": _target(scope),
            "headers": _headers(_but_for_host(scope)),
            "hindrances": [],
        }

    async def run(self, answer: Any, receive: Any, send: Any) -> None:
        self._look(hindrances.patches())
        self._look([hindrances.clock()])
        if self.scope["type"] == "websocket":
            self._look(["it is a WebSocket"])

        async def heard() -> Any:
            message = await receive()
            self._hear(message)
            return message

        async def said(message: Any) -> None:
            self._say(message)
            await send(message)

        try:
            await answer(self.app, self.scope, heard, said)
            await self._rest(receive)
        except BaseException as error:
            self.request["raised"] = type(error).__name__
            raise
        finally:
            with contextlib.suppress(Exception):
                self._end()

    async def _rest(self, receive: Any) -> None:
        """Applications refuse some requests before they read them; they are to be put whole."""
        for _ in range(_REST):
            if self.heard or not self.answered or self.scope["type"] != "http":
                return
            self._hear(await receive())

    def _hear(self, message: Any) -> None:
        if message.get("type") == "http.request":
            self.body.append(message.get("body", b""))
            self.heard = self.heard or not message.get("more_body", False)
        elif message.get("type") == "http.disconnect" and not self.heard:
            self.heard = True
            self._look(["its body was not sent to the end"])

    def _say(self, message: Any) -> None:
        if message.get("type") == "http.response.start":
            headers = message.get("headers", ())
            self.request["status"] = message["status"]
            self.request["answered"] = _headers(headers)
            kinds = [bytes(v) for n, v in headers if bytes(n).lower() == b"content-type"]
            self.is_json = any(b"json" in kind for kind in kinds)
        elif message.get("type") == "http.response.body":
            part = bytes(message.get("body", b""))
            self.length += len(part)
            self.digest.update(part)
            if self.length <= KEPT or self.is_json:
                self.answer.append(part)
            self.answered = not message.get("more_body", False)

    def _end(self) -> None:
        self._look(hindrances.patches())
        databases, others = hindrances.overrides(self.scope, self.app)
        self._look([f"the test overrides {name}" for name in others])
        if databases:
            self.request["databases"] = sorted(set(databases))
        if not self.answered and self.scope["type"] == "http" and "raised" not in self.request:
            self._look(["its answer was not given to the end"])
        template = _template(self.scope, self.path)
        if template is not None:
            self.request["route"] = template

    def _look(self, found: list[str]) -> None:
        known = self.request["hindrances"]
        known.extend(text for text in found if text and text not in known)

    def written(self) -> dict[str, Any]:
        """The request as it is written down."""
        if self.length <= KEPT or self.is_json:
            answer = files.content(b"".join(self.answer))
        else:
            answer = {"length": self.length, "sha256": self.digest.hexdigest()}
        return {**self.request, "body": files.content(b"".join(self.body)), "answer": answer}


def _target(scope: Any) -> str:
    """Path and query as they were sent."""
    raw = scope.get("raw_path")
    if raw:
        path = bytes(raw).split(b"?")[0].decode("latin-1")
    else:
        from urllib.parse import quote

        path = quote(scope.get("path", ""), safe="/:@!$&'()*+,;=~-._")
    query = bytes(scope.get("query_string", b"")).decode("latin-1")
    return path + "?" + query if query else path


def _template(scope: Any, path: str) -> str | None:
    """The whole path of the route that answered. Routes know what comes behind the prefixes of
    inclusions and mounts; the path that was asked for has those, with their parameters filled in.
    """
    own = getattr(scope.get("route"), "path", None)
    if not isinstance(own, str):
        return None
    parts = re.split(r"{(\w+)(?::(\w+))?}", own)
    names, pattern = parts[1::3], re.escape(parts[0])
    for kind, text in zip(parts[2::3], parts[3::3]):  # noqa: B905 - Python 3.8
        pattern += (".*" if kind == "path" else "[^/]+") + re.escape(text)
    found = [n for n in range(len(path) + 1) if re.fullmatch(pattern, path[n:])]
    if not found:
        return own
    prefix = path[: found[-1] if not own else found[0]]
    for name, value in (scope.get("path_params") or {}).items():
        if name not in names and str(value):
            segment = re.escape(str(value)) + "(?=/|$)"
            prefix = re.sub("(?<=/)" + segment, "{" + name + "}", prefix, count=1)
    return prefix + own


def _but_for_host(scope: Any) -> list[Any]:
    """The headers without the host that every client sends; one that a test chose is kept."""
    host, port = (scope.get("server") or ("", None))[:2]
    own = {str(host), f"{host}:{port}"}
    return [
        (name, value)
        for name, value in scope.get("headers", ())
        if bytes(name).lower() != b"host" or bytes(value).decode("latin-1") not in own
    ]


def _headers(pairs: Any) -> list[list[str]]:
    return [[bytes(n).decode("latin-1").lower(), bytes(v).decode("latin-1")] for n, v in pairs]
