"""`--dry-run` and `--diff` write nothing, and say exactly what the command itself then does."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from terminal import EXAMPLE, append, copy, splitter, tree

PROGRAMS = {"git": ["git", "apply", "--whitespace=nowarn"], "patch": ["patch", "-s", "-p1"]}
OWN = [".splitter/.gitignore"]


@dataclass(frozen=True)
class Command:
    """A command, the tree that it starts from, and what is done there before."""

    words: tuple[str, ...]
    start: str
    prepare: Callable[[Path], object] = lambda root: None
    program: str = "git"


def _scaffold(root: Path) -> None:
    splitter("scaffold", "fire", "--port", "8004", at=root)


def _move_on(root: Path) -> None:
    append(root, "api/routes/auth.py", "\n# further on\n")


def _kubernetes(root: Path) -> None:
    """A gateway that is not on this machine, so that nothing has to run."""
    append(root, "splitter.toml", '\n[gateway]\nkind = "gateway-api"\n')


def _cut_over(root: Path) -> None:
    _kubernetes(root)
    splitter("cutover", "transaction", "--to", "10%", at=root)


def _with_vite(root: Path) -> None:
    (root / "frontend" / "package.json").write_text('{"private": true, "type": "module"}\n')
    (root / "frontend" / "vite.config.js").write_text("export default {\n  base: '/',\n};\n")


COMMANDS = [
    Command(("init",), "fresh"),
    Command(("scaffold", "fire", "--port", "8004"), "fresh", program="patch"),
    Command(("scaffold", "pay", "--port", "8055", "--routes", "/api/transactions"), "begun"),
    Command(("split", "fire", "--port", "8004", "--no-parity"), "begun", program="patch"),
    Command(("rewrite-imports",), "begun", _scaffold),
    Command(("extract", "auth"), "made", _move_on),
    Command(("gateway",), "made"),
    Command(("deprecate", "auth", "--sunset", "2031-01-01", "--since", "2030-01-01"), "made"),
    Command(("cutover", "transaction", "--to", "10%"), "made", _kubernetes),
    Command(("rollback", "transaction"), "made", _cut_over, program="patch"),
    Command(("frontend", "apply"), "made", _with_vite),
    Command(("undo",), "made", program="patch"),
]


@pytest.fixture
def trees(begun: Path, made: Path) -> dict[str, Path]:
    return {"fresh": EXAMPLE, "begun": begun, "made": made}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_a_preview_writes_nothing_and_tells_all(
    command: Command, trees: dict[str, Path], tmp_path: Path
) -> None:
    project = copy(trees[command.start], tmp_path / "project")
    command.prepare(project)
    patched = copy(project, tmp_path / "patched")
    before = everything(project)
    told = splitter(*command.words, "--dry-run", at=project)
    assert everything(project) == before
    diff = splitter(*command.words, "--diff", at=project)
    assert everything(project) == before
    document = splitter(*command.words, "--dry-run", "--format", "json", at=project).document
    assert everything(project) == before
    assert document.get("applied", False) is False
    done = splitter(*command.words, at=project)
    assert [_listed(line) for line in told.lines if _listed(line)] == [
        _listed(line) for line in done.lines if _listed(line)
    ]
    subprocess.run(PROGRAMS[command.program], cwd=patched, input=diff.out.encode(), check=True)
    assert _timeless(tree(patched, but=OWN)) == _timeless(tree(project, but=OWN))
    assert tree(project) != {path: data for path, data in before.items() if path in tree(project)}


def test_a_preview_names_what_it_would_do(project: Path) -> None:
    told = splitter("scaffold", "fire", "--port", "8004", "--dry-run", at=project)
    done = splitter("scaffold", "fire", "--port", "8004", at=project)
    assert told.lines[0] == done.lines[0].replace("wrote", "would write")
    assert splitter("undo", "--dry-run", at=project).lines[0] == "would undo: scaffold fire"


def test_check_says_by_its_status_that_something_is_due(project: Path) -> None:
    splitter("scaffold", "fire", "--port", "8004", at=project)
    before = everything(project)
    assert splitter("rewrite-imports", "--check", at=project, status=1).out
    assert everything(project) == before
    splitter("rewrite-imports", at=project)
    splitter("rewrite-imports", "--check", at=project)


def everything(root: Path) -> dict[str, bytes | None]:
    """The whole tree, with what splitter keeps for itself."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def _timeless(found: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """When a route was moved is another moment each time."""
    table = ".splitter/routes.toml"
    text = re.sub(rb'moved = "[^"]+"', b"moved", found.get(table) or b"")
    return found | ({table: text} if table in found else {})


def _listed(line: str) -> str:
    return line if line.startswith("  ") and "/health/" not in line else ""
