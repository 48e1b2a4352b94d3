import gc
import os
from pathlib import Path

import pytest

from splitter.errors import DiskError, UsageError
from splitter.model.rewriting import Rewriting
from splitter.workflows.rewriting import is_dotted, parse_maps, rewrite_paths

MAPS = {"app.db": "shared.db"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    (project / "app" / "sub").mkdir(parents=True)
    monkeypatch.chdir(project)
    return project


def write(root: Path, *paths: str, text: str = "import app.db\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def paths(done: Rewriting) -> list[str]:
    return [change.path for change in done.changes.changes]


def test_maps_are_old_and_new_names() -> None:
    assert parse_maps(["a=b", "a.b=c.d_1", "a=b", "ｘ=y"]) == {"a": "b", "a.b": "c.d_1", "x": "y"}


@pytest.mark.parametrize(
    "option",
    ["", "a", "=", "a=", "=b", "a=b=c", "a.=b", "a..b=c", "a/b=c", "a=1b", "a=b.class", "a= b"],
)
def test_what_is_no_map_is_refused(option: str) -> None:
    with pytest.raises(UsageError, match="is not OLD=NEW") as caught:
        parse_maps([option])
    assert "app.database=shared.database" in caught.value.hint


def test_one_old_name_cannot_have_two_new_ones() -> None:
    with pytest.raises(UsageError, match="two new names"):
        parse_maps(["a=b", "a=c"])


def test_dotted_names() -> None:
    assert is_dotted("a.b_2")
    assert is_dotted("größe")
    assert not any(is_dotted(name) for name in ("", ".", "a.", ".a", "a b", "a-b", "import"))


def test_a_folder_means_the_python_files_below_it(root: Path) -> None:
    write(root, "app/a.py", "app/sub/deep/b.py", "app/c.pyi", "app/d.txt", "other/e.py")
    write(root, "app/.hidden/f.py", "app/__pycache__/g.py", "app/node_modules/h.py")
    write(root, "app/venv/lib/i.py", "app/venv/pyvenv.cfg")
    os.symlink(root / "other" / "e.py", root / "app" / "link.py")
    os.symlink(root / "other", root / "app" / "linked")
    assert paths(rewrite_paths(root, ["app"], MAPS)) == ["app/a.py", "app/sub/deep/b.py"]
    assert not (root / "app" / "a.py").read_text().startswith("import shared")


def test_files_and_folders_are_taken_once_however_they_are_given(root: Path) -> None:
    write(root, "app/a.py", "app/c.pyi", "app/.hidden/f.py")
    given = ["app/c.pyi", "./app/../app/a.py", str(root / "app"), "app/.hidden"]
    assert paths(rewrite_paths(root, given, MAPS)) == ["app/.hidden/f.py", "app/a.py", "app/c.pyi"]


def test_paths_are_meant_from_the_current_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "app/a.py")
    monkeypatch.chdir(root / "app")
    assert paths(rewrite_paths(root, ["a.py"], MAPS)) == ["app/a.py"]
    assert paths(rewrite_paths(root, ["."], MAPS)) == ["app/a.py"]
    assert paths(rewrite_paths(root, [".."], MAPS)) == ["app/a.py"]


@pytest.mark.parametrize("path", ["nowhere", "app/none.py"])
def test_a_path_that_is_not_there_is_refused(root: Path, path: str) -> None:
    with pytest.raises(UsageError, match=f"{path} does not exist"):
        rewrite_paths(root, [path], MAPS)


def test_a_path_outside_of_the_project_is_refused(root: Path) -> None:
    write(root.parent, "out.py")
    with pytest.raises(UsageError, match="does not lie in"):
        rewrite_paths(root, ["../out.py"], MAPS)


def test_what_is_no_plain_file_is_passed_over_in_a_folder(root: Path) -> None:
    os.mkfifo(root / "app" / "pipe.py")
    (root / "app" / "folder.py").mkdir()
    assert paths(rewrite_paths(root, ["app"], MAPS)) == []


def test_a_file_that_cannot_be_read_is_a_fault_of_the_disk(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "app/a.py")
    monkeypatch.setattr(os.path, "isdir", lambda path: False)
    with pytest.raises(DiskError, match="app cannot be read"):
        rewrite_paths(root, ["app"], MAPS)


def test_the_origin_is_that_of_the_one_file(root: Path) -> None:
    write(root, "services/a.py", text="from .db import x\nfrom .y import z\n")
    done = rewrite_paths(root, ["services/a.py"], MAPS, origin="app.a")
    assert done.changes.changes[0].after == b"from shared.db import x\nfrom app.y import z\n"


def test_an_origin_comes_from_the_record_or_else_from_the_path(root: Path) -> None:
    write(root, "svc/a.py", "app/b.py", text="from .db import x\nfrom .y import z\n")
    done = rewrite_paths(root, ["svc", "app"], MAPS, origins={"svc/a.py": "app.a"})
    assert {c.path: c.after for c in done.changes.changes} == {
        "svc/a.py": b"from shared.db import x\nfrom app.y import z\n",
        "app/b.py": b"from shared.db import x\nfrom .y import z\n",
    }


@pytest.mark.parametrize("given", [["app"], ["app/a.py", "app/b.py"]])
def test_an_origin_for_several_files_is_refused(root: Path, given: list[str]) -> None:
    write(root, "app/a.py", "app/b.py")
    with pytest.raises(UsageError, match="one file"):
        rewrite_paths(root, given, MAPS, origin="app.a")


def test_an_origin_that_is_no_name_is_refused(root: Path) -> None:
    write(root, "app/a.py")
    with pytest.raises(UsageError, match="not a dotted name"):
        rewrite_paths(root, ["app/a.py"], MAPS, origin="app/a.py")


def test_named_files_are_checked_whatever_they_hold(root: Path) -> None:
    write(root, "app/a.py", "app/sub/b.py", text="x = (\n")
    done = rewrite_paths(root, ["app/a.py", "app"], MAPS)
    assert [error.where for error in done.errors] == ["app/a.py:1:5"]


def test_files_of_the_project_tell_modules_from_objects(root: Path) -> None:
    write(root, "svc.py", text="from app import db\nx = db.engine\n")
    write(root, "app/db.py", text="engine = 1\n")
    done = rewrite_paths(root, ["svc.py"], {"app.db.engine": "shared.engine"})
    assert done.changes.changes[0].after == (
        b"from app import db\nimport shared\nx = shared.engine\n"
    )


def test_strict_refuses_what_no_map_covers(root: Path) -> None:
    text = "import app.db\nimport app.config\nimport lib.x\nimport shared.y\n"
    write(root, "svc/a.py", text=text)
    done = rewrite_paths(root, ["svc"], MAPS, origins={"svc/a.py": "lib.a"}, strict=True)
    assert [(n.line, n.code) for n in done.changes.notes] == [(2, "SPL307"), (3, "SPL307")]


@pytest.mark.parametrize("jobs", [2, 3, 9])
def test_the_number_of_processes_does_not_change_the_result(root: Path, jobs: int) -> None:
    write(root, *(f"app/m{i}.py" for i in range(5)))
    write(root, "app/note.py", text="x = 'app.db.y'\n")
    write(root, "app/broken.py", text="import app.db\nx = = 1\n")
    one = rewrite_paths(root, ["app"], MAPS)
    assert rewrite_paths(root, ["app"], MAPS, jobs=jobs) == one
    assert len(one.changes.changes) == 5


def test_no_files_are_nothing_to_do(root: Path) -> None:
    assert rewrite_paths(root, ["app"], MAPS, jobs=4) == rewrite_paths(root, [], MAPS)


def test_the_garbage_collector_is_left_as_it_was(root: Path) -> None:
    assert gc.isenabled()
    rewrite_paths(root, ["app"], MAPS)
    assert gc.isenabled()
