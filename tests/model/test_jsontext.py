import json
from decimal import Decimal

import pytest

from splitter.model.jsontext import JsonError, Numeral, Repeated, kind, read, write


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "true",
        "0",
        '""',
        "[]",
        "{}",
        "[[],{}]",
        "1.50",
        "-0.0",
        "12345678901234567890123",
        "0.12345678901234567890123",
        '{"a":{"b":[1,2.5,"x",null,false]}}',
        '"\\u0000\\n"',
        '"żluť ☕"',
        "1E+400",
        '"\\ud800"',
    ],
)
def test_what_is_read_is_written_again(text: str) -> None:
    assert write(read(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "{'a':1}",
        '{"a":1,}',
        "[1,]",
        "01",
        "1.",
        '"a\nb"',
        "1 2",
        "\ufeff1",
        '{"a" 1}',
        "{1:2}",
        "[1",
    ],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(JsonError):
        read(text)


def test_numbers_keep_their_digits() -> None:
    assert read("9007199254740993") == 9007199254740993
    assert read("1.10") == Decimal("1.10")
    assert isinstance(read("1e2"), Decimal)
    assert isinstance(read("100"), int)


def test_numbers_beyond_arithmetic_are_kept_as_written() -> None:
    long, vast = "1" * 5000, "1e99999999999999999999"
    assert read(f"[{long},{vast}]") == [long, vast]
    assert write(read(f"[{long},{vast}]")) == f"[{long},{vast}]"
    assert [kind(Numeral(n)) for n in (long, vast)] == ["integer", "number"]


def test_repeated_names_keep_all_values() -> None:
    value = read('{"a":1,"b":2,"a":[3]}')
    assert value == {"a": [1, [3]], "b": 2}
    assert isinstance(value, dict)
    assert isinstance(value["a"], Repeated)
    assert kind(value["a"]) == "repeated"


@pytest.mark.parametrize("depth", [900, 2_000, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}"), (' { "b" : [ ', " ] } ")]
)
def test_depth_does_no_harm(depth: int, opening: str, closing: str) -> None:
    text = opening * depth + '{"x":[1.5,"y\\n",true]}' + closing * depth
    assert write(read(text)) == text.replace(" ", "")


@pytest.mark.parametrize(
    "core", ["", ",", "1,", '"', "[", '{"a"', '{"a":}', '{"a":1', "{1:2}", "1 2", "NaN"]
)
def test_what_is_wrong_in_the_depth_is_refused(core: str) -> None:
    with pytest.raises(JsonError):
        read("[" * 3000 + core + "]" * 2999)
    with pytest.raises(JsonError):
        read('{"a":' * 3000 + core + "}" * 3000)


def test_the_deep_reader_reads_as_the_quick_one_does() -> None:
    core = '{"a":1,"a":2,"b":[[],{},[1.50,-0.0,1e400]],"c":"\\ud83d\\ude00","d":{"":null}}'
    value = read("[" * 3000 + core + "]" * 3000)
    for _ in range(3000):
        assert isinstance(value, list)
        value = value[0]
    assert value == read(core)


def test_kinds_of_values() -> None:
    values: list[object] = [None, True, 1, Decimal("1.0"), "", [], {}]
    names = ["null", "boolean", "integer", "number", "string", "array", "object"]
    assert [kind(v) for v in values] == names


def test_written_text_is_json_for_others() -> None:
    value = {"a\x00\u2028": [Decimal("1.5"), 'q"\\', "\ud800"], "": {"n": None}}
    assert json.loads(write(value)) == {"a\x00\u2028": [1.5, 'q"\\', "\ud800"], "": {"n": None}}
