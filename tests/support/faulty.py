"""Faults planted into the source of a real service: each is an edit of its text, and all are served
by one process, which takes the one that a request names."""

from __future__ import annotations

from pathlib import Path

Edits = tuple[tuple[str, str], ...]

HEADER = "x-fault"
NONE = "none"
_IMPORT = "from shared.routes.items import"
_MADE = "    return row_of(token, number)\n"
_SQL = '    opened().execute("{}", [number])\n    return row\n'
_ROW = "    row = row_of(token, number)\n"

FAULTS: dict[str, Edits] = {
    NONE: (),
    "a field is renamed": (('"total": len(rows),', '"count": len(rows),'),),
    "a field is gone": (('"more": len(rows) > page * size > 0,', ""),),
    "a field is new": (('"total": len(rows),', '"total": len(rows), "rating": 5,'),),
    "a field that is null is gone": (
        (
            "told | {",
            "{k: v for k, v in told.items() if v is not None} | {",
        ),
    ),
    "a number is null": (('"total": len(rows)', '"total": None'),),
    "a number is text": (('"total": len(rows)', '"total": str(len(rows))'),),
    "an integer is a float": (('"total": len(rows)', '"total": float(len(rows))'),),
    "a truth value is a number": (
        ("len(rows) > page * size > 0", "int(len(rows) > page * size > 0)"),
    ),
    "a number is rounded": (('price=item["price"]', 'price=round(item["price"], 1)'),),
    "a long number has another digit": (("12345678901234567890123", "12345678901234567890124"),),
    "text is in another case": (('name=item["name"]', 'name=item["name"].upper()'),),
    "an accent is composed otherwise": (
        ('name=item["name"]', 'name=__import__("unicodedata").normalize("NFD", item["name"])'),
    ),
    "rows are the other way round": (("ORDER BY id", "ORDER BY id DESC"),),
    "a row is missing": (("for row in part]", "for row in part[:-1]]"),),
    "a row is doubled": (("for row in part]", "for row in [*part, *part[-1:]]]"),),
    "a page is off by one": (
        ("(page - 1) * size : page * size", "page * size : (page + 1) * size"),
    ),
    "a set lacks an element": (("tags, len(tags))", "tags, max(0, len(tags) - 1))"),),
    "a set has one twice": (("tags, len(tags))", "tags, len(tags)) * 2"),),
    "events are the other way round": (("for row in entries]", "for row in entries][::-1]"),),
    "a list is wrapped": (
        ("return [row[", 'return {"items": [row['),
        ("in entries]", "in entries]}"),
    ),
    "a status is another": (("shown(row), 201", "shown(row), 200"),),
    "what is not there is forbidden": (("failed(404", "failed(403"),),
    "a missing login is a bad request": (("failed(401", "failed(400"),),
    "an error says another thing": (("a name is wanted", "the name is empty"),),
    "an error has another shape": (('{"detail": what,', '{"error": what,'),),
    "a header is gone": ((', "x-total": str(len(rows))', ""),),
    "a header is new": (('"no-store"', '"no-store", "x-powered-by": "shop"'),),
    "a header is another": (('"no-store"', '"public"'),),
    "a cookie is gone": (("answer.set_cookie(", "dict("),),
    "a cookie has another name": (('"sid"', '"session"'),),
    "a cookie has another attribute": (('samesite="lax"', 'samesite="strict"'),),
    "a cookie is open to scripts": (("httponly=True", "httponly=False"),),
    "a redirect goes elsewhere": (("items?page=1", "items?page=2"),),
    "a redirect is for good": (('page=1", 307', 'page=1", 308'),),
    "another encoding": (
        ('PlainTextResponse("name', 'Response(media_type="text/plain", content=("name'),
        ("join(lines))", 'join(lines)).encode("latin-1"))'),
    ),
    "another kind of content": (
        ('PlainTextResponse("name', 'PlainTextResponse(media_type="text/csv", content="name'),
    ),
    "lines end otherwise": ((r"\r\n", r"\n"),),
    "a body where there was none": (
        ("Response(status_code=204)", 'JSONResponse({"removed": True})'),
    ),
    "a row is forgotten": ((_MADE, _ROW + _SQL.format("DELETE FROM items WHERE id = ?")),),
    "a row is written twice": (
        (_MADE, f'{_ROW}    put("items", **(row | {{"id": number + 10**7}}))\n    return row\n'),
    ),
    "a row is written otherwise": (
        (_MADE, _ROW + _SQL.format("UPDATE items SET price = 1 WHERE id = ?")),
    ),
    "a row is not changed": (("row | await request.json() |", "row |"),),
    "a row is not removed": (
        ("DELETE FROM items WHERE id = ?", "DELETE FROM items WHERE id = -?"),
    ),
    "a time is text of another kind": (("created_at=now()", 'created_at="today"'),),
    "a time stands still": (("created_at=now()", 'created_at="1970-01-01T00:00:00+00:00"'),),
    "a reference is no UUID": (("reference=str(uuid.uuid4())", 'reference="none"'),),
    "an id is no number": (("told | {", 'told | {"id": f"item-{row[\'id\']}"} | {'),),
}

_DISPATCH = f'''
import importlib

class Faults:
    """Hands a request on to the application with the fault that it names."""

    def __init__(self, app):
        self.app, self.faulty = app, {{}}

    async def __call__(self, scope, receive, send):
        name = dict(scope.get("headers", ())).get(b"{HEADER}", b"").decode()
        if name and name not in self.faulty:
            self.faulty[name] = FastAPI()
            module = importlib.import_module(f"services.shop_service.faults.fault{{name}}")
            self.faulty[name].include_router(module.router)
        await self.faulty.get(name, self.app)(scope, receive, send)

app.add_middleware(Faults)
'''


def plant(project: Path) -> None:
    """A module for each fault, with its edit of the source, beside the service's own."""
    service = project / "services/shop_service"
    shared = (project / "shared/routes/items.py").read_text()
    own = (service / "routes/items.py").read_text().splitlines(keepends=True)
    whole = shared + "".join(line for line in own if not line.startswith(_IMPORT))
    (service / "faults").mkdir()
    (service / "faults/__init__.py").touch()
    for number, (name, edits) in enumerate(FAULTS.items()):
        (service / f"faults/fault{number}.py").write_text(_edited(whole, name, edits))
    with (service / "application.py").open("a") as file:
        file.write(_DISPATCH)


def _edited(text: str, name: str, edits: Edits) -> str:
    for old, new in edits:
        assert old in text, f"{name}: there is no {old!r}"
        text = text.replace(old, new)
    return text
