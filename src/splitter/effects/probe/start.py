"""Run as a file by the monolith's interpreter: loads its neighbours under a name of their own.

Nothing here may import splitter or need more than Python 3.8, and nothing may be importable to the
monolith: its own modules could have the same names.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "_splitter_probe"


def main(request: str) -> None:
    sys.path[:] = [p for p in sys.path if os.path.abspath(p) != FOLDER]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(FOLDER, "__init__.py"), submodule_search_locations=[FOLDER]
    )
    assert spec is not None
    sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    importlib.import_module(PACKAGE + ".answering").answer(request)


if __name__ == "__main__":
    main(sys.argv[1])
