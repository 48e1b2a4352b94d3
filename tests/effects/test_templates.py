import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from splitter.effects.templates import read_templates
from splitter.errors import ConfigurationError

REPOSITORY = Path(__file__).parents[2]


def folder_as_mapping(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def test_an_editable_install_reads_the_repository() -> None:
    assert read_templates() == folder_as_mapping(REPOSITORY / "templates")


def test_the_projects_own_win_and_may_be_more(tmp_path: Path) -> None:
    own = tmp_path / ".splitter/templates"
    (own / "service").mkdir(parents=True)
    (own / "service/README.md.jinja").write_text("mine é", "utf-8")
    (own / "extra.jinja").write_text("more", "utf-8")
    (own / ".swp").write_bytes(b"\xff")
    texts = read_templates(tmp_path)
    assert texts == read_templates() | {
        "service/README.md.jinja": "mine é",
        "extra.jinja": "more",
    }


def test_a_project_without_its_own_has_what_ships(tmp_path: Path) -> None:
    assert read_templates(tmp_path) == read_templates()


def test_a_template_that_is_not_text_is_named(tmp_path: Path) -> None:
    own = tmp_path / ".splitter/templates"
    own.mkdir(parents=True)
    (own / "x.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError) as caught:
        read_templates(tmp_path)
    assert caught.value.where == str(own / "x.jinja")


def test_an_installed_wheel_brings_them(tmp_path: Path) -> None:
    """Built without isolation, so that nothing is fetched; run in an environment of its own."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(REPOSITORY)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=False)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    script = (
        "import json, splitter.effects.templates as t, sys;"
        "json.dump([str(t.shipped()), t.read_templates()], sys.stdout)"
    )
    python = tmp_path / "venv/bin/python"
    run = subprocess.run(
        [python, "-c", script], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    place, texts = json.loads(run.stdout)
    assert place == str(packages / "splitter/templates")
    assert texts == folder_as_mapping(REPOSITORY / "templates")
