import pytest

from splitter.model.parity import ABSENT, Difference, Observation
from splitter.parity.headers import VARYING, differences

Lines = list[tuple[str, str]]


def answer(lines: Lines) -> Observation:
    return Observation(200, tuple(lines), b"", 0.1)


def found(monolith: Lines, service: Lines, *ignored: str) -> list[Difference]:
    urls = ("http://m:1", "http://s:2")
    return list(differences(answer(monolith), answer(service), base_urls=urls, ignored=ignored))


def cookies(lines: list[str]) -> Lines:
    return [("set-cookie", line) for line in lines]


def test_missing_added_and_changed() -> None:
    assert found(
        [("vary", "Origin"), ("x-a", "1"), ("x-next", "")], [("x-a", "2"), ("x-powered-by", "new")]
    ) == [
        Difference("header", "vary", "Origin", ABSENT),
        Difference("header", "x-a", "1", "2"),
        Difference("header", "x-next", "", ABSENT),
        Difference("header", "x-powered-by", ABSENT, "new"),
    ]


def test_what_varies_by_nature_or_is_ignored_is_passed_over() -> None:
    lines = [(name, "1") for name in sorted(VARYING)]
    assert found(lines, []) == []
    assert found([("etag", "1")], [], "etag") == []


def test_order_of_names_does_not_count_but_every_line_does() -> None:
    assert found([("a", "1"), ("b", "2"), ("a", "3")], [("b", "2"), ("a", "1"), ("a", "3")]) == []
    assert found([("link", "</1>"), ("link", "</3>")], [("link", "</3>")]) == [
        Difference("header", "link", "</1>, </3>", "</3>")
    ]
    assert found([("a", "1"), ("a", "2")], [("a", "2"), ("a", "1")]) != []


def test_lines_of_one_name_are_one_list() -> None:
    assert found([("vary", "Origin"), ("vary", "Accept")], [("vary", "Origin, Accept")]) == []


def test_own_base_url() -> None:
    assert found([("location", "http://m:1/a")], [("location", "http://s:2/a")]) == []
    assert found([("location", "http://m:1/a")], [("location", "http://s:2/b")]) == [
        Difference("header", "location", "http://m:1/a", "http://s:2/b")
    ]


@pytest.mark.parametrize(
    ("monolith", "service"),
    [
        (["sid=1; HttpOnly; Path=/; SameSite=lax"], ["sid=2; path=/; samesite=lax; httponly"]),
        (["sid=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT"], ["sid=2; expires=never"]),
        (["a=1; Path=/", "b=2"], ["b=3", "a=4; Path=/"]),
        (["a="], ['a="x=y"']),
    ],
)
def test_cookies_that_are_the_same(monolith: list[str], service: list[str]) -> None:
    assert found(cookies(monolith), cookies(service)) == []


@pytest.mark.parametrize(
    ("monolith", "service"),
    [
        (["sid=secret; HttpOnly"], ["sid=secret"]),
        (["sid=secret; SameSite=strict"], ["sid=secret; SameSite=none"]),
        (["sid=secret; Max-Age=3600"], ["sid=secret; Max-Age=60"]),
        (["sid=secret; Path=/A"], ["sid=secret; Path=/a"]),
        (["csrf=secret", "sid=secret"], ["sid=secret"]),
        (["sid=secret"], ["session=secret"]),
        (["sid=secret", "sid=secret; Path=/a"], ["sid=secret"]),
        (["sid=secret"], ["secret"]),
    ],
)
def test_cookies_that_differ(monolith: list[str], service: list[str]) -> None:
    (entry,) = found(cookies(monolith), cookies(service))
    assert (entry.kind, entry.path) == ("header", "set-cookie")
    assert "secret" not in f"{entry.monolith} {entry.service}"
