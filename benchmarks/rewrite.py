"""What rewrite-imports costs, against LibCST's own command and against the floor, in one run.

    python benchmarks/rewrite.py FOLDER [--code-base NAME] [--without-libcst] [--runs N]

Takes zenml 0.98.0 (1,432 files) or homeassistant 2024.3.3 (6,725 files) from the package index into
FOLDER, and times whole processes there, in CPU seconds (user and system, of the process and its
children):

    one     splitter, one map
    eight   splitter, eight maps in one run
    libcst  LibCST's codemod rename.RenameCommand, the one map
    floor   reading every file and `ast.parse` of those that can hold one of the eight names

Splitter is byte-compiled first, as an installed wheel is; copies are not removed between the runs,
for ext4 passes over inodes that became free a moment ago, which costs as much as the writing.
Each is the least of N runs (LibCST: one run, for it takes minutes). What `eight` wrote is judged
file by file by a check that shares no code with splitter: what every imported name and every dotted
use of it stands for, before under the map, and after. Exit 1 if a file is wrong.
"""

from __future__ import annotations

import argparse
import ast
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from costs import compiled, cpu

EIGHT = {
    "zenml.utils.time_utils.utc_now": "zenml.shared.clock.utc_now",
    "zenml.config.global_config.GlobalConfiguration": "zenml.shared.config.GlobalConfiguration",
    "zenml.utils.enum_utils.StrEnum": "zenml.shared.enums.StrEnum",
    "zenml.zen_server.auth": "zenml.shared.auth",
    "zenml.zen_server.exceptions": "zenml.shared.errors",
    "zenml.io.fileio": "zenml.shared.files",
    "zenml.zen_server.rbac": "zenml.shared.rbac",
    "zenml.analytics": "zenml.shared.analytics",
}
EIGHT_OF_HOME = {
    "homeassistant.util.dt.utcnow": "homeassistant.shared.clock.utcnow",
    "homeassistant.util.dt": "homeassistant.shared.dates",
    "homeassistant.util.unit_conversion": "homeassistant.shared.units",
    "homeassistant.helpers.typing.ConfigType": "homeassistant.shared.kinds.ConfigType",
    "homeassistant.helpers.update_coordinator.UpdateFailed": "homeassistant.faults.UpdateFailed",
    "homeassistant.components.zha.core": "homeassistant.shared.zha",
    "homeassistant.components.mqtt.const": "homeassistant.shared.mqtt_names",
    "homeassistant.components.recorder.models": "homeassistant.shared.records",
}
CODE_BASES = {
    "zenml": ("zenml==0.98.0", EIGHT),
    "homeassistant": ("homeassistant==2024.3.3", EIGHT_OF_HOME),
}
FLOOR = """
import ast, os, sys, warnings
warnings.simplefilter("ignore")
names = [[part.encode() for part in name.split(".")] for name in sys.argv[2:]]
for folder, _, files in os.walk(sys.argv[1]):
    for file in files:
        if file.endswith(".py"):
            with open(os.path.join(folder, file), "rb") as stream:
                source = stream.read()
            if any(all(part in source for part in name) for name in names):
                ast.parse(source)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--code-base", choices=CODE_BASES, default="zenml")
    parser.add_argument("--without-libcst", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    package, (wheel, eight) = options.code_base, CODE_BASES[options.code_base]
    one = dict([next(iter(eight.items()))])
    original = fetched(options.folder / package, wheel)
    copies = Path(tempfile.mkdtemp(prefix="copies-", dir=options.folder / package))
    compiled()
    splitter = [sys.executable, "-m", "splitter", "rewrite-imports", package]
    floor = [sys.executable, "-c", FLOOR, package, *eight]
    costs: dict[str, list[float]] = {"floor": [], "one": [], "eight": []}
    for number in range(options.runs):
        costs["floor"].append(cost(floor, original))
        costs["one"].append(cost([*splitter, *maps(one)], fresh(original, copies / f"one{number}")))
        copy = fresh(original, copies / f"eight{number}")
        costs["eight"].append(cost([*splitter, *maps(eight)], copy))
    changed, wrong = judged(original, copy, eight)
    best = {name: min(found) for name, found in costs.items()}
    for name, seconds in best.items():
        print(f"{name:<7}{seconds:8.2f} CPU s")
    print(f"eight / floor: {best['eight'] / best['floor']:.2f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process so far: {peak:.0f} MiB")
    print(f"files changed by eight: {changed}, wrong: {len(wrong)}")
    for path in wrong:
        print(f"  {path}")
    if not options.without_libcst:
        seconds = libcst(fresh(original, copies / "libcst"), package, one)
        print(f"libcst {seconds:8.2f} CPU s")
        print(f"libcst / one: {seconds / best['one']:.0f}")
    shutil.rmtree(copies)
    return 1 if wrong else 0


def fetched(folder: Path, wheel: str) -> Path:
    """The unpacked wheel, fetched once."""
    original = folder / "original"
    if not original.is_dir():
        pip = [sys.executable, "-m", "pip"] if find_spec("pip") else ["pip"]
        words = [*pip, "download", "--quiet", "--no-deps"]
        subprocess.run([*words, "--ignore-requires-python", "--dest", folder, wheel], check=True)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
            archive.extractall(original)
    return original


def fresh(original: Path, copy: Path) -> Path:
    """A copy that is on the disk, so that nobody else pays for writing it."""
    shutil.copytree(original, copy)
    os.sync()
    return copy


def maps(names: Mapping[str, str]) -> list[str]:
    return [word for old, new in names.items() for word in ("--map", f"{old}={new}")]


def libcst(folder: Path, package: str, one: Mapping[str, str]) -> float:
    """The CPU seconds of LibCST's own command for the one map."""
    tool = [sys.executable, "-m", "libcst.tool"]
    subprocess.run([*tool, "initialize", "."], cwd=folder, check=True, capture_output=True)
    old, new = next(iter(one.items()))
    new = new.rpartition(".")[0] + ":" + new.rpartition(".")[2]
    rename = ["codemod", "rename.RenameCommand", "--old_name", old, "--new_name", new, package]
    return cost([*tool, *rename], folder)


def cost(command: list[str], folder: Path) -> float:
    return cpu(command, folder, accepted=(0, 1))


def judged(original: Path, copy: Path, names: Mapping[str, str]) -> tuple[int, list[str]]:
    """How many files changed, and those that mean something else than the map wants."""
    changed, wrong = 0, []
    for path in sorted(original.rglob("*.py")):
        below = path.relative_to(original)
        before, after = path.read_bytes(), (copy / below).read_bytes()
        changed += before != after
        package = below.parts[:-1]
        if meaning(before, package, names) != meaning(after, package, {}):
            wrong.append(str(below))
    return changed, wrong


def meaning(source: bytes, package: tuple[str, ...], names: Mapping[str, str]) -> Counter[str]:
    """What the file imports by which local name, and what its dotted uses of these stand for."""
    tree = ast.parse(source)
    bound: dict[str, set[str]] = {}
    found: Counter[str] = Counter()
    for local, target in imported(tree, package):
        bound.setdefault(local, set()).add(target)
        if "." not in local:
            found[f"{local} = {moved(target, names)}"] += 1
    inner = {n.value for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for node in ast.walk(tree):
        if node in inner or not isinstance(node, ast.Attribute | ast.Name):
            continue
        chain = dotted(node)
        for target in sorted(bound.get(chain.partition(".")[0], ())):
            found[moved(target + chain[len(chain.partition(".")[0]) :], names)] += 1
    root = package[0] if package else ""
    return Counter({k: n for k, n in found.items() if not k.startswith(f"{root} = ")})


def imported(tree: ast.Module, package: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (root, root)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield alias.asname or alias.name, f"{module}.{alias.name}"


def moved(name: str, names: Mapping[str, str]) -> str:
    for old in sorted(names, key=len, reverse=True):
        if name == old or name.startswith(old + "."):
            return names[old] + name[len(old) :]
    return name


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""


if __name__ == "__main__":
    sys.exit(main())
