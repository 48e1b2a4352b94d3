import io
import os
import pty
import subprocess
import sys
from itertools import count
from pathlib import Path

from answering import answering

from splitter.model.parity import Verdict
from splitter.reports.parity.output import with_progress


def test_the_count_stands_below_what_is_reported(one_of_each: list[Verdict]) -> None:
    screen = io.StringIO()
    for verdict in with_progress(one_of_each[:2], screen, clock=map(float, count()).__next__):
        screen.write(f"{verdict.case.name}\n")
    assert screen.getvalue() == (
        "good\n\r1 case: 1 matched …\r\x1b[Kbad one\n\r2 cases: 1 matched, 1 mismatched …\r\x1b[K"
    )


def test_the_count_is_not_written_more_often_than_it_can_be_read(
    all_good: list[Verdict],
) -> None:
    screen = io.StringIO()
    assert list(with_progress(all_good * 50, screen, clock=lambda: 1.0)) == all_good * 50
    assert screen.getvalue() == "\r1 case: 1 matched …\r\x1b[K"


def test_a_terminal_sees_each_case_and_the_count(tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text("cases: [{name: one, request: {path: /}}]")
    with answering(lambda *_: (200, {}, b"")) as url:
        words = ["--monolith", url, "--service", f"a={url}", "--cases", "cases.yaml"]
        screen, end = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")}
        subprocess.run(
            [sys.executable, "-m", "splitter", "parity-check", *words],
            cwd=tmp_path,
            env={**environment, "TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=end,
            stderr=end,
            check=True,
            timeout=60,
        )
        os.close(end)
        seen = os.read(screen, 10_000).decode()
        os.close(screen)
    assert "one  [GET / · a]" in seen
    assert "\r1 case: 1 matched …\r\x1b[K" in seen
