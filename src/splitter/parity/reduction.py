"""The fewest of some things that still fail, and requests that are made smaller one step a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, cast
from urllib.parse import parse_qsl

from splitter.model.jsontext import Json, JsonError, Repeated, read, write
from splitter.model.parity import ABSENT, Case, Request
from splitter.parity.bodies import FormBody, JsonBody, PiecedBody, Slot
from splitter.parity.chains import Chain
from splitter.parity.requests import variables_of

T = TypeVar("T")
Fails = Callable[[T], Awaitable[bool]]
"""Whether something smaller still fails."""


async def fewest(items: Sequence[T], fails: Fails[list[T]]) -> list[T]:
    """Some of the items, in their order, that fail, of which none can be left out alone; all of
    them are known to fail. Delta debugging (Zeller and Hildebrandt 2002) by complements."""
    left = list(items)
    if not left or await fails([]):
        return []
    size = max(1, len(left) // 2)
    while len(left) > 1:
        before, start = len(left), 0
        while start < len(left) > 1:
            fewer = left[:start] + left[start + size :]
            if fewer and await fails(fewer):
                left = fewer
            else:
                start += size
        if size == 1 and len(left) == before:
            break
        size = max(1, min(size // 2, len(left) // 2))
    return left


async def smallest(value: Json, fails: Fails[Json]) -> Json:
    """The value with the fewest members and elements, at any depth, that still fail."""
    if isinstance(value, dict):
        members = value
        kept = await fewest(list(members), lambda keys: fails({k: members[k] for k in keys}))
        found = {key: members[key] for key in kept}
        for key in kept:
            found[key] = await smallest(found[key], _inside(found, key, fails))
        return found
    if isinstance(value, list):
        held = await fewest(value, lambda items: fails(list(items)))
        for place in range(len(held)):
            held[place] = await smallest(held[place], _at(held, place, fails))
        return held
    return value


def _inside(members: dict[str, Json], key: str, fails: Fails[Json]) -> Fails[Json]:
    return lambda inner: fails({**members, key: inner})


def _at(items: list[Json], place: int, fails: Fails[Json]) -> Fails[Json]:
    return lambda inner: fails([*items[:place], inner, *items[place + 1 :]])


async def least(request: Request, fails: Fails[Request]) -> Request:
    """The request with the fewest members of its body, parameters of its query and headers."""
    body = json_of(request)
    if body is not ABSENT:
        found = await smallest(cast("Json", body), lambda v: fails(_with_json(request, v)))
        request = _with_json(request, found)
    elif form := form_of(request):
        kept = await fewest(form.fields, lambda some: fails(_with_form(request, some)))
        request = _with_form(request, kept)
    path, pairs = _parameters(request)
    if pairs:
        left = await fewest(pairs, lambda some: fails(_with_query(request, path, some)))
        request = _with_query(request, path, left)
    headers = await fewest(
        request.headers, lambda some: fails(replace(request, headers=tuple(some)))
    )
    return replace(request, headers=tuple(headers))


def json_of(request: Request) -> object:
    """The value of a JSON body, with captured values in double braces; absent for any other, and
    for one that has a name more than once in an object."""
    body = request.template
    if isinstance(body, JsonBody):
        return body.value
    kinds = (value for name, value in request.headers if name.lower() == "content-type")
    if not next(kinds, request.content_type).partition(";")[0].strip().lower().endswith("json"):
        return ABSENT
    pieces = body.pieces if isinstance(body, PiecedBody) else (request.body or b"",)
    text = b"".join(_spelled(piece) for piece in pieces)
    try:
        value = read(text.decode())
    except (JsonError, UnicodeDecodeError):
        return ABSENT
    return ABSENT if _repeats(value) else value


def _repeats(value: Json) -> bool:
    if isinstance(value, Repeated):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_repeats, inner))


def form_of(request: Request) -> FormBody | None:
    """The fields of a form that would be sent as it is if it were made of them."""
    if isinstance(request.template, FormBody):
        return request.template
    if request.content_type != FormBody.content_type or not request.body:
        return None
    text = request.body.decode("utf-8", "replace")
    form = FormBody(tuple(parse_qsl(text, keep_blank_values=True)))
    return None if form.names() or form.encode({}) != request.body else form


def _with_form(request: Request, fields: Sequence[tuple[str, str]]) -> Request:
    form = FormBody(tuple(fields))
    if request.template is ABSENT:
        return replace(request, body=form.encode({}))
    return replace(request, template=form)


def _spelled(piece: bytes | Slot) -> bytes:
    if isinstance(piece, bytes):
        return piece
    return (write(piece.template) if piece.spelled == "json" else piece.template).encode()


def _with_json(request: Request, value: Json) -> Request:
    if request.template is ABSENT:  # braces in it are no names
        return replace(request, body=write(value).encode())
    body = JsonBody(value)
    return replace(request, template=body, content_type=request.content_type or body.content_type)


def _parameters(request: Request) -> tuple[str, list[tuple[str, str | None]]]:
    """The path without its query, and the parameters; those of the path are without a value."""
    path, _, query = request.path.partition("?")
    spelled: list[tuple[str, str | None]] = [(part, None) for part in query.split("&") if part]
    return path, [*spelled, *request.query]


def _with_query(request: Request, path: str, pairs: Sequence[tuple[str, str | None]]) -> Request:
    spelled = "&".join(name for name, value in pairs if value is None)
    given = tuple((name, value) for name, value in pairs if value is not None)
    return replace(request, path=f"{path}?{spelled}" if spelled else path, query=given)


def only(chain: Chain, names: Sequence[str]) -> Chain:
    """These cases of a session, and those that capture what they need; each comes after the
    nearest of them that it came after, or after the one before."""
    by_name = {case.name: case for case in chain}
    wanted, todo = set(names), list(names)
    while todo:
        for needed in _needed(by_name[todo.pop()], by_name):
            if needed not in wanted:
                wanted.add(needed)
                todo.append(needed)
    kept: list[Case] = []
    for case in chain:
        if case.name in wanted:
            earlier = (one.name for one in _earlier(case, by_name) if one.name in wanted)
            last = kept[-1].name if kept else ""
            kept.append(replace(case, after=next(earlier, last)))
    return tuple(kept)


def _needed(case: Case, by_name: Mapping[str, Case]) -> Iterator[str]:
    """The cases that capture what this one sends."""
    for variable in variables_of(case.request):
        holders = (one.name for one in _earlier(case, by_name) if variable in one.capture)
        yield from [found for found in [next(holders, "")] if found]


def _earlier(case: Case, by_name: Mapping[str, Case]) -> Iterator[Case]:
    """Those that it comes after, the nearest first."""
    while case.after in by_name:
        case = by_name[case.after]
        yield case


def without_unused(chain: Chain) -> Chain:
    """The chain with no captures but those that are used."""
    used = {name for case in chain for name in variables_of(case.request)}
    return tuple(
        replace(case, capture={n: q for n, q in case.capture.items() if n in used})
        for case in chain
    )
