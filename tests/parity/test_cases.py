from decimal import Decimal
from textwrap import dedent

import pytest

from splitter.errors import ConfigurationError
from splitter.model.jsontext import Json
from splitter.model.parity import Case, Request, Rules
from splitter.parity.bodies import JsonBody
from splitter.parity.cases import read_cases
from splitter.parity.requests import sent


def cases(text: str) -> tuple[Case, ...]:
    return read_cases(dedent(text).encode(), path="cases.yaml")


def request(text: str) -> Request:
    """The request, as flow YAML, as it goes to a side at the root of its host."""
    (case,) = cases(f"cases: [{{name: a, request: {text}}}]")
    return sent(case.request, {}, "http://m:1")


def test_the_example_of_the_contract() -> None:
    read = cases("""
        defaults:
          headers: {accept: application/json}
          compare: {ignore: ["$..request_id"]}
        cases:
          - name: log in
            request: {method: POST, path: /api/login, json: {user: ada, password: pw}}
            capture: {token: $.access_token}
          - name: list
            after: log in
            request:
              path: /api/transactions
              query: {limit: 5}
              headers: {authorization: "Bearer {{ token }}"}
            compare:
              ignore: ["$.items[*].updated_at", "header:ETag"]
              unordered: ["$.items"]
              tolerance: {"$..amount": 0.005}
              numbers: value
            service: transaction
    """)
    assert read == (
        Case(
            "log in",
            Request(
                "POST",
                "/api/login",
                headers=(("accept", "application/json"),),
                body=b'{"user":"ada","password":"pw"}',
                content_type="application/json",
            ),
            source="cases.yaml",
            capture={"token": "$.access_token"},
            rules=Rules(ignore=("$..request_id",)),
            line=6,
        ),
        Case(
            "list",
            Request(
                "GET",
                "/api/transactions",
                query=(("limit", "5"),),
                headers=(("accept", "application/json"), ("authorization", "Bearer {{ token }}")),
            ),
            source="cases.yaml",
            after="log in",
            service="transaction",
            rules=Rules(
                ("$..request_id", "$.items[*].updated_at", "header:etag"),
                ("$.items",),
                {"$..amount": 0.005},
                "value",
            ),
            line=9,
        ),
    )


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("{path: /a}", "/a"),
        ('{path: "/a?x=1&y=%2Fz%20w"}', "/a?x=1&y=%2Fz%20w"),
        ('{path: "/a?x=1", query: {y: 2}}', "/a?x=1&y=2"),
        ('{path: "/a?", query: {y: 2}}', "/a?y=2"),
        ("{path: /größe/a b}", "/gr%C3%B6%C3%9Fe/a%20b"),
        ("{path: '/a{b}|[c]\"^`<d>#e'}", '/a{b}|[c]"^`<d>'),
        ("{path: /a/../b//c}", "/a/../b//c"),
        ('{path: /a, query: {q: "a b+c", amp: "1&2=3#4%25", e: ""}}',
         "/a?q=a%20b%2Bc&amp=1%262%3D3%234%2525&e="),
        ("{path: /a, query: {t: [x, y, x]}}", "/a?t=x&t=y&t=x"),
        ("{path: /a, query: {n: 5, f: 1.50, o: 010, h: 0x1F, d: 2026-01-02, t: 12:30}}",
         "/a?n=5&f=1.50&o=010&h=0x1F&d=2026-01-02&t=12%3A30"),
        ("{path: /a, query: {a: true, b: False, c: yes, d: off, e: 'yes'}}",
         "/a?a=true&b=false&c=true&d=false&e=yes"),
    ],
)  # fmt: skip
def test_targets(text: str, target: str) -> None:
    assert request(text).path == target


@pytest.mark.parametrize(
    ("text", "headers", "body"),
    [
        ("{path: /a}", [], None),
        ("{path: /a, headers: {X-N: 1.50, X-B: yes, X-L: [a, b]}}",
         [("X-N", "1.50"), ("X-B", "true"), ("X-L", "a"), ("X-L", "b")], None),
        ("{path: /a, json: null}", [("content-type", "application/json")], b"null"),
        ("{path: /a, json: {}}", [("content-type", "application/json")], b"{}"),
        ("{path: /a, json: false, headers: {Content-Type: application/x+json}}",
         [("Content-Type", "application/x+json")], b"false"),
        ("{path: /a, form: {a b: 1&2, t: [x, 2026-01-02], y: yes}}",
         [("content-type", "application/x-www-form-urlencoded")],
         b"a+b=1%262&t=x&t=2026-01-02&y=true"),
        ("{path: /a, text: é}", [("content-type", "text/plain; charset=utf-8")], "é".encode()),
        ("{path: /a, text: ''}", [("content-type", "text/plain; charset=utf-8")], b""),
        ("{path: /a, base64: 'AP8A /w=='}", [], b"\0\xff\0\xff"),
    ],
)  # fmt: skip
def test_headers_and_bodies(text: str, headers: list[tuple[str, str]], body: bytes | None) -> None:
    wire = request(text)
    assert (list(wire.headers), wire.body) == (headers, body)


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("12345678901234567890", 12345678901234567890),
        ("1.50", Decimal("1.50")),
        ("1.0e+2", Decimal("1.0e+2")),
        ("[.5, 1., +1.5, 1_000.5]",
         [Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal("1000.5")]),
        ("[+5, -5, 1_000, 0x1F, 0b11, 010]", [5, -5, 1000, 31, 3, 8]),
        ("[2026-01-02, 2026-01-02T03:04:05Z, 12:30, 12:30:45.5]",
         ["2026-01-02", "2026-01-02T03:04:05Z", "12:30", "12:30:45.5"]),
        ("[true, Yes, off, ~, '', 'true', '1']", [True, True, False, None, "", "true", "1"]),
        ("{1: a, true: b, null: c}", {"1": "a", "true": "b", "null": "c"}),
        ('"\\u017elu\\u0165 \\n"', "žluť \n"),
    ],
)  # fmt: skip
def test_json_is_what_is_written(yaml: str, value: Json) -> None:
    (case,) = cases(f"cases: [{{name: a, request: {{path: /, json: {yaml}}}}}]")
    assert case.request.body == JsonBody(value).encode({})


def test_defaults_are_merged() -> None:
    adds, plain = cases("""
        defaults:
          headers: {Accept: a, X-Team: core, x-gone: "1"}
          query: {v: 1, t: [a], u: [b]}
          compare: {ignore: ["$.r"], tolerance: {$.x: 1, $.y: 1}, numbers: value}
          service: orders
        cases:
          - name: adds
            request:
              path: /
              headers: {x-team: other, x-more: "1", X-Gone: null}
              query: {v: 2, t: [c], u: d}
            compare: {ignore: [$.s], tolerance: {$.x: 2}, numbers: strict}
            service: users
          - {name: plain, request: {path: /}}
    """)
    assert adds.request.headers == (("Accept", "a"), ("x-team", "other"), ("x-more", "1"))
    assert adds.request.query == (("v", "2"), ("t", "a"), ("t", "c"), ("u", "d"))
    assert adds.rules == Rules(("$.r", "$.s"), (), {"$.x": 2, "$.y": 1}, "strict")
    assert adds.service == "users"
    assert plain.request.headers == (("Accept", "a"), ("X-Team", "core"), ("x-gone", "1"))
    assert plain.request.query == (("v", "1"), ("t", "a"), ("u", "b"))
    assert plain.rules == Rules(("$.r",), (), {"$.x": 1, "$.y": 1}, "value")
    assert plain.service == "orders"


def test_defaults_may_be_shaped_as_a_case() -> None:
    (case,) = cases("""
        defaults: {request: {method: post, headers: {a: b}}, capture: {id: $.id}}
        cases: [{name: a, request: {path: /}}]
    """)
    assert (case.request.method, case.request.headers) == ("POST", (("a", "b"),))
    assert case.capture == {"id": "$.id"}


def test_anchors_and_merge_keys() -> None:
    read = cases("""
        cases:
          - &a {name: one, request: &r {method: PUT, path: /a, json: {n: 1}}}
          - {<<: *a, name: two}
          - {name: three, request: {<<: [{path: /b}, *r], method: POST}}
    """)
    sides = [(c.name, c.request.method, c.request.path, c.request.body) for c in read]
    assert sides == [
        ("one", "PUT", "/a", b'{"n":1}'),
        ("two", "PUT", "/a", b'{"n":1}'),
        ("three", "POST", "/b", b'{"n":1}'),
    ]


def test_names_are_as_written() -> None:
    read = cases("""
        cases:
          - {name: 001, request: {path: /}}
          - {name: yes, after: 001, request: {path: /}}
    """)
    assert [(c.name, c.after) for c in read] == [("001", ""), ("yes", "001")]


def test_after_may_stand_before() -> None:
    read = cases("""
        cases:
          - {name: c, after: b, request: {path: "/{{ x }}/{{ y }}"}}
          - {name: b, after: a, request: {path: "/{{ x }}"}, capture: {y: $.y}}
          - {name: a, request: {path: /}, capture: {x: $.x}}
    """)
    assert [c.name for c in read] == ["c", "b", "a"]


def test_a_chain_of_ten_thousand() -> None:
    lines = ["cases:", "- {name: c0, request: {path: /}, capture: {x: $.x}}"]
    lines += [
        f'- {{name: c{i}, after: c{i - 1}, request: {{path: "/{{{{ x }}}}"}}}}'
        for i in range(1, 10_000)
    ]
    assert len(cases("\n".join(lines))) == 10_000


@pytest.mark.parametrize(
    ("text", "line", "what", "hint"),
    [
        ("", 0, "no cases", "a first one"),
        ("# nothing", 0, "no cases", "a first one"),
        ("cases: []", 0, "no cases", "a first one"),
        ("defaults: {}", 0, "no cases", "a first one"),
        ("[1]", 1, "a case file is a mapping", ""),
        ("cases: {a: 1}", 1, "cases is a list", ""),
        ("cases: [x]", 1, "a case is a mapping", ""),
        ("cases:\n  - a\n - b", 3, "not YAML: ", ""),
        ("default: {}\ncases: [A]", 1, "unknown key 'default' in a case file", "'defaults'"),
        ("defaults:\n  compare:\n    ignored: []\ncases: [A]", 3,
         "defaults: unknown key 'ignored' in compare", "'ignore'"),
        ("defaults: {after: a}\ncases: [A]", 1, "defaults: unknown key 'after' in defaults", ""),
        ("cases: [A, {name: b, request: {path: /}, compair: {}}]", 1,
         "case 'b': unknown key 'compair' in a case", "'compare'"),
        ("cases:\n- A\n- {name: b, request: {path: /, jsn: 1}}", 3,
         "case 'b': unknown key 'jsn' in request", "'json'"),
        ("cases: [{request: {path: /}}]", 1, "a case without a name", "unique"),
        ("cases: [{nmae: x, request: {path: /}}]", 1, "a case without a name", "'nmae'"),
        ("cases: [{name: '', request: {path: /}}]", 1, "a case without a name", ""),
        ("cases: [{name: b}]", 1, "case 'b': it has no request", "path"),
        ("cases: [{name: b, request: {}}]", 1, "case 'b': its request has no path", "path"),
        ("cases: [{name: b, request: /a}]", 1, "case 'b': request is a mapping", ""),
        ("cases: [{name: b, request: {path: 'http://x/a'}}]", 1, "case 'b': 'http://x/a' is a URL",
         "options"),
        ("cases: [{name: b, request: {path: /, method: 'x y'}}]", 1,
         "case 'b': 'x y' is no method", ""),
        ("cases:\n- A\n- A", 3, "case 'a': the name is taken by the case on line 2", ""),
        ("cases:\n- {name: b, name: c, request: {path: /}}", 2,
         "the key 'name' is there twice", ""),
        ("cases: [A, {name: b, after: aa, request: {path: /}}]", 1,
         "case 'b': after: there is no case 'aa'", "'a'"),
        ("cases: [{name: b, after: b, request: {path: /}}]", 1,
         "case 'b': after: 'b' comes to run after itself", ""),
        ("cases: [{name: b, after: c, request: {path: /}}, "
         "{name: c, after: b, request: {path: /}}]", 1,
         "case 'b': after: 'c' comes to run after itself", ""),
        ("cases: [{name: b, request: {path: /, json: 1, text: a}}]", 1,
         "case 'b': a request has one body, not json and text", ""),
        ("cases: [{name: b, request: {path: /, base64: '***'}}]", 1,
         "case 'b': its body is no base64", ""),
        ("cases: [{name: b, request: {path: /, json: .nan}}]", 1,
         "case 'b': .nan is no number in JSON", ""),
        ("cases: [{name: b, request: {path: /, json: !x 1}}]", 1,
         "case 'b': the tag !x means nothing in JSON", ""),
        ("cases: [{name: b, request: {path: /, query: [a]}}]", 1,
         "case 'b': query is a mapping", ""),
        ("cases: [{name: b, request: {path: /, query: {a: {}}}}]", 1,
         "case 'b': query a is a text", ""),
        ("cases: [{name: b, request: {path: /, query: {a: }}}]", 1,
         "case 'b': query a is a text", ""),
        ("cases: [{name: b, request: {path: /, headers: {'a b': c}}}]", 1,
         "case 'b': 'a b' cannot be the name of a header", ""),
        ('cases: [{name: b, request: {path: /, headers: {a: "secret\\nx"}}}]', 1,
         "case 'b': the header a has a line break", ""),
        ("cases: [{name: b, request: {path: /}, capture: {t: '$..['}}]", 1,
         "case 'b': capture: '$..[' is no JSONPath: ", ""),
        ("cases: [{name: b, request: {path: /}, capture: {'a{': $.a}}]", 1,
         "case 'b': 'a{' cannot be the name of a capture", ""),
        ("cases: [{name: b, request: {path: /}, compare: {ignore: [etag]}}]", 1,
         "case 'b': ignore: 'etag' is no JSONPath: ", "header:NAME"),
        ("cases: [{name: b, request: {path: /}, compare: {ignore: ['header:']}}]", 1,
         "case 'b': ignore: 'header:' names no header", ""),
        ("cases: [{name: b, request: {path: /}, compare: {ignore: $.a}}]", 1,
         "case 'b': ignore is a list", ""),
        ("cases: [{name: b, request: {path: /}, compare: {tolerance: {$.a: -1}}}]", 1,
         "case 'b': a tolerance is a number, 0 or more", ""),
        ("cases: [{name: b, request: {path: /}, compare: {tolerance: {a: 1}}}]", 1,
         "case 'b': tolerance: 'a' is no JSONPath: ", ""),
        ("cases: [{name: b, request: {path: /}, compare: {numbers: lose}}]", 1,
         "case 'b': numbers is strict or value, not 'lose'", ""),
        ("cases: [{name: b, request: {path: '/{{ token }}'}}]", 1,
         "case 'b': no case before it captures 'token'", "after"),
        ("cases: [{name: c, request: {path: /}, capture: {token: $.t}}, "
         "{name: b, after: c, request: {path: /, form: {a: '{{ tokn }}'}}}]", 1,
         "case 'b': no case before it captures 'tokn'", "'token'"),
        ("cases: [{name: b, request: {path: /, headers: {a: '{{ t }}'}}, capture: {t: $.t}}]", 1,
         "case 'b': no case before it captures 't'", ""),
        ("cases: &a [*a]", 1, "a case is a mapping", ""),
        ("cases: [{name: b, request: {path: /, json: &a [*a]}}]", 0, "nested too deep", ""),
        ("cases: [&a {<<: *a}]", 0, "nested too deep", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, line: int, what: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        cases(text.replace("A", "{name: a, request: {path: /}}"))
    assert told.value.where == (f"cases.yaml:{line}" if line else "cases.yaml")
    assert told.value.what.startswith(what)
    assert hint in told.value.hint
    assert "secret" not in f"{told.value.what} {told.value.hint}"


@pytest.mark.parametrize("text", [b"cases: \xff\xfe\x00", b"cases: [\x01]"])
def test_a_file_that_is_no_text(text: bytes) -> None:
    with pytest.raises(ConfigurationError, match="not YAML"):
        read_cases(text, path="cases.yaml")
