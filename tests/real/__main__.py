"""Split public applications, module by module, and tell as a Markdown table what came of it.

    python tests/real NAME [NAME ...] --folder DIR [--bring NAME=DIR] [--only MODULE ...]

In DIR an environment, the code and the project of each application are made; the environment is
used again by a second run. The last project and the log of every run stay there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from applications import Application, applications
from grounds import ground
from tables import table
from trials import Outcome, Run, Trial, begin, route_modules, together, trials


def main(words: Sequence[str] | None = None) -> int:
    known = applications()
    parser = argparse.ArgumentParser(
        "python tests/real",
        description=(__doc__ or "").partition("\n")[0],
        epilog=f"Applications: {', '.join(known)}.",
    )
    parser.add_argument("names", metavar="NAME", nargs="+", choices=list(known))
    parser.add_argument("--folder", type=Path, required=True, help="where to work")
    parser.add_argument("--bring", metavar="NAME=DIR", action="append", default=[])
    parser.add_argument("--no-parity", action="store_true", help="each only has to boot alone")
    parser.add_argument("--only", metavar="MODULE", action="append", default=[])
    given = parser.parse_args(words)
    brought = {n: Path(d).resolve() for n, _, d in (text.partition("=") for text in given.bring)}
    fine = True
    for name in given.names:
        folder = given.folder / name
        found = tried(
            known[name], folder, brought.get(name), given.only, parity=not given.no_parity
        )
        print("\n".join(table(known[name], found)), "\n", flush=True)
        allowed = (Outcome.MATCHED, Outcome.BOOTED, Outcome.ANNOUNCED)
        fine = fine and bool(found) and all(t.outcome in allowed for t in found)
    return 0 if fine else 1


def tried(
    application: Application,
    folder: Path,
    brought: Path | None,
    only: Sequence[str],
    *,
    parity: bool = True,
) -> list[Trial]:
    """The trials of an application's route modules, with a log of each in the folder."""
    found: list[Trial] = []
    with ground(application, folder, brought=brought) as at:
        started = begin(at)
        _log(folder, "init", started)
        if started.status:
            print(started.err, file=sys.stderr)
            return found
        modules = route_modules(at)
        wanted = {m: n for m, n in modules.items() if not only or m in only}
        groups = () if only else together(at, modules)
        for trial in chain(trials(at, wanted, among=modules, parity=parity), groups):
            _log(folder, trial.name, trial.run)
            print(
                f"{trial.module}: {trial.outcome} {trial.matched}/{trial.total}"
                f" {' '.join(trial.codes)} ({trial.run.cpu:.0f} CPU s)",
                file=sys.stderr,
                flush=True,
            )
            found.append(trial)
    return found


def _log(folder: Path, name: str, run: Run) -> None:
    text = f"status {run.status}, {run.cpu:.1f} CPU s, {run.elapsed:.1f} s\n{run.out}\n{run.err}"
    folder.joinpath(f"{name}.log").write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
