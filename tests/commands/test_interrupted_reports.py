"""Ctrl-C while requests are put: the report of what was done is whole."""

from __future__ import annotations

import json
import signal
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import uvicorn
from terminal import started

CASES = 20_000
APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        if scope["path"] == "/300":
            open(scope["query_string"], "w").close()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})
"""


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    folder = tmp_path_factory.mktemp("echo")
    (folder / "echo.py").write_text(APP)
    with uvicorn("echo:app", at=folder) as one, uvicorn("echo:app", at=folder) as other:
        yield [f"http://127.0.0.1:{port}" for port in (one, other)]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """One of them has a server leave a mark."""
    path = tmp_path / "cases.yaml"
    each = (
        f"- {{name: case {n}, request: {{path: '/{n}?{tmp_path / 'heard'}'}}}}"
        for n in range(CASES)
    )
    path.write_text("cases:\n" + "\n".join(each))
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("form", ["json", "junit", "text"])
def test_the_report_of_what_was_done_is_whole(
    form: str, number: signal.Signals, urls: list[str], cases: Path, tmp_path: Path
) -> None:
    sides = ("--monolith", urls[0], "--service", f"echo={urls[1]}")
    report = tmp_path / "report"
    words = ("parity-check", *sides, "--cases", cases, "--format", form, "--output", report)
    with started(*words, at=tmp_path) as process:
        until = time.monotonic() + 60
        while not (tmp_path / "heard").exists():
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert err.splitlines()[-1] == "interrupted; nothing is left half done"
    assert process.returncode == 128 + number
    names = _names(form, report.read_text())
    assert names == [f"case {n}" for n in range(len(names))]
    assert 100 < len(names) < CASES


def _names(form: str, text: str) -> list[str]:
    """The cases in a report, which is well-formed and counts them."""
    if form == "json":
        told = json.loads(text)
        assert told["interrupted"] is True
        assert told["summary"]["matched"] == len(told["cases"])
        return [case["name"] for case in told["cases"]]
    if form == "junit":
        return [case.attrib["name"] for case in ElementTree.fromstring(text).iter("testcase")]
    *lines, blank, note, count, end = text.split("\n")
    assert (blank, note, end) == ("", "interrupted: there were more cases", "")
    assert count == f"{len(lines)} cases: {len(lines)} matched"
    return [line.removeprefix("match").strip().partition("  [")[0] for line in lines]
