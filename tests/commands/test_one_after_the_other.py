"""Services split off one after the other come to the same as services planned all at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import tomlkit
from terminal import Done, append, copy, splitter, tree

PORTS = {"transaction": 8002, "auth": 8001, "fire": 8004}
MODULES = {"transaction": "transactions", "auth": "auth", "fire": "fire"}
RECORDS = [".splitter/manifest.json", "splitter.toml"]

pytestmark = pytest.mark.xdist_group("one_after_the_other")


def planned(project: Path, *names: str) -> None:
    """Leave only these services in splitter.toml."""
    file = project / "splitter.toml"
    document = tomlkit.parse(file.read_text("utf-8"))
    services = document["services"]
    for name in list(services):
        del services[name]
    file.write_text(tomlkit.dumps(document), "utf-8")
    for name in names:
        table = f"\n[services.{name}]\nport = {PORTS[name]}\n"
        table += f'routes = ["api.routes.{MODULES[name]}"]\n'
        append(project, "splitter.toml", table)


def split(project: Path, name: str) -> Done:
    routes = f"api.routes.{MODULES[name]}"
    given = ("--port", str(PORTS[name]), "--routes", routes)
    return splitter("split", name, *given, "--no-parity", at=project)


@pytest.fixture(scope="module")
def at_once(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy(begun, tmp_path_factory.mktemp("once") / "project")
    planned(project, *MODULES)
    for name in MODULES:
        split(project, name)
    return project


@pytest.mark.parametrize(
    "order",
    [("transaction", "auth", "fire"), ("fire", "auth", "transaction")],
    ids=" ".join,
)
def test_each_order_comes_to_the_same(order: Sequence[str], at_once: Path, project: Path) -> None:
    planned(project)
    for name in order:
        split(project, name)
    assert tree(project, but=RECORDS) == tree(at_once, but=RECORDS)
    for name in order:
        assert splitter("verify", name, at=project).lines[0] == f"{name}: boots alone"


def test_step_by_step_earlier_services_go_on_booting(at_once: Path, project: Path) -> None:
    planned(project)
    split(project, "transaction")
    before = tree(project)
    for name in ("auth", "fire"):
        routes = f"api.routes.{MODULES[name]}"
        splitter("scaffold", name, "--port", str(PORTS[name]), "--routes", routes, at=project)
        assert splitter("verify", "transaction", at=project).lines[0] == "transaction: boots alone"
    splitter("rewrite-imports", at=project)
    assert tree(project, but=RECORDS) == tree(at_once, but=RECORDS)
    for _ in range(3):
        splitter("undo", at=project)
    assert tree(project) == before


def test_what_was_edited_stays_and_is_told(at_once: Path, project: Path) -> None:
    """Code that only the first service needed is shared as soon as a second one needs it."""
    planned(project)
    split(project, "transaction")
    before, after = tree(project), tree(at_once)
    gone = sorted(p for p in before if p.startswith("services/") and p not in after)
    (mine, *_) = (p for p in gone if p.endswith(".py") and before[p])
    append(project, mine, "\n# mine\n")
    own = project / "services/transaction_service/tests/test_mine.py"
    module = mine.removesuffix(".py").replace("/", ".")
    own.write_text(f"import {module}\n", "utf-8")
    told = split(project, "auth").err + split(project, "fire").err
    assert f"{mine}: SPL094 nothing needs it any more, but it was edited by hand" in told
    assert (project / mine).read_bytes() == (before[mine] or b"") + b"\n# mine\n"
    home = mine.replace("services/transaction_service", "shared")
    assert f"what it was copied from is in {home} now" in told
    line = f"import {module} is now: import shared.{module.partition('_service.')[2]}"
    assert f"{own.relative_to(project)}:1: SPL095 {line}" in told
    kept = tree(project, but=[*RECORDS, mine, own.relative_to(project).as_posix()])
    assert {p for p in kept if kept[p] is not None and p not in after} == set()
    assert splitter("verify", "transaction", at=project).lines[0] == "transaction: boots alone"
