"""The gateways' programs, where they are there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from splitter.effects.gateways.programs import program
from splitter.errors import ToolMissing

ANYWHERE = Path("gateway")


def command(kind: str, folder: Path) -> list[str]:
    """What serves a folder's files, in the folder above it.

    Where the program is missing a user's run skips, and CI fails.
    """
    found = program(kind)
    assert found
    try:
        return found.run(folder)
    except ToolMissing as error:
        if os.environ.get("CI") == "true":
            pytest.fail(error.what)
        pytest.skip(error.what)
