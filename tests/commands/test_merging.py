"""Reports of shards make the report of the whole run, or it is said which of them does not fit."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from answering import Given, answering
from terminal import Done, splitter

from splitter.reports.parity.formats import FORMATS

CASES = """
cases:
  - {name: first, request: {path: /same/1}}
  - {name: digits, request: {path: /differs/12345678901234567890.10}}
  - {name: log in, request: {method: POST, path: /same/login, json: {password: hunter2hunter}},
     capture: {token: $.token}}
  - {name: late, after: log in, request: {path: "/same/{{ token }}"}}
  - {name: broken, request: {path: /broken}}
  - {name: "odd <b> ☕", request: {path: /differs/"%C3%A9"}}
  - {name: known, request: {path: /known/1}}
  - {name: last, request: {path: /same/2, method: PUT, json: {a: [1]}}}
"""
KNOWN = """
accepted:
  - {route: "/known/{id}", path: $.at, reason: its own clock, ticket: SHOP-12, expires: 2999-12-31}
"""
UNUSED = """
  - {case: nobody, reason: gone, ticket: SHOP-13, expires: 2999-12-31}
"""
SHARDS = 3


def _given(side: str) -> Iterator[str]:
    def answers(method: str, target: str, body: bytes) -> Given:
        json_type = {"content-type": "application/json"}
        if target == "/broken":
            return 200, {**json_type, "content-encoding": "gzip"}, b"no gzip"
        own = side if target.startswith(("/differs", "/known")) else "same"
        return 200, json_type, json.dumps({"at": own, "target": target}).encode()

    with answering(answers) as url:
        yield url


@pytest.fixture
def monolith() -> Iterator[str]:
    yield from _given("m")


@pytest.fixture
def service() -> Iterator[str]:
    yield from _given("s")


@pytest.fixture
def words(monolith: str, service: str, tmp_path: Path) -> list[str]:
    (tmp_path / "cases.yaml").write_text(CASES)
    (tmp_path / "known.yaml").write_text(KNOWN)
    sides = ["--monolith", monolith, "--service", f"orders={service}"]
    return ["parity-check", *sides, "--cases", "cases.yaml", "--accepted", "known.yaml"]


def _shards(words: list[str], at: Path, count: int = SHARDS) -> list[str]:
    """The names of the reports of all shards."""
    names = [f"shard-{i}.json" for i in range(1, count + 1)]
    for i, name in enumerate(names, 1):
        part = ("--shard", f"{i}/{count}", "--format", "json", "--output", name)
        splitter(*words, *part, at=at, status=None)
    return names


def _timeless(text: str) -> str:
    return re.sub(r"\d+\.\d+", "T", text)


def test_the_merged_report_is_that_of_the_whole_run(words: list[str], tmp_path: Path) -> None:
    names = _shards(words, tmp_path)
    for form in FORMATS:
        page = tmp_path / f"{form}.md"
        given = {"GITHUB_STEP_SUMMARY": str(page)}
        whole = splitter(*words, "--format", form, at=tmp_path, status=1, environment=given)
        pages = [page.read_text()] if page.exists() else []
        page.unlink(missing_ok=True)
        merge = ("parity-merge", *reversed(names), "--format", form)
        merged = splitter(*merge, at=tmp_path, status=1, environment=given)
        assert _timeless(merged.out) == _timeless(whole.out)
        assert ([page.read_text()] if page.exists() else []) == pages
        splitter(*merge, "--output", "merged", at=tmp_path, status=1)
        assert _timeless((tmp_path / "merged").read_text()) == _timeless(whole.out)


def test_a_run_that_matches_matches_in_shards(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text("cases: [{name: a, request: {path: /known/1}}]")
    names = _shards(words, tmp_path, 5)
    reports = [json.loads((tmp_path / name).read_text()) for name in names]
    assert sorted(len(report["cases"]) for report in reports) == [0, 0, 0, 0, 1]
    assert splitter("parity-merge", *names, at=tmp_path).lines[-1] == "1 case: 1 matched"


def test_an_entry_without_use_in_any_shard_fails_the_run(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text(
        "cases: [{name: a, request: {path: /known/1}}, {name: b, request: {path: /same/1}}]"
    )
    (tmp_path / "known.yaml").write_text(KNOWN + UNUSED)
    names = _shards(words, tmp_path)
    done = splitter("parity-merge", *names, "--format", "json", at=tmp_path, status=1)
    assert [one["line"] for one in done.document["stale"]] == [5]
    assert "known.yaml:5: no difference falls under this any more: gone (SHOP-13)" in done.err


@pytest.fixture
def reports(words: list[str], tmp_path: Path) -> list[str]:
    return _shards(words, tmp_path)


def _refused(names: list[str], at: Path) -> Done:
    done = splitter("parity-merge", *names, "--output", "merged", at=at, status=2)
    assert done.out == ""
    assert not (at / "merged").exists()
    return done


def test_shards_that_are_missing_or_there_twice(reports: list[str], tmp_path: Path) -> None:
    assert "shard 2 is missing of 3" in _refused([reports[0], reports[2]], tmp_path).err
    assert "shards 1, 3 are missing of 3" in _refused([reports[1]], tmp_path).err
    (tmp_path / "again.json").write_bytes((tmp_path / reports[1]).read_bytes())
    told = _refused([*reports, "again.json"], tmp_path).err
    assert "shard 2 of 3 is there twice: shard-2.json and again.json" in told


def test_shards_of_another_run(words: list[str], reports: list[str], tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text(CASES.replace("a: [1]", "a: [2]"))
    splitter(*words, "--shard", "2/3", *_into("other.json"), at=tmp_path, status=None)
    told = _refused([reports[0], "other.json", reports[2]], tmp_path).err
    assert "other.json is of another run than shard-1.json" in told
    (tmp_path / "cases.yaml").write_text(CASES)
    splitter(*words, "--shard", "2/4", *_into("other.json"), at=tmp_path, status=None)
    told = _refused([reports[0], "other.json", reports[2]], tmp_path).err
    assert "other.json is shard 2 of 4, shard-1.json is one of 3" in told
    (tmp_path / "known.yaml").write_text(KNOWN + UNUSED)
    splitter(*words, "--shard", "2/3", *_into("other.json"), at=tmp_path, status=None)
    told = _refused([reports[0], "other.json", reports[2]], tmp_path).err
    assert "another run" in told


def _into(name: str) -> tuple[str, ...]:
    return "--format", "json", "--output", name


def _edited(name: str, at: Path, **members: Any) -> None:
    report = json.loads((at / name).read_text())
    (at / name).write_text(json.dumps({**report, **members}))


def test_reports_that_cannot_be_used(words: list[str], reports: list[str], tmp_path: Path) -> None:
    second = tmp_path / reports[1]
    good = second.read_bytes()
    second.write_bytes(good[:-40])
    told = _refused(reports, tmp_path).err
    assert f"{reports[1]}: it is no whole JSON document" in told
    second.write_bytes(b"\xff\xfe" + good)
    assert "it is not UTF-8" in _refused(reports, tmp_path).err
    second.write_bytes(good)
    _edited(reports[1], tmp_path, interrupted=True)
    told = _refused(reports, tmp_path).err
    assert f"{reports[1]}: the run of this shard was interrupted" in told
    _edited(reports[1], tmp_path, interrupted=False, cases=[])
    assert f"{reports[1]}: it has 0 cases and says" in _refused(reports, tmp_path).err
    for other in ("[]", "{}", '{"schema": 1, "cases": [3]}', '{"cases": {}}'):
        second.write_text(other)
        assert f"{reports[1]}: it is no" in _refused(reports, tmp_path).err
    splitter(*words, *_into(reports[1]), at=tmp_path, status=1)
    assert "parity-check --shard I/N --format json" in _refused(reports, tmp_path).err
    second.unlink()
    assert f"{reports[1]}: the report cannot be read" in _refused(reports, tmp_path).err


def test_no_report_is_written_over(reports: list[str], tmp_path: Path) -> None:
    before = (tmp_path / reports[0]).read_bytes()
    done = splitter("parity-merge", *reports, "--output", reports[0], at=tmp_path, status=2)
    assert "is one of the reports that are read" in done.err
    assert (tmp_path / reports[0]).read_bytes() == before


@pytest.mark.parametrize("shard", ["0/3", "4/3", "x", "1/0", "-1/3"])
def test_what_is_no_shard(shard: str, words: list[str], tmp_path: Path) -> None:
    done = splitter(*words, f"--shard={shard}", at=tmp_path, status=2)
    assert f"--shard takes I/N with I from 1 to N, not '{shard}'" in done.err


def test_the_example_for_github_actions(words: list[str], tmp_path: Path) -> None:
    """Its commands, taken from the documentation, with this test's servers added."""
    text = (Path(__file__).parents[2] / "docs" / "parity.md").read_text()
    (block,) = re.findall(r"```yaml\n(jobs:.*?)```", text, re.DOTALL)
    jobs = yaml.safe_load(block)["jobs"]
    check = _command(jobs["parity"])
    for shard in jobs["parity"]["strategy"]["matrix"]["shard"]:
        line = check.replace("${{ matrix.shard }}", str(shard))
        assert "${{" not in line
        splitter(*words, *shlex.split(line)[2:], at=tmp_path, status=None)
    merge = _command(jobs["report"]).removesuffix(" --format github")
    pattern = merge.split()[-1]
    files = sorted(path.name for path in tmp_path.glob(pattern))
    done = splitter("parity-merge", *files, "--format", "github", at=tmp_path, status=1)
    assert done.lines[-1] == "parity: 8 cases: 4 matched, 2 mismatched, 1 errored, 1 skipped"


def _command(job: Any) -> str:
    """The one line of the job that runs splitter."""
    (line,) = [s["run"] for s in job["steps"] if s.get("run", "").startswith("splitter ")]
    return str(line)
