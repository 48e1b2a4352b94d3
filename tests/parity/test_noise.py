import pytest

from splitter.model.jsontext import read
from splitter.model.parity import ABSENT, Observation, Rules
from splitter.parity.compare import compare
from splitter.parity.leeways import leeways_of
from splitter.parity.marks import EACH, Leeway
from splitter.parity.noise import sift
from splitter.parity.structure import Reading


def answer(body: str, status: int = 200, media_type: str = "", **headers: str) -> Observation:
    kind = media_type or ("application/json" if body[:1] in ("{", "[", '"') else "text/plain")
    lines = (("content-type", kind), *headers.items())
    return Observation(status, lines, body.encode("latin-1"), 0.1)


def sifted(
    monolith: Observation | str,
    service: Observation | str,
    *again: Observation | str,
    rules: Rules | None = None,
) -> tuple[list[str], list[str]]:
    """(real, noise), as "kind path"."""
    answers = [answer(a) if isinstance(a, str) else a for a in (monolith, service, *again)]
    rules = rules or Rules()
    differences = compare(answers[0], answers[1], rules)
    result = sift(differences, answers[0], answers[1], answers[2:], rules)
    assert differences
    return (
        [f"{d.kind} {d.path}".strip() for d in result.real],
        [f"{d.kind} {d.path}".strip() for d in result.noise],
    )


def test_a_value_that_varies_is_noise() -> None:
    assert sifted('{"id":"r-1","n":1}', '{"id":"s","n":1}', '{"id":"r-2","n":1}') == (
        [],
        ["body $.id"],
    )


def test_noise_does_not_hide_what_stands_beside_it() -> None:
    assert sifted('{"id":"r-1","n":1}', '{"id":"s","n":2}', '{"id":"r-2","n":1}') == (
        ["body $.n"],
        ["body $.id"],
    )


def test_what_does_not_vary_is_real() -> None:
    assert sifted('{"id":"r"}', '{"id":"s"}', '{"id":"r"}', '{"id":"r"}') == (["body $.id"], [])
    assert sifted('{"id":"r"}', '{"id":"s"}') == (["body $.id"], [])


def test_one_of_several_answers_is_enough() -> None:
    assert sifted("[1,1]", "[2,1]", "[1,1]", "[3,1]") == ([], ["body $[0]"])


@pytest.mark.parametrize("service", ['{"at":null}', '{"at":5}', '{"at":{}}', '{"at":["t1"]}', "{}"])
def test_a_varying_value_keeps_its_sort(service: str) -> None:
    assert sifted('{"at":"t1"}', service, '{"at":"t2"}') == (["body $.at"], [])


def test_sorts_that_were_seen_are_allowed() -> None:
    assert sifted('{"at":"t"}', '{"at":null}', '{"at":null}') == ([], ["body $.at"])
    assert sifted('{"at":"t"}', "{}", '{"at":"u"}', "{}") == ([], ["body $.at"])
    assert sifted("{}", '{"at":"t"}', '{"at":"u"}') == ([], ["body $.at"])
    assert sifted('{"n":1}', '{"n":2.5}', '{"n":3.5}') == ([], ["body $.n"])


@pytest.mark.parametrize("wrap", ['{"v":%s}', '[{"v":%s,"k":1}]', '{"v":{"w":[%s]}}'])
@pytest.mark.parametrize(
    ("monolith", "again", "well", "badly"),
    [
        (
            '"2026-01-02T03:04:05Z"',
            '"2026-01-02T03:04:07.5Z"',
            ['"2026-01-02T03:04:06Z"', '"2026-01-02T03:04:09.123Z"'],
            ['"2026-01-02T04:04:05Z"', '"2026-01-02T03:04:05"', '"2026-01-02"', '""', "7"],
        ),
        (
            '"2026-01-02T03:04:05Z"',
            '"1999-01-02T03:04:05Z"',
            ['"2012-12-12T12:12:12Z"'],
            ['"2012-12-12 12:12:12Z"'],
        ),
        ("1767322000", "1767322002", ["1767322001"], ["1767322001000", "1767322001.5", "5"]),
        (
            '"0f5c2ad0-7f5e-4f0e-9b1a-3f1c5f0d2b6a"',
            '"b7d1c1f4-52c7-4c0b-8a55-0d2f6f1e9c3d"',
            ['"11111111-1111-4111-8111-111111111111"'],
            ['"11111111-1111-1111-8111-111111111111"', '"11111111111141118111111111111111"', '""'],
        ),
        ("17", "18", ["17000", "19"], ["0", "-4", "17.5", "null", "true", '"19"']),
        ("0.25", "0.5", ["0.75", "1"], ["-0.5", '"0.5"']),
        ('"q8Zk2LmP"', '"aB3xYw9T"', ['"Zz0000000"'], ['""', '"shor"', '"8 and much longer"']),
        ('"to be"', '"or not"', ['"that is the question"'], ['""', "null", "1"]),
    ],
)
def test_a_varying_value_keeps_its_kind(
    monolith: str, again: str, well: list[str], badly: list[str], wrap: str
) -> None:
    for service in well:
        assert sifted(wrap % monolith, wrap % service, wrap % again)[0] == []
    for service in badly:
        assert len(sifted(wrap % monolith, wrap % service, wrap % again)[0]) == 1


def test_a_member_that_the_monolith_always_has() -> None:
    monolith = answer('{"id":1,"at":"1"}', etag="1")
    assert sifted(monolith, '{"id":1}', answer('{"id":1,"at":"2"}', etag="2")) == (
        ["header etag", "body $.at"],
        [],
    )


def test_headers_that_vary() -> None:
    monolith, again = answer("a", etag="1"), answer("a", etag="2")
    assert sifted(monolith, answer("a", etag="3"), again) == ([], ["header etag"])
    assert sifted(monolith, "a", again) == (["header etag"], [])
    assert sifted(monolith, "a", again, "a") == ([], ["header etag"])
    assert sifted("a", answer("a", etag="3"), again) == ([], ["header etag"])
    assert sifted("a", answer("a", etag="3"), "a") == (["header etag"], [])


def test_an_answer_that_the_monolith_gave_itself_is_noise() -> None:
    other = answer("maintenance", 503)
    assert sifted('{"a":1}', other, other) == (
        [],
        ["status", "header content-type", "body $"],
    )


def test_an_answer_of_another_status_says_nothing_of_the_body() -> None:
    assert sifted("line 1", "line 2", answer("slow down", 429)) == (["body $"], [])
    assert sifted("a", answer("b", 503), answer("c", 503)) == (["body $"], ["status"])
    assert sifted("a", answer("a", 404), answer("a", 503)) == (["status"], [])


def test_lines_of_text() -> None:
    texts = ["request {}\ntotal 10\nend\n".format(n) for n in (1, 2)]  # noqa: UP032
    assert sifted(texts[0], "request 9\ntotal 10\nend\n", texts[1]) == ([], ["body $"])
    assert sifted(texts[0], "request 9\ntotal 11\nend\n", texts[1]) == (["body $"], [])
    assert sifted(texts[0], "total 10\nend\n", texts[1]) == (["body $"], [])
    assert sifted(texts[0], "request 9\ntotal 10\nend", texts[1]) == (["body $"], [])


def test_text_whose_length_varies() -> None:
    monolith, again, later = "head\nx 1\nend", "head\nx 1\nx 2\nend", "head\nx 1\nx 3\nend"
    assert sifted(monolith, "head\nx 1\nx 4\nend", again, later) == ([], ["body $"])
    assert sifted(monolith, "HEAD\nx 1\nx 4\nend", again, later) == (["body $"], [])


def test_bytes_that_vary() -> None:
    first, second, third = (answer(f"\xff{n}", media_type="image/png") for n in (1, 2, 3))
    assert sifted(first, second, third) == ([], ["body $"])
    assert sifted(first, second, first) == (["body $"], [])


def test_another_form_is_real() -> None:
    page = answer('"gone 3"', media_type="text/plain")
    assert sifted('"gone 1"', page, '"gone 2"') == (["header content-type", "body $"], [])


def test_an_order_that_varies() -> None:
    entries = ["body $.t[0]", "body $.t[1]", "body $.t[2]"]
    again = '{"t":["y","z","x"]}'
    assert sifted('{"t":["x","y","z"]}', '{"t":["z","x","y"]}', again) == ([], entries)
    assert sifted('{"t":["x","y","z"]}', '{"t":["z","x","q"]}', again) == (["body $.t"], [])
    assert sifted('{"t":["x","y","z"]}', '{"t":["z","x"]}', again) == (["body $.t"], [])


def test_an_order_that_varies_with_members_that_vary() -> None:
    monolith = '[{"id":1,"at":"a"},{"id":2,"at":"b"},{"id":3,"at":"c"}]'
    again = '[{"id":3,"at":"d"},{"id":1,"at":"e"},{"id":2,"at":"f"}]'
    good = '[{"id":2,"at":"g"},{"id":3,"at":"h"},{"id":1,"at":"i"}]'
    assert sifted(monolith, good, again)[0] == []
    for fault in (good.replace("2", "4"), good.replace('"g"', "null"), good.replace('"at"', '"x"')):
        assert sifted(monolith, fault, again)[0] == ["body $"]


def test_members_that_vary_within_an_order_that_does_not() -> None:
    rows = '[{{"id":1,"at":"{0}a"}},{{"id":2,"at":"{0}b"}}]'
    monolith, good, again = (rows.format(n) for n in (1, 2, 3))
    assert sifted(monolith, good, again) == ([], ["body $[0].at", "body $[1].at"])
    swapped = '[{"id":2,"at":"2b"},{"id":1,"at":"2a"}]'
    assert sifted(monolith, swapped, again)[0] == ["body $[0].id", "body $[1].id"]


def test_members_that_vary_within_a_declared_multiset() -> None:
    rules = Rules(unordered=("$",))
    monolith = '[{"id":1,"at":"a"},{"id":2,"at":"b"}]'
    for again in ('[{"id":1,"at":"c"},{"id":2,"at":"d"}]', '[{"id":2,"at":"c"},{"id":1,"at":"d"}]'):
        good = '[{"id":2,"at":"x"},{"id":1,"at":"y"}]'
        assert sifted(monolith, good, again, rules=rules) == ([], ["body $"])
        for fault in (good.replace("1", "3"), good.replace('"at":"y"', '"to":"y"')):
            assert sifted(monolith, fault, again, rules=rules) == (["body $"], [])


def test_what_is_ignored_is_no_noise() -> None:
    rules = Rules(ignore=("$.at",))
    assert sifted('{"at":1,"n":1}', '{"at":2,"n":2}', '{"at":3,"n":1}', rules=rules) == (
        ["body $.n"],
        [],
    )


def test_leeways_say_what_may_vary() -> None:
    first = read('{"at":"a","t":[1,2],"rows":[{"v":1,"k":1},{"v":2,"k":2}],"more":[1]}')
    other = read('{"at":null,"t":[2,1],"rows":[{"v":4,"k":2},{"v":3,"k":1}],"more":[1,2]}')
    assert leeways_of(first, [other], Rules(), Reading()) == [
        Leeway(("at",), frozenset({"string", "null"}), seen=("a", None)),
        Leeway(("t",), unordered=True),
        Leeway(("rows",), unordered=True),
        Leeway(("rows", EACH, "v"), frozenset({"number"}), seen=(1, 2, 4, 3)),
        Leeway(("more", 1), frozenset({"absent", "number"}), seen=(ABSENT, 2)),
    ]


def test_nothing_is_learned_of_what_is_too_deep() -> None:
    deep = ['{"a":' * 3000 + f'"{core}"' + "}" * 3000 for core in "123"]
    assert sifted(deep[0], deep[1], deep[2])[0] == ["body $" + ".a" * 3000]
