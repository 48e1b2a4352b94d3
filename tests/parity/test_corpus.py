from decimal import Decimal
from typing import Any

import pytest

from splitter.errors import ConfigurationError
from splitter.model.jsontext import Json, read
from splitter.model.parity import Case, Request, Rules
from splitter.parity.chains import chains
from splitter.parity.corpus import SOURCE, Login, cases_of
from splitter.parity.schemas import Schemas

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {
            "Item": {
                "type": "object",
                "required": ["name", "amount"],
                "properties": {
                    "name": {"type": "string", "minLength": 2, "maxLength": 4},
                    "amount": {"type": "number", "exclusiveMinimum": 0},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
            },
            "Token": {"type": "object", "properties": {"access_token": {"type": "string"}}},
        }
    },
    "paths": {
        "/items/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "get": {},
            "delete": {},
        },
        "/items": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}}
                ]
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Item"}}
                    },
                }
            },
        },
        "/logout": {"post": {}},
    },
}
LOGIN = Login(Request("POST", "/login"))


def puts(cases: tuple[Case, ...]) -> list[str]:
    """Each request on a line: name, query and body."""
    return [
        " ".join(
            [
                case.name,
                *(f"{k}={v}" for k, v in case.request.query),
                *([case.request.body.decode()] if case.request.body is not None else []),
            ]
        )
        for case in cases
    ]


def test_requests_of_a_document() -> None:
    assert puts(cases_of(DOCUMENT)) == [
        "GET /items/1: plain",
        "GET /items/987654321: id unknown",
        "GET /items/abc: id not a number",
        "GET /items: plain",
        "GET /items: with all there is limit=1",
        "GET /items: limit highest limit=50",
        "GET /items: limit not a number limit=abc",
        "GET /items: limit too high limit=51",
        'POST /items: plain {"name":"text","amount":1}',
        'POST /items: with all there is {"name":"text","amount":1,"kind":"a","note":"text"}',
        "POST /items: without a body",
        "POST /items: with broken JSON {",
        'POST /items: without name {"amount":1}',
        'POST /items: without amount {"name":"text"}',
        'POST /items: name not a text {"name":12,"amount":1}',
        'POST /items: amount not a number {"name":"text","amount":"abc"}',
        "POST /items: kind not one of the choices "
        '{"name":"text","amount":1,"kind":"no-such-choice"}',
        'POST /items: note not a text {"name":"text","amount":1,"note":12}',
        'POST /items: name too short {"name":"x","amount":1}',
        'POST /items: amount too low {"name":"text","amount":-0.49}',
        'POST /items: name too long {"name":"xxxxx","amount":1}',
        'POST /items: name shortest {"name":"xx","amount":1}',
        'POST /items: amount lowest {"name":"text","amount":0.01}',
        'POST /items: kind b {"name":"text","amount":1,"kind":"b"}',
        'POST /items: name longest {"name":"xxxx","amount":1}',
        'POST /items: with an unknown member {"name":"text","amount":1,"no_such_member":1}',
        "PATCH /items/1: no such method",
        "DELETE /items: no such method",
        "DELETE /logout: no such method",
        "GET /items/1: after the writes",
        "GET /items: after the writes",
        "DELETE /items/1: plain",
        "DELETE /items/987654321: id unknown",
        "DELETE /items/abc: id not a number",
        "POST /logout: plain",
        "GET /items/1: in the end",
        "GET /items: in the end",
    ]


def test_routes_of_mounted_applications_are_asked_at_their_prefix_with_their_own_schemas() -> None:
    inner = {
        "paths": {"/items": {"get": {}}, "/a/{n}": {"get": {"parameters": [{"$ref": "#/p"}]}}},
        "p": {"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}},
    }
    cases = puts(cases_of(DOCUMENT, mounted={"/v1": inner}))
    assert {"GET /v1/items: plain", "GET /v1/a/1: plain", "GET /items: plain"} <= set(cases)


def test_routes_that_no_document_has_are_asked_by_their_path() -> None:
    others = [("GET", "/pages/{name}"), ("GET", "/n/{n:int}"), ("GET", "/items/{item:int}")]
    found = puts(cases_of(DOCUMENT, others=others))
    more = [case for case in found if case not in puts(cases_of(DOCUMENT))]
    plain = [case for case in more if case.endswith(": plain")]
    assert plain == ["GET /pages/text: plain", "GET /n/1: plain"]


def test_all_cases_are_one_session() -> None:
    for login in (None, LOGIN):
        (chain,) = chains(cases_of(DOCUMENT, login=login))
        assert chain == cases_of(DOCUMENT, login=login)


def test_logged_in_and_not() -> None:
    cases = cases_of(DOCUMENT, login=LOGIN, headers=[("accept", "text/plain")])
    accept, bearer = ("accept", "text/plain"), ("authorization", "Bearer {{ token }}")
    rules = Rules(ignore=("$..access_token", "$.access_token"), generated=True)
    assert cases[0] == Case(
        "log in",
        Request("POST", "/login", headers=(accept,)),
        source=SOURCE,
        capture={"token": "$.access_token"},
        rules=rules,
        session=SOURCE,
    )
    nobody, plain = cases[1:3]
    assert (nobody.name, nobody.after, nobody.request.headers, nobody.request.cookies) == (
        "GET /items/1: nobody", "", (accept,), False,
    )  # fmt: skip
    assert (plain.name, plain.after, plain.request.headers, plain.request.cookies) == (
        "GET /items/1: plain", "log in", (accept, bearer), True,
    )  # fmt: skip
    assert sum(case.name.endswith(": nobody") for case in cases) == 5
    assert all(case.rules == rules for case in cases)


def test_a_login_by_cookies_needs_no_header() -> None:
    cases = cases_of(DOCUMENT, login=Login(Request("POST", "/login"), capture=""))
    assert cases[0].capture == {}
    assert cases[2].request.headers == ()
    assert cases[2].request.cookies


def test_names_are_unique() -> None:
    document = {"paths": {"/a": {"get": {"parameters": [
        {"name": "q", "in": "query", "schema": {"enum": ["x", 1, "1"]}},
    ]}}}}  # fmt: skip
    names = [case.name for case in cases_of(document)]
    assert len(set(names)) == len(names)
    assert "GET /a: q 1 (2)" in names


@pytest.mark.parametrize(
    "document", [{}, {"paths": {}}, {"paths": {"/a": {}}}, {"paths": {"/a": {"get": None}}}]
)
def test_documents_without_operations(document: dict[str, Any]) -> None:
    assert cases_of(document) == ()


@pytest.mark.parametrize(
    ("media", "body", "content_type"),
    [
        (
            "application/x-www-form-urlencoded",
            b"a=text&b=x%40y",
            "application/x-www-form-urlencoded",
        ),
        (
            "multipart/form-data",
            b'--splitter-part\r\ncontent-disposition: form-data; name="a"\r\n\r\ntext\r\n'
            b'--splitter-part\r\ncontent-disposition: form-data; name="b"\r\n\r\nx@y\r\n'
            b"--splitter-part--\r\n",
            "multipart/form-data; boundary=splitter-part",
        ),
        ("application/vnd.x+json", b'{"a":"text","b":"x@y"}', "application/vnd.x+json"),
    ],
)
def test_media_types(media: str, body: bytes, content_type: str) -> None:
    schema = {
        "required": ["a", "b"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string", "example": "x@y"}},
    }
    document = {
        "paths": {"/a": {"post": {"requestBody": {"content": {media: {"schema": schema}}}}}}
    }
    request = cases_of(document)[0].request
    assert (request.body, request.content_type) == (body, content_type)


SCHEMAS = Schemas(
    {
        "components": {
            "schemas": {
                "Loop": {
                    "required": ["next"],
                    "properties": {"next": {"$ref": "#/components/schemas/Loop"}},
                },
                "Circle": {"$ref": "#/components/schemas/Circle"},
                "Base": {"required": ["a"], "properties": {"a": {"type": "integer"}}},
            }
        }
    }
)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 5}, "5"),
        ({"type": "integer", "exclusiveMaximum": 0}, "-1"),
        ({"type": "number", "minimum": 0.5, "maximum": 0.7}, "0.7"),
        ({"type": "integer", "minimum": 7, "multipleOf": 5}, "10"),
        ({"type": "string", "minLength": 6}, '"textxx"'),
        ({"type": "string", "maxLength": 2}, '"te"'),
        ({"type": "string", "format": "date"}, '"2024-02-29"'),
        ({"type": "string", "pattern": r"^\d{4}-\d\d$"}, '"2024-01"'),
        ({"type": "string", "pattern": r"^[A-Z]{3}$"}, '"ABC"'),
        ({"type": "string", "pattern": r"^[0-9a-f]{32}$"}, f'"{"a" * 32}"'),
        ({"type": "string", "pattern": "("}, '"text"'),
        ({"type": ["null", "boolean"]}, "true"),
        ({"const": 1.5}, "1.5"),
        ({"enum": [None, 1]}, "null"),
        ({"examples": ["x"]}, '"x"'),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, "[1,1]"),
        ({"type": "array", "items": {"type": "integer"}}, "[]"),
        ({"oneOf": [{"type": "null"}, {"type": "integer"}]}, "1"),
        ({"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["b"], "properties": {
            "b": {"type": "string", "readOnly": True}, "c": True}}]}, '{"a":1}'),
        ({"$ref": "#/components/schemas/Loop"}, '{"next":{"next":{"next":{"next":{}}}}}'),
        ({"$ref": "#/components/schemas/Circle"}, '"text"'),
        ({"$ref": "#/nowhere"}, '"text"'),
        (True, '"text"'),
    ],
)  # fmt: skip
def test_good_values(schema: Any, value: str) -> None:
    assert SCHEMAS.good(schema) == read(value)


@pytest.mark.parametrize(
    ("schema", "bounds", "wrong"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, [1, 9], ["abc", 0, 10]),
        ({"type": "number", "minimum": 0.5}, [Decimal("0.5")], ["abc", Decimal("0.0")]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, [2], ["abc", 1]),
        ({"type": "string"}, [], [12]),
        ({"type": "string", "format": "uuid"}, [], [12, "nonsense"]),
        ({"type": "boolean"}, [False], ["abc"]),
        ({"type": "array"}, [], ["abc"]),
        ({"enum": ["a", "b", "c"]}, ["b", "c"], ["no-such-choice"]),
    ],
)
def test_values_on_the_bounds_and_beyond(
    schema: Any, bounds: list[Json], wrong: list[Json]
) -> None:
    assert [value for _, value in SCHEMAS.bounds(schema)] == bounds
    assert [value for _, value in SCHEMAS.wrong(schema)] == wrong


def test_a_login_is_configured() -> None:
    table = {
        "path": "/login",
        "json": {"user": "ada", "n": 1.5},
        "headers": {"x": 1},
        "capture": "$.key",
        "header": "x-api-key",
        "value": "{{ key }}",
    }
    login = Login.configured(table)
    assert login.request == Request(
        "POST",
        "/login",
        headers=(("x", "1"),),
        body=b'{"user":"ada","n":1.5}',
        content_type="application/json",
    )
    assert cases_of(DOCUMENT, login=login)[0].capture == {"key": "$.key"}
    assert cases_of(DOCUMENT, login=login)[2].request.headers == (("x-api-key", "{{ key }}"),)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({}, "path is missing"),
        ({"path": 5}, "path is missing"),
        ({"path": "/", "jsn": {}}, "unknown key 'jsn'"),
        ({"path": "/", "json": {}, "form": {}}, "one body"),
        ({"path": "/", "form": "x"}, "form is a table"),
        ({"path": "/", "headers": []}, "headers is a table"),
        ({"path": "/", "capture": "token"}, "no JSONPath"),
        ({"path": "/", "value": "{{ a }} {{ b }}"}, "one name"),
        ({"path": "/", "value": "plain"}, "one name"),
    ],
)
def test_a_login_that_is_wrong_is_told(table: dict[str, Any], what: str) -> None:
    with pytest.raises(ConfigurationError, match=what) as told:
        Login.configured(table)
    assert told.value.where == "parity.login"
