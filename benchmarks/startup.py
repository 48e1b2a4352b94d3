"""What `splitter --help` costs, against a bare typer application's `--help`, in one run.

    python benchmarks/startup.py [--runs N]

Whole processes, CPU seconds (user and system), the two in turn, the least of N runs. Exit 1 if the
ratio is above 1.5.
"""

from __future__ import annotations

import argparse
import sys

from costs import held_against

BARE = "import typer\napp = typer.Typer()\n@app.command()\ndef run(): ...\napp()\n"
BOUND = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    commands = {
        "bare typer": [sys.executable, "-c", BARE, "--help"],
        "splitter": [sys.executable, "-m", "splitter", "--help"],
    }
    return held_against(commands, runs=runs, bound=BOUND)


if __name__ == "__main__":
    sys.exit(main())
