"""Files that are named relative to the folder in which the monolith is started."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import PurePosixPath

from splitter.planning.data import data_at
from splitter.planning.findings.calls import Calls, Sight, argument, literal
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.findings.kinds import last_name
from splitter.planning.parties import Parties

_OPENS = (
    "open",
    "FileResponse",
    "StaticFiles",
    "Jinja2Templates",
    "FileSystemLoader",
    "FileHandler",
)
_PATHS = ("Path", "PurePath", "PosixPath")
_FIRST = ("directory", "path", "file", "searchpath", "filename")
_IS_PATH = re.compile(r"^(?![/~]|\w+:|https?:)[\w.\-/ ]*[\w/]$")


def files_by_folder(calls: Calls) -> Iterator[Finding]:
    """Relative paths: of the monolith's own files, which a service alone lacks, and of others."""
    parties = calls.parties
    for sight in calls.named(*_OPENS, *_PATHS):
        text = literal(argument(sight.call, 0, *_FIRST))
        if text is None or not _IS_PATH.match(text) or not _is_builtin(sight):
            continue
        path = str(PurePosixPath(text, *_rest(sight)))
        writes = _writes(sight)
        there = _is_there(parties, path)
        if last_name(sight.call.func) in _PATHS and not (there or "/" in path):
            continue
        yield _told(parties, sight, path, there and not writes)


def _rest(sight: Sight) -> Iterator[str]:
    """The further steps of `Path("a", "b")`."""
    if last_name(sight.call.func) in _PATHS:
        yield from takewhile(bool, (literal(argument) or "" for argument in sight.call.args[1:]))


def _told(parties: Parties, sight: Sight, path: str, there: bool) -> Finding:
    names = parties.with_piece(sight.piece)
    if there and data_at(parties.program, path):
        what = (
            f"{path} is looked for where the program is started; a service that reads it has a copy"
        )
        return finding(sight.view.path, sight.line, "SPL022", what, names)
    if there:
        what = f"{path} is looked for in the folder where the program is started"
    else:
        what = f"{path} is a path below the folder where the program is started"
    return finding(sight.view.path, sight.line, "SPL022", what, names, blocks=there)


def _is_builtin(sight: Sight) -> bool:
    """`open(…)` itself, or that of a library for files; not `webbrowser.open` or `Image.open`."""
    if last_name(sight.call.func) != "open":
        return True
    return sight.chain in (("open",), ("io", "open"), ("aiofiles", "open"), ("anyio", "open_file"))


def _writes(sight: Sight) -> bool:
    mode = literal(argument(sight.call, 1, "mode")) if last_name(sight.call.func) == "open" else ""
    return last_name(sight.call.func) == "FileHandler" or bool(set(mode or "") & set("wax"))


def _is_there(parties: Parties, path: str) -> bool:
    """Whether the project has such a file, or a folder with files in it."""
    sources = parties.program.sources
    if path in sources:
        return not path.endswith((".py", ".toml", ".env"))
    return path not in ("", ".") and any(p.startswith(f"{path}/") for p in sources)
