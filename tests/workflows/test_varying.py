"""Rules of what varies are told at the end of a run, kept in a file and read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from splitter.model.parity import Case, Difference, Outcome, Request, Verdict
from splitter.workflows import varying

CASE = Case("c", Request("POST", "/a"))
TOKEN = Difference("body", "$.token", "one", "two")
WHEN = Difference("body", "$.at", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z")


def run(name: str, *verdicts: Verdict) -> tuple[list[Verdict], list[str]]:
    said: list[str] = []
    found = list(varying.told(verdicts, varying.read(name), name, say=said.append))
    return found, said


def test_what_was_noise_once_is_noise_where_no_second_monolith_can_be_asked(tmp_path: Path) -> None:
    name = str(tmp_path / "parity/noise.txt")
    noisy = Verdict(CASE, Outcome.MATCH, noise=(TOKEN,))
    _, said = run(name, noisy, noisy)
    assert said[1:] == ["  POST /a  body $.token: opaque"]
    (verdict,), _ = run(name, Verdict(CASE, Outcome.MISMATCH, (TOKEN,)))
    assert (verdict.outcome, verdict.differences, verdict.noise) == (Outcome.MATCH, (), (TOKEN,))
    (verdict,), _ = run(name, Verdict(CASE, Outcome.MISMATCH, (TOKEN, WHEN)))
    assert (verdict.outcome, verdict.differences) == (Outcome.MISMATCH, (WHEN,))


def test_a_file_keeps_what_its_owner_wrote(tmp_path: Path) -> None:
    file = tmp_path / "noise.txt"
    file.write_text("# mine\n\nPOST /a  body $.token: opaque")
    run(str(file), Verdict(CASE, Outcome.MATCH, noise=(TOKEN, WHEN)))
    lines = file.read_text().splitlines()
    assert lines[:3] == ["# mine", "", "POST /a  body $.token: opaque"]
    assert lines[3:] == ["POST /a  body $.at: timestamp"]
    before = file.stat().st_mtime_ns
    run(str(file), Verdict(CASE, Outcome.MATCH, noise=(TOKEN, WHEN)))
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["", "missing.txt"])
def test_nothing_is_kept_where_nothing_varies(name: str, tmp_path: Path) -> None:
    place = str(tmp_path / name) if name else ""
    found, said = run(place, Verdict(CASE, Outcome.MATCH))
    assert (len(found), said) == (1, [])
    assert list(tmp_path.iterdir()) == []
