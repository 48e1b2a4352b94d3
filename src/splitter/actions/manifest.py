"""The record of what was copied from where, as a file of the project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from splitter.errors import ConfigurationError
from splitter.model.plan import Copy, Manifest

PATH = ".splitter/manifest.json"


def read_manifest(files: Mapping[str, bytes]) -> Manifest:
    """The manifest of a project, empty where there is none. ConfigurationError if it is broken."""
    data = files.get(PATH)
    if data is None:
        return Manifest()
    try:
        table = json.loads(data)
        copies = tuple(Copy(**row) for row in table["copies"])
        marked = {path: tuple(found) for path, found in table.get("marked", {}).items()}
        calls = {service: tuple(found) for service, found in table.get("calls", {}).items()}
        written, imports = dict(table["written"]), dict(table["imports"])
        return Manifest(copies, written, imports, marked, calls, dict(table.get("prints", {})))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigurationError(
            f"the record of what splitter wrote cannot be read: {error}",
            where=PATH,
            hint="restore it from version control, or run splitter undo",
        ) from None


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as a file: sorted, one record a line group, so that merges stay small."""
    table = {
        "schema": 1,
        "copies": [asdict(copy) for copy in sorted(manifest.copies, key=lambda c: c.path)],
        "written": dict(sorted(manifest.written.items())),
        "imports": {o: dict(sorted(m.items())) for o, m in sorted(manifest.imports.items())},
    }
    if manifest.marked:
        table["marked"] = {p: sorted(found) for p, found in sorted(manifest.marked.items())}
    if manifest.calls:
        table["calls"] = {s: sorted(found) for s, found in sorted(manifest.calls.items())}
    if manifest.prints:
        table["prints"] = dict(sorted(manifest.prints.items()))
    return (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
