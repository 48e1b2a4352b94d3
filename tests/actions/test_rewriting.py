import pytest

from splitter.actions.rewriting import dotted_name, rewrite, rewrite_copies
from splitter.model.changes import ChangeSet, FileChange, Note
from splitter.model.plan import Copy, Manifest
from splitter.model.rewriting import Edit, FileReport, Misread, Rewriting

MAPS = {"app.db": "shared.db"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("app/routes/users.py", "app.routes.users"),
        ("app/routes/__init__.py", "app.routes"),
        ("main.py", "main"),
        ("__init__.py", ""),
        ("bin/tool", "bin.tool"),
        ("app/stub.pyi", "app.stub"),
    ],
)
def test_the_name_of_a_path(path: str, name: str) -> None:
    assert dotted_name(path) == name


def test_many_files_at_once() -> None:
    files = {
        "app/main.py": b"from .db import x\n",
        "app/b.py": b"x = = 1  # app.db\n",
        "app/a.py": b"import os\n",
        "app/odd.py": b"x = 'app.db.y'\n",
    }
    note = Note("app/odd.py", 1, "SPL304", '"app.db.y" looks like a moved name and was left')
    shape = Note("app/main.py", 1, "SPL300", "a relative import became absolute")
    edit = Edit(1, "from .db import x", "from shared.db import x")
    change = FileChange("app/main.py", b"from .db import x\n", b"from shared.db import x\n")
    assert rewrite(files, MAPS, title="move") == Rewriting(
        ChangeSet("move", (change,), (note,)),
        (
            FileReport("app/main.py", True, (edit,), (shape,)),
            FileReport("app/odd.py", False, (), (note,)),
        ),
        (Misread("app/b.py", 1, 5, "invalid syntax"),),
    )


def test_a_stream_of_files_is_gone_through_once() -> None:
    stream = iter([("b.py", b"import app.db\n"), ("a.py", b"import app.db\n")])
    assert [c.path for c in rewrite(stream, MAPS).changes.changes] == ["a.py", "b.py"]


def test_a_broken_file_that_cannot_matter_is_told_of_only_where_asked() -> None:
    files = {"a.py": b"x = (1,\n", "b.py": b"y = )\n"}
    assert rewrite(files, MAPS).errors == ()
    assert [e.where for e in rewrite(files, MAPS, closely={"b.py"}).errors] == ["b.py:1:5"]


def test_each_file_has_the_origin_that_is_said() -> None:
    files = {"svc/a.py": b"from .db import x\n", "svc/b.py": b"from .db import x\n"}
    done = rewrite(files, MAPS, origins={"svc/a.py": "app.a", "svc/b.py": "lib.b"})
    assert done.changes.over(files) == {
        "svc/a.py": b"from shared.db import x\n",
        "svc/b.py": b"from lib.db import x\n",
    }


def test_known_modules_tell_what_a_moved_name_is() -> None:
    files = {"a.py": b"from app import db\nx = db.engine\n"}
    done = rewrite(files, {"app.db.engine": "shared.engine"}, modules={"shared.engine"})
    assert done.changes.changes[0].after == (
        b"from app import db\nimport shared.engine\nx = shared.engine\n"
    )


def test_what_no_map_covers_blocks_where_it_is_the_monoliths() -> None:
    files = {"a.py": b"import app.config\nimport other\n"}
    done = rewrite(files, MAPS, monolith={"app"})
    assert [(n.path, n.line, n.code) for n in done.changes.notes] == [("a.py", 1, "SPL307")]
    assert done.found
    assert not rewrite(files, MAPS).found


def copied(path: str, owner: str, origin: str) -> Copy:
    return Copy(path, owner, origin, f"{origin.replace('.', '/')}.py", "", "", "")


def test_every_copy_goes_by_the_map_of_its_owner_and_by_its_origin() -> None:
    files = {
        "app/db.py": b"engine = 1\n",
        "services/a/users.py": b"from .db import engine\nfrom app import db\nx = db.engine\n",
        "shared/db.py": b"from app.config import url\n",
        "services/a/data.json": b"app.db",
    }
    manifest = Manifest(
        (
            copied("services/a/users.py", "a", "app.users"),
            copied("shared/db.py", "shared", "app.db"),
            copied("services/a/data.json", "a", "app.data"),
            copied("services/a/gone.py", "a", "app.gone"),
        ),
        {},
        {"a": {"app.db.engine": "shared.db.engine"}, "shared": {"app.config": "shared.config"}},
    )
    done = rewrite_copies(files, manifest)
    assert done.changes.over(files) == {
        **files,
        "services/a/users.py": b"from shared.db import engine\nfrom app import db\n"
        b"import shared.db\nx = shared.db.engine\n",
        "shared/db.py": b"from shared.config import url\n",
    }
    assert done.changes.title == "rewrite-imports"
    assert not rewrite_copies(done.changes.over(files), manifest).changes
