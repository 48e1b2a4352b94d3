import random

import pytest

from splitter.model.parity import Case, Outcome, Request, Verdict
from splitter.parity.backlog import MOST, TRIES, Backlog, Batch
from splitter.parity.chains import Chain
from splitter.parity.turns import Turns

REASON = "the worker process was killed (SIGKILL)"


def _case(name: str, after: str = "") -> Case:
    return Case(name, Request("GET", "/"), "c.yaml", after, "orders")


def _chains(count: int) -> list[Chain]:
    """Sessions of one, two and three cases."""
    return [tuple(_case(f"{n}.{i}") for i in range(n % 3 + 1)) for n in range(count)]


def _match(case: Case) -> Verdict:
    return Verdict(case, Outcome.MATCH)


def _names(verdicts: list[Verdict]) -> list[str]:
    return [verdict.case.name for verdict in verdicts]


@pytest.mark.parametrize("seed", range(20))
def test_whoever_dies_when_each_case_has_one_verdict_and_in_order(seed: int) -> None:
    chance = random.Random(seed)
    chains = _chains(chance.randrange(1, 400))
    cases = [case for chain in chains for case in chain]
    chance.shuffle(cases)
    poison = {chance.randrange(len(chains))} if seed % 2 else set[int]()
    turns, backlog = Turns(cases, chains), Backlog(chains, workers=3)
    at_work: list[Batch] = []
    seen: list[Verdict] = []
    while backlog.is_open:
        batch = backlog.take() if len(at_work) < 3 else None
        if batch is not None:
            at_work.append(batch)
            continue
        batch = at_work.pop(chance.randrange(len(at_work)))
        for verdict in _put(batch, chains, poison, chance):
            seen += turns.come(backlog.come(batch, [verdict]))
        if backlog.is_out(batch):
            seen += turns.come(backlog.lose(batch, REASON))
    assert not at_work
    assert _names(seen) == [case.name for case in cases]
    died = {v.case.name for v in seen if v.outcome is Outcome.ERROR}
    assert died == {case.name for n in poison for case in chains[n]}


def _put(
    batch: Batch, chains: list[Chain], poison: set[int], chance: random.Random
) -> list[Verdict]:
    """What comes of a batch; it breaks off at a poisonous session, and at times at another place
    while nobody has died of the batch."""
    done: list[Verdict] = []
    for chain in batch.chains:
        if chains.index(chain) in poison:
            return done
        for case in chain:
            if not batch.deaths and chance.random() < 0.01:
                return done
            done.append(_match(case))
    return done


def test_batches_are_small_and_sessions_whole() -> None:
    chains = [*_chains(900), tuple(_case(f"long {n}") for n in range(3 * MOST))]
    backlog = Backlog(chains, workers=2)
    batches: list[Batch] = []
    while (batch := backlog.take()) is not None:
        batches.append(batch)
    assert [chain for batch in batches for chain in batch.chains] == chains
    assert all(sum(map(len, b.chains[:-1])) < MOST for b in batches)
    few = Backlog(_chains(8), workers=2).take()
    assert few is not None
    assert len(few.chains) == 2


def test_a_session_is_given_up_after_so_many_deaths_and_the_others_are_not() -> None:
    first, second = (_case("a"), _case("b", "a")), (_case("c"),)
    backlog = Backlog([first, second], workers=1)
    batch = backlog.take()
    assert batch is not None
    for _ in range(TRIES - 1):
        assert backlog.lose(batch, REASON) == []
        batch = backlog.take()
        assert batch is not None
    assert backlog.come(batch, [_match(first[0])]) == []
    assert _names(backlog.parts()) == ["a"]
    errors = backlog.lose(batch, REASON)
    assert _names(errors) == ["a", "b"]
    assert {v.error for v in errors} == {f"{REASON}, {TRIES} times in this session"}
    assert backlog.futile == TRIES


def test_what_is_fresh_waits_while_too_much_does() -> None:
    chains = _chains(300)
    backlog = Backlog(chains, workers=2)
    assert backlog.take(fresh=False) is not None  # or nothing would ever come
    assert backlog.take(fresh=False) is None
    assert backlog.take() is not None
