"""The templates of pages that splitter shows, as they ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


def template(name: str) -> Callable[..., str]:
    """What renders the page of that name. An undefined name in it is an error."""
    return _named(name).render


def pieces(name: str) -> Callable[..., Iterator[str]]:
    """The same, for a page that may be long: it comes in pieces."""
    return _named(name).generate


def _named(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _folder() -> str:
    """The templates that ship, in an installed package or beside the sources."""
    shipped = Path(str(files("splitter"))) / "templates"
    return str(shipped if shipped.is_dir() else Path(__file__).parents[3] / "templates")
