"""Monoliths whose import does what it should not: the source is told all the same, and why."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from terminal import Done, Traces, splitter, tree

APPLICATION = """
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/things")


@router.get("/{thing_id}")
def thing(thing_id: int): ...


app = FastAPI()
app.include_router(router, prefix="/api")
"""
STATIC = [("/api/things/{thing_id}", ["static"])]
BOTH = [("/api/things/{thing_id}", ["static", "runtime"])]
MUST_NOT_END = (
    "an import must not end the process: see what it misses, or do it only "
    'if __name__ == "__main__"'
)


@dataclass(frozen=True)
class Harm:
    """What stands at the top of `main.py`; the line that is to blame; what is said of it."""

    source: str
    line: int
    says: tuple[str, ...]
    seconds: int = 60


STOPPING = {
    "it hangs": Harm(
        "import time\ntime.sleep(600)",
        2,
        ("the import has not ended after 6 s", "raise start_seconds below [monolith]"),
        seconds=6,
    ),
    "it hangs in C and heeds no signal": Harm(
        "import signal, threading\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "lock = threading.Lock()\nlock.acquire()\nlock.acquire()",
        5,
        ("the import has not ended after 6 s", "move what it waits for from the import"),
        seconds=6,
    ),
    "sys.exit": Harm(
        "import sys\nsys.exit('no licence')",
        2,
        ("it exits: SystemExit('no licence')", MUST_NOT_END),
    ),
    "os._exit": Harm("import os\nos._exit(0)", 2, ("it calls os._exit(0)", MUST_NOT_END)),
    "a segmentation fault": Harm(
        "import ctypes\nctypes.string_at(0)",
        2,
        ("killed by signal 11 (SIGSEGV) during the import", "imports it by hand"),
    ),
    "an exception": Harm("\n1 / 0", 2, ("ZeroDivisionError: division by zero", "imports it")),
    "a missing distribution": Harm(
        "import nothing_of_the_kind",
        1,
        ("No module named 'nothing_of_the_kind'", "install it for", "python below [monolith]"),
    ),
    "a missing variable": Harm(
        "import os\n\nKEY = os.environ['SHOP_KEY']",
        3,
        ("KeyError: 'SHOP_KEY'", "it asked for SHOP_KEY, not set", "[monolith.environment]"),
    ),
    "settings that lack a value": Harm(
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
        "    shop_key: str\nsettings = Settings()",
        4,
        ("(shop_key: Field required)", "it asked for SHOP_KEY, not set"),
    ),
    "a question": Harm(
        "name = input('whose shop is it? ')", 1, ("EOFError", "nothing can be typed here")
    ),
    "an address elsewhere": Harm(
        "import socket\nsocket.create_connection(('192.0.2.7', 5432))",
        2,
        ("splitter lets it reach this machine alone, and it wanted 192.0.2.7:5432",),
    ),
    "a name elsewhere": Harm(
        "import urllib.request\nurllib.request.urlopen('http://shop.example/settings')",
        2,
        ("it wanted shop.example:80: name a server on this machine",),
    ),
    "a socket past Python's own class": Harm(
        "import _socket\n_socket.socket().connect(('192.0.2.7', 5432))",
        2,
        ("it wanted 192.0.2.7:5432",),
    ),
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop"


def analyzed(shop: Path, harm: Harm, left: Traces, *, status: int) -> Done:
    shop.mkdir()
    (shop / "main.py").write_text(harm.source + APPLICATION)
    (shop / "splitter.toml").write_text(
        f'[monolith]\napp = "main:app"\npython = "{sys.executable}"\n'
        f"start_seconds = {harm.seconds}\n"
    )
    return splitter(
        *("analyze", "--format", "json"), at=shop, environment=left.environment, status=status
    )


def told(document: Any) -> list[tuple[str, list[str]]]:
    return [(route["path"], route["found_by"]) for route in document["routes"]]


@pytest.mark.parametrize("name", STOPPING)
def test_the_source_is_told_and_a_clear_word_about_why(name: str, shop: Path, left: Traces) -> None:
    harm = STOPPING[name]
    done = analyzed(shop, harm, left, status=1)
    assert told(done.document) == STATIC
    (blocking,) = [finding for finding in done.document["findings"] if finding["blocks"]]
    assert (blocking["code"], blocking["path"], blocking["line"]) == (
        "SPL014",
        "main.py",
        harm.line,
    )
    for part in ("so the source alone is told: ", *harm.says):
        assert part in blocking["message"]
    assert tree(shop).keys() == {"main.py", "splitter.toml"}
    assert (left.processes(), left.files()) == ([], [])


LINGERING = {
    "it prints JSON": "import sys\nprint('{\"schema\": 7}')\nprint('}', file=sys.stderr)",
    "a thread goes on": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(600,)).start()",
    "a process goes on": "import subprocess\n"
    "subprocess.Popen(['sleep', '600'], start_new_session=True)",
    "a hook hangs at the exit": "import atexit, time\natexit.register(time.sleep, 600)",
    "a server on this machine": "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
    "socket.create_connection(server.getsockname()).close()",
    "standard output is closed": "import os\nos.close(1)",
}


@pytest.mark.parametrize("name", LINGERING)
def test_what_goes_on_does_not_keep_the_answer(name: str, shop: Path, left: Traces) -> None:
    done = analyzed(shop, Harm(LINGERING[name], 0, ()), left, status=0)
    assert told(done.document) == BOTH
    assert [f for f in done.document["findings"] if f["code"] == "SPL014"] == []
    assert (left.processes(), left.files()) == ([], [])


def test_files_that_are_written_are_left_and_named(shop: Path, left: Traces) -> None:
    source = "import sqlite3\nopen('shop.log', 'a').close()\nsqlite3.connect('shop.db').close()"
    done = analyzed(shop, Harm(source, 0, ()), left, status=0)
    said = [(f["line"], f["message"]) for f in done.document["findings"] if f["code"] == "SPL042"]
    assert said == [
        (2, "shop.log, a file of the project, is opened for writing"),
        (3, "shop.db, a file of the project, is opened for writing"),
    ]
    assert tree(shop).keys() == {"main.py", "splitter.toml", "shop.log", "shop.db"}


def test_no_routes_is_an_error(shop: Path, left: Traces) -> None:
    done = analyzed(shop, Harm("", 0, ()), left, status=0)
    (shop / "main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    done = splitter("analyze", "--format", "json", at=shop, status=1)
    (finding,) = done.document["findings"]
    assert (finding["code"], finding["path"], finding["blocks"]) == ("SPL040", "main.py", True)
    assert finding["message"].startswith("main:app has no routes at all; see that app below")
