"""The folder that a project starts from: the one that holds splitter's settings."""

from __future__ import annotations

from pathlib import Path


def find_root(start: Path) -> Path | None:
    """The nearest folder, from `start` upward, with a splitter.toml or [tool.splitter]."""
    folder = start.resolve()
    return next((at for at in (folder, *folder.parents) if _is_root(at)), None)


def _is_root(folder: Path) -> bool:
    return (folder / "splitter.toml").is_file() or _has_section(folder / "pyproject.toml")


def _has_section(file: Path) -> bool:
    """Whether it has [tool.splitter]; one that names splitter and is no TOML counts, too."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return "splitter" in text and _is_ours(text)


def _is_ours(text: str) -> bool:
    import tomllib

    try:
        return "splitter" in tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return "tool.splitter" in text
