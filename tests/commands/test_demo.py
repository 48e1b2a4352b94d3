"""The demonstration: the whole road, once, on the example as it ships."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from terminal import Traces, splitter, tree

pytestmark = pytest.mark.xdist_group("demo")

SERVICES = ("auth", "transaction", "analytics", "fire", "reports", "assets", "dashboard")


def test_a_monolith_becomes_seven_services_that_answer_as_it_did(
    tmp_path: Path, left: Traces
) -> None:
    folder = tmp_path / "demo"
    done = splitter("demo", "--folder", folder, at=tmp_path, environment=left.environment)
    assert "520 cases: 520 matched" in done.lines
    assert (left.processes(), left.files()) == ([], [])
    found = {path.name for path in (folder / "services").iterdir() if path.is_dir()}
    assert found == {f"{name}_service" for name in SERVICES}
    steps = [line.partition(":")[0] for line in done.err.splitlines() if "files written" in line]
    assert steps == list(SERVICES)
    for number, name in enumerate(SERVICES, 8001):
        assert f"{name}, port {number}: 62 %" in done.lines
    named = [Path(line.strip()) for line in done.lines if line.startswith(f"  {folder}")]
    assert len(named) == 4
    assert all(path.exists() for path in named)
    assert re.fullmatch(r"\d+ s", done.lines[-1])
    before = tree(folder)
    again = splitter("demo", "--folder", folder, at=tmp_path, status=2)
    assert again.err == f"error: {folder} is not empty\n  name a new folder\n"
    assert tree(folder) == before
    page = splitter("-C", folder, "status", "--format", "json", at=tmp_path).document
    assert [service["percent"] for service in page["services"]] == [62] * 7
