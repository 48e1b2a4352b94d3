"""Where the plan goes, and in which format: stdout or a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from pathlib import Path

from splitter.errors import DiskError
from splitter.model.figures import Outlook


def show(outlook: Outlook, form: str, target: Path | None, names: Collection[str]) -> None:
    """Write the plan in one of its formats. `names` are the services that the text is about."""
    text = _written(outlook, form, names)
    if target is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        sys.stdout.write(text)
        return
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DiskError(f"cannot write the plan: {error.strerror}", where=str(target)) from None


def _written(outlook: Outlook, form: str, names: Collection[str]) -> str:
    if form == "json":
        from splitter.reports.plan.json import document

        return json.dumps(document(outlook), indent=2, ensure_ascii=False) + "\n"
    if form == "html":
        from splitter.reports.plan.html import page

        return page(outlook)
    if form == "mermaid":
        from splitter.reports.plan.mermaid import graph

        return graph(outlook.chart)
    if form == "markdown":
        from splitter.reports.plan.markdown import document as markdown

        return markdown(outlook)
    from splitter.reports.plan.text import lines

    return "\n".join(lines(outlook, names)) + "\n"
