"""What `splitter --help` costs, against a bare typer application's `--help`, in one run.

    python benchmarks/startup.py [--runs N]

Whole processes, CPU seconds (user and system), the two in turn, the least of N runs. Exit 1 if the
ratio is above 1.5.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys

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
    costs: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(cpu(command))
    best = {name: min(found) for name, found in costs.items()}
    for name, seconds in best.items():
        print(f"{name:<11}{seconds:7.3f} CPU s")
    ratio = best["splitter"] / best["bare typer"]
    print(f"ratio: {ratio:.2f} (at most {BOUND})")
    return 0 if ratio <= BOUND else 1


def cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
