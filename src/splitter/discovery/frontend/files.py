"""Which files of a frontend are its own code: not its tests, packages, builds or minified files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx")
PAGES = (".vue", ".html", ".htm")

_LEFT_OUT = {
    "packages": re.compile(r"(^|/)(node_modules|bower_components|vendor|\.yarn|\.pnpm)/"),
    "built": re.compile(r"(^|/)(dist|build|out|\.next|\.nuxt|\.output|coverage|\.svelte-kit)/"),
    "tests": re.compile(
        r"(^|/)(tests?|__tests__|__mocks__|mocks|e2e|cypress|playwright|\.?storybook)/"
        r"|[.-](test|tests|spec|stories|cy|e2e)\.[a-z]+$"
    ),
    "minified": re.compile(r"\.min\.[a-z]+$|[.-]bundle\.js$"),
    "inside of generated clients": re.compile(
        r"(^|/)(client|core)/(?!sdk|services)[\w.-]+\.gen\.[jt]s$"
    ),
    "declarations": re.compile(r"\.d\.[cm]?ts$"),
    "tool settings": re.compile(r"(^|/)([\w.-]+\.config|\.[\w-]+rc)\.[cm]?[jt]s$"),
}
_OWN_ROUTE = re.compile(
    r"(?:^|/)app/(.+)/route\.[jt]sx?$"
    r"|(?:^|/)pages/(api/.+?)(?:/index)?\.[jt]s$"
    r"|(?:^|/)server/((?:api|routes)/.+?)(?:\.(?:get|post|put|delete|patch))?\.[jt]s$"
)
_LONG_LINE = 5000


def own_files(sources: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, int]]:
    """The texts of the scripts and pages to read, and how many were left out, by reason."""
    texts: dict[str, str] = {}
    left: Counter[str] = Counter()
    for path in sorted(sources):
        if path.endswith(SCRIPTS + PAGES):
            reason = _reason(path, sources[path])
            if reason:
                left[reason] += 1
            else:
                texts[path] = sources[path].decode("utf-8", "replace")
    return texts, dict(sorted(left.items()))


def own_routes(sources: Iterable[str]) -> tuple[str, ...]:
    """The paths that a Next or Nuxt frontend answers itself, as the files that do it are named."""
    found = (m for path in sorted(sources) for m in [_OWN_ROUTE.search(path)] if m)
    return tuple(dict.fromkeys(_as_path(m[1] or m[2] or m[3]) for m in found))


def _as_path(folders: str) -> str:
    kept = (f for f in folders.split("/") if not f.startswith("("))
    return "/" + "/".join(f"{{{f.strip('[].')}}}" if f.startswith("[") else f for f in kept)


def _reason(path: str, text: bytes) -> str:
    for reason, pattern in _LEFT_OUT.items():
        if pattern.search(path):
            return reason
    return "minified" if path.endswith(".js") and _is_minified(text.splitlines()) else ""


def _is_minified(lines: Iterable[bytes]) -> bool:
    return any(len(line) > _LONG_LINE for line in lines)
