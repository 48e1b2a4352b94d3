import json

import pytest

from splitter.model.parity import Case, Observation, Request
from splitter.parity.bodies import JsonBody
from splitter.parity.requests import carrying
from splitter.parity.sessions import Session, SkippedError

URLS = ("http://m:1", "http://s:2/v2")
NOW = 1_700_000_000.0


def answer(body: object = None, *cookies: str) -> Observation:
    lines = tuple(("set-cookie", cookie) for cookie in cookies)
    return Observation(200, lines, json.dumps(body).encode(), 0.1)


def case(name: str, path: str = "/", after: str = "", **capture: str) -> Case:
    return Case(name, Request("GET", path), after=after, capture=capture)


class Talk:
    """A session in which the answers of both sides are given by hand."""

    def __init__(self, *cases: Case) -> None:
        self.session = Session(cases)

    def asked(self, case: Case) -> tuple[Request, Request]:
        return self.session.requests(case, URLS, NOW)

    def heard(self, case: Case, monolith: Observation | None, service: Observation | None) -> None:
        sides = (self.session.monolith, self.session.service)
        for side, request, heard in zip(sides, self.asked(case), (monolith, service), strict=True):
            if heard:
                self.session.keep(side, request, heard, NOW)
            self.session.capture(side, case, heard)


def cookies(requests: tuple[Request, Request]) -> list[str]:
    return [dict(request.headers).get("cookie", "") for request in requests]


def test_each_side_gets_its_own_captures() -> None:
    login, use = case("login", token="$.t", n="$.n"), case("use", "/{{ n }}/{{ token }}", "login")
    talk = Talk(login, use)
    talk.heard(login, answer({"t": "tm", "n": 1.5}), answer({"t": "ts", "n": 2}))
    assert [request.path for request in talk.asked(use)] == ["/1.5/tm", "/2/ts"]


def test_captures_are_those_of_the_chain() -> None:
    root, left, right = case("root", x="$.x"), case("left", "/", "root", x="$.x"), "/{{ x }}"
    ends = [case("a", right, "left"), case("b", right, "root")]
    talk = Talk(root, left, *ends)
    talk.heard(root, answer({"x": "r"}), answer({"x": "r"}))
    talk.heard(left, answer({"x": "l"}), answer({"x": "l"}))
    assert [talk.asked(end)[0].path for end in ends] == ["/l", "/r"]


def test_what_is_missing_is_told_with_its_side() -> None:
    login, use = case("login", a="$.a", b="$.b"), case("use", "/{{ a }}", "login")
    talk = Talk(login, use)
    talk.heard(login, answer({"a": 1}), answer({}))
    with pytest.raises(SkippedError, match=r"^a was not captured \(service\)$"):
        talk.asked(use)
    talk.heard(login, None, answer("no object"))
    with pytest.raises(SkippedError, match=r"^a was not captured \(monolith, service\)$"):
        talk.asked(use)


def test_a_capture_that_fails_leaves_nothing_of_before() -> None:
    first, again = case("first", x="$.x"), case("again", "/", "first", x="$.x")
    use = case("use", "/{{ x }}", "again")
    talk = Talk(first, again, use)
    talk.heard(first, answer({"x": "old"}), answer({"x": "old"}))
    talk.heard(again, answer({}), answer({"x": "new"}))
    with pytest.raises(SkippedError, match="monolith"):
        talk.asked(use)


def test_bodies_that_are_no_json_capture_nothing() -> None:
    login, use = case("login", x="$.x"), case("use", "/{{ x }}", "login")
    talk = Talk(login, use)
    broken = Observation(200, (("content-encoding", "gzip"),), b"{}", 0.1)
    talk.heard(login, broken, Observation(200, (), b"\xff", 0.1))
    with pytest.raises(SkippedError):
        talk.asked(use)


def test_cookies_are_of_their_side() -> None:
    login, me = case("login", "/auth/login"), case("me", "/auth/me", "login")
    talk = Talk(login, me)
    talk.heard(login, answer(None, "sid=m; Path=/"), answer(None, "sid=s"))
    assert cookies(talk.asked(me)) == ["sid=m", "sid=s"]
    assert cookies(talk.asked(case("out", "/other", "login"))) == ["sid=m", ""]


def test_cookies_given_by_hand_go_along() -> None:
    login = case("login")
    me = Case("me", Request("GET", "/", headers=(("Cookie", "theme=dark"), ("x", "1"))))
    talk = Talk(login, me)
    talk.heard(login, answer(None, "sid=1; Path=/"), answer(None))
    monolith, service = talk.asked(me)
    assert monolith.headers == (("x", "1"), ("cookie", "theme=dark; sid=1"))
    assert service.headers == (("Cookie", "theme=dark"), ("x", "1"))


def test_a_request_may_do_without_cookies() -> None:
    login = case("login")
    bare = Case("bare", Request("GET", "/", cookies=False))
    talk = Talk(login, bare)
    talk.heard(login, answer(None, "sid=1; Path=/"), answer(None, "sid=2; Path=/"))
    talk.heard(bare, answer(None, "sid=3; Path=/"), answer(None, "sid=4; Path=/"))
    assert cookies(talk.asked(bare)) == ["", ""]
    assert cookies(talk.asked(login)) == ["sid=1", "sid=2"]


def test_secrets_are_learned() -> None:
    headers = (("authorization", "Bearer {{ token }}"),)
    login = case("login", token="$.t", id="$.id")
    use = Case("use", Request("GET", "/", headers=headers), after="login")
    talk = Talk(login, use)
    talk.heard(login, answer({"t": "tokenM", "id": "idM1"}, "sid=cookieM"), answer({"t": "tokenS"}))
    told = talk.session.secrets.hide("tokenM tokenS cookieM idM1")
    assert told == "[hidden] [hidden] [hidden] idM1"


def test_an_own_url_that_was_captured_is_a_path() -> None:
    start, use = case("start", next="$.next"), case("use", "{{ next }}", "start")
    talk = Talk(start, use)
    talk.heard(start, answer({"next": "http://m:1/a?p=2"}), answer({"next": "http://s:2/v2/a?p=2"}))
    assert [request.path for request in talk.asked(use)] == ["/a?p=2", "/a?p=2"]


def test_bodies_are_filled_for_each_side() -> None:
    start = case("start", id="$.id")
    body = carrying(Request("POST", "/"), JsonBody({"id": "{{ id }}", "text": "no {{ id }}"}))
    talk = Talk(start, Case("use", body, after="start"))
    talk.heard(start, answer({"id": 7}), answer({"id": 8}))
    requests = talk.asked(Case("use", body, after="start"))
    assert [r.body for r in requests] == [b'{"id":7,"text":"no 7"}', b'{"id":8,"text":"no 8"}']
    assert requests[0].headers == (("content-type", "application/json"),)
