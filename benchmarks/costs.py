"""What whole processes cost, in CPU seconds (user and system, of the process and its children)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from compileall import compile_dir
from pathlib import Path

import splitter

Commands = Mapping[str, Sequence[str]]


def cpu(
    command: Sequence[str], folder: Path | None = None, *, accepted: Sequence[int] = (0,)
) -> float:
    """The cost of a command that writes no bytecode; the process ends if its status is not one
    of those accepted."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if done.returncode not in accepted:
        sys.exit(f"{command}: status {done.returncode}\n{done.stderr.decode()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def compiled() -> None:
    """Splitter is byte-compiled, as an installed wheel is."""
    compile_dir(Path(splitter.__file__).parent, quiet=1)


def held_against(
    commands: Commands, *, runs: int, bound: float, cost: Callable[[Sequence[str]], float] = cpu
) -> int:
    """Run two commands in turn, print the least cost of each, and judge the second by the first.

    The exit status: 1 if the ratio is above the bound.
    """
    compiled()
    costs: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(cost(command))
    best = {name: min(found) for name, found in costs.items()}
    for name, seconds in best.items():
        print(f"{name:<11}{seconds:8.3f} CPU s")
    least, judged = best.values()
    print(f"ratio: {judged / least:.2f} (at most {bound})")
    return 0 if judged / least <= bound else 1
