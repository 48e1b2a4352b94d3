"""Workers do not hear Ctrl-C, from their first moment on."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, signal, time
from splitter.effects.crew import crew

def work(connection, place):
    connection.send("at work")

if __name__ == "__main__":
    with crew(2, work, None) as hired:
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            for member in hired.members:
                os.kill(member._process.pid, signal.SIGINT)
            time.sleep(0.001)
        print(*[member.hear() for member in hired.members])
"""


def test_an_interrupt_while_python_starts_is_not_heard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("at work at work\n", "")
