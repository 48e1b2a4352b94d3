"""Runs the conformance suites and holds them against the list of cases that may still fail.

    python .ci/conformance.py FOLDER

FOLDER has run_rewrite.py, run_parity.py and their cases. `.ci/not-yet.txt` lists the ids of cases
that splitter does not pass yet, one a line; it only ever shrinks: a listed case that passes fails
this run as much as an unlisted one that does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SUITES = (("run_rewrite.py", "rewrite_cases.yaml"), ("run_parity.py", "parity_cases.yaml"))


def main(folder: Path) -> int:
    allowed = {line for line in (HERE / "not-yet.txt").read_text().split("\n") if line.strip()}
    failed: set[str] = set()
    total = 0
    for runner, cases in SUITES:
        results = run(folder / runner, folder / cases)
        total += len(results)
        failed |= {name for name, passed in results.items() if not passed}
    unexpected, mended = sorted(failed - allowed), sorted(allowed - failed)
    for name in unexpected:
        print(f"conformance: {name} fails and is not listed in .ci/not-yet.txt")
    for name in mended:
        print(f"conformance: {name} is listed in .ci/not-yet.txt and does not fail: take it out")
    bad = len(unexpected) + len(mended)
    print(f"{total - bad} passed, {bad} failed")
    return 1 if bad or not total else 0


def run(runner: Path, cases: Path) -> dict[str, bool]:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "results.json"
        words = [sys.executable, str(runner), str(cases), "--json", str(out)]
        subprocess.run([*words, "--splitter", f"{sys.executable} -m splitter"], check=False)
        found = json.loads(out.read_text())
    rows = found["cases"] if isinstance(found, dict) else found
    return {row["id"]: bool(row.get("passed", row.get("ok"))) for row in rows}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
