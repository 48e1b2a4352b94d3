import pytest

from splitter.parity.origins import below, neutral, same_text

M, S = "http://127.0.0.1:8000", "http://127.0.0.1:8002/v2/orders/"


@pytest.mark.parametrize(
    ("monolith", "service"),
    [
        ("same", "same"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8002/v2/orders"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8002/v2/orders/"),
        ("http://127.0.0.1:8000/a?p=2", "http://127.0.0.1:8002/v2/orders/a?p=2"),
        ("see http://127.0.0.1:8000.", "see http://127.0.0.1:8002/v2/orders."),
        ("<http://127.0.0.1:8000>;x", "<http://127.0.0.1:8002/v2/orders>;x"),
        (
            "n=http%3A%2F%2F127.0.0.1%3A8000%2Fa",
            "n=http%3A%2F%2F127.0.0.1%3A8002%2Fv2%2Forders%2Fa",
        ),
        (r"http:\/\/127.0.0.1:8000\/a", r"http:\/\/127.0.0.1:8002\/v2\/orders\/a"),
        ("HTTP://127.0.0.1:8000/A", "http://127.0.0.1:8002/V2/orders/A"),
        # what both say alike is the same, whoever is meant
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("http://127.0.0.1:8002/v2/orders/a", "http://127.0.0.1:8002/v2/orders/a"),
    ],
)
def test_own_base_url_is_the_same(monolith: str, service: str) -> None:
    assert same_text(monolith, service, (M, S))


@pytest.mark.parametrize(
    ("monolith", "service"),
    [
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8002/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8002/v2/orders/b"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8002/v2/orders2/a"),
        ("http://127.0.0.1:80001/a", "http://127.0.0.1:8002/v2/orders1/a"),
        ("http://127.0.0.1:8000/a", "https://127.0.0.1:8002/v2/orders/a"),
        ("http://127.0.0.1:8002/v2/orders/a", "http://127.0.0.1:8000/a"),
        ("//127.0.0.1:8000/a", "//127.0.0.1:8002/v2/orders/a"),
    ],
)
def test_all_else_is_not(monolith: str, service: str) -> None:
    assert not same_text(monolith, service, (M, S))


def test_the_own_port_of_a_scheme_may_be_left_out() -> None:
    for base in ("http://shop", "http://shop:80", "http://shop:80/"):
        assert neutral("http://shop/a http://shop:80/a", base) == "\uffff/a \uffff/a"
        assert neutral("http://shop:8000/a http://shop.example/a", base) == (
            "http://shop:8000/a http://shop.example/a"
        )
    assert neutral("https://shop:443/a", "https://shop") == "\uffff/a"
    assert neutral("https://shop:443/a", "http://shop:443") == "https://shop:443/a"


@pytest.mark.parametrize(
    ("base", "path", "target"),
    [
        ("http://h:1", "/a", "/a"),
        ("http://h:1/", "/a?x=%2F", "/a?x=%2F"),
        ("http://h:1/v2/orders/", "/list", "/v2/orders/list"),
        ("http://h:1/v2", "list", "/v2/list"),
        ("http://h:1/v2", "", "/v2/"),
        ("http://h:1", "//a", "//a"),
        ("http://h:1", "/a/../b/", "/a/../b/"),
    ],
)
def test_a_path_comes_after_the_base_path(base: str, path: str, target: str) -> None:
    assert below(base, path) == target
