"""Whether real code comes back: a map that matches nothing, and a map with its inverse.

    python benchmarks/round_trip.py FOLDER [NAME ...]

Takes code bases of 700 to 6,700 files from the package index into FOLDER. On each, a map that
matches nothing must change no byte; several maps and then their inverse must give every file back
byte for byte, or a note says why it cannot. Exit 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rewrite import CODE_BASES, fetched, fresh, maps

NOTHING = {"nowhere.to_be.found": "elsewhere.to_be"}
MORE = {
    "prefect": (
        "prefect==3.9.1",
        {
            "prefect.logging.get_run_logger": "prefect.shared.logs.get_run_logger",
            "prefect.settings": "prefect.shared.settings",
            "prefect.utilities.asyncutils": "prefect.shared.loops",
            "prefect.client.schemas.objects.Flow": "prefect.shared.objects.Flow",
            "prefect.server.utilities": "prefect.shared.server",
        },
    ),
    "airflow": (
        "apache-airflow-core==3.3.2",
        {
            "airflow.utils.session": "airflow.shared_homes.session",
            "airflow.models.dag": "airflow.shared_homes.dags",
            "airflow.exceptions.AirflowException": "airflow.shared_homes.errors.AirflowException",
            "airflow.api_fastapi.common": "airflow.shared_homes.api",
            "airflow.configuration.conf": "airflow.shared_homes.configuration.conf",
        },
    ),
}
# A reshaped statement, another name because the own one is taken, a use that was left.
REASONS = {"SPL300", "SPL303", "SPL305"}


def main() -> int:
    known = {**CODE_BASES, **MORE}
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    wrong = 0
    for name in options.names or known:
        wheel, names = known[name]
        original = fetched(options.folder / name, wheel)
        wrong += tried(name, original, options.folder / name / "round", names)
    return 1 if wrong else 0


def tried(name: str, original: Path, copy: Path, names: Mapping[str, str]) -> int:
    """How many files were not as they had to be."""
    shutil.rmtree(copy, ignore_errors=True)
    fresh(original, copy)
    rewritten(copy, NOTHING)
    touched = differing(original, copy)
    there = rewritten(copy, names)
    changed = differing(original, copy)
    back = rewritten(copy, {new: old for old, new in names.items()})
    explained = there | back
    different = differing(original, copy)
    silent = [path for path in different if path not in explained]
    files = sum(1 for _ in original.rglob("*.py"))
    print(
        f"{name}: {files} files, {len(touched)} touched by a map that matches nothing; "
        f"{len(changed)} changed by {len(names)} maps, {len(changed) - len(different)} given back, "
        f"{len(different) - len(silent)} with a note why not, {len(silent)} without"
    )
    for path in (*touched, *silent):
        print(f"  {path}")
    return len(touched) + len(silent)


def rewritten(folder: Path, names: Mapping[str, str]) -> set[str]:
    """Rewrite all of a folder; the files of which a note says that they will not come back."""
    command = [sys.executable, "-m", "splitter", "rewrite-imports", ".", "--format", "json"]
    done = subprocess.run([*command, *maps(names)], cwd=folder, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode())
    files: list[dict[str, Any]] = json.loads(done.stdout)["files"]
    return {f["path"] for f in files if REASONS & {note["code"] for note in f["notes"]}}


def differing(original: Path, copy: Path) -> list[str]:
    paths = sorted(path.relative_to(original).as_posix() for path in original.rglob("*.py"))
    return [p for p in paths if (original / p).read_bytes() != (copy / p).read_bytes()]


if __name__ == "__main__":
    sys.exit(main())
