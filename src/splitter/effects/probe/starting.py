"""The start-up of an application, as a server would run it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from .places import Project


def started(app: Any, project: Project, ask: Callable[[], None], patience: float) -> list[str]:
    """Run the application's start-up, `ask`, shut it down; gives remarks on what went wrong."""
    remarks: list[str] = []
    asyncio.run(_started(app, project, ask, patience, remarks))
    return remarks


async def _started(
    app: Any, project: Project, ask: Callable[[], None], patience: float, remarks: list[str]
) -> None:
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    await sent.put({"type": "lifespan.startup"})
    life = asyncio.ensure_future(app(scope, sent.get, heard.put))
    first = asyncio.ensure_future(heard.get())
    await asyncio.wait({life, first}, return_when=asyncio.FIRST_COMPLETED)
    if not first.done() or first.result()["type"] != "lifespan.startup.complete":
        first.cancel()
        remarks.append("start-up fails: " + await _reason(life, first, project))
    else:
        ask()
        await sent.put({"type": "lifespan.shutdown"})
        await asyncio.wait({life}, timeout=patience)
        if not life.done():
            remarks.append(f"shut-down did not end within {patience:g} s")
            life.cancel()
        elif life.exception() is not None:
            remarks.append("shut-down fails: " + await _reason(life, first, project))


async def _reason(life: Any, first: Any, project: Project) -> str:
    await asyncio.wait({life}, timeout=1)
    error = life.exception() if life.done() and not life.cancelled() else None
    if error is not None:
        return project.failure(error)
    said = first.result().get("message", "") if first.done() and not first.cancelled() else ""
    return str(said).strip().split("\n")[-1] or "it ends without a word"
