"""Shared files keep what a service needs that no plan knows of: the monolith has it no longer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from splitter.actions.extraction import Extract
from splitter.codemods.merging import merge
from splitter.discovery.closure import closure
from splitter.planning.parting import FOUNDATION


def keep_for_others(
    files: Mapping[str, Extract], before: Mapping[str, bytes], others: Collection[str]
) -> dict[str, Extract]:
    """The extracts, those of shared files with what `others` (paths) may import from them now."""
    used = closure(before, [*others]) if others else set()
    return {path: _kept(one, before) if path in used else one for path, one in files.items()}


def _kept(extract: Extract, before: Mapping[str, bytes]) -> Extract:
    old = before.get(extract.path)
    if old is None or extract.owner != FOUNDATION or not extract.path.endswith(".py"):
        return extract
    try:
        return replace(extract, text=merge(extract.text, old))
    except (SyntaxError, ValueError):
        return extract
