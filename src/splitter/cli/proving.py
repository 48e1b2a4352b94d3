"""The commands that compare answers: record, parity-check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from splitter.cli.opening import open_project
from splitter.cli.options import (
    As,
    DryRun,
    Format,
    ProjectDir,
    ReportFormat,
)

ReportAs = Annotated[
    ReportFormat, typer.Option("--format", help="text, json, junit, github or html.")
]
Target = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Instead of stdout.")]


def record(
    context: typer.Context,
    target: Annotated[
        str, typer.Option("--output", metavar="FILE", help="parity/recorded.jsonl if not given.")
    ] = "",
    project: ProjectDir = None,
    dry_run: DryRun = False,
    output: As = Format.TEXT,
) -> None:
    """Run the monolith's tests and record what they ask.

    All other arguments go to pytest. The tests run in a copy of the project, and of its database
    if the environment names one; the file is what parity-check --cases takes. It holds what the
    tests send, passwords included.
    """
    from splitter.reports import console
    from splitter.reports import recording as report
    from splitter.workflows import recording

    opened = open_project(context, project)
    if dry_run:
        command = recording.command_of(opened, context.args)
        console.say([f"would run: {command}", f"would write: {target or recording.TARGET}"])
        return
    done = recording.record(opened, context.args, target, say=console.progress)
    report.show(done, as_json=output is Format.JSON)


def parity_check(
    context: typer.Context,
    services: Annotated[list[str] | None, typer.Argument(metavar="SERVICE")] = None,
    monolith: Annotated[
        str, typer.Option("--monolith", metavar="URL", help="Where the monolith answers.")
    ] = "",
    service: Annotated[
        list[str] | None,
        typer.Option("--service", metavar="NAME=URL", help="Where a service does; repeatable."),
    ] = None,
    cases: Annotated[
        list[Path] | None,
        typer.Option(
            "--cases",
            metavar="FILE",
            help="Cases, recorded tests, HAR, access log or OpenAPI; repeatable.",
        ),
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="SOURCE", help="cases, tests or openapi; repeatable."),
    ] = None,
    accepted: Annotated[
        list[Path] | None,
        typer.Option(
            "--accepted",
            metavar="FILE",
            help="Differences that are known and do not count, each until a day; repeatable.",
        ),
    ] = None,
    noise: Annotated[
        Path | None,
        typer.Option(
            "--noise",
            metavar="FILE",
            help="Rules of what varies: those in it hold, those that are found are added.",
        ),
    ] = None,
    output: ReportAs = ReportFormat.TEXT,
    target: Target = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", metavar="N")] = None,
    timeout: Annotated[float | None, typer.Option("--timeout", metavar="SECONDS")] = None,
    shard: Annotated[str, typer.Option("--shard", metavar="I/N")] = "",
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Processes that put cases; 1 if not given."),
    ] = None,
    shrink: Annotated[
        bool,
        typer.Option("--shrink", help="Shrink each session that fails to the least that does."),
    ] = False,
    dask: Annotated[
        str,
        typer.Option("--dask", metavar="ADDRESS", help="Have a Dask cluster put them, to URLs."),
    ] = "",
    project: ProjectDir = None,
) -> None:
    """Put the same requests to both and compare the answers.

    Without options the monolith and the services are started on free ports, each side on its own
    copy of the database, and stopped in the end. Exits with 0 only if every answer matches.
    """
    from splitter.reports import console
    from splitter.reports.parity import output as report
    from splitter.workflows import proving
    from splitter.workflows.orders import Order

    order = Order(
        tuple(services or ()),
        monolith,
        tuple(service or ()),
        tuple(str(c) for c in cases or ()),
        tuple(sources or ()),
        concurrency,
        timeout,
        shard,
        tuple(str(a) for a in accepted or ()),
        str(noise or ""),
        workers,
        shrink=shrink,
        dask=dask,
    )
    with proving.compared(project or context.obj, order, say=console.progress) as comparison:
        summary = report.show(comparison.verdicts, output.value, target, ending=comparison.ending)
        passed = comparison.passed(summary)
    raise typer.Exit(0 if passed else 1)


def parity_merge(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="The JSON report of each shard.")
    ],
    output: ReportAs = ReportFormat.TEXT,
    target: Target = None,
) -> None:
    """Make one report of those of all shards of a run (parity-check --shard I/N --format json).

    Exits as parity-check would have without --shard; with 2 where a shard is missing, there twice,
    cut off, interrupted, or of another run.
    """
    from splitter.reports.parity import output as report
    from splitter.workflows import merging

    comparison = merging.merged([str(f) for f in files], target=target)
    summary = report.show(comparison.verdicts, output.value, target, ending=comparison.ending)
    raise typer.Exit(0 if comparison.passed(summary) else 1)
