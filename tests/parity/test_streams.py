from textwrap import dedent

import pytest
import yaml

from splitter.errors import ConfigurationError
from splitter.parity import cases as case_file
from splitter.parity.cases import read_cases
from splitter.parity.streams import UnstreamableError, members

PLAIN = """
    defaults:
      headers: &common {accept: application/json, x-n: 1}
      capture: {token: $.t}
    cases:
      - name: a
        request: &get {path: /a, headers: *common}
      - {name: b, after: a, request: {<<: *get, path: "/b/{{ token }}"}, capture: {id: $.id}}
      - name: c
        request: {path: /c, method: POST, json: {n: 1.10, at: 2026-01-01, none: ~}}
"""
LATE = """
    cases:
      - {name: a, request: {path: /a}}
    defaults: {headers: {accept: application/json}}
"""
MERGED = """
    cases: [{name: a, request: {path: /a}}]
    <<: {defaults: {service: orders}}
"""


def text(yaml_text: str) -> bytes:
    return dedent(yaml_text).encode()


@pytest.fixture(params=[True, False], ids=["libyaml", "Python"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and not yaml.__with_libyaml__:
        pytest.skip("PyYAML is here without libyaml")
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param)


@pytest.mark.usefixtures("_parser")
def test_a_plain_file_means_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = case_file._at_once(text(PLAIN), "c.yaml")
    monkeypatch.setattr(case_file, "_at_once", _never)
    assert read_cases(text(PLAIN), path="c.yaml") == whole
    assert [case.line for case in whole] == [6, 8, 9]


def _never(data: bytes, path: str) -> None:
    raise AssertionError("it was read at once")


@pytest.mark.parametrize("source", [LATE, MERGED])
def test_a_file_that_is_not_plain_is_read_at_once(source: str) -> None:
    (case,) = read_cases(text(source), path="c.yaml")
    assert case.service or case.request.headers


@pytest.mark.parametrize(
    "source",
    [
        "",
        "- a",
        "cases: {a: b}",
        "cases: [a]\ncases: [b]",
        "cases: &all [a]",
        "&top\ncases: [a]",
        "cases: [a]\n---\nb: c",
        "? [a]\n: b",
        "cases: [*nobody]",
        "cases:\n  - a\n - b",
        "cases: [\xff]",
    ],
)
@pytest.mark.usefixtures("_parser")
def test_what_is_left_to_the_whole(source: str) -> None:
    with pytest.raises(UnstreamableError):
        list(members(source.encode("latin-1"), "c.yaml", listed="cases"))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("cases:\n  - a\n - b", "not YAML"),
        ("cases:\n- {name: a, request: {path: /}}\n- {name: b}\nother: 1", "unknown key 'other'"),
    ],
)
def test_the_error_is_that_of_the_whole(source: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_cases(source.encode(), path="c.yaml")
