"""Faults planted into the source of a real service are all found by the command, and a service that
is only asked again gives no alarm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from faulty import FAULTS, HEADER, NONE, plant
from shop import CASES
from terminal import copy, splitter

REPLAYS = 1_000
SHOP = Path(__file__).parents[1] / "data" / "shop"
ROUTES = ("--routes", "routes.items", "--routes", "routes.settings")
BRIEF = """
- {{name: log in {n}, request: {{method: POST, path: /login, json: {{user: ada}}}},
   capture: {{token: $.token}}}}
- {{name: add {n}, after: log in {n}, request: {{method: POST, path: /items,
   headers: {{authorization: "Bearer {{{{ token }}}}"}},
   json: {{name: Tea, price: 1, tags: [a, b, c, d, e, f, g, h, i, j, k]}}}}}}
- {{name: list {n}, after: add {n}, request: {{path: /items,
   headers: {{authorization: "Bearer {{{{ token }}}}"}}}}}}"""


@pytest.fixture(scope="module")
def shop(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A shop with a service, whose sessions share their servers. Not to be changed."""

    def make(folder: Path) -> None:
        copy(SHOP, folder)
        splitter("init", "--app", "main:app", "--routes", "routes", at=folder)
        splitter("split", "shop", "--port", "8101", *ROUTES, "--no-parity", at=folder)
        text = (folder / "splitter.toml").read_text()
        told = text.replace("[parity]\n", 'isolation = "run"\n\n[parity]\n', 1)
        (folder / "splitter.toml").write_text(told)

    return once("shared shop", make)


def test_every_planted_fault_is_found(shop: Path, tmp_path: Path) -> None:
    project = copy(shop, tmp_path / "project")
    plant(project)
    files = []
    for number in range(len(FAULTS)):
        file = tmp_path / f"fault{number}.yaml"
        file.write_text(f'defaults: {{headers: {{{HEADER}: "{number}"}}}}\n{CASES}')
        files += ["--cases", str(file)]
    words = ("parity-check", *files, "--concurrency", "60", "--format", "json")
    cases = splitter(*words, at=project, status=1).document["cases"]
    size = len(cases) // len(FAULTS)
    failed = {
        name: {case["verdict"] for case in cases[number * size :][:size]} - {"match"}
        for number, name in enumerate(FAULTS)
    }
    assert len(FAULTS) > 25
    assert failed.pop(NONE) == set()
    assert [name for name, verdicts in failed.items() if not verdicts] == []


def test_a_thousand_replays_give_no_false_alarm(shop: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text("cases:" + "".join(BRIEF.format(n=n) for n in range(REPLAYS)))
    words = ("parity-check", "--cases", str(cases), "--concurrency", "60", "--format", "json")
    done = splitter(*words, at=shop)
    assert done.document["summary"] == {
        "total": 3 * REPLAYS,
        "matched": 3 * REPLAYS,
        "mismatched": 0,
        "errored": 0,
        "skipped": 0,
    }
