"""Code that is nested more deeply than Python's own limit for calls is read like any other."""

from __future__ import annotations

from pathlib import Path

from terminal import splitter

MONOLITH = """
from fastapi import FastAPI

app = FastAPI()
TEXT = {sum}


@app.get("/text")
def text() -> str:
    return TEXT
"""


def test_a_long_sum_moves_along(tmp_path: Path) -> None:
    long = " + ".join(["'x'"] * 2000)
    (tmp_path / "main.py").write_text(MONOLITH.replace("{sum}", long))
    splitter("init", at=tmp_path)
    splitter("scaffold", "text", "--port", "8009", "--routes", "main", at=tmp_path)
    moved = (tmp_path / "services/text_service/application.py").read_text()
    assert long in moved
