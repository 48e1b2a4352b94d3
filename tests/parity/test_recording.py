"""Recordings are read a session at a time, and errors name the line."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from splitter.errors import ConfigurationError
from splitter.parity.recording import sessions

HEAD: dict[str, object] = {"splitter": "recording", "version": 1}
END: dict[str, object] = {"end": {"tests": 1}}


def request(method: str = "GET", path: str = "/", **more: object) -> dict[str, object]:
    return {"method": method, "path": path, "headers": [], "hindrances": [], **more}


def a_test(
    name: str, *requests: dict[str, object], after: tuple[str, ...] = ()
) -> dict[str, object]:
    return {"test": name, "after": after, "requests": requests}


def lines(*entries: dict[str, object]) -> Iterator[bytes]:
    return (json.dumps(entry).encode() for entry in entries)


def test_a_test_begins_with_what_its_fixtures_asked() -> None:
    login = request("POST", "/login", route="/login", status=200)
    fixture: dict[str, object] = {"fixture": "f", "id": "1", "requests": [login]}
    found = list(
        sessions(
            lines(HEAD, fixture, a_test("a", request(), after=("1",)), a_test("b", request()), END),
            path="r",
        )
    )
    assert [[case.name for case in replay.cases] for replay in found] == [
        ["a 1: POST /login", "a 2: GET /"],
        ["b 1: GET /"],
    ]
    assert [case.recorded for case in found[0].cases] == [200, 500]
    assert {case.session for case in found[0].cases} == {"a"}


def test_a_test_that_ran_twice_has_two_names() -> None:
    found = list(
        sessions(lines(HEAD, a_test("a", request()), a_test("a", request()), END), path="r")
    )
    assert [replay.cases[0].name for replay in found] == ["a 1: GET /", "a (2) 1: GET /"]


def test_only_what_is_read_is_held() -> None:
    def endless() -> Iterator[bytes]:
        yield from lines(HEAD)
        while True:
            yield from lines(a_test("a", request()))

    found = sessions(endless(), path="r")
    assert [next(found).cases[0].line for _ in range(3)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("entries", "where", "what"),
    [
        ((b"{}",), "r:1", "no recording"),
        ((b'{"splitter": "recording", "version": 9}',), "r:1", "version 9"),
        ((*lines(HEAD), b"{"), "r:2", "cannot be read"),
        ((*lines(HEAD), b"[]"), "r:2", "no entry"),
        (tuple(lines(HEAD, {"test": "a", "requests": [{}]})), "r:2", "hindrances"),
        (tuple(lines(HEAD, {"test": "a"})), "r:2", "requests"),
        (
            tuple(lines(HEAD, a_test("a", request(body={"base64": "!"})))),
            "r:2",
            "no entry of a recording",
        ),
        (tuple(lines(HEAD, a_test("a", request()))), "r", "no end"),
        ((), "r", "no end"),
    ],
)
def test_errors_name_the_line(entries: tuple[bytes, ...], where: str, what: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        list(sessions(entries, path="r"))
    assert error.value.where == where
    assert what in str(error.value)
