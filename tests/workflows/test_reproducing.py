"""What was recorded and cannot be put again is told, and proves nothing."""

from __future__ import annotations

from splitter.model.parity import Answer, Case, Outcome, Request, Verdict
from splitter.workflows.gathering import reproduced
from splitter.workflows.proving import Proof

GET = Request("GET", "/a")
LOST = "id was not captured (monolith, service)"


def verdict(name: str, outcome: Outcome, *, status: int = 0, recorded: int = 200) -> Verdict:
    case = Case(name, GET, "recorded.jsonl", session="test", recorded=recorded)
    answer = Answer(status, 1.0) if status else None
    error = LOST if outcome is Outcome.SKIPPED else ""
    return Verdict(case, outcome, error=error, monolith=answer, service=answer)


def test_what_lacks_an_id_is_skipped_with_the_reason() -> None:
    said: list[str] = []
    first = verdict("first", Outcome.MATCH, status=404)
    found = list(reproduced([first, verdict("next", Outcome.SKIPPED)], say=said.append))
    assert [v.outcome for v in found] == [Outcome.MATCH, Outcome.SKIPPED]
    told = "first: 404, and 200 when it was recorded"
    assert found[1].error == f"{LOST}; the monolith itself went otherwise: {told}"
    assert said == [
        "1 recorded sessions went otherwise with the monolith itself, such as",
        f"  {told}",
        "  1 of their requests lacked what an earlier one should give: not put",
    ]


def test_a_split_is_not_refused_for_what_could_not_be_put_unless_that_is_all() -> None:
    match, skipped = verdict("a", Outcome.MATCH, status=200), verdict("b", Outcome.SKIPPED)
    assert Proof((match, skipped)).ok
    assert not Proof((skipped,)).ok
    assert not Proof((match, verdict("c", Outcome.SKIPPED, recorded=0))).ok
    assert not Proof((match, verdict("d", Outcome.MISMATCH, status=200))).ok
    assert not Proof((match, verdict("e", Outcome.ERROR))).ok
