import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx
import pytest

from splitter.effects.http import Client
from splitter.errors import UsageError
from splitter.model.parity import Answer, Case, Difference, Outcome, Request, Rules, Verdict
from splitter.parity.cases import read_cases
from splitter.parity.chains import Shard
from splitter.workflows import parity
from splitter.workflows.parity import assigned, check, check_urls

Message = MutableMapping[str, Any]
Scope = Message
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Respond = Callable[[httpx.Request], httpx.Response]
M, S = "http://monolith", "http://service/v2"


class Side(httpx.AsyncBaseTransport):
    """A server that is asked through httpx, and remembers what it was asked."""

    def __init__(self, respond: Respond, delay: float = 0) -> None:
        self.respond = respond
        self.delay = delay
        self.asked: list[str] = []
        self.most = self.flying = 0
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        self.flying += 1
        self.most = max(self.most, self.flying)
        await asyncio.sleep(self.delay)
        self.flying -= 1
        return self.respond(request)

    async def aclose(self) -> None:
        self.closed = True


def cases(text: str) -> tuple[Case, ...]:
    return read_cases(f"cases: {text}".encode(), path="cases.yaml")


def checked(
    text: str,
    monolith: Respond | Side,
    service: Respond | Side,
    *,
    concurrency: int = 8,
    shard: Shard | None = None,
) -> list[Verdict]:
    sides = [s if isinstance(s, Side) else Side(s) for s in (monolith, service)]
    clients = [
        Client(url, transport=side, timeout=2) for url, side in zip((M, S), sides, strict=True)
    ]
    return list(
        check(
            cases(text),
            monolith=clients[0],
            services={"orders": clients[1]},
            concurrency=concurrency,
            shard=shard,
        )
    )


def told(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    return [(v.case.name, str(v.outcome)) for v in verdicts]


def always(body: object, status: int = 200, **headers: str) -> Respond:
    return lambda request: httpx.Response(status, json=body, headers=headers)


def test_verdicts_on_two_answers() -> None:
    same, other = checked(
        "[{name: same, request: {path: /a}}, {name: other, request: {path: /b}}]",
        lambda request: httpx.Response(200, json={"at": f"{M}{request.url.path}", "n": 1}),
        lambda request: httpx.Response(
            200, json={"at": f"{S}/{request.url.path[-1]}", "n": 1 + (request.url.path[-1] == "b")}
        ),
    )
    assert (same.outcome, same.differences, same.noise, same.error) == (Outcome.MATCH, (), (), "")
    assert same.case.service == "orders"
    assert other.outcome is Outcome.MISMATCH
    assert other.differences == (Difference("body", "$.n", 1, 2),)
    assert isinstance(other.monolith, Answer)
    assert other.monolith.status == 200
    assert other.monolith.elapsed_ms >= 0


def test_the_order_is_that_of_the_file_whatever_is_done_first() -> None:
    text = "[{name: c, after: b, request: {path: /c}}, {name: b, after: a, request: {path: /b}}, "
    text += "{name: x, request: {path: /x}}, {name: a, request: {path: /a}}]"
    side = Side(always({}), delay=0.01)
    verdicts = checked(text, side, always({}))
    assert told(verdicts) == [(name, "match") for name in "cbxa"]
    assert [line for line in side.asked if line != "GET /x"] == ["GET /a", "GET /b", "GET /c"]
    assert side.closed


def test_verdicts_stream() -> None:
    side = Side(always({}))
    text = "[" + ",".join(f"{{name: c{i}, request: {{path: /}}}}" for i in range(50)) + "]"
    clients = [Client(M, transport=side), Client(S, transport=Side(always({})))]
    stream = check(cases(text), monolith=clients[0], services={"s": clients[1]}, concurrency=1)
    assert side.asked == []
    assert next(stream).case.name == "c0"
    assert len(side.asked) < 50
    assert len(list(stream)) == 49


def test_a_stream_that_is_left_stops_and_closes_its_clients() -> None:
    sides = [Side(always({}), delay=0.001) for _ in range(2)]
    text = "[" + ",".join(f"{{name: c{i}, request: {{path: /}}}}" for i in range(500)) + "]"
    clients = [Client(url, transport=side) for url, side in zip((M, S), sides, strict=True)]
    stream = check(cases(text), monolith=clients[0], services={"s": clients[1]})
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(sides[0].asked) < 500
    assert [side.closed for side in sides] == [True, True]


def test_at_most_so_many_at_a_time() -> None:
    text = "[" + ",".join(f"{{name: c{i}, request: {{path: /}}}}" for i in range(12)) + "]"
    side = Side(always({}), delay=0.01)
    checked(text, side, always({}), concurrency=3)
    assert side.most == 3


def test_sessions_keep_cookies_and_captures_apart() -> None:
    def respond(who: str) -> Respond:
        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/login"):
                cookie = {"set-cookie": f"sid={who}-sid; Path=/"}
                return httpx.Response(200, json={"token": f"{who}-token"}, headers=cookie)
            heard.append((who, request.headers.get("cookie"), request.headers["authorization"]))
            return httpx.Response(200, json={})

        return answer

    heard: list[tuple[str, str | None, str]] = []
    verdicts = checked(
        "[{name: login, request: {method: POST, path: /login}, capture: {t: $.token}}, "
        "{name: me, after: login, "
        "request: {path: /me, headers: {authorization: 'Bearer {{ t }}'}}}]",
        respond("mono"),
        respond("serv"),
    )
    assert sorted(heard) == [
        ("mono", "sid=mono-sid", "Bearer mono-token"),
        ("serv", "sid=serv-sid", "Bearer serv-token"),
    ]
    assert [v.outcome for v in verdicts] == [Outcome.MISMATCH, Outcome.MATCH]
    assert verdicts[0].differences == (Difference("body", "$.token", "[hidden]", "[hidden]"),)


def test_what_was_not_captured_skips_and_sends_nothing() -> None:
    side = Side(always({}))
    verdicts = checked(
        "[{name: a, request: {method: POST, path: /a}, capture: {t: $.t}}, "
        "{name: b, after: a, request: {path: '/{{ t }}'}}, "
        "{name: c, after: b, request: {path: /c}}]",
        side,
        always({"t": 1}),
    )
    assert told(verdicts) == [("a", "mismatch"), ("b", "skipped"), ("c", "mismatch")]
    assert verdicts[1].error == "t was not captured (monolith)"
    assert (verdicts[1].monolith, verdicts[1].service) == (None, None)
    assert set(side.asked) == {"POST /a", "GET /c"}


def test_no_answer_is_an_error_that_names_the_side() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    text = "[{name: a, request: {path: /}}]"
    reason = "the connection broke before the end of the answer"
    (verdict,) = checked(text, always({}), broken)
    assert (verdict.outcome, verdict.error) == (Outcome.ERROR, f"service orders: {reason}")
    assert verdict.monolith is not None
    assert verdict.service is None
    (verdict,) = checked(text, broken, broken)
    assert verdict.error == f"monolith: {reason}; service orders: {reason}"


def test_an_answer_that_cannot_be_decoded_is_an_error() -> None:
    def packed(request: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(b"plain")
        return httpx.Response(200, stream=stream, headers={"content-encoding": "gzip"})

    (verdict,) = checked("[{name: a, request: {path: /}}]", always({}), packed)
    assert verdict.outcome is Outcome.ERROR
    assert verdict.error == "service orders: its body is not gzip, as its content-encoding says"
    assert verdict.service is not None


def test_a_rule_that_cannot_be_put_to_a_body_is_an_error() -> None:
    deep: object = 1
    for _ in range(300):
        deep = [{"a": deep}]
    text = "[{name: a, request: {path: /}, compare: {ignore: ['$[?@..b]']}}]"
    (verdict,) = checked(text, always(deep), always([deep]))
    assert verdict.outcome is Outcome.ERROR
    assert "nested so deep" in verdict.error


def counting(template: str) -> Respond:
    count = iter(range(1, 1000))
    return lambda request: httpx.Response(200, json=json.loads(template % next(count)))


def test_noise_is_what_the_monolith_shows_against_itself() -> None:
    side, other = Side(counting('{"id": "m%d", "n": 1}')), Side(always({"id": "s", "n": 2}))
    (verdict,) = checked("[{name: a, request: {path: /}}]", side, other)
    assert verdict.outcome is Outcome.MISMATCH
    assert verdict.differences == (Difference("body", "$.n", 1, 2),)
    assert verdict.noise == (Difference("body", "$.id", "m1", "s"),)
    assert (len(side.asked), len(other.asked)) == (4, 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_unsafe_requests_are_put_once(method: str) -> None:
    side = Side(counting('{"id": "m%d"}'))
    text = f"[{{name: a, request: {{method: {method}, path: /}}}}]"
    (verdict,) = checked(text, side, always({"id": "s"}))
    assert verdict.outcome is Outcome.MISMATCH
    assert len(side.asked) == 1


def test_the_monolith_is_asked_again_only_on_a_difference() -> None:
    side = Side(always({}))
    checked("[{name: a, request: {path: /}}]", side, always({}))
    assert len(side.asked) == 1


def test_large_answers_are_compared_beside_the_loop() -> None:
    rows = [{"id": i, "text": "x" * 100} for i in range(2000)]
    other = [*rows[:1000], {"id": -1, "text": "x" * 100}, *rows[1001:]]
    (verdict,) = checked("[{name: a, request: {path: /}}]", always(rows), always(other))
    assert verdict.differences == (Difference("body", "$[1000].id", 1000, -1),)


def test_shards_put_every_case_once() -> None:
    text = "[" + ",".join(f"{{name: c{i}, request: {{path: /}}}}" for i in range(20)) + "]"
    parts = [checked(text, always({}), always({}), shard=Shard(i, 3)) for i in (1, 2, 3)]
    names = [[v.case.name for v in part] for part in parts]
    assert sorted(name for part in names for name in part) == sorted(f"c{i}" for i in range(20))
    order = [f"c{i}" for i in range(20)]
    assert all([n for n in order if n in part] == part for part in names)


def test_an_application_can_be_asked_without_a_network() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = json.dumps({"path": scope["path"]}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    clients = [Client(M, transport=httpx.ASGITransport(app)) for _ in range(2)]
    case = Case("a", Request("GET", "/a"), rules=Rules())
    (verdict,) = check([case], monolith=clients[0], services={"s": clients[1]})
    assert verdict.outcome is Outcome.MATCH


def test_cases_of_several_services_go_to_their_own() -> None:
    sides = {name: Side(always({})) for name in ("users", "orders")}
    found = check(
        cases("[{name: u, service: users, request: {path: /u}}, {name: o, request: {path: /o}}]"),
        monolith=Client(M, transport=Side(always({}))),
        services={name: Client(S, transport=side) for name, side in sides.items()},
        route=lambda method, path: "orders" if path == "/o" else None,
    )
    assert [v.case.service for v in found] == ["users", "orders"]
    assert [side.asked for side in sides.values()] == [["GET /v2/u"], ["GET /v2/o"]]


@pytest.mark.parametrize(
    ("text", "services", "what", "hint"),
    [
        ("{name: a, request: {path: /}}", ["x", "y"], "does not say for which service", "x, y"),
        ("{name: a, service: orderz, request: {path: /}}", ["orders"], "'orderz'", "'orders'"),
        ("{name: a, service: z, request: {path: /}}", ["orders"], "'z'", "given: orders"),
        ("{name: a, request: {path: /}}", [], "no service", "--service"),
    ],
)
def test_a_case_without_its_service_is_told(
    text: str, services: list[str], what: str, hint: str
) -> None:
    with pytest.raises(UsageError) as error:
        assigned(cases(f"[{text}]"), services)
    assert what in error.value.what
    assert hint in error.value.hint
    assert error.value.where == ("cases.yaml:1" if services else "")


def test_nothing_to_put_is_told() -> None:
    with pytest.raises(UsageError, match="no cases") as error:
        check_urls([], monolith=M, services={"orders": S})
    assert "--cases" in error.value.hint


def test_a_file_that_is_given_twice_is_told() -> None:
    twice = cases("[{name: a, request: {path: /}}]") * 2
    with pytest.raises(UsageError, match="case 'a': the name is taken"):
        check_urls(twice, monolith=M, services={"orders": S})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "https://shop.example/v2/", "HTTP://[::1]:80"]
)
def test_urls(url: str) -> None:
    assert parity.base_url(url, option="--monolith") == url
    assert parity.named_urls([f"a={url}", f"b={url}"]) == {"a": url, "b": url}


@pytest.mark.parametrize(
    "url",
    ["", "not a url", "127.0.0.1:8000", "ftp://h/x", "http://", "http://:80", "http://h:99999",
     "http://h:x", "http://h:0", "http://h/a b", "http://h\n", "http://[::1", "http://h?x=1"],
)  # fmt: skip
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(UsageError) as error:
        parity.base_url(url, option="--monolith")
    assert error.value.what.startswith("--monolith")
    assert repr(url) in error.value.what


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(UsageError) as error:
        parity.base_url("http://ada:s3cr3t@h", option="--monolith")
    assert "s3cr3t" not in f"{error.value.what} {error.value.hint}"


@pytest.mark.parametrize("text", ["http://h:1", "=http://h:1", "a b=http://h", "a=h:1", "a"])
def test_what_is_no_named_url(text: str) -> None:
    with pytest.raises(UsageError, match="--service"):
        parity.named_url(text)


def test_a_service_that_is_given_twice() -> None:
    with pytest.raises(UsageError, match="orders is given twice"):
        parity.named_urls(["orders=http://h:1", "orders=http://h:2"])


def test_shards() -> None:
    assert parity.shard_of("2/3") == Shard(2, 3)
    for text in ("0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", ""):
        with pytest.raises(UsageError, match="shard"):
            parity.shard_of(text)


def test_limits() -> None:
    assert (parity.concurrency_of(1), parity.timeout_of(0.5)) == (1, 0.5)
    for number in (0, -1):
        with pytest.raises(UsageError, match="concurrency"):
            parity.concurrency_of(number)
    for seconds in (0, -1, float("inf"), float("nan")):
        with pytest.raises(UsageError, match="timeout"):
            parity.timeout_of(seconds)
