"""The status page that is kept in the repository, and checked."""

from __future__ import annotations

import shutil
from pathlib import Path

from terminal import copy, edit, splitter

PAGE = ("status", "--write", "MIGRATION.md")


def test_it_is_written_checked_and_undone(with_services: Path, tmp_path: Path) -> None:
    done = splitter(*PAGE, "--check", at=with_services, status=1)
    assert done.lines == ["MIGRATION.md is not up to date: splitter status --write MIGRATION.md"]
    assert splitter(*PAGE, "--diff", at=with_services).out.startswith("diff --git a/MIGRATION.md")
    assert not (with_services / "MIGRATION.md").exists()
    assert splitter(*PAGE, at=with_services).lines == ["status: wrote 1 file", "  + MIGRATION.md"]
    assert splitter(*PAGE, "--check", at=with_services).out == ""
    assert splitter(*PAGE, at=with_services).lines == ["status: nothing to change"]
    text = (with_services / "MIGRATION.md").read_text()
    assert "- **Transaction Service**" in text
    assert "**Date:**" not in text
    other = copy(with_services, tmp_path / "elsewhere")
    shutil.rmtree(other / ".splitter" / "results")
    assert splitter(*PAGE, "--check", at=other).out == ""
    with (other / "services" / "transaction_service" / "utils.py").open("a") as file:
        file.write("# more\n")
    assert splitter(*PAGE, "--check", "--diff", at=other, status=1).out.startswith("diff --git")
    splitter("undo", at=with_services)
    assert not (with_services / "MIGRATION.md").exists()


def test_what_stands_around_it_stays_and_what_was_edited_is_not_lost(begun: Path) -> None:
    project = copy(begun, begun.parent / "edited-page")
    splitter(*PAGE, at=project)
    file = project / "MIGRATION.md"
    written = file.read_text()
    file.write_text(f"# Ours\n\n{written}\nOur notes.\n")
    edit(project, "splitter.toml", "port = 8000\n", "port = 8099\n")
    splitter(*PAGE, at=project)
    text = file.read_text()
    assert text.startswith("# Ours\n\n<!-- splitter status: begin")
    assert text.endswith("-->\n\nOur notes.\n")
    assert "The monolith answers on port 8099" in text
    file.write_text(text.replace("port 8099", "port 1"))
    done = splitter(*PAGE, at=project, status=1)
    assert done.err.startswith("error: MIGRATION.md: the page was edited by hand")
    file.write_text("# Ours\n")
    done = splitter(*PAGE, at=project, status=1)
    assert done.err.startswith("error: MIGRATION.md: this is not a page of splitter status")
    assert file.read_text() == "# Ours\n"


def test_the_page_for_a_browser_goes_to_a_file(with_services: Path) -> None:
    splitter("status", "--format", "html", "--output", "status.html", at=with_services)
    html = (with_services / "status.html").read_text()
    assert html.lstrip().startswith("<!doctype html>")
    assert "transaction" in html
