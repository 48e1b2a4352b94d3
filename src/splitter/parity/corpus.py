"""Cases from an OpenAPI document: good and bad requests of every operation, logged in and not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from splitter.errors import ConfigurationError
from splitter.model.parity import SAFE_METHODS, Case, Request, Rules
from splitter.parity.bodies import FormBody, JsonBody, TextBody
from splitter.parity.nodes import suggestion
from splitter.parity.operations import (
    METHODS,
    Operation,
    Variant,
    operations,
    undocumented,
    variants,
)
from splitter.parity.relations import is_made_anew
from splitter.parity.requests import carrying
from splitter.parity.schemas import as_json

SOURCE = "OpenAPI"
LOGIN = "log in"
_KEYS = ("method", "path", "json", "form", "text", "headers", "capture", "header", "value")
_ENDS_SESSIONS = re.compile(r"log-?_?out|sign-?_?out|revoke|refresh|password|deactivate", re.I)


@dataclass(frozen=True, slots=True)
class Login:
    """How a client logs in: a request, what is taken from its answer (JSONPath; empty where
    cookies do it all), and the header that then goes along with each request."""

    request: Request
    capture: str = "$.access_token"
    header: str = "authorization"
    value: str = "Bearer {{ token }}"

    @classmethod
    def configured(cls, table: Mapping[str, Any], *, where: str = "parity.login") -> Login:
        """As a configuration describes it: `path`, a body (`json`, `form` or `text`) and, where
        they are not the usual ones, `method`, `headers`, `capture`, `header` and `value`."""
        _check(table, where)
        given = {key: str(table[key]) for key in ("capture", "header", "value") if key in table}
        login = cls(_login_request(table), **given)
        _check_capture(login, where)
        return login


def cases_of(
    document: Mapping[str, Any],
    *,
    mounted: Mapping[str, Mapping[str, Any]] | None = None,
    others: Iterable[tuple[str, str]] = (),
    login: Login | None = None,
    headers: Iterable[tuple[str, str]] = (),
) -> tuple[Case, ...]:
    """The same cases for the same document, in one session: one at a time, reads first, then
    writes, the reads again, and last what deletes or ends sessions.

    `mounted` are the documents of mounted applications by their prefix; `others` are methods and
    paths of routes that may be in no document, of which the path alone is known.

    With a login every request is put logged in, and each operation's plain one also without;
    `headers` go along with all. Values that a side makes anew (times, random ids, tokens) may
    differ.
    """
    documents = {"": document, **(mounted or {})}
    corpus = _Corpus(login, tuple(headers), _rules(documents.values(), login))
    named: dict[str, int] = {}
    found = list(_operations(documents, others))
    return tuple(_unique(case, named) for case in corpus.cases(found))


def _operations(
    documents: Mapping[str, Mapping[str, Any]], others: Iterable[tuple[str, str]]
) -> Iterator[Operation]:
    """Of all documents and of what none has, each method of a path once."""
    seen: set[tuple[str, str]] = set()
    told = (o for prefix, found in documents.items() for o in operations(found, prefix=prefix))
    for operation in (*told, *(undocumented(method, path) for method, path in others)):
        key = (operation.method, re.sub(r"{\w+}", "{}", operation.path))
        if key not in seen:
            seen.add(key)
            yield operation


@dataclass(frozen=True, slots=True)
class _Corpus:
    login: Login | None
    headers: tuple[tuple[str, str], ...]
    rules: Rules = field(default_factory=Rules)

    def cases(self, found: list[Operation]) -> Iterator[Case]:
        if self.login is not None:
            yield self._login_case(self.login)
        safe = [o for o in found if o.method in SAFE_METHODS]
        last = [o for o in found if o not in safe and _is_last(o)]
        writes = [o for o in found if o not in safe and o not in last]
        writes.sort(key=lambda o: METHODS.index(o.method.lower()))
        for operation in (*safe, *writes):
            yield from self._of(operation)
        yield from self._refused(found)
        yield from self._again(safe, "after the writes")
        for operation in sorted(last, key=lambda o: o.method != "DELETE"):
            yield from self._of(operation)
        yield from self._again(safe if last else [], "in the end")

    def _of(self, operation: Operation) -> Iterator[Case]:
        for i, variant in enumerate(variants(operation)):
            if self.login is not None and i == 0:
                yield self._case(variant, anonymous=True)
            yield self._case(variant)

    def _again(self, safe: Iterable[Operation], when: str) -> Iterator[Case]:
        for operation in safe:
            _, request = next(variants(operation))
            yield self._case((when, request))

    def _refused(self, found: Iterable[Operation]) -> Iterator[Case]:
        """For each path, a method that it does not have."""
        by_path: dict[str, list[Operation]] = {}
        for operation in found:
            by_path.setdefault(operation.path, []).append(operation)
        for group in by_path.values():
            free = [m.upper() for m in METHODS[3:] if m.upper() not in {o.method for o in group}]
            if free:
                _, request = next(variants(group[0]))
                bare = Request(free[-1], request.path)
                yield self._case(("no such method", bare))

    def _case(self, variant: Variant, *, anonymous: bool = False) -> Case:
        label, request = variant
        logged_in = self.login is not None and not anonymous
        request = replace(request, headers=(*self.headers, *request.headers), cookies=logged_in)
        if logged_in and self.login is not None and self.login.capture:
            credentials = (self.login.header, self.login.value)
            request = replace(request, headers=(*request.headers, credentials))
        return Case(
            name=f"{request.method} {request.path}: {'nobody' if anonymous else label}",
            request=request,
            source=SOURCE,
            after=LOGIN if logged_in else "",
            rules=self.rules,
            session=SOURCE,
        )

    def _login_case(self, login: Login) -> Case:
        request = replace(login.request, headers=(*self.headers, *login.request.headers))
        names = _names_in_value(login)
        return Case(
            name=LOGIN,
            request=request,
            source=SOURCE,
            capture=dict.fromkeys(names, login.capture) if login.capture else {},
            rules=self.rules,
            session=SOURCE,
        )


def _names_in_value(login: Login) -> list[str]:
    from splitter.parity.templates import names_in

    return names_in(login.value)


def _is_last(operation: Operation) -> bool:
    return operation.method == "DELETE" or bool(_ENDS_SESSIONS.search(operation.path))


def _rules(documents: Iterable[Mapping[str, Any]], login: Login | None) -> Rules:
    """Times and random ids of each side's own, and tokens, which are never the same."""
    members = {
        str(name)
        for document in documents
        for schema in document.get("components", {}).get("schemas", {}).values()
        if isinstance(schema, Mapping)
        for name in schema.get("properties", {})
    }
    ignored = {f"$..{name}" for name in members if is_made_anew(name)}
    if login is not None and login.capture:
        ignored.add(login.capture)
    return Rules(ignore=tuple(sorted(ignored)), generated=True)


def _unique(case: Case, named: dict[str, int]) -> Case:
    """The case by a name that no other has."""
    number = named[case.name] = named.get(case.name, 0) + 1
    return case if number == 1 else replace(case, name=f"{case.name} ({number})")


def _check(table: Mapping[str, Any], where: str) -> None:
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigurationError(
                f"unknown key {key!r}", where=where, hint=suggestion(key, _KEYS)
            )
        if key in ("form", "headers") and not isinstance(value, Mapping):
            raise ConfigurationError(f"{key} is a table", where=where)
    if not isinstance(table.get("path"), str):
        raise ConfigurationError(
            "path is missing", where=where, hint='path = "/api/login", json = {user = "ada"}'
        )
    bodies = [key for key in ("json", "form", "text") if key in table]
    if len(bodies) > 1:
        raise ConfigurationError(f"a request has one body, not {' and '.join(bodies)}", where=where)


def _login_request(table: Mapping[str, Any]) -> Request:
    headers = table.get("headers", {})
    request = Request(
        str(table.get("method", "POST")).upper(),
        table["path"],
        headers=tuple((str(k), str(v)) for k, v in headers.items()),
    )
    if "json" in table:
        return carrying(request, JsonBody(as_json(table["json"])))
    if "form" in table:
        return carrying(request, FormBody(tuple((k, str(v)) for k, v in table["form"].items())))
    return carrying(request, TextBody(str(table["text"]))) if "text" in table else request


def _check_capture(login: Login, where: str) -> None:
    from splitter.parity.queries import QueryError, compiled

    if not login.capture:
        return
    try:
        compiled(login.capture)
    except QueryError as error:
        raise ConfigurationError(
            f"capture: {login.capture!r} is no JSONPath: {error}", where=where
        ) from None
    if len(_names_in_value(login)) != 1:
        raise ConfigurationError(
            "value holds one name for what is captured", where=where, hint="Bearer {{ token }}"
        )
