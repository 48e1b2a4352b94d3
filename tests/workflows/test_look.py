from __future__ import annotations

from pathlib import Path

from splitter.model.monolith import Sources
from splitter.model.plan import Copy, Manifest
from splitter.settings import Settings
from splitter.workflows.look import own_code
from splitter.workflows.project import Project


def test_what_splitter_has_written_is_not_the_monoliths() -> None:
    migrations = {f"migrations/{name}": b"" for name in ("env.py", "script.py.mako")}
    copies = {f"shared/{path}": text for path, text in migrations.items()}
    records = tuple(Copy(p, "shared", "", p.removeprefix("shared/"), "", "", "") for p in copies)
    sources = {"main.py": b"", **migrations, **copies, "shared/__init__.py": b""}
    manifest = Manifest(records, {"shared/__init__.py": ""})
    found = own_code(Project(Path("/none"), Settings(), Sources(sources), manifest))
    assert sorted(found.sources) == ["main.py", *sorted(migrations)]
    assert sorted(found.names) == ["main", "migrations.env"]
