"""rewrite-imports on files of the disk: which files, by which map, and what came of it."""

from __future__ import annotations

import gc
import keyword
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from splitter.actions.rewriting import TITLE, rewrite
from splitter.errors import DiskError, UsageError
from splitter.model.rewriting import Rewriting, joined

_PASSED_OVER = frozenset({"__pycache__", "node_modules"})
_HINT = "a map is OLD=NEW, two dotted names: app.database=shared.database"


def parse_maps(maps: Sequence[str]) -> dict[str, str]:
    """The map that `--map OLD=NEW` options give; UsageError for one that is none."""
    parsed: dict[str, str] = {}
    for option in maps:
        old, equals, new = option.partition("=")
        if not equals or not is_dotted(old) or not is_dotted(new):
            raise UsageError(f"--map {option} is not OLD=NEW", hint=_HINT)
        if parsed.setdefault(_plain(old), _plain(new)) != _plain(new):
            raise UsageError(f"--map gives {old} two new names", hint="leave one of them out")
    return parsed


def is_dotted(name: str) -> bool:
    """`name` can be the dotted name of a module or of an object in one."""
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split("."))


def python_files(root: Path) -> Iterator[str]:
    """The `.py` files below `root`, but for those of environments and of hidden folders."""
    return _below_folder(str(root), "")


def rewrite_paths(
    root: Path,
    paths: Sequence[str],
    imports: Mapping[str, str],
    *,
    origin: str | None = None,
    origins: Mapping[str, str] | None = None,
    jobs: int = 1,
    strict: bool = False,
) -> Rewriting:
    """What is due in files and in the `.py` files below folders, given from the current folder.

    `origin` is for the one file given; `origins`, by path below `root`, for all others.
    Nothing is written. Files that are named are checked for syntax, those found in a folder only
    if they could hold something of the map. `strict`: an import of a package that the map moves
    from, or that a file came from, blocks if no map covers it. UsageError for a path that is
    not there or not below `root`, DiskError for a file that cannot be read.
    """
    named, found = _collect(root, paths)
    known = dict(origins or {})
    if origin is not None:
        known[_only(named, found)] = _origin(origin)
    job = _Job(root, imports, known, named, strict)
    with _no_collections():
        return _in_parallel(job, found, jobs) if jobs > 1 else job.rewrite(found)


@dataclass(frozen=True)
class _Job:
    """What a process has to know to rewrite its share of the files."""

    root: Path
    imports: Mapping[str, str]
    origins: Mapping[str, str]
    named: frozenset[str]
    strict: bool

    def rewrite(self, paths: Sequence[str]) -> Rewriting:
        return rewrite(
            ((path, _read(self.root, path)) for path in paths),
            self.imports,
            origins=self.origins,
            closely=self.named,
            modules=_modules(self.root, self.imports),
            monolith=self._monolith() if self.strict else (),
        )

    def _monolith(self) -> frozenset[str]:
        names = (*self.imports, *self.origins.values())
        return frozenset(name.partition(".")[0] for name in names)


def _in_parallel(job: _Job, paths: Sequence[str], jobs: int) -> Rewriting:
    from concurrent.futures import ProcessPoolExecutor

    shares = [share for start in range(jobs) if (share := paths[start::jobs])]
    with ProcessPoolExecutor(len(shares) or 1) as pool:
        return joined(TITLE, list(pool.map(job.rewrite, shares)))


def _modules(root: Path, imports: Mapping[str, str]) -> frozenset[str]:
    """Which of the names, and of what lies directly above them, are modules below `root`."""
    names = {name for pair in imports.items() for name in pair}
    names |= {name.rpartition(".")[0] for name in names} - {""}
    return frozenset(name for name in names if _is_module(root, name))


def _is_module(root: Path, name: str) -> bool:
    path = os.path.join(root, *name.split("."))
    return os.path.isfile(f"{path}.py") or os.path.isdir(path)


def _collect(root: Path, paths: Sequence[str]) -> tuple[frozenset[str], list[str]]:
    """The files named one by one, and all files, each as a posix path below `root`."""
    named: set[str] = set()
    found: dict[str, None] = {}
    for path in paths:
        below = _below(root, path)
        if os.path.isdir(path):
            found.update(dict.fromkeys(_below_folder(os.path.abspath(path), below)))
        elif os.path.exists(path):
            named.add(below)
            found[below] = None
        else:
            raise UsageError(f"{path} does not exist", hint="give files and folders that do")
    return frozenset(named), sorted(found)


def _below(root: Path, path: str) -> str:
    """`path` as seen from `root`, its last part as given: a link stays a link."""
    folder, name = os.path.split(os.path.abspath(path))
    below = os.path.relpath(os.path.join(os.path.realpath(folder), name), os.path.realpath(root))
    if below == os.pardir or below.startswith(os.pardir + os.sep):
        hint = "name the project's folder with --project"
        raise UsageError(f"{path} does not lie in {root}", hint=hint)
    return "" if below == os.curdir else below.replace(os.sep, "/")


def _below_folder(folder: str, below: str) -> Iterator[str]:
    prefix = f"{below}/" if below else ""
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            if _is_walked(entry):
                yield from _below_folder(entry.path, prefix + entry.name)
        elif entry.name.endswith(".py") and entry.is_file(follow_symlinks=False):
            yield prefix + entry.name


def _is_walked(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _PASSED_OVER:
        return False
    return not os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise DiskError(f"{folder} cannot be read: {error.strerror}") from None


def _read(root: Path, path: str) -> bytes:
    try:
        with open(os.path.join(root, path), "rb", buffering=0) as file:
            return file.read()
    except OSError as error:
        raise DiskError(f"{path} cannot be read: {error.strerror}") from None


def _only(named: frozenset[str], found: Sequence[str]) -> str:
    if len(found) != 1 or found[0] not in named:
        hint = "name the one file that --origin is for"
        raise UsageError("--origin goes with one file", hint=hint)
    return found[0]


def _origin(origin: str) -> str:
    if not is_dotted(origin):
        hint = "the name that the file had in the monolith: app.routes.transactions"
        raise UsageError(f"--origin {origin} is not a dotted name", hint=hint)
    return _plain(origin)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Syntax trees hold no cycles: looking for some costs a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
