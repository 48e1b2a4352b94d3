"""The commands as typed: parse, hand to a workflow, show what came back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from splitter.workflows.project import Project
    from splitter.workflows.proposal import Proposal

app = typer.Typer(
    name="splitter",
    help="Split a FastAPI monolith into services, one at a time, and prove that they answer alike.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


class PageFormat(StrEnum):
    """How the status page is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


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


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"splitter {version('monolith-splitter')}")
        raise typer.Exit


@app.callback()
def begin(
    context: typer.Context,
    project: ProjectDir = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and exit.")
    ] = False,
) -> None:
    """Split a FastAPI monolith into services, one at a time, and prove that they answer alike."""
    context.obj = project


@app.command()
def init(
    context: typer.Context,
    application: Annotated[
        str, typer.Option("--app", metavar="MODULE:ATTRIBUTE", help="As uvicorn takes it.")
    ] = "",
    factory: Annotated[
        bool, typer.Option("--factory", help="--app makes the application.")
    ] = False,
    routes: Annotated[
        str, typer.Option("--routes", metavar="PACKAGE", help="It holds the route modules.")
    ] = "",
    python: Annotated[
        str, typer.Option("--python", metavar="PATH", help="Has the monolith's dependencies.")
    ] = "",
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Write splitter.toml and the shared foundation.

    The application, the route modules and the names of the services are found by looking at the
    monolith. A splitter.toml that is there is kept, and what it asks for is made if missing.
    """
    from splitter.workflows import beginning
    from splitter.workflows.folders import folder_of

    proposal = beginning.init(
        folder_of(project or context.obj),
        app=application,
        factory=factory,
        routes=routes,
        python=python,
        preview=dry_run or diff,
    )
    _finish(proposal, dry_run, diff, output)


@app.command()
def analyze(
    context: typer.Context,
    tests: Annotated[
        str, typer.Option("--tests", metavar="COMMAND", help="Run the monolith's tests, watched.")
    ] = "",
    observed: Annotated[
        Path | None,
        typer.Option("--observed", metavar="FILE", help="What pytest --splitter-tables wrote."),
    ] = None,
    project: ProjectDir = None,
    output: As = Format.TEXT,
) -> None:
    """Show routes, modules, tables, and what is in the way.

    With --tests the monolith's tests are run (such as 'pytest tests') to see which tables its
    routes use. Exits with 1 if something blocks a split, or a file cannot be parsed.
    """
    from splitter.reports import analysis, console
    from splitter.workflows import look

    opened = _open(context, project)
    monolith = look.survey(opened, tests=tests, observed=observed, say=console.progress)
    analysis.show(monolith, as_json=output is Format.JSON)
    raise typer.Exit(1 if look.is_in_the_way(monolith) else 0)


@app.command()
def explain(code: Annotated[str, typer.Argument(metavar="CODE")] = "") -> None:
    """Say what a finding's code means and what to do.

    Without a code: list them all.
    """
    from splitter.reports import analysis, console
    from splitter.workflows import look

    if code:
        console.say(analysis.explanation(*look.explain(code)))
    else:
        console.say(f"{known}  {title}" for known, title in look.codes())


@app.command()
def plan(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME")] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            metavar="NAME=ROUTES",
            help="As if a service had these routes, comma-separated; repeatable.",
        ),
    ] = None,
    output: Annotated[
        PlanFormat, typer.Option("--format", help="text, markdown, json, mermaid or html.")
    ] = PlanFormat.TEXT,
    target: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Instead of stdout.")
    ] = None,
    project: ProjectDir = None,
) -> None:
    """Show what the services of splitter.toml come to, in figures.

    For each: what is copied, what is shared and why, tables, calls to others, and what blocks it;
    with a NAME, all that moves for it. Writes nothing. Exits with 1 if a service is blocked.
    """
    from splitter.reports import console
    from splitter.reports.plan import output as report
    from splitter.workflows import charting

    opened = _open(context, project)
    outlook = charting.outlook(opened, names or (), what_if or (), say=console.progress)
    report.show(outlook, output.value, target, names or ())
    raise typer.Exit(1 if any(f.blockers for f in outlook.chart.services) else 0)


@app.command()
def scaffold(
    context: typer.Context,
    name: Name,
    port: Port,
    routes: Routes = None,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Make a service's skeleton and copy its route files.

    The copies still import from the monolith: splitter rewrite-imports comes next.
    """
    from splitter.workflows import change

    opened = _open_or_init(context, project, preview=dry_run or diff)
    _finish(change.scaffold(opened, name, port, routes or []), dry_run, diff, output)


@app.command()
def extract(
    context: typer.Context,
    name: Name,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Copy a service's route files and what they need.

    They are copied as the monolith has them now; copies that you edited are left as they are.
    """
    from splitter.workflows import change

    opened = _open(context, project, preview=dry_run or diff)
    proposal = change.extract_service(opened, name)
    _finish(proposal, dry_run, diff, output)


@app.command(
    "rewrite-imports",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def rewrite_imports(context: typer.Context) -> None:
    """Point the imports of copied files at their new homes."""
    from splitter import cli_rewriting

    raise typer.Exit(cli_rewriting.run(context.args, context.obj))


@app.command()
def verify(
    context: typer.Context, name: Name, project: ProjectDir = None, output: As = Format.TEXT
) -> None:
    """Boot a service alone and ask its health.

    It is booted from a folder that holds nothing but shared/ and the service.
    """
    from splitter.reports import console
    from splitter.workflows import verifying

    checked = verifying.verify(_open(context, project), name, say=console.progress)
    if output is Format.JSON:
        console.show_json(checked.document())
    else:
        console.say(checked.lines())
    raise typer.Exit(0 if checked.ok else 1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
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

    All other arguments go to pytest. The tests run in a copy of the project; the file is what
    parity-check --cases takes. It holds what the tests send, passwords included.
    """
    from splitter.reports import console
    from splitter.reports import recording as report
    from splitter.workflows import recording

    opened = _open(context, project)
    if dry_run:
        command = recording.command_of(opened, context.args)
        console.say([f"would run: {command}", f"would write: {target or recording.TARGET}"])
        return
    done = recording.record(opened, context.args, target, say=console.progress)
    report.show(done, as_json=output is Format.JSON)


@app.command("parity-check")
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
    output: Annotated[
        ReportFormat, typer.Option("--format", help="text, json, junit, github or html.")
    ] = ReportFormat.TEXT,
    target: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Instead of stdout.")
    ] = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", metavar="N")] = None,
    timeout: Annotated[float | None, typer.Option("--timeout", metavar="SECONDS")] = None,
    shard: Annotated[str, typer.Option("--shard", metavar="I/N")] = "",
    project: ProjectDir = None,
) -> None:
    """Put the same requests to both and compare the answers.

    Without options the monolith and the services are started on free ports, each side on its own
    copy of the database, and stopped in the end. Exits with 0 only if every answer matches.
    """
    from splitter.reports import console
    from splitter.reports.parity import output as report
    from splitter.workflows import proving

    order = proving.Order(
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
    )
    with proving.compared(project or context.obj, order, say=console.progress) as comparison:
        summary = report.show(comparison.verdicts, output.value, target, ending=comparison.ending)
        passed = comparison.passed(summary)
    raise typer.Exit(0 if passed else 1)


@app.command()
def split(
    context: typer.Context,
    name: Name,
    port: Port,
    routes: Routes = None,
    no_parity: Annotated[bool, typer.Option("--no-parity", help="Do not compare answers.")] = False,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Make a service and prove it, or write nothing.

    Scaffolds, extracts, rewrites, verifies and compares, before anything is written.
    """
    from splitter.reports import console
    from splitter.workflows import splitting

    opened = _open_or_init(context, project, preview=dry_run or diff)
    proposal = splitting.split(
        opened,
        name,
        port,
        routes or [],
        prove=not (dry_run or diff),
        parity=not no_parity,
        say=console.progress,
    )
    _finish(proposal, dry_run, diff, output)


@app.command()
def gateway(
    context: typer.Context,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Write the nginx configuration for the present state.

    What gateway.live in splitter.toml names goes to its service, all else to the monolith.
    """
    from splitter.workflows import cutting

    opened = _open(context, project, preview=dry_run or diff)
    _finish(cutting.gateway(opened), dry_run, diff, output)


@app.command()
def deprecate(
    context: typer.Context,
    name: Name,
    sunset: Annotated[str, typer.Option("--sunset", metavar="DATE", help="ISO 8601.")],
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="Deprecated from then on; today.")
    ] = "",
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Mark a service's old routes in the monolith.

    They become deprecated in OpenAPI, and are announced so in the headers of their answers
    (RFC 9745, RFC 8594).
    """
    from splitter.workflows import cutting

    opened = _open(context, project, preview=dry_run or diff)
    proposal = cutting.deprecate(opened, name, sunset=sunset, since=since)
    _finish(proposal, dry_run, diff, output)


@app.command()
def status(
    context: typer.Context,
    output: Annotated[
        PageFormat, typer.Option("--format", help="text, markdown or json.")
    ] = PageFormat.TEXT,
    project: ProjectDir = None,
) -> None:
    """Show how far the migration has come."""
    from splitter.reports import status as report
    from splitter.workflows import progressing

    report.show(progressing.progress(_open(context, project)), output.value)


@app.command()
def undo(
    context: typer.Context,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Take back the newest change that splitter made."""
    from splitter.reports import console
    from splitter.workflows import undoing

    folder = project or context.obj
    if diff:
        console.show_diff(undoing.preview(folder))
    elif dry_run:
        changes = undoing.preview(folder)
        paths = [change.path for change in changes.changes]
        console.show_undone(changes.title, paths, dry_run=True, as_json=output is Format.JSON)
    else:
        undone = undoing.undo(folder)
        title, paths = (undone.title, list(undone.paths)) if undone else ("", [])
        console.show_undone(title, paths, as_json=output is Format.JSON)


@app.command()
def demo(
    keep: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Where to work; a new folder.")
    ] = None,
) -> None:
    """Split the example into seven services and prove them."""
    from splitter.reports import console
    from splitter.workflows import demonstration

    finished = demonstration.demo(keep, say=console.progress)
    console.say(finished.lines)
    raise typer.Exit(0 if finished.ok else 1)


def _open(context: typer.Context, folder: Path | None, *, preview: bool = False) -> Project:
    from splitter.reports import console
    from splitter.workflows.project import open_project

    opened = open_project(folder or context.obj, preview=preview)
    if opened.recovered:
        console.progress(opened.recovered)
    return opened


def _open_or_init(context: typer.Context, folder: Path | None, *, preview: bool) -> Project:
    """The project; in a folder that is none yet, what `init` would write comes along."""
    from splitter.reports import console
    from splitter.workflows import beginning

    opened = beginning.open_or_init(folder or context.obj, preview=preview)
    if opened.recovered:
        console.progress(opened.recovered)
    if opened.begun:
        console.progress("there is no splitter.toml yet: what splitter init writes comes along")
    return opened


def _finish(proposal: Proposal, dry_run: bool, diff: bool, output: Format) -> None:
    """Show a proposal and, unless it is only a preview, apply it."""
    from splitter.reports import console

    for warning in proposal.warnings:
        console.progress(warning)
    if diff:
        console.show_diff(proposal.changes)
    elif not dry_run and proposal.ok:
        proposal.apply()
    if output is Format.JSON and not diff:
        applied = proposal.ok and not dry_run and bool(proposal.changes)
        document = console.changes_document(
            proposal.changes, applied=applied, extra=proposal.details
        )
        console.show_json(document)
    elif not diff:
        console.show_notes(proposal.changes.notes)
        if proposal.ok:
            console.show_changes(proposal.changes, dry_run=dry_run)
        console.say(proposal.said)
    raise typer.Exit(0 if proposal.ok else 1)
