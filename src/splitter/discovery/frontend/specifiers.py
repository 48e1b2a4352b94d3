"""Which file of a frontend an import means: relative, by an alias of its tools, or by its root."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping

from splitter.discovery.frontend.files import SCRIPTS

_ENDINGS = ("", *SCRIPTS, ".vue", *(f"/index{ending}" for ending in SCRIPTS))
_ROOTED = re.compile(r"^(?:@|~~?|#|src)/")
_COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMA = re.compile(r",(\s*[}\]])")


class Specifiers:
    """The files of import specifiers, by the paths that there are and the tools' settings."""

    def __init__(self, sources: Mapping[str, bytes]) -> None:
        self._paths = frozenset(sources)
        self._aliases = list(_aliases(sources))

    def file(self, specifier: str, importer: str) -> str | None:
        """The path of the file that is meant, `None` for a package or a file that is not there."""
        if specifier.startswith("."):
            return self._there(posixpath.join(posixpath.dirname(importer), specifier))
        for folder, before, after, targets in self._aliases:
            if not importer.startswith(folder) or not specifier.startswith(before):
                continue
            if len(specifier) >= len(before + after) and specifier.endswith(after):
                middle = specifier[len(before) : len(specifier) - len(after)]
                for target in targets:
                    found = self._there(posixpath.join(folder, target.replace("*", middle)))
                    if found:
                        return found
        return self._at_a_root(specifier, importer)

    def _at_a_root(self, specifier: str, importer: str) -> str | None:
        rest = _ROOTED.sub("", specifier)
        if rest == specifier:
            return None
        folder = posixpath.dirname(importer)
        while True:
            for root in (folder, posixpath.join(folder, "src"), posixpath.join(folder, "app")):
                found = self._there(posixpath.join(root, rest))
                if found:
                    return found
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def _there(self, path: str) -> str | None:
        path = posixpath.normpath(path)
        bare = re.sub(r"\.[cm]?jsx?$", "", path)
        for start in dict.fromkeys((path, bare)):
            for ending in _ENDINGS:
                if start + ending in self._paths and (ending or start.endswith((*SCRIPTS, ".vue"))):
                    return start + ending
        return None


def _aliases(sources: Mapping[str, bytes]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Folder, what stands before and after the `*`, and the targets, the most telling first."""
    found = []
    for path, data in sources.items():
        if re.fullmatch(r"(.*/)?[tj]sconfig[\w.-]*\.json", path):
            folder = posixpath.dirname(path)
            options = _options(data)
            base = options.get("baseUrl")
            base = base if isinstance(base, str) else "."
            paths = options.get("paths")
            pairs = dict(paths) if isinstance(paths, dict) else {}
            if "baseUrl" in options:
                pairs.setdefault("*", ["*"])
            for alias, targets in pairs.items():
                before, _, after = alias.partition("*")
                places = [posixpath.join(base, str(target)) for target in targets]
                found.append((f"{folder}/" if folder else "", before, after, places))
    yield from sorted(found, key=lambda f: (-len(f[0]), -len(f[1])))


def _options(data: bytes) -> dict[str, object]:
    text = _COMMENTS.sub(lambda m: m[1] or "", data.decode("utf-8", "replace"))
    try:
        table = json.loads(_COMMA.sub(r"\1", text))
    except ValueError:
        return {}
    options = table.get("compilerOptions") if isinstance(table, dict) else None
    return options if isinstance(options, dict) else {}
