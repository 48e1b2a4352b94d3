"""`rewrite-imports` as typed: it runs in commit hooks, so it starts without what it can spare."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from splitter.reports import console, rewriting
from splitter.workflows.repointing import Wish, command


def run(words: Sequence[str], folder: Path | None = None) -> int:
    """Parse the words after `rewrite-imports`, do it, show it; the exit status.

    `folder` is the project that was named before the command.
    """
    options = _parser().parse_intermixed_args(words)
    wish = Wish(options.paths, options.map, options.origin, options.jobs, options.strict)
    write = not (options.check or options.diff or options.dry_run)
    outcome, recovered = command(options.project or folder, wish, write=write)
    if recovered:
        console.progress(recovered)
    return rewriting.show(
        outcome,
        check=options.check,
        diff=options.diff,
        dry_run=options.dry_run,
        as_json=options.format == "json",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "splitter rewrite-imports",
        description="Point imports of copied files at their new homes. With no PATH: every file "
        "that splitter copied, by the map that follows from the plan.",
        allow_abbrev=False,
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files, and folders of them")
    parser.add_argument(
        "--map", metavar="OLD=NEW", action="append", default=[], help="repeatable; the longest wins"
    )
    parser.add_argument("--origin", metavar="DOTTED", help="the one file's name in the monolith")
    parser.add_argument("--check", action="store_true", help="exit 1 if a change is due")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="an import of the monolith that no map covers is an error",
    )
    parser.add_argument("--jobs", metavar="N", type=_count, default=1, help="processes; 1")
    parser.add_argument("--project", "-C", metavar="DIR", type=Path, help="the project's folder")
    parser.add_argument("--dry-run", action="store_true", help="list what would be written")
    parser.add_argument("--diff", action="store_true", help="print a diff, write nothing")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes, 1 or more")
    return int(text)
