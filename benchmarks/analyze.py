"""What `splitter analyze` costs, against `ast.parse` of all files of the code base, in one run.

    python benchmarks/analyze.py FOLDER [--runs N]

Takes zenml 0.98.0 (1,432 files) from the package index into FOLDER, without what it depends on: so
the application is asked, cannot be imported, and the source alone is told. Whole processes, start
and children included, CPU seconds (user and system), nothing kept between the runs, the two in
turn, the least of N runs. Exit 1 if the ratio is above 3.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from costs import cpu, held_against
from rewrite import fetched

PACKAGE = "zenml"
WHEEL = "zenml==0.98.0"
SETTINGS = f'[monolith]\napp = "zenml.zen_server.zen_server_api:app"\npython = "{sys.executable}"\n'
BOUND = 3.0
FLOOR = """
import ast, os, sys, warnings
warnings.simplefilter("ignore")
for folder, _, files in os.walk(sys.argv[1]):
    for file in files:
        if file.endswith(".py"):
            with open(os.path.join(folder, file), "rb") as stream:
                ast.parse(stream.read())
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    original = fetched(options.folder / PACKAGE, WHEEL)
    (original / "splitter.toml").write_text(SETTINGS, encoding="utf-8")
    commands = {
        "ast.parse": [sys.executable, "-c", FLOOR, PACKAGE],
        "analyze": [sys.executable, "-m", "splitter", "analyze", "--format", "json"],
    }

    def cost(command: Sequence[str]) -> float:
        shutil.rmtree(original / ".splitter", ignore_errors=True)
        return cpu(command, original, accepted=(0, 1))

    return held_against(commands, runs=options.runs, bound=BOUND, cost=cost)


if __name__ == "__main__":
    sys.exit(main())
