"""The peak memory and the CPU of parity-check, for each format of its report, over many cases.

    python benchmarks/memory.py [--cases N] [FORMAT ...] [-- OPTION ...]

Two uvicorn processes answer; a tenth of the cases differ. Of each run the exit status, the wall
clock, the CPU seconds and the peak memory of the largest of its processes are told (wait4), and
whether the report has every case, in order. What stands behind -- is given to parity-check, such as
--workers 2. Exit 1 if one takes more than 200 MiB or a report is not whole.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

BOUND = 200
FORMATS = ("text", "json", "junit", "github", "html")
SERVER = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    own = scope["server"][1] if scope["path"].endswith("7") else 0
    body = b'{"at": "%s", "n": [1, 2, %d]}' % (scope["path"].encode(), own)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("formats", nargs="*", default=FORMATS)
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options, more = parser.parse_args(sys.argv[1:at]), sys.argv[at + 1 :]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "echo.py").write_text(SERVER)
        (folder / "cases.yaml").write_text("cases:\n" + "".join(cases(options.cases)))
        urls = [stack.enter_context(served(folder)) for _ in range(2)]
        good = [measured(form, urls, folder, options.cases, more) for form in options.formats]
    return 0 if all(good) else 1


def cases(count: int) -> Iterator[str]:
    return (f"- {{name: case {n}, request: {{path: '/items/{n}'}}}}\n" for n in range(count))


def measured(form: str, urls: Sequence[str], folder: Path, count: int, more: Sequence[str]) -> bool:
    """Run parity-check and tell what it took; whether that is within the bound."""
    sides = ["--monolith", urls[0], "--service", f"echo={urls[1]}", "--cases", "cases.yaml"]
    words = [sys.executable, "-m", "splitter", "parity-check", *sides, *more, "--format", form]
    begun = time.monotonic()
    process = subprocess.Popen(
        [*words, "--output", "report"], cwd=folder, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    whole = "--shard" in more or is_whole(form, folder / "report", count)
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss / 1024
    print(
        f"{form:<7} status {process.returncode}"
        f"{time.monotonic() - begun:8.0f} s{used.ru_utime + used.ru_stime:8.0f} s CPU"
        f"{peak:8.0f} MiB  {'whole' if whole else 'NOT WHOLE'}",
        flush=True,
    )
    return whole and peak <= BOUND


def is_whole(form: str, report: Path, count: int) -> bool:
    """Whether the cases that the report has to name stand in it, once each and in order."""
    pattern = {
        "text": r"^(?:match|MISMATCH) +case (\d+) ",
        "json": r'^  \{"name":"case (\d+)"',
        "junit": r'<testcase name="case (\d+)"',
        "github": r"^::error title=parity%3A case (\d+),",
        "html": r'<span class="name">case (\d+)<',
    }[form]
    with report.open(encoding="utf-8") as lines:
        found = [int(m[1]) for line in lines if (m := re.search(pattern, line))]
    wanted = range(7, count, 10) if form == "github" else range(count)
    return found == list(wanted)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The URL of a uvicorn that serves the application of the folder."""
    port = free_port()
    words = [sys.executable, "-m", "uvicorn", "echo:app", "--log-level", "warning"]
    words += ["--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(words, cwd=folder) as process:
        try:
            for _ in range(400):
                try:
                    urllib.request.urlopen(url).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield url
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
