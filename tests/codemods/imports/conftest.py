from collections.abc import Callable

import pytest

from splitter.codemods.imports.mapping import ImportMap
from splitter.codemods.imports.repointing import Rewritten, repoint
from splitter.codemods.imports.uncovered import Watch


@pytest.fixture
def point() -> Callable[..., Rewritten]:
    """Rewrite text by maps written as `old=new other=new`."""

    def rewrite(
        source: str | bytes,
        maps: str,
        *,
        origin: str = "app.routes.users",
        place: str = "",
        is_package: bool = False,
        modules: tuple[str, ...] = (),
        monolith: tuple[str, ...] = (),
    ) -> Rewritten:
        pairs = dict(pair.split("=") for pair in maps.split())
        return repoint(
            source if isinstance(source, bytes) else source.encode(),
            imports=ImportMap(pairs, modules=modules),
            origin=origin,
            place=place or origin,
            is_package=is_package,
            path="m.py",
            monolith=Watch(monolith),
        )

    return rewrite
