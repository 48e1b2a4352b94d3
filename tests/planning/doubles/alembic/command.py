"""As much of Alembic as runs an environment: `package:folder` or a folder, and its env.py."""

from __future__ import annotations

import runpy
from importlib import resources
from typing import Any


def upgrade(location: str) -> dict[str, Any]:
    """Run the environment; what its env.py binds."""
    package, colon, folder = location.partition(":")
    place = f"{resources.files(package) / folder}" if colon else location
    return runpy.run_path(f"{place}/env.py")
