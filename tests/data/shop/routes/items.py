"""What is in the shop. Each token has a shop of its own."""

import json
import random
import uuid

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from store import now, opened, put

router = APIRouter()
FIRST = random.randrange(1_000_000)


def failed(status, what):
    return JSONResponse({"detail": what, "incident": str(uuid.uuid4())}, status)


def token_of(request):
    """The token, if it is known; what it changes is logged."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if opened().execute("SELECT 1 FROM logins WHERE token = ?", [token]).fetchone() is None:
        return None
    if request.method != "GET":
        put("log", token=token, entry=f"{request.method} {request.url.path.split('/')[1]}")
    return token


def rows_of(token):
    return [
        dict(row)
        for row in opened().execute("SELECT * FROM items WHERE token = ? ORDER BY id", [token])
    ]


def row_of(token, number):
    return next((row for row in rows_of(token) if row["id"] == number), None)


def shown(row):
    tags = json.loads(row["tags"])
    told = {name: row[name] for name in ("id", "reference", "created_at", "name", "price", "note")}
    return told | {"tags": random.sample(tags, len(tags))}


def written(token, item):
    last = opened().execute("SELECT max(id) FROM items").fetchone()[0] or FIRST
    number = last + random.randrange(1, 3)
    put(
        "items",
        id=number,
        token=token,
        reference=str(uuid.uuid4()),
        created_at=now(),
        name=item["name"],
        price=item["price"],
        note=item.get("note"),
        tags=json.dumps(item.get("tags", [])),
    )
    return row_of(token, number)


@router.post("/login")
def login():
    token = uuid.uuid4().hex
    put("logins", token=token, at=now())
    answer = JSONResponse({"token": token, "expires": now()})
    answer.set_cookie("sid", uuid.uuid4().hex, httponly=True, samesite="lax")
    return answer


@router.post("/items")
async def add(request: Request):
    token = token_of(request)
    if token is None:
        return failed(401, "who are you?")
    item = await request.json()
    if not item["name"]:
        return failed(422, "a name is wanted")
    row = written(token, item)
    return JSONResponse(shown(row), 201, {"location": f"{request.base_url}items/{row['id']}"})


@router.get("/items")
def listed(request: Request, page: int = 0, size: int = 0):
    token = token_of(request)
    if token is None:
        return failed(401, "who are you?")
    rows = rows_of(token)
    part = rows[(page - 1) * size : page * size] if size else rows
    told = {
        "items": [shown(row) for row in part],
        "total": len(rows),
        "more": len(rows) > page * size > 0,
        "number": 12345678901234567890123,
        "as_of": now(),
        "request": str(uuid.uuid4()),
    }
    return JSONResponse(told, 200, {"cache-control": "no-store", "x-total": str(len(rows))})


@router.get("/items/{number}")
def one(request: Request, number: int):
    row = row_of(token_of(request), number)
    if row is None:
        return failed(404, "no such item")
    count = len(rows_of(row["token"]))
    return JSONResponse(shown(row), 200, {"etag": f'"{count}"'})


@router.put("/items/{number}")
async def changed(request: Request, number: int):
    row = row_of(token_of(request), number)
    if row is None:
        return failed(404, "no such item")
    put("items", **(row | await request.json() | {"changed_at": now()}))
    return JSONResponse(shown(row_of(row["token"], number)))


@router.delete("/items/{number}")
def removed(request: Request, number: int):
    if row_of(token_of(request), number) is None:
        return failed(404, "no such item")
    opened().execute("DELETE FROM items WHERE id = ?", [number])
    return Response(status_code=204)


@router.get("/log")
def log(request: Request):
    entries = opened().execute("SELECT entry FROM log WHERE token = ?", [token_of(request)])
    return [row["entry"] for row in entries]


@router.get("/table")
def table(request: Request):
    lines = (f"{row['name']},{row['price']}\r\n" for row in rows_of(token_of(request)))
    return PlainTextResponse("name,price\r\n" + "".join(lines))


@router.get("/old")
def old(request: Request):
    return RedirectResponse(f"{request.base_url}items?page=1", 307)
