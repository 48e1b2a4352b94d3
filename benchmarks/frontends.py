"""What `splitter frontend scan` finds in public frontends, against methods that share no code.

    python benchmarks/frontends.py FOLDER [NAME ...]

FOLDER holds clones by the names in MONOLITHS. Every line that has the shape of a call as plain text
is to be among the lines that are listed (as a call, or as a function whose callers are), and
every resolved call is put to Starlette's own compiled paths, its holes filled with values: the
first route that takes it must be the one that was found. What differs is printed, to be read
by a person; the table is Markdown. Not all that has the shape of a call is one.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from starlette.routing import compile_path

from splitter.actions.frontend.matching import match
from splitter.discovery.frontend.files import own_files
from splitter.discovery.frontend.scanning import scan
from splitter.discovery.parsing import parse
from splitter.discovery.routes import read_routes
from splitter.effects.snapshot import read_files
from splitter.model.frontend import Finding, Report
from splitter.model.monolith import Route, Sources

MONOLITHS = {
    "bracket": ("frontend", "backend", "bracket.app:app"),
    "full-stack-fastapi-template": ("frontend", "backend", "app.main:app"),
    "dispatch": ("src/dispatch/static/dispatch", "src", "dispatch.main:app"),
    "mealie": ("frontend", ".", "mealie.app:app"),
    "keep": ("keep-ui", ".", "keep.api.api:get_app"),
    "lnbits": ("lnbits", ".", "lnbits.app:create_app"),
}
SHAPES = re.compile(
    r"(?<![\w.])\$?(?:fetch|axios|useFetch)\s*[(<]"
    r"|(?<![\w])(?:\$?axios\w*|api|API|requests|client|http|apiClient|instance|createAxios\(\))\W{0,2}"
    r"\.(?:get|post|put|patch|delete|head|request)\s*[(<]"
    r"|^\s*\.(?:get|post|put|patch|delete)\s*[(<]"
    r"|new (?:EventSource|WebSocket|XMLHttpRequest)\b|sendBeacon\("
)
COMMENT = re.compile(r"^\s*(?://|\*|/\*|import )")
VALUES = ("1", "a7", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "")


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:] or list(MONOLITHS)
    rows = ["| frontend | files | calls | resolved | dynamic | unmatched | wrappers | "]
    rows[0] += (
        "lines by plain text | of them not listed | routes other than Starlette's | seconds |"
    )
    rows.append("| --- |" + " ---: |" * 10)
    rows += [measured(name, folder / name) for name in names]
    print("\n".join(rows))


def measured(name: str, folder: Path) -> str:
    web, code, app = MONOLITHS[name]
    routes = routes_of(folder / code, app)
    sources = read_files(folder / web)
    begun = time.perf_counter()
    survey = scan(sources)
    report = match(web, survey, routes, lambda route, method: route.module)
    took = time.perf_counter() - begun
    shaped, left = by_plain_text(report, sources)
    for line in left:
        print(f"{name}: not listed: {line}")
    other = list(others(report, routes))
    for finding, found in other:
        print(f"{name}: {finding.call.at} {finding.route}, Starlette: {found}")
    states = Counter(finding.state for finding in report.findings)
    told = [states["resolved"], states["dynamic"], states["unmatched"], len(report.wrappers)]
    cells = [name, survey.files, len(report.findings), *told, shaped, len(left), len(other)]
    return f"| {' | '.join(map(str, cells))} | {took:.1f} |"


def routes_of(folder: Path, app: str) -> tuple[Route, ...]:
    code = {p: text for p, text in read_files(folder).items() if p.endswith(".py")}
    found = read_routes(
        parse(Sources(code)), app=app, factory=app.endswith(("get_app", "create_app"))
    )
    return tuple(getattr(found, "routes", found))


def by_plain_text(report: Report, sources: dict[str, bytes]) -> tuple[int, list[str]]:
    calls = [*(f.call for f in report.findings), *report.wrappers]
    listed = {c.at for c in calls} | {c.through for c in calls}
    shaped, left = 0, []
    for path, text in own_files(sources)[0].items():
        for number, line in enumerate(text.splitlines(), 1):
            if SHAPES.search(line) and not COMMENT.match(line):
                shaped += 1
                if f"{path}:{number}" not in listed:
                    left.append(f"{path}:{number}: {line.strip()[:100]}")
    return shaped, left


def others(report: Report, routes: tuple[Route, ...]) -> Iterator[tuple[Finding, set[str]]]:
    """The resolved calls that Starlette would not lead to their route, whatever fills the holes."""
    compiled = [(compile_path(r.path)[0], r) for r in routes if r.kind == "http"]
    for finding in report.findings:
        method, _, path = finding.route.partition(" ")
        if finding.state != "resolved" or method in ("WEBSOCKET", "mount"):
            continue
        found = {
            route.path
            for url in spelled(finding)
            for _, route in [first(compiled, url, method.partition("|")[0])]
            if route is not None
        }
        if path not in found:
            yield finding, found


def first(
    compiled: list[tuple[re.Pattern[str], Route]], url: str, method: str
) -> tuple[str, Route | None]:
    for regex, route in compiled:
        if regex.fullmatch(url) and method in (*route.methods, "HEAD"):
            return url, route
    return url, None


def spelled(finding: Finding) -> Iterator[str]:
    for parts in (finding.call.parts, *finding.call.otherwise):
        rest = parts if isinstance(parts[0], str) else parts[1:]
        for value in VALUES:
            text = "".join(part if isinstance(part, str) else value for part in rest)
            path = re.sub(r"^\w+://[^/]*", "", re.sub(r"\{[^/{}]*\}", value or "1", text))
            for prefix in ("", "/api"):
                url = re.sub("//+", "/", f"{prefix}/{path}")
                yield from (url, url.rstrip("/"), url + "/")


main()
