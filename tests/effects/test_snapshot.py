"""A project is found upward, and read as one snapshot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from trees import plant

from splitter.effects import workspace
from splitter.effects.roots import find_root
from splitter.effects.snapshot import LIMIT, read_files
from splitter.errors import DiskError

# find_root


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("splitter.toml", ""),
        ("pyproject.toml", "[tool.splitter]\n"),
        ("pyproject.toml", "[tool.splitter.monolith]\napp = 'main:app'\n"),
        ("pyproject.toml", "[tool]\nsplitter.homes = {}\n"),
        ("pyproject.toml", "[tool.splitter\nis not closed"),
    ],
)
def test_the_root_is_the_nearest_folder_upward(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "splitter.toml").touch()
    inner = tmp_path / "inner"
    below = inner / "api" / "routes"
    below.mkdir(parents=True)
    (inner / name).write_text(text)
    assert find_root(below) == inner.resolve()
    assert find_root(inner) == inner.resolve()


@pytest.mark.parametrize(
    "text", ["[tool.ruff]\n", "[project]\nname = 'splitter'\n", "[tool.ruff\n# splitter", ""]
)
def test_another_pyproject_is_no_root(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / "splitter.toml").mkdir()
    assert find_root(tmp_path) is None


def test_a_pyproject_that_is_no_text_is_no_root(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.splitter]\n\xff")
    assert find_root(tmp_path) is None


# read


def test_what_is_read_and_what_is_left_out(tmp_path: Path) -> None:
    read = [
        "main.py",
        "a b/ü.py",
        "api/routes/__init__.py",
        "static/logo.png",
        ".env",
        ".splitter/plan.json",
        ".splitter/copies.toml",
        "build/module.py",
        "db/models.sql",
    ]
    left = [
        ".git/config",
        ".hg/store",
        "api/__pycache__/x.cpython-311.pyc",
        "api/x.pyc",
        "web/node_modules/react/index.js",
        ".mypy_cache/x.json",
        "app.db",
        "app.db-wal",
        "app.db-journal",
        "data/app.sqlite3",
        "data/app.sqlite3-shm",
        "data/app.sqlite",
        ".splitter/journal/0001.json",
        ".splitter/forks/x/y.json",
        ".splitter/notes.txt",
        "api/.splitter-0a1b2c3d-0",
    ]
    plant(tmp_path, {path: path.encode() for path in (*left, *read)})
    (tmp_path / "env" / "lib").mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").touch()
    (tmp_path / "env" / "lib" / "site.py").touch()
    assert dict(workspace.read(tmp_path)) == {path: path.encode() for path in read}


def test_files_of_one_mebibyte_are_read_and_larger_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "at.txt").write_bytes(b"x" * 2**20)
    (tmp_path / "over.txt").write_bytes(b"x" * (2**20 + 1))
    assert list(workspace.read(tmp_path)) == ["at.txt"]


def test_links_and_what_is_no_file(tmp_path: Path) -> None:
    plant(tmp_path, {"outside/secret.py": b"1", "root/main.py": b"2"})
    root = tmp_path / "root"
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file.py").symlink_to(tmp_path / "outside" / "secret.py")
    (root / "loop").symlink_to(root)
    (root / "dangling").symlink_to(root / "nowhere")
    os.mkfifo(root / "pipe")
    os.mkdir(os.fsencode(root) + b"/\xff")
    assert dict(workspace.read(root)) == {"file.py": b"1", "main.py": b"2"}


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, {"api/secret.py": b""})

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(DiskError, match=r"^cannot read api/secret\.py: Permission") as caught:
        workspace.read(tmp_path)
    assert caught.value.where == "api/secret.py"
    assert caught.value.status == 3


def test_a_folder_that_may_not_be_entered_is_passed_over(theirs: Path) -> None:
    plant(theirs, {"pgdata/x": b"", "main.py": b""})
    (theirs / "pgdata").chmod(0)
    assert list(workspace.read(theirs)) == ["main.py"]
    (theirs / "pgdata").chmod(0o700)


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match=r"^cannot list .*nowhere: No such file or directory$"):
        workspace.read(tmp_path / "nowhere")


def test_what_splitter_keeps_is_read_however_large_it_is(tmp_path: Path) -> None:
    record = tmp_path / ".splitter" / "manifest.json"
    record.parent.mkdir()
    record.write_bytes(b" " * (LIMIT + 1))
    assert list(read_files(tmp_path)) == [".splitter/manifest.json"]
