import pytest

from splitter.parity.cookies import Jar, values_in

NOW = 1_700_000_000.0


def sent(*lines: str, path: str = "/", at: str = "/login", later: float = 0) -> str:
    jar = Jar()
    jar.keep(lines, path=at, now=NOW)
    return jar.header(path, now=NOW + later)


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["sid=1; Path=/; HttpOnly; Secure; SameSite=lax"], "sid=1"),
        (["a=1", "b=2"], "a=1; b=2"),
        (["a=1", "a=2"], "a=2"),
        (["a=1", "a=; Max-Age=0"], ""),
        (["a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], ""),
        (["a=1; Expires=Thu, 01-Jan-2054 00:00:00 GMT"], "a=1"),
        (["a=1; Expires=some day"], "a=1"),
        (["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "a=1"),
        (["a=1; Max-Age=soon"], "a=1"),
        (['a="x=y z"; Domain=example.com'], 'a="x=y z"'),
        (["a="], "a="),
        (["token"], "token"),
        (["", ";Path=/"], ""),
    ],
)
def test_cookies_are_kept(lines: list[str], header: str) -> None:
    assert sent(*lines) == header


def test_a_cookie_ends_with_its_age() -> None:
    assert sent("a=1; Max-Age=60", later=59) == "a=1"
    assert sent("a=1; Max-Age=60", later=61) == ""


@pytest.mark.parametrize(
    ("line", "at", "path", "there"),
    [
        ("a=1; Path=/admin", "/login", "/admin", True),
        ("a=1; Path=/admin", "/login", "/admin/x?y=/", True),
        ("a=1; Path=/admin/", "/login", "/admin/x", True),
        ("a=1; Path=/admin", "/login", "/administration", False),
        ("a=1; Path=/admin", "/login", "/", False),
        ("a=1", "/auth/login?next=/", "/auth/me", True),
        ("a=1", "/auth/login", "/me", False),
        ("a=1; Path=relative", "/login", "/me", True),
    ],
)
def test_paths(line: str, at: str, path: str, there: bool) -> None:
    assert sent(line, at=at, path=path) == ("a=1" if there else "")


def test_longer_paths_come_first() -> None:
    assert sent("a=1; Path=/", "a=2; Path=/x", path="/x/y") == "a=2; a=1"


def test_a_path_that_the_server_knows_counts_too() -> None:
    jar = Jar()
    jar.keep(["a=1; Path=/v2/orders"], path="/login", now=NOW)
    assert jar.header("/list", now=NOW) == ""
    assert jar.header("/list", "/v2/orders/list", now=NOW) == "a=1"


def test_what_is_given_by_hand_wins() -> None:
    jar = Jar()
    jar.keep(["sid=1; Path=/", "theme=dark; Path=/"], path="/", now=NOW)
    assert jar.header("/", now=NOW, given="theme=light; x=1") == "theme=light; x=1; sid=1"


def test_values_that_are_secret() -> None:
    assert list(values_in('sid=abc; theme="dark"; token')) == ["abc", "dark", "token"]
