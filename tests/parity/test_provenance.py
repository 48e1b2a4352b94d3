"""What a client had from an answer is captured from it; what it chose itself is not."""

from __future__ import annotations

import json

import pytest

from splitter.model.jsontext import read
from splitter.model.parity import Case, Observation
from splitter.parity.bodies import PiecedBody, Slot
from splitter.parity.chains import chains
from splitter.parity.provenance import Exchange, Replay, replay_of
from splitter.parity.sessions import Session

TOKEN = "eyJhbGciOi.J9eyJzdWIi.x0-_"


def exchange(
    line: str,
    answer: object = None,
    *,
    body: bytes | object = b"",
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    answered: tuple[tuple[str, str], ...] = (),
    route: str = "",
    hindrance: str = "",
) -> Exchange:
    method, path = line.split(" ")
    if not isinstance(body, bytes):
        body, headers = json.dumps(body).encode(), (("content-type", "application/json"), *headers)
    content = b"" if answer is None else json.dumps(answer).encode()
    kind = (("content-type", "application/json"),)
    told = Observation(status, (*kind, *answered), content, 0)
    return Exchange(method, path, headers, body, told, route, hindrance)


def replay(*exchanges: Exchange) -> Replay:
    return replay_of(exchanges, name="test", source="file")


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def sent(case: Case) -> str:
    """The request with its places for values, in one line."""
    body = case.request.template
    pieces = body.pieces if isinstance(body, PiecedBody) else (case.request.body or b"",)
    text = "".join(f"<{p.name}>" if isinstance(p, Slot) else p.decode("latin-1") for p in pieces)
    headers = [f"{n}: {v}" for n, v in case.request.headers if n != "content-type"]
    return " ".join([case.request.path, *headers, text]).strip()


def test_a_token_an_id_and_a_uuid_are_captured() -> None:
    uuid = "0b2f7f0e-5a0c-4a52-9c52-3c7d6a1f0e11"
    cases = replay(
        exchange("POST /token", {"access_token": TOKEN}),
        exchange("POST /things", {"id": 7, "key": uuid}, headers=bearer(TOKEN), body={"n": 7}),
        exchange("GET /things/7", route="/things/{thing_id}", headers=bearer(TOKEN)),
        exchange(f"GET /find?by={uuid}&limit=7"),
    ).cases
    assert cases[0].capture == {"access_token_1": "$.access_token"}
    assert cases[0].rules.ignore == ("$.access_token",)
    assert cases[1].capture == {"id_2": "$.id", "key_3": "$.key"}
    assert [sent(case) for case in cases[1:]] == [
        '/things authorization: Bearer {{ access_token_1 }} {"n": 7}',
        "/things/{{ id_2 }} authorization: Bearer {{ access_token_1 }}",
        "/find?by={{ key_3 }}&limit=7",
    ]
    assert chains(cases) == [cases]


@pytest.mark.parametrize(
    ("route", "path"),
    [("/users/{user_id}/things/{thing_id}", "/users/{{ id_1 }}/things/{{ id_2 }}"), ("", "")],
)
def test_the_id_of_the_thing_that_the_path_names_is_taken(route: str, path: str) -> None:
    cases = replay(
        exchange("POST /users", {"id": 3}),
        exchange("POST /things", {"id": 4, "owner": 3}),
        exchange("PUT /users/3/things/4", {}, route=route),
    ).cases
    assert cases[2].request.path == (path or "/users/{{ id_1 }}/things/{{ id_2 }}")


def test_what_the_client_sent_first_is_its_own() -> None:
    name = "a-name-with-digits-1"
    cases = replay(
        exchange("POST /things", {"name": name, "id": 5, "year": 2024}, body={"name": name}),
        exchange("POST /things", {"id": 6}, body={"name": name, "year": 2024, "count": 5}),
        exchange("GET /things/9", {"id": 9}, route="/things/{id}"),
        exchange("GET /things/9", {"id": 9}, route="/things/{id}"),
    ).cases
    assert [case.capture for case in cases] == [{}] * 4


def test_values_that_are_alike_by_chance_stay() -> None:
    cases = replay(
        exchange("GET /things", [{"id": 1, "kind": "a"}, {"id": 2, "size": 3}]),
        exchange("GET /rooms", [{"id": 2}]),
        exchange("GET /pages?page=1&kind=a", route="/pages"),
        exchange("POST /doors", body={"number": 3, "color_id": 2, "size": "3"}),
    ).cases
    assert all(not case.capture for case in cases if "things" not in case.name)
    assert sent(cases[3]) == '/doors {"number": 3, "color_id": 2, "size": "3"}'


def test_forms_and_multipart_and_json_keep_all_other_bytes() -> None:
    form = (("content-type", "application/x-www-form-urlencoded"),)
    parts = (("content-type", "multipart/form-data; boundary=b"),)
    multipart = (
        b'--b\r\nContent-Disposition: form-data; name="thing_id"\r\n\r\n7\r\n'
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n\xff7\r\n--b--\r\n'
    )
    made = exchange("POST /things", {"id": 7, "code": "a b+c&d-long-enough-to-be-one"})
    cases = replay(
        made,
        exchange("POST /a", body=b"thing_id=7&x=%37&y=1+1", headers=form),
        exchange("POST /b", body=multipart, headers=parts),
        exchange("POST /c", body=b'{ "thing_id" : 7, "n": 7.0, "s":"\\u0037" }', headers=(
            ("content-type", "application/json"),
        )),
    ).cases  # fmt: skip
    values = {"id_1": read("12")}
    bodies = [case.request.template for case in cases[1:]]
    encoded = [body.encode(values) for body in bodies if isinstance(body, PiecedBody)]
    assert encoded == [
        b"thing_id=12&x=%37&y=1+1",
        multipart.replace(b"\r\n\r\n7\r\n", b"\r\n\r\n12\r\n"),
        b'{ "thing_id" : 12, "n": 7.0, "s":"\\u0037" }',
    ]


def test_cookies_are_left_to_the_jar_and_another_clients_are_captured() -> None:
    cases = replay(
        exchange("POST /login", answered=(("set-cookie", "s=first-of-all-1; Path=/"),)),
        exchange("GET /me", headers=(("cookie", "s=first-of-all-1"),)),
        exchange("POST /login", answered=(("set-cookie", "s=second-one-22; Path=/"),)),
        exchange("GET /me", headers=(("cookie", "s=second-one-22"),)),
        exchange("GET /me", headers=(("cookie", "s=first-of-all-1"),)),
        exchange("GET /me"),
    ).cases
    assert [case.request.cookies for case in cases] == [True, True, False, False, True, False]
    assert [sent(case) for case in cases] == [
        "/login",
        "/me",
        "/login",
        "/me cookie: s={{ s_1 }}",
        "/me",
        "/me",
    ]
    assert cases[2].capture == {"s_1": "cookie:s"}


def test_captures_of_headers_and_cookies_come_from_each_sides_own_answer() -> None:
    cases = replay(
        exchange("GET /page", answered=(("etag", '"abcdef-123456"'), ("set-cookie", "t=old-11"))),
        exchange("GET /page", headers=(("if-none-match", '"abcdef-123456"'),), status=304),
    ).cases
    session = Session(cases)
    answer = Observation(200, (("etag", '"mine"'),), b"", 0)
    session.capture(session.monolith, cases[0], answer)
    request = session.request(session.monolith, cases[1], "http://here", 0)
    assert ("if-none-match", '"mine"') in request.headers


def test_behind_a_write_that_is_not_put_again_nothing_is() -> None:
    found = replay(
        exchange("GET /a", {"code": "only-here-1234"}, hindrance="the test patches x.y"),
        exchange("GET /b"),
        exchange("GET /c?code=only-here-1234"),
        exchange("POST /d", hindrance="the time is set"),
        exchange("GET /e"),
    )
    assert [case.name for case in found.cases] == ["test 2: GET /b"]
    assert [(one.name, one.reason) for one in found.aside] == [
        ("test 1: GET /a", "the test patches x.y"),
        ("test 3: GET /c", "it needs an answer that is not asked for again"),
        ("test 4: POST /d", "the time is set"),
        ("test 5: GET /e", "it comes after a write that is not put again: the time is set"),
    ]


def test_double_braces_in_a_body_are_data_and_elsewhere_not_put() -> None:
    found = replay(
        exchange("POST /a", {"id": 7}, body={"text": "{{ name }}"}),
        exchange("POST /b", body={"text": "{{ name }}", "a_id": 7}),
        exchange("GET /c?t={{x}}"),
    )
    assert sent(found.cases[1]) == '/b {"text": "{{ name }}", "a_id": <id_1>}'
    assert [one.name for one in found.aside] == ["test 3: GET /c"]
