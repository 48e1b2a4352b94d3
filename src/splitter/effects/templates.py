"""The templates' texts: those that ship, and the project's own in their place."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from splitter.errors import ConfigurationError, DiskError

OVERRIDES = ".splitter/templates"


def read_templates(root: Path | None = None) -> dict[str, str]:
    """Every template by its posix path below `templates/`.

    A file of the same relative path in `.splitter/templates` of the project `root` wins;
    names that begin with a dot are passed over.
    """
    texts = dict(_read(shipped(), ""))
    own = root / OVERRIDES if root else None
    if own and own.is_dir():
        texts.update(_read(own, ""))
    return texts


def shipped() -> Traversable:
    """The folder that ships: in the package when installed, else the repository's own."""
    package = files("splitter")
    installed = package / "templates"
    if installed.is_dir():
        return installed
    repository = Path(str(package)).parents[1] / "templates"
    if repository.is_dir():
        return repository
    raise DiskError(
        "splitter's templates are missing",
        where=str(installed),
        hint="install splitter again: pip install --force-reinstall monolith-splitter",
    )


def _read(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        path = prefix + entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _read(entry, path + "/")
        else:
            yield path, _text(entry)


def _text(entry: Traversable) -> str:
    try:
        return entry.read_text("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError("a template is not UTF-8", where=str(entry)) from None
    except OSError as error:
        raise DiskError(f"cannot read a template: {error.strerror}", where=str(entry)) from None
