"""Servers are forked from a process that has imported what they need, and nothing else of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from doomed import is_gone

from splitter.effects.nursery import Nursery, Server, bound, nursery
from splitter.errors import StartError

APP = """
import os, sys, threading, colorsys
from http.cookies import SimpleCookie
BORN = threading.active_count()

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        open("stopped", "w").close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    import json
    body = json.dumps({"pid": os.getpid(), "parent": os.getppid(), "cwd": os.getcwd(),
        "path": sys.path[:2], "data": os.environ.get("DATA"), "other": os.environ.get("OTHER"),
        "hash": hash("splitter"), "threads": BORN}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""


@pytest.fixture
def born(tmp_path: Path) -> Iterator[Nursery]:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/mine.py").write_text(APP)
    names = frozenset({"mine"}), frozenset({"DATA"})
    with nursery(Nursery(sys.executable, tmp_path / "zygote.log", *names)) as found:
        yield found
    assert not found.usable or found._closed


def _server(tmp_path: Path, app: str = "mine:app", **environment: str) -> Server:
    log = tmp_path / "logs/server.log"
    return Server("monolith", app, tmp_path / "app", environment, log, timeout=20)


def _told(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


def test_each_server_has_its_own_surroundings_and_ends(born: Nursery, tmp_path: Path) -> None:
    told = []
    for number in range(3):
        with born.serve(_server(tmp_path, DATA=str(number)), bound()) as running:
            told.append(_told(running.url))
        assert is_gone(told[-1]["pid"], 1)
        assert (tmp_path / "app/stopped").exists()
        (tmp_path / "app/stopped").unlink()
        born.warm()
    assert [t["data"] for t in told] == ["0", "1", "2"]
    assert len({t["parent"] for t in told}) == 1
    assert {t["cwd"] for t in told} == {str(tmp_path / "app")}
    assert told[0]["path"] == ["", str(tmp_path / "app")]
    assert "colorsys" in born._modules
    assert "mine" not in born._modules
    assert born.usable


def test_servers_live_side_by_side_and_siblings_hash_otherwise(
    born: Nursery, tmp_path: Path
) -> None:
    with (
        born.serve(_server(tmp_path, DATA="a"), bound()) as one,
        born.serve(_server(tmp_path, DATA="b"), bound()) as two,
    ):
        assert [_told(r.url)["data"] for r in (one, two, one)] == ["a", "b", "a"]
        assert _told(one.url)["hash"] == _told(two.url)["hash"]
        born.warm()
        with (
            nursery(born.sibling(tmp_path / "other.log")) as other,
            other.serve(_server(tmp_path), bound()) as three,
        ):
            assert _told(three.url)["hash"] != _told(one.url)["hash"]


@pytest.mark.parametrize(
    "module",
    [
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import socket; pair = socket.socketpair()",
        "import os; os.environ.get('DATA')",
        "import os; dict(os.environ)",
        "import mine",
    ],
)
def test_what_must_not_be_imported_beforehand_is_not(
    module: str, born: Nursery, tmp_path: Path
) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "unfit.py").write_text(module)
    shutil.move(tmp_path / "app/mine.py", site)
    (tmp_path / "app/start.py").write_text("from mine import app; import unfit, colorsys")
    born.python = _interpreter(tmp_path / "env", site)
    for turn in "123":
        with born.serve(_server(tmp_path, "start:app", DATA=turn), bound()) as running:
            told = _told(running.url)
        assert told["data"] == turn
        assert told["threads"] == 1
        born.warm()
    assert "unfit" not in born._modules
    assert "colorsys" in born._modules
    assert born.usable


def test_what_hangs_when_it_is_forked_is_booted(born: Nursery, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "held.py").write_text("import os; OWNER = os.getpid()")
    (tmp_path / "app/start.py").write_text(
        "import os, time, held\n"
        "while held.OWNER != os.getpid(): time.sleep(1)\n"
        "from mine import app\n"
    )
    born.python = _interpreter(tmp_path / "env", site)
    server = replace(_server(tmp_path, "start:app", DATA="1"), timeout=8)
    with born.serve(server, bound()):
        born.warm()
    with born.serve(replace(server, timeout=2), bound()) as running:
        assert _told(running.url)["data"] == "1"
    assert not born.usable


def _interpreter(folder: Path, site: Path) -> str:
    """One that has what this one has, and what is in `site`."""
    venv.create(folder)
    paths = [str(site), *(p for p in sys.path if p.endswith("site-packages"))]
    (own,) = folder.glob("lib/*/site-packages")
    (own / "more.pth").write_text("\n".join(paths))
    return str(folder / "bin/python")


def test_what_does_not_start_is_told_with_the_end_of_its_log(born: Nursery, tmp_path: Path) -> None:
    (tmp_path / "app/broken.py").write_text("raise RuntimeError('no such luck')")
    with (
        pytest.raises(StartError, match="ended with status") as told,
        born.serve(_server(tmp_path, "broken:app"), bound()),
    ):
        pass
    assert "no such luck" in told.value.hint
    assert born.usable


def test_what_only_starts_when_it_is_booted_is_booted(born: Nursery, tmp_path: Path) -> None:
    (tmp_path / "app/proud.py").write_text(
        "import sys\nassert sys.orig_argv[1:3] == ['-m', 'uvicorn']\nfrom mine import app\n"
    )
    with born.serve(_server(tmp_path, "proud:app", DATA="1"), bound()) as running:
        assert _told(running.url)["data"] == "1"
    assert not born.usable


def test_nothing_is_left_when_splitter_is_killed(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/mine.py").write_text(APP)
    script = (
        "import sys, time; from pathlib import Path\n"
        "from splitter.effects.nursery import Nursery, Server, bound, nursery\n"
        "at = Path(sys.argv[1])\n"
        "n = Nursery(sys.executable, at / 'z.log', frozenset({'mine'}), frozenset())\n"
        "server = Server('m', 'mine:app', at / 'app', {}, at / 'log')\n"
        "with nursery(n), n.serve(server, bound()) as running:\n"
        "    print(running.pid, flush=True); time.sleep(99)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        os.kill(pid, 0)
        process.kill()
    assert is_gone(pid)
