"""Traefik: takes a new file over by itself, has no command that checks one, and is read back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from splitter.effects import plain_http
from splitter.effects.gateways.program import Program, executable


def program() -> Program:
    return Program(
        "traefik",
        check=lambda folder: [],
        run=lambda folder: [
            executable("traefik"),
            f"--configFile={folder.name}/traefik.yml",
        ],
        start="traefik --configFile=gateway/traefik.yml",
        pid=lambda folder: int(bool(_asked(folder, "middlewares"))),
        reload=lambda folder, pid: None,
        loaded=_loaded,
        log="traefik.log",
    )


def _loaded(folder: Path, generation: str, port: int) -> bool:
    """Whether it goes by that generation, and every router of the file is there and in force.

    A file of which it understands nothing leaves the old one; one with an error in it can take
    single routers out of force.
    """
    names = {row["name"] for row in _asked(folder, "middlewares")}
    if f"splitter-{generation}@file" not in names:
        return False
    routers = [row for row in _asked(folder, "routers") if row.get("provider") == "file"]
    wanted = len(re.findall(r"(?m)^ {6}rule:", (folder / "dynamic.yml").read_text("utf-8")))
    return len(routers) == wanted and all(row.get("status") == "enabled" for row in routers)


def _asked(folder: Path, what: str) -> list[dict[str, Any]]:
    """What the API says of all routers, or middlewares; nothing if it does not answer."""
    try:
        found = re.search(r"127\.0\.0\.1:(\d+)", (folder / "traefik.yml").read_text("utf-8"))
    except OSError:
        return []
    heard = found and plain_http.answer(int(found[1]), f"/api/http/{what}?per_page=100000")
    try:
        rows = json.loads(heard[2]) if heard else []
    except ValueError:
        return []
    return rows if isinstance(rows, list) else []
