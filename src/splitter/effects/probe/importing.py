"""The application object as a server would get it."""

from __future__ import annotations

import importlib
from typing import Any


class NotAnApplicationError(Exception):
    """What the reference names is there, but no server could run it."""


def load(reference: str, factory: bool) -> object:
    """The object that `module:attribute` names; called, if it is a factory."""
    module, _, path = reference.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        if not hasattr(found, name):
            raise NotAnApplicationError(f"{module} has no attribute {path}")
        found = getattr(found, name)
    if factory:
        if not callable(found):
            raise NotAnApplicationError(f"{reference} is not a factory: it cannot be called")
        found = found()
    return found
