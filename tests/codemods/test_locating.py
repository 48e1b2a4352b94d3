from __future__ import annotations

import pytest

from splitter.codemods.locating import locate

LOCATIONS = {
    "alembic": "%(here)s/alembic",
    "./alembic": "%(here)s/alembic",
    "app/db/migrations": "%(here)s/app/db/migrations",
    "/srv/alembic": "/srv/alembic",
    "%(here)s/alembic": "%(here)s/alembic",
    "app:migrations": "app:migrations",
}


@pytest.mark.parametrize("given", LOCATIONS)
@pytest.mark.parametrize("end", ["\n", "\r\n", " \n", ""])
def test_a_relative_place_is_told_from_the_file(given: str, end: str) -> None:
    text = f"# script_location = x{end or ' '}\n[alembic]\nscript_location = {given}{end}"
    expected = text.replace(f" = {given}", f" = {LOCATIONS[given]}")
    assert locate(text.encode(), path="alembic.ini") == expected.encode()


def test_a_file_below_leads_up() -> None:
    found = locate(b"[alembic]\nscript_location=alembic\n", path="conf/db/alembic.ini")
    assert found == b"[alembic]\nscript_location=%(here)s/../../alembic\n"


def test_a_file_without_a_place_stays() -> None:
    text = b"[a]\nscript_locations = b\nlocation = c\n"
    assert locate(text, path="a.ini") == text
