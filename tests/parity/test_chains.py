import pytest

from splitter.model.parity import Case, Request
from splitter.parity.chains import Shard, chains, sharded


def case(name: str, after: str = "", source: str = "f", session: str = "") -> Case:
    return Case(name, Request("GET", "/"), source, after, session=session)


def names(*cases: Case) -> list[str]:
    return [" ".join(c.name for c in chain) for chain in chains(cases)]


def test_cases_without_after_are_sessions_of_their_own() -> None:
    assert names(case("a"), case("b")) == ["a", "b"]


def test_a_case_runs_after_the_one_it_names_wherever_that_stands() -> None:
    assert names(case("c", "b"), case("b", "a"), case("x"), case("a")) == ["x", "a b c"]


def test_of_the_cases_that_can_run_the_first_in_the_file_does() -> None:
    tree = [case("a"), case("d", "c"), case("b", "a"), case("c", "a"), case("e", "b")]
    assert names(*tree) == ["a b c d e"]


def test_names_are_of_their_file() -> None:
    assert names(case("a"), case("b", "a"), case("a", "", "g"), case("b", "a", "g")) == [
        "a b",
        "a b",
    ]


def test_cases_may_share_a_session_by_its_name() -> None:
    cases = [
        case("a", session="s"),
        case("b"),
        case("d", "a"),
        case("c", session="s"),
        case("e", session="s", source="g"),
    ]
    assert names(*cases) == ["a d c", "b", "e"]


def test_shards_have_every_chain_once_and_whole() -> None:
    cases = [case(f"c{i}") for i in range(100)] + [case(f"f{i}", f"c{i}") for i in range(100)]
    everything = chains(cases)
    parts = [sharded(everything, Shard(i, 3)) for i in (1, 2, 3)]
    assert all(len(chain) == 2 for part in parts for chain in part)
    put = [chain[0].name for part in parts for chain in part]
    assert sorted(put) == sorted(chain[0].name for chain in everything)
    assert all(len(part) > 15 for part in parts)
    assert sharded(everything, None) == everything
    assert sharded(everything, Shard(1, 1)) == everything


@pytest.mark.parametrize(("name", "index"), [("log in", 1), ("list", 2), ("", 1), ("\ud800", 1)])
def test_shards_are_the_same_everywhere(name: str, index: int) -> None:
    assert [Shard(i, 4).has((case(name),)) for i in (1, 2, 3, 4)] == [
        i == index for i in (1, 2, 3, 4)
    ]
