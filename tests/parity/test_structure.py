import random
from collections.abc import Mapping
from decimal import Decimal

import pytest

from splitter.model.jsontext import Json, read
from splitter.model.parity import ABSENT, Difference, Rules
from splitter.parity.marks import EACH, PLAIN, Leeway, marks_of
from splitter.parity.multisets import canonical
from splitter.parity.queries import first
from splitter.parity.structure import Reading, differences

M, S = "http://m:1", "http://s:2/v2"


def found(
    monolith: str,
    service: str,
    rules: Rules | None = None,
    *,
    strict: bool = True,
    generated: bool = False,
    leeways: tuple[Leeway, ...] = (),
) -> list[Difference]:
    values = read(monolith), read(service)
    marks = [marks_of(v, rules or Rules(), leeways) for v in values]
    reading = Reading((M, S), strict, generated)
    return list(differences(*values, (marks[0], marks[1]), reading))


def paths(
    monolith: str,
    service: str,
    rules: Rules | None = None,
    *,
    strict: bool = True,
    generated: bool = False,
) -> list[str]:
    return [d.path for d in found(monolith, service, rules, strict=strict, generated=generated)]


@pytest.mark.parametrize(
    ("monolith", "service"),
    [
        ('{"a":1,"b":{"x":[1,2],"y":null}}', '{"b":{"y":null,"x":[1,2]},"a":1}'),
        ("1.50", "1.5"),
        ("1e2", "100.0"),
        ("-0.0", "0.0"),
        ('{"a":1,"a":2}', '{"a":1,"a":2}'),
        ('"http://m:1/a"', '"http://s:2/v2/a"'),
        ('{"http://m:1/a":1}', '{"http://s:2/v2/a":1}'),
        ("1" * 5000, "1" * 5000),
    ],
)
def test_the_same(monolith: str, service: str) -> None:
    assert found(monolith, service) == []


@pytest.mark.parametrize(
    ("monolith", "service"),
    [
        ("1", "true"), ("0", "false"), ("1", "1.0"), ("0", "0.0"), ("0", "null"), ('""', "null"),
        ("[]", "{}"), ("[]", "null"), ('"1"', "1"), ("9007199254740993", "9007199254740992"),
        ("12345678901234567890123", "12345678901234567890124"),
        ("0.1", "0.10000000000000001"), ("1" * 5000, "1" * 4999 + "2"),
        ('"http://m:1/a"', '"http://m:1/b"'),
    ],
)  # fmt: skip
def test_one_value_for_another(monolith: str, service: str) -> None:
    expected = Difference("body", "$", read(monolith), read(service))
    assert found(monolith, service) == [expected]
    assert found(f"[{monolith}]", f"[{service}]") == [
        Difference("body", "$[0]", read(monolith), read(service))
    ]


def test_numbers_by_value() -> None:
    assert paths("[1,0,2]", "[1.0,-0.0,2.1]", strict=False) == ["$[2]"]
    assert paths("[1,0]", "[true,false]", strict=False) == ["$[0]", "$[1]"]
    assert paths("[9007199254740993]", "[9007199254740992.0]", strict=False) == ["$[0]"]


def test_a_difference_stands_at_the_deepest_shared_path() -> None:
    assert found(
        '{"id":7,"tags":[],"owner":{"id":1},"gone":[1],"rows":[{"a":1},{"a":2}]}',
        '{"id":"7","tags":null,"owner":[1],"rows":[{"a":3}],"new":{}}',
    ) == [
        Difference("body", "$.id", 7, "7"),
        Difference("body", "$.tags", [], None),
        Difference("body", "$.owner", {"id": 1}, [1]),
        Difference("body", "$.gone", [1], ABSENT),
        Difference("body", "$.rows[0].a", 1, 3),
        Difference("body", "$.rows[1]", {"a": 2}, ABSENT),
        Difference("body", "$.new", ABSENT, {}),
    ]


def test_a_repeated_name_is_a_difference_at_the_name() -> None:
    assert paths('{"a":1,"a":2}', '{"a":2}') == ["$.a"]
    assert paths('{"a":1,"a":2}', '{"a":2,"a":1}') == ["$.a"]
    assert paths('{"a":1,"a":2}', '{"a":[1,2]}') == ["$.a"]
    assert paths('{"a":{"x":1},"a":2}', '{"a":{"x":1.0},"a":2}') == ["$.a"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a", "$.a"),
        ("_a1", "$._a1"),
        ("größe", "$.größe"),
        ("名", "$.名"),
        ("1a", "$['1a']"),
        ("a-b", "$['a-b']"),
        ("a b", "$['a b']"),
        ("", "$['']"),
        ("it's", r"$['it\'s']"),
        ("back\\slash", r"$['back\\slash']"),
        ('"', "$['\"']"),
        ("a\n\t\r\b\f", r"$['a\n\t\r\b\f']"),
        ("a\x01\x1f", r"$['a\u0001\u001f']"),
        ("\ud800", r"$['\ud800']"),
    ],
)
def test_paths_are_spelled_as_rfc_9535_has_them(name: str, path: str) -> None:
    (entry,) = differences({name: 1}, {name: 2}, (PLAIN, PLAIN), Reading())
    assert entry.path == path


def test_depth_does_no_harm() -> None:
    texts = ['{"a":' * 3000 + core + "}" * 3000 for core in ("1", "2", "1")]
    assert paths(texts[0], texts[1]) == ["$" + ".a" * 3000]
    assert paths(texts[0], texts[2]) == []
    assert paths(texts[0], texts[1], Rules(ignore=("$..b",))) == ["$" + ".a" * 3000]
    rules = Rules(unordered=("$",))
    assert paths(f"[1,{texts[0]}]", f"[{texts[2]},1]", rules) == []
    assert paths(f"[1,{texts[0]}]", f"[{texts[1]},1]", rules) == ["$"]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("$.at", ["$.items[0].at", "$.items[1].at", "$.items[1].gone"]),
        ("$..at", ["$.items[1].gone"]),
        ("$.items[*].at", ["$.at", "$.items[1].gone"]),
        ("$.items[1]", ["$.at", "$.items[0].at"]),
        ("$..gone", ["$.at", "$.items[0].at", "$.items[1].at"]),
        ("$.items", ["$.at"]),
        ("$", []),
    ],
)
def test_ignored_places(query: str, left: list[str]) -> None:
    monolith = '{"at":1,"items":[{"at":1},{"at":1,"gone":1}]}'
    service = '{"at":2,"items":[{"at":2},{"at":2}]}'
    assert paths(monolith, service, Rules(ignore=(query,))) == left


@pytest.mark.parametrize(
    ("monolith", "service", "bounds", "left"),
    [
        ("[10.0,1.0]", "[10.5,1.51]", {"$[*]": 0.5}, ["$[1]"]),
        ("[1.001]", "[1.006]", {"$[*]": 0.005}, []),
        ("[1]", "[1.4]", {"$[*]": 0.5}, []),
        ("[1]", "[true]", {"$[*]": 5}, ["$[0]"]),
        ('["1"]', '["1.1"]', {"$[*]": 5}, ["$[0]"]),
        ("[1.0]", "[null]", {"$[*]": 5}, ["$[0]"]),
        ('{"a":{"b":1.0}}', '{"a":{"b":1.1}}', {"$.a": 5}, ["$.a.b"]),
        ("[1.0]", "[1.3]", {"$[*]": 0.1, "$[0]": 0.3}, []),
        ("[1e400]", "[1e399]", {"$[*]": 1}, ["$[0]"]),
    ],
)
def test_tolerance(
    monolith: str, service: str, bounds: Mapping[str, float], left: list[str]
) -> None:
    assert paths(monolith, service, Rules(tolerance=bounds)) == left


@pytest.mark.parametrize(
    ("monolith", "service", "same"),
    [
        ('["a","b","a",{"x":1,"y":[1]}]', '[{"y":[1],"x":1},"a","a","b"]', True),
        ('["a","a","b"]', '["a","b","b"]', False),
        ('["a","b"]', '["b","a","a"]', False),
        ("[1,true]", "[true,1]", True),
        ("[1]", "[true]", False),
        ("[1]", "[1.0]", False),
        ("[1.50,2.0]", "[2.00,1.5]", True),
        ("[[1,2]]", "[[2,1]]", False),
        ("[null]", "[{}]", False),
        ('["http://m:1/a","b"]', '["b","http://s:2/v2/a"]', True),
        ('[{"a":1,"a":2},1]', '[1,{"a":1,"a":2}]', True),
        ('[{"a":1,"a":2},1]', '[1,{"a":[1,2]}]', False),
        ('["\\ud800",1]', '[1,"\\ud801"]', False),
    ],
)
def test_an_unordered_array_is_a_multiset(monolith: str, service: str, same: bool) -> None:
    rules = Rules(unordered=("$",))
    assert paths(monolith, service, rules) == ([] if same else ["$"])


def test_a_difference_in_an_unordered_array_is_one_entry_at_the_array() -> None:
    rules = Rules(unordered=("$.items",))
    assert found('{"items":[1,2]}', '{"items":[3,1]}', rules) == [
        Difference("body", "$.items", [1, 2], [3, 1])
    ]
    assert paths('{"items":[1]}', '{"items":{}}', rules) == ["$.items"]


def test_numbers_by_value_in_unordered_arrays() -> None:
    rules = Rules(unordered=("$",))
    assert paths("[1,2.50]", "[2.5,1.0]", rules, strict=False) == []
    assert paths("[10,100]", "[1e2,1e1]", rules, strict=False) == []
    assert paths("[1,0]", "[0,10]", rules, strict=False) == ["$"]


def test_ignored_members_and_elements_of_unordered_arrays() -> None:
    monolith = '[{"id":1,"at":"x"},{"id":2,"at":"y"},{"skip":1}]'
    service = '[{"id":2,"at":"p"},{"id":1}]'
    rules = Rules(unordered=("$",), ignore=("$[*].at", "$[?@.skip]"))
    assert paths(monolith, service, rules) == []


def test_unordered_within_unordered() -> None:
    monolith, service = '[{"t":[1,2]},{"t":[3]}]', '[{"t":[3]},{"t":[2,1]}]'
    assert paths(monolith, service, Rules(unordered=("$",))) == ["$"]
    assert paths(monolith, service, Rules(unordered=("$", "$[*].t"))) == []


def test_tolerance_when_elements_are_matched() -> None:
    rules = Rules(unordered=("$",), tolerance={"$[*].x": 0.5, "$[*].y": 0.5})
    # the pairing that takes the nearest first, or sorts, fails: (1, 5) has one partner only
    monolith = '[{"x":1.0,"y":5.0},{"x":1.2,"y":1.0},{"x":1.4,"y":4.8}]'
    service = '[{"x":1.1,"y":4.6},{"x":1.5,"y":5.2},{"x":1.6,"y":1.3}]'
    assert paths(monolith, service, rules) == []
    assert paths(monolith, service.replace("1.3", "1.6"), rules) == ["$"]


def test_every_pairing_is_tried() -> None:
    """Each of the monolith's elements but the last likes two; only one pairing fits all."""
    rules = Rules(unordered=("$",), tolerance={"$[*][*]": 1})
    monolith = "[" + ",".join(f"[{i},0]" for i in range(0, 20, 2)) + "]"
    service = "[" + ",".join(f"[{i},1]" for i in range(19, 0, -2)) + "]"
    assert paths(monolith, service, rules) == []
    assert paths(monolith, service.replace("[19,1]", "[21,1]"), rules) == ["$"]


def test_many_elements_with_tolerances() -> None:
    rules = Rules(unordered=("$",), tolerance={"$[*][*]": 1})
    monolith = "[" + ",".join(f"[{i},{i % 7}]" for i in range(3000)) + "]"
    service = "[" + ",".join(f"[{i + 1},{i % 7 + 1}]" for i in reversed(range(3000))) + "]"
    assert paths(monolith, service, rules) == []
    assert paths(monolith, service.replace("[1500,", "[1600,"), rules) == ["$"]


def random_value(chance: random.Random, depth: int = 4) -> Json:
    """Any JSON value, with names and strings that need care."""
    kind = chance.randrange(8 if depth else 6)
    words = ("", "a", "a b", "it's", "größe", "\n", "1", "[0]", "http://m:1/x")
    if kind == 6:
        return [random_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 7:
        names = chance.sample(words, chance.randrange(5))
        return {name: random_value(chance, depth - 1) for name in names}
    scalars: list[Json] = [None, True, chance.randrange(3), Decimal(chance.randrange(3)) / 2]
    return chance.choice([*scalars, *words])


def reordered(value: Json) -> Json:
    """The same value with the members of objects the other way round."""
    if isinstance(value, list):
        return [reordered(item) for item in value]
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return value


def strictly(value: Json) -> str:
    """A spelling in which two values are the same only if they really are."""
    return canonical(value, PLAIN, base_url="", strict=True).text


@pytest.mark.parametrize("seed", range(200))
def test_random_values(seed: int) -> None:
    """Nothing is found in what is the same, and all that differs: putting the service's values in
    the places that are named makes the two the same."""
    chance = random.Random(seed)
    monolith, service = random_value(chance), random_value(chance)
    for one in (monolith, service):
        assert list(differences(one, reordered(one), (PLAIN, PLAIN), Reading())) == []
    found = list(differences(monolith, service, (PLAIN, PLAIN), Reading()))
    assert bool(found) == (strictly(monolith) != strictly(service))
    for entry in found:
        for side, value in ((monolith, entry.monolith), (service, entry.service)):
            assert first(entry.path, side) == ([] if value is ABSENT else [value])


def test_leeways_allow_the_sorts_that_were_seen() -> None:
    at = Leeway(("at",), frozenset({"string"}))
    assert found('{"at":"a"}', '{"at":"b"}', leeways=(at,)) == []
    for service in ('{"at":1}', '{"at":null}', "{}"):
        assert [d.path for d in found('{"at":"a"}', service, leeways=(at,))] == ["$.at"]
    some = Leeway(("at",), frozenset({"string", "absent"}))
    assert found('{"at":"a"}', "{}", leeways=(some,)) == []
    assert found('{"n":1}', '{"n":2.5}', leeways=(Leeway(("n",), frozenset({"number"})),)) == []


def test_leeways_within_arrays() -> None:
    each = (Leeway((EACH, "at"), frozenset({"string"})), Leeway((), unordered=True))
    assert found('[{"id":1,"at":"a"},{"id":2,"at":"b"}]', '[{"id":2,"at":"c"},{"id":1,"at":"d"}]',
                 leeways=each) == []  # fmt: skip
    for service in ('[{"id":2,"at":"c"},{"id":3,"at":"d"}]', '[{"id":2},{"id":1,"at":"d"}]'):
        assert [d.path for d in found('[{"id":1,"at":"a"},{"id":2,"at":"b"}]', service,
                                      leeways=each)] == ["$"]  # fmt: skip


@pytest.mark.parametrize(
    ("monolith", "service", "same"),
    [
        ("2026-11-23T11:07:10.123456Z", "2026-11-23T11:07:12.1Z", True),
        ("2026-11-23T11:07:59", "2026-11-23T11:08:01", True),
        ("2026-11-23 11:07:10+00:00", "2026-11-23 11:07:11+00:00", True),
        ("2026-11-23T11:07:10Z", "2026-11-23T11:07:20Z", False),
        ("2026-11-23T11:07:10Z", "2026-11-23T11:07:10+00:00", False),
        ("2026-11-23T11:07:10", "2026-11-23 11:07:11", False),
        ("2026-11-23", "2026-11-24", False),
        ("2026-13-23T11:07:10Z", "2026-13-23T11:07:11Z", False),
        ("0b0c7b4e-3c5f-4b5e-9f0e-1a2b3c4d5e6f", "7d444840-9dc0-41d1-b245-5ffdce74fad2", True),
        ("0b0c7b4e-3c5f-1b5e-9f0e-1a2b3c4d5e6f", "7d444840-9dc0-11d1-b245-5ffdce74fad2", False),
    ],
)
def test_what_each_side_makes_anew(monolith: str, service: str, same: bool) -> None:
    documents = f'["{monolith}"]', f'["{service}"]'
    assert paths(*documents, generated=True) == ([] if same else ["$[0]"])
    assert paths(*documents) == ["$[0]"]


def test_values_are_reported_as_they_came() -> None:
    assert found('{"a":1.10,"b":"http://m:1/x"}', '{"a":1.2,"b":"http://s:2/x"}') == [
        Difference("body", "$.a", Decimal("1.10"), Decimal("1.2")),
        Difference("body", "$.b", "http://m:1/x", "http://s:2/x"),
    ]
