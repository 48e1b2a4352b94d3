"""Options that several commands take, each declared once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


class PageFormat(StrEnum):
    """How the status page is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


class PlanFormat(StrEnum):
    """How a plan is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    MERMAID = "mermaid"
    HTML = "html"


class ReportFormat(StrEnum):
    """How a parity report is printed."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    GITHUB = "github"
    HTML = "html"


ProjectDir = Annotated[
    Path | None,
    typer.Option("--project", "-C", metavar="DIR", help="The project's folder."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="List what would be written.")]
Diff = Annotated[bool, typer.Option("--diff", help="Print a unified diff, write nothing.")]
As = Annotated[Format, typer.Option("--format", help="text or json.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The service, such as transaction.")]
Port = Annotated[int, typer.Option("--port", metavar="N", help="Its port, such as 8002.")]
Routes = Annotated[
    list[str] | None,
    typer.Option("--routes", metavar="X", help="A module, a file or a URL prefix; repeatable."),
]
