import pickle
from decimal import Decimal

from splitter.model.jsontext import Numeral, write
from splitter.model.parity import ABSENT, Case, Difference, Outcome, Request, Verdict
from splitter.parity.transit import packed, unpacked


def _verdict(monolith: object, service: object) -> Verdict:
    case = Case("a", Request("GET", "/"), "c.yaml", service="orders")
    found = (Difference("body", "$", monolith, service),)
    return Verdict(case, Outcome.MISMATCH, found, found)


def _sent(verdict: Verdict) -> Verdict:
    (there,) = unpacked(pickle.loads(pickle.dumps(packed([verdict]))))
    return there


def test_verdicts_come_as_they_went() -> None:
    plain: list[object] = [ABSENT, None, "", "text", 1, True, Decimal("1.10"), Numeral("1e9999999")]
    for value in (*plain, [], {}, {"a": [None, Decimal("1.10"), 10**30], "é": {"b": ""}}):
        verdict = _verdict(value, ABSENT)
        assert _sent(verdict) == verdict
        assert _sent(verdict).differences[0].service is ABSENT


def test_depth_is_no_hindrance() -> None:
    deep: list[object] = []
    for _ in range(50_000):
        deep = [deep]
    verdict = _sent(_verdict(deep, 1))
    assert write(verdict.differences[0].monolith) == write(deep)
