"""The whole life of a service, from split to retired: a browser is at the pages in every state."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from servers import ask, log_in
from terminal import splitter, surroundings

pytestmark = pytest.mark.xdist_group("up")

DRIVE = Path(__file__).parents[1] / "support" / "drive.html"
SEEN = {
    **{"greeting": "Hello, Ada", "error": "", "month": True, "all": 25, "more": 50},
    **{"spending": True, "fire": True},
}
COUNTING = "tests/test_app.py::test_there_are_sixty_five_operations"
FEW = "tests/test_app.py tests/test_utils.py tests/test_fire.py"
DAY = 86_400


def _needed(*programs: str) -> None:
    """Skips without them; fails where all of them are to be."""
    for program in programs:
        if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
            reason = f"{program} is not on this machine"
            pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


def _port(town: Path, section: str) -> int:
    text = (town / "splitter.toml").read_text().partition(f"[{section}]")[2]
    found = re.search(r"^port = (\d+)$", text, re.MULTILINE)
    assert found
    return int(found[1])


def _drive(town: Path, profile: Path) -> Any:
    """Somebody logs in, looks at the pages, finds all transactions and asks for more."""
    url = f"http://127.0.0.1:{_port(town, 'gateway')}/static/drive.html"
    options = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync")
    words = [f"--{option}" for option in (*options, "disable-background-networking")]
    time_given = ["--virtual-time-budget=60000", f"--user-data-dir={profile}", "--dump-dom"]
    done = subprocess.run(
        ["chromium", "--headless", "--disable-component-update", *words, *time_given, url],
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout)
    assert found, done.stderr[-2000:]
    return json.loads(unescape(found[1]) or "{}")


def _quiet(town: Path) -> None:
    """As if the monolith had counted for twenty days before."""
    folder = town / ".splitter" / "hits"
    (known,) = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    assert {hits for hits, _ in known["routes"].values()} == {0}
    known["since"] -= 20 * DAY
    (folder / "before-1-1.json").write_text(json.dumps(known))


def _restart(town: Path) -> None:
    splitter("down", at=town)
    splitter("up", "--detach", at=town)


@pytest.mark.nginx
def test_a_service_from_split_to_retired(town: Path, tmp_path: Path) -> None:
    _needed("nginx", "chromium")
    shutil.copy(DRIVE, town / "frontend" / "drive.html")
    splitter("gateway", at=town)
    splitter("up", "--detach", at=town)
    assert _drive(town, tmp_path / "chromium") == SEEN
    for step in ("shadow", "50%", "service"):
        splitter("cutover", "transaction", "--to", step, at=town)
        assert (step, _drive(town, tmp_path / "chromium")) == (step, SEEN)
    splitter("parity-check", "transaction", at=town)
    splitter("deprecate", "transaction", "--sunset", "2031-05-01", at=town)
    _restart(town)
    assert _drive(town, tmp_path / "chromium") == SEEN
    refused = splitter("retire", "transaction", at=town, status=1)
    assert "it is not proven that nobody asks for the old routes" in refused.err
    time.sleep(1.5)
    _quiet(town)
    tests = {"SPLITTER_PARITY__TESTS": f"pytest {FEW}"}
    done = splitter("retire", "transaction", "--may-fail", COUNTING, at=town, environment=tests)
    assert any("of its tests pass as before" in line for line in done.lines)
    _restart(town)
    assert _drive(town, tmp_path / "chromium") == SEEN
    known = log_in(_port(town, "gateway"))
    own, old = (_port(town, section) for section in ("gateway", "monolith"))
    assert ask(own, "/api/transactions", headers=known).status == 200
    assert ask(old, "/api/transactions", headers=known).status == 404
    splitter("down", at=town)
    splitter("parity-check", "auth", at=town)
    own_tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *FEW.split(), "--deselect", COUNTING],
        cwd=town,
        env=surroundings({}),
        capture_output=True,
        text=True,
    )
    assert own_tests.returncode == 0, own_tests.stdout
    status = splitter("status", "--format", "json", at=town).document
    (service,) = [s for s in status["services"] if s["name"] == "transaction"]
    states = {route["state"] for route in service["routes"]}
    assert (states, service["percent"], service["blocked"]) == ({"retired"}, 100, [])
