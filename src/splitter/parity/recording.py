"""A recording of the monolith's own tests: what `pytest --splitter-record FILE` wrote."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from splitter.errors import ConfigurationError
from splitter.model.parity import Observation
from splitter.parity.provenance import Exchange, Replay, replay_of

VERSION = 1
_HINT = "make it anew: splitter record"


def sessions(lines: Iterable[bytes], *, path: str) -> Iterator[Replay]:
    """The tests of a recording, each with what its fixtures asked before it; one at a time.

    ConfigurationError names file and line. A recording that was cut off is an error.
    """
    fixtures: dict[str, list[Exchange]] = {}
    known: dict[str, int] = {}
    ended = False
    for number, line in enumerate(lines, 1):
        entry = _entry(line, path, number)
        if number == 1:
            _check(entry, path)
        elif "end" in entry:
            ended = True
        elif "fixture" in entry:
            fixtures[str(entry["id"])] = _exchanges(entry, path, number)
        else:
            yield _session(entry, fixtures, known, path, number)
    if not ended:
        raise ConfigurationError(
            "the recording has no end: the tests were killed", where=path, hint=_HINT
        )


def _session(
    entry: Mapping[str, Any],
    fixtures: Mapping[str, list[Exchange]],
    known: dict[str, int],
    path: str,
    number: int,
) -> Replay:
    test = str(entry.get("test", ""))
    before = [e for name in entry.get("after", ()) for e in fixtures.get(str(name), ())]
    times = known[test] = known.get(test, 0) + 1
    name = test if times == 1 else f"{test} ({times})"
    own = _exchanges(entry, path, number)
    return replay_of([*before, *own], name=name, source=path, line=number)


def _check(head: Mapping[str, Any], path: str) -> None:
    if head.get("splitter") != "recording":
        raise ConfigurationError("this is no recording of tests", where=f"{path}:1", hint=_HINT)
    if head.get("version") != VERSION:
        raise ConfigurationError(
            f"a recording of version {head.get('version')}, not {VERSION}",
            where=f"{path}:1",
            hint=_HINT,
        )


def _entry(line: bytes, path: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise ConfigurationError(
            f"the recording cannot be read: {error}", where=f"{path}:{number}", hint=_HINT
        ) from None
    if not isinstance(entry, dict):
        raise ConfigurationError("no entry of a recording", where=f"{path}:{number}", hint=_HINT)
    return entry


def _exchanges(entry: Mapping[str, Any], path: str, number: int) -> list[Exchange]:
    try:
        return [_exchange(request) for request in entry["requests"]]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(
            f"no entry of a recording: {type(error).__name__}: {error}",
            where=f"{path}:{number}",
            hint=_HINT,
        ) from None


def _exchange(request: Mapping[str, Any]) -> Exchange:
    answer = request.get("answer", "")
    kept = b"" if isinstance(answer, dict) and "base64" not in answer else _bytes(answer)
    hindrances = list(request["hindrances"])
    return Exchange(
        method=str(request["method"]),
        path=str(request["path"]),
        headers=_headers(request["headers"]),
        body=_bytes(request.get("body", "")),
        answer=Observation(
            int(request.get("status", 500)), _headers(request.get("answered", ())), kept, 0
        ),
        route=str(request.get("route", "")),
        hindrance="; ".join(hindrances),
    )


def _headers(pairs: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in pairs)


def _bytes(content: str | Mapping[str, str]) -> bytes:
    if isinstance(content, str):
        return content.encode()
    try:
        return base64.b64decode(content["base64"], validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
