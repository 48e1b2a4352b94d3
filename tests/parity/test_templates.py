from decimal import Decimal

import pytest

from splitter.model.jsontext import Json
from splitter.parity.bodies import Body, FormBody, JsonBody, TextBody
from splitter.parity.templates import MissingError, filled, filled_path, filled_value, names_in

VALUES: dict[str, Json] = {
    "id": "ab 1/2?3#4%5&6",
    "n": 7,
    "amount": Decimal("1.50"),
    "on": True,
    "none": None,
    "list": [1, "x"],
    "braces": "{{ n }}",
    "next": "/items?page=2&q=a%20b",
    "access token": "t",
}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ a }} and {{b}}, {{  a\t}}", ["a", "b", "a"]),
        ("{{ access token }}", ["access token"]),
        ("{ a } {{a} }} {{ {a} }}", []),
        ("{{}}", [""]),
        ("", []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bearer {{ access token }}", "Bearer t"),
        ("{{n}}-{{ n }} { n }", "7-7 { n }"),
        ("{{ amount }} {{ on }} {{ list }}", '1.50 true [1,"x"]'),
        ("{{ braces }}", "{{ n }}"),
    ],
)
def test_texts(text: str, expected: str) -> None:
    assert filled(text, VALUES) == expected


@pytest.mark.parametrize("text", ["{{ nobody }}", "x {{ none }}"])
def test_what_is_missing_is_named(text: str) -> None:
    with pytest.raises(MissingError) as missing:
        filled(text, VALUES)
    assert missing.value.name == names_in(text)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ n }}", 7),
        ("{{ none }}", None),
        ("{{ list }}", [1, "x"]),
        ("{{ braces }}", "{{ n }}"),
        ("n={{ n }}", "n=7"),
    ],
)
def test_a_json_string_that_is_only_a_name_becomes_the_value(text: str, expected: Json) -> None:
    assert filled_value(text, VALUES) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/items/{{ n }}/x", "/items/7/x"),
        ("/items/{{ id }}", "/items/ab%201/2%3F3%234%255&6"),
        ("/items?q={{ id }}&n={{ n }}", "/items?q=ab%201/2?3%234%255%266&n=7"),
        ("{{ next }}", "/items?page=2&q=a%20b"),
        ("{{ next }}&n={{ n }}", "/items?page=2&q=a%20b&n=7"),
        ("/a?x=%2F", "/a?x=%2F"),
    ],
)
def test_values_keep_to_their_place_in_a_path(path: str, expected: str) -> None:
    assert filled_path(path, VALUES) == expected


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (JsonBody({"z": 1, "a": Decimal("1.50"), "s": "ž\n"}), '{"z":1,"a":1.50,"s":"ž\\n"}'),
        (JsonBody(None), "null"),
        (
            JsonBody(
                {"{{ n }}": ["{{ n }}", {"x": "x {{ n }}"}], "p": "{ n }", "b": "{{ braces }}"}
            ),
            '{"7":[7,{"x":"x 7"}],"p":"{ n }","b":"{{ n }}"}',
        ),
        (FormBody((("a b", "1&2"), ("t", "x"), ("t", "{{ n }}"))), "a+b=1%262&t=x&t=7"),
        (TextBody("é {{ n }}"), "é 7"),
        (TextBody(""), ""),
    ],
)
def test_bodies(body: Body, sent: str) -> None:
    assert body.encode(VALUES) == sent.encode()


def test_bodies_name_what_they_need() -> None:
    assert JsonBody({"{{ a }}": ["{{ b }}", {"c": "x{{ c }}"}], "d": 1}).names() == ["a", "b", "c"]
    assert FormBody((("{{ a }}", "{{ b }}"),)).names() == ["a", "b"]
    assert TextBody("{{ a }}").names() == ["a"]
