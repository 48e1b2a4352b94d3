"""A shop whose answers vary from run to run as those of real applications do, and faults in it."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

Answer = httpx.Response
Fault = Callable[["Shop", httpx.Request, Answer], Answer]

CASES = """
cases:
- name: log in
  request: {method: POST, path: /login, json: {user: ada}}
  capture: {token: $.token}
- {name: first, after: log in, <<: &add {capture: {id: $.id}, request: &post {method: POST,
    path: /items, headers: &own {authorization: "Bearer {{ token }}"},
    json: {name: Tea, price: 3.25, tags: [a, b, c, d, e, f, g, h, i, j, k, l]}}}}
- {name: second, after: first, request: {<<: *post, json: {name: Zoë's cup, price: 12.005}}}
- {name: third, after: second, request: {<<: *post, json: {name: Pot, price: 40, note: null}}}
- {name: wrong, after: third, request: {<<: *post, json: {name: ""}}}
- {name: list, after: wrong, request: {path: /items, headers: *own}}
- {name: page, after: list, request: {path: /items, query: {page: 2, size: 2}, headers: *own}}
- {name: one, after: page, request: {path: "/items/{{ id }}", headers: *own}}
- {name: change, after: one, request: {method: PUT, path: "/items/{{ id }}", headers: *own,
    json: {price: 3.5}}}
- {name: changed, after: change, request: {path: "/items/{{ id }}", headers: *own}}
- {name: remove, after: changed, request: {method: DELETE, path: "/items/{{ id }}", headers: *own}}
- {name: removed, after: remove, request: {path: "/items/{{ id }}", headers: *own}}
- {name: log, after: removed, request: {path: /log, headers: *own}}
- {name: table, after: log, request: {path: /table, headers: *own}}
- {name: old path, after: table, request: {path: /old, headers: *own}}
- {name: nobody, after: old path, request: {path: /items, headers: {authorization: Bearer x}}}
"""


@dataclass
class Shop:
    """Answers as a transport's handler; each token has a shop of its own.

    Ids grow from a number of its own, tokens and references are UUIDs, times are now, and sets
    come in any order.
    """

    url: str
    fault: Fault | None = None
    seed: int = 0
    rows: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    log: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.last = self.random.randrange(1, 10**6)

    def __call__(self, request: httpx.Request) -> Answer:
        answer = self.answer(request)
        return self.fault(self, request, answer) if self.fault else answer

    def answer(self, request: httpx.Request) -> Answer:
        """What a shop without a fault says."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.url.path == "/login":
            return self._logged_in()
        if token not in self.rows:
            return self._failed(401, "who are you?")
        self.log[token].append(f"{request.method} {request.url.path.split('/')[1]}")
        found = re.fullmatch(r"/items/(\d+)", request.url.path)
        if found:
            return self._one(request, token, int(found[1]))
        if request.url.path == "/items":
            return self._add(request, token) if request.method == "POST" else self._list(request)
        if request.url.path == "/log":
            return self._json(200, self.log[token])
        if request.url.path == "/old":
            return httpx.Response(307, headers={"location": f"{self.url}/items?page=1"})
        return self._table(token)

    def add(self, token: str, item: dict[str, Any]) -> dict[str, Any]:
        """A new row."""
        self.last += self.random.randrange(1, 3)
        made = {"id": self.last, "reference": str(self._uuid()), "created_at": _now()}
        self.rows[token][self.last] = made | {"note": None, "tags": []} | item
        return self.rows[token][self.last]

    def _logged_in(self) -> Answer:
        token = self._uuid().hex
        self.rows[token], self.log[token] = {}, []
        cookie = f"sid={self._uuid().hex}; Path=/; HttpOnly; SameSite=lax"
        return self._json(200, {"token": token, "expires": _now()}, {"set-cookie": cookie})

    def _one(self, request: httpx.Request, token: str, number: int) -> Answer:
        rows = self.rows[token]
        if number not in rows:
            return self._failed(404, "no such item")
        if request.method == "DELETE":
            del rows[number]
            return httpx.Response(204)
        if request.method == "PUT":
            rows[number] |= json.loads(request.content) | {"changed_at": _now()}
        return self._json(200, self._shown(rows[number]), {"etag": f'"{len(rows)}"'})

    def _add(self, request: httpx.Request, token: str) -> Answer:
        item = json.loads(request.content)
        if not item["name"]:
            return self._failed(422, "a name is wanted")
        row = self.add(token, item)
        return self._json(201, self._shown(row), {"location": f"{self.url}/items/{row['id']}"})

    def _list(self, request: httpx.Request) -> Answer:
        rows = list(self.rows[request.headers["authorization"].removeprefix("Bearer ")].values())
        page, size = (int(request.url.params.get(name, 0)) for name in ("page", "size"))
        part = rows[(page - 1) * size : page * size] if size else rows
        told = {
            "items": [self._shown(row) for row in part],
            "total": len(rows),
            "more": len(rows) > page * size > 0,
            "number": 12345678901234567890123,
            "as_of": _now(),
            "request": str(self._uuid()),
        }
        return self._json(200, told, {"cache-control": "no-store", "x-total": str(len(rows))})

    def _table(self, token: str) -> Answer:
        lines = (f"{row['name']},{row['price']}\r\n" for row in self.rows[token].values())
        return httpx.Response(200, text="name,price\r\n" + "".join(lines))

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"tags": self.random.sample(row["tags"], len(row["tags"]))}

    def _failed(self, status: int, what: str) -> Answer:
        return self._json(status, {"detail": what, "incident": str(self._uuid())})

    def _json(self, status: int, body: object, headers: dict[str, str] | None = None) -> Answer:
        return httpx.Response(status, json=body, headers=headers)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)


def _now() -> str:
    return datetime.now(UTC).isoformat()


PLACES = {
    "log in": ("POST", "/login", 200),
    "first": ("POST", "/items", 201),
    "wrong": ("POST", "/items", 422),
    "list": ("GET", "/items", 200),
    "log": ("GET", "/log", 200),
    "table": ("GET", "/table", 200),
    "old path": ("GET", "/old", 307),
    "remove": ("DELETE", "/items/N", 204),
    "removed": ("GET", "/items/N", 404),
    "nobody": ("GET", "/items", 401),
}
"""The method, the path with its number as N, and the status of the cases in which faults are."""
