"""Holds services against the monolith: cases in, verdicts out, in the order of the cases."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from splitter.effects.http import Client
from splitter.effects.interrupts import noted
from splitter.errors import UsageError
from splitter.model.parity import Case, Verdict
from splitter.parity.chains import Chain, Shard, chains, sharded
from splitter.parity.secrets import spelled_out
from splitter.parity.turns import Turns
from splitter.workflows.exchange import Exchange
from splitter.workflows.shrinking import Shrinking
from splitter.workflows.stands import Ground, given

Route = Callable[[str, str], str | None]
"""The service that answers a method and a path; None where none does."""

CONCURRENCY = 8
TIMEOUT = 30.0


def check_urls(
    cases: Iterable[Case],
    *,
    monolith: str,
    services: Mapping[str, str],
    concurrency: int = CONCURRENCY,
    timeout: float = TIMEOUT,
    shard: Shard | None = None,
    route: Route | None = None,
    shrinking: Shrinking | None = None,
) -> Iterator[Verdict]:
    """Put the cases to servers that are running. UsageError before anything is sent."""
    return check(
        cases,
        monolith=Client(monolith, timeout=timeout),
        services={name: Client(url, timeout=timeout) for name, url in services.items()},
        concurrency=concurrency,
        shard=shard,
        route=route,
        shrinking=shrinking,
    )


def check(
    cases: Iterable[Case],
    *,
    monolith: Client,
    services: Mapping[str, Client],
    concurrency: int = CONCURRENCY,
    shard: Shard | None = None,
    route: Route | None = None,
    twin: Callable[[], Client] | None = None,
    shrinking: Shrinking | None = None,
) -> Iterator[Verdict]:
    """Put the cases to both sides. The clients are closed in the end.

    `twin` starts another monolith, on data as both sides had them at first.
    """
    return check_on(
        given(monolith, services, twin),
        assigned(cases, services, route),
        concurrency=concurrency,
        shard=shard,
        shrinking=shrinking,
    )


def check_on(
    ground: Ground,
    cases: Iterable[Case],
    *,
    concurrency: int = CONCURRENCY,
    shard: Shard | None = None,
    shrinking: Shrinking | None = None,
) -> Iterator[Verdict]:
    """Put cases that know their service to both sides. The verdicts stream, in the order of the
    cases.

    At most `concurrency` sessions go on at a time, each one case at a time; they are begun in the
    order of their first cases. The ground is closed in the end. UsageError comes before anything
    is sent.
    """
    work = prepared(cases, shard)
    return _streamed(Exchange(ground, work.known, shrinking), work, concurrency)


@dataclass(frozen=True, slots=True)
class Work:
    """Sessions that are to be put, the order that their verdicts are wanted in, and the secrets
    that the cases spell out."""

    chains: list[Chain]
    turns: Turns
    known: frozenset[str]


def prepared(cases: Iterable[Case], shard: Shard | None = None) -> Work:
    """The sessions of cases that know their service, or of one part of them. UsageError for cases
    that cannot be put."""
    everything = tuple(cases)
    _check_names(everything)
    if not everything:
        raise UsageError(
            "there are no cases to put",
            hint="give a case file with --cases FILE, or name it in splitter.toml: parity.cases",
        )
    selected = sharded(chains(everything), shard)
    turns = Turns(everything, selected, numbered=shard is not None)
    known = frozenset(secret for case in everything for secret in spelled_out(case.request))
    return Work(selected, turns, known)


def assigned(
    cases: Iterable[Case], services: Collection[str], route: Route | None = None
) -> tuple[Case, ...]:
    """Each case with its service: the one that it names, the only one, or the one of its route."""
    if not services:
        raise UsageError("there is no service to check", hint="--service NAME=URL")
    return tuple(replace(case, service=_service(case, services, route)) for case in cases)


def named_url(text: str, *, option: str = "--service") -> tuple[str, str]:
    """The name and URL of NAME=URL."""
    name, equals, url = text.partition("=")
    if not equals or not re.fullmatch(r"[\w.-]+", name):
        raise UsageError(f"{option} takes NAME=URL, not {text!r}")
    return name, base_url(url, option=option)


def named_urls(texts: Iterable[str], *, option: str = "--service") -> dict[str, str]:
    """The services of a repeated option, each given once."""
    found: dict[str, str] = {}
    for text in texts:
        name, url = named_url(text, option=option)
        if name in found:
            raise UsageError(f"{option}: {name} is given twice")
        found[name] = url
    return found


def base_url(text: str, *, option: str) -> str:
    """The base URL of a server, checked."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", text):
        raise UsageError(f"{option}: {text!r} is not the URL of a server", hint="http://HOST:PORT")
    if parts.username is not None:
        raise UsageError(
            f"{option}: a URL with a user and a password is not used",
            hint="give an authorization header in the defaults of the case file",
        )
    if parts.query or parts.fragment:
        raise UsageError(f"{option}: {text!r} has a query", hint="http://HOST:PORT/PATH")
    return text


def shard_of(text: str) -> Shard:
    """The part I of N that I/N names."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip())
    index, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= count:
        raise UsageError(f"--shard takes I/N with I from 1 to N, not {text!r}", hint="--shard 1/4")
    return Shard(index, count)


def concurrency_of(number: int) -> int:
    """How many sessions go on at a time."""
    if number < 1:
        raise UsageError(f"--concurrency is 1 or more, not {number}")
    return number


def workers_of(number: int) -> int:
    """How many processes put cases."""
    if number < 1:
        raise UsageError(f"--workers is 1 or more, not {number}")
    return number


def timeout_of(seconds: float) -> float:
    """How long an answer may take."""
    if not 0 < seconds < float("inf"):
        raise UsageError(f"--timeout is a number of seconds above 0, not {seconds:g}")
    return seconds


def _service(case: Case, services: Collection[str], route: Route | None) -> str:
    if case.service:
        if case.service in services:
            return case.service
        near = difflib.get_close_matches(case.service, services, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"given: {', '.join(services)}"
        raise _wrong(case, f"its service {case.service!r} is not given", hint)
    if len(services) == 1:
        return next(iter(services))
    found = route(case.request.method, case.request.path.partition("?")[0]) if route else None
    if found is None or found not in services:
        raise _wrong(
            case,
            "it does not say for which service it is",
            f"service: one of {', '.join(services)}",
        )
    return found


def _wrong(case: Case, what: str, hint: str) -> UsageError:
    where = f"{case.source}:{case.line}" if case.line else case.source
    return UsageError(f"case {case.name!r}: {what}", where=where, hint=hint)


def _check_names(cases: Iterable[Case]) -> None:
    seen: set[tuple[str, str]] = set()
    for case in cases:
        if (case.source, case.name) in seen:
            raise _wrong(case, "the name is taken", "is the file given twice?")
        seen.add((case.source, case.name))


def _streamed(exchange: Exchange, work: Work, concurrency: int) -> Iterator[Verdict]:
    """Drive the loop until there are verdicts, so that it rests while they are reported.

    After Ctrl-C those come that are there, and then KeyboardInterrupt.
    """
    asking: list[asyncio.Task[object]] = []
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        verdicts = exchange.verdicts(work.chains, concurrency=concurrency)
        with noted(lambda: loop.call_soon_threadsafe(_cancel, asking)) as interrupted:
            stream = _ordered(verdicts, work.turns, interrupted)
            try:
                while (some := runner.run(_next(stream, asking))) is not None:
                    yield from some
            finally:
                runner.run(_closed(stream, verdicts))
            yield from work.turns.come(exchange.late) + work.turns.rest()
            if interrupted():
                raise KeyboardInterrupt


async def _ordered(
    verdicts: AsyncGenerator[list[Verdict]], turns: Turns, interrupted: Callable[[], bool]
) -> AsyncGenerator[list[Verdict]]:
    """Cancelled or interrupted, it ends."""
    with suppress(asyncio.CancelledError):
        async for some in verdicts:
            yield turns.come(some)
            if interrupted():
                break


async def _next(
    stream: AsyncGenerator[list[Verdict]], asking: list[asyncio.Task[object]]
) -> list[Verdict] | None:
    task = asyncio.current_task()
    assert task is not None
    asking[:] = [task]
    try:
        return await anext(stream, None)
    finally:
        asking.clear()


def _cancel(asking: list[asyncio.Task[object]]) -> None:
    for task in asking:
        task.cancel()


async def _closed(*streams: AsyncGenerator[list[Verdict]]) -> None:
    """End them; nothing cancels that any more."""
    for stream in streams:
        await stream.aclose()
