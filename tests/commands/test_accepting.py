"""Accepted differences on the command line and in the settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from answering import Given, answering
from terminal import splitter

CASES = """
cases:
  - {name: one, request: {path: /items/1}}
  - {name: two, request: {path: /items/2}}
"""
ENTRY = """
accepted:
  - route: /items/{id}
    path: $.at
    reason: the clock is its own
    ticket: SHOP-12
    expires: 2999-12-31
"""
GONE = """
  - {case: three, reason: r, ticket: SHOP-3, expires: 2999-12-31}
"""
OVER = """
accepted:
  - {path: $.at, reason: r, ticket: SHOP-4, expires: 2020-01-01}
"""


@pytest.fixture
def words(tmp_path: Path) -> Iterator[list[str]]:
    """What puts two cases to two servers that differ in `$.at`."""

    def as_(at: int) -> Given:
        return 200, {"content-type": "application/json"}, b'{"at": %d}' % at

    (tmp_path / "cases.yaml").write_text(CASES)
    with answering(lambda *_: as_(1)) as monolith, answering(lambda *_: as_(2)) as service:
        yield ["parity-check", "--monolith", monolith, "--service", f"orders={service}"]


def test_an_accepted_difference_does_not_fail_the_run(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(ENTRY)
    words += ["--cases", "cases.yaml"]
    splitter(*words, at=tmp_path, status=1)
    done = splitter(*words, "--accepted", "known.yaml", at=tmp_path)
    assert done.out.count("accepted: body $.at: the clock is its own (SHOP-12, until 2999") == 2
    assert done.lines[-1] == "2 cases: 2 matched"


def test_the_settings_name_the_list(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(ENTRY + GONE)
    (tmp_path / "splitter.toml").write_text(
        '[parity]\ncases = ["cases.yaml"]\naccepted = ["known.yaml"]\n'
    )
    done = splitter(*words, "--format", "json", at=tmp_path, status=1)
    assert [case["verdict"] for case in done.document["cases"]] == ["match", "match"]
    assert [(one["path"], one["line"]) for one in done.document["stale"]] == [("known.yaml", 9)]
    assert "known.yaml:9: no difference falls under this any more: r (SHOP-3)" in done.err
    other = [*words, "--cases", "cases.yaml"]
    assert splitter(*other, at=tmp_path).lines[-1] == "2 cases: 2 matched"
    splitter(*words, "--shard", "1/2", at=tmp_path)


def test_an_entry_that_is_over_fails_the_run(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(OVER)
    words += ["--cases", "cases.yaml", "--accepted", "known.yaml"]
    done = splitter(*words, at=tmp_path, status=1)
    assert "known.yaml:3: accepted until 2020-01-01 only: r (SHOP-4)" in done.out
    assert done.lines[-1] == "2 cases: 2 mismatched"


@pytest.mark.parametrize(
    ("text", "told"),
    [("accepted:\n  - {case: a}\n", "known.yaml:2: an accepted difference without reason"),
     (None, "known.yaml: the list of accepted differences cannot be read")],
)  # fmt: skip
def test_a_list_that_is_none_is_an_error(
    words: list[str], tmp_path: Path, text: str | None, told: str
) -> None:
    if text:
        (tmp_path / "known.yaml").write_text(text)
    words += ["--cases", "cases.yaml", "--accepted", "known.yaml"]
    done = splitter(*words, at=tmp_path, status=2)
    assert told in done.err
    assert done.out == ""
