from collections.abc import Callable

import pytest

from splitter.codemods.imports.findings import UNCERTAIN
from splitter.codemods.imports.repointing import Rewritten

Point = Callable[..., Rewritten]


def texts(done: Rewritten) -> str:
    return done.text.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = (app).db.y\n", "x = shared.db.y\n"),
        ("x = (app.db).y\n", "x = (shared.db).y\n"),
        ("x = 1 if(app).db else 0\n", "x = 1 if shared.db else 0\n"),
        ("x = app . db . y\n", "x = shared.db . y\n"),
        ("(app\n  # why\n  .db  # pool\n  .y)\n", "(shared.db\n  # why\n    # pool\n  .y)\n"),
        ("x = app.db.f(app.db.y)[app.db.z]\n", "x = shared.db.f(shared.db.y)[shared.db.z]\n"),
        ("f'{app.db.y!r:>{app.db.w}} app.db'\n", "f'{shared.db.y!r:>{shared.db.w}} app.db'\n"),
        ("f'''é\n{ app.db.y }\n{\napp.db.z}'''\n", "f'''é\n{ shared.db.y }\n{\nshared.db.z}'''\n"),
        ("x = 'é', app.db.größe\n", "x = 'é', shared.db.größe\n"),
        ("app.db.y += app.db.z\n", "shared.db.y += shared.db.z\n"),
        ("with app.db.s() as app.db.t: pass\n", "with shared.db.s() as shared.db.t: pass\n"),
        ("@app.db.d\ndef f(): return app.db.x\n", "@shared.db.d\ndef f(): return shared.db.x\n"),
        ("print(*app.db.a, **app.db.k)\n", "print(*shared.db.a, **shared.db.k)\n"),
        ("x = app.database.y, b.app.db.y\n", "x = app.database.y, b.app.db.y\n"),
    ],
)
def test_uses_of_a_dotted_import_follow_it(point: Point, before: str, after: str) -> None:
    done = point("import app.database\nimport app.db\n" + before, "app.db=shared.db")
    assert texts(done) == "import app.database\nimport shared.db\n" + after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import config\nx = config.Settings(), config.DEBUG\n",
            "import config\nimport conf.base\nx = conf.base.Settings(), config.DEBUG\n",
        ),
        (
            "import app.config as c\nx = c.run(), c.other\n",
            "import app.config as c\nimport jobs.run\nx = jobs.run.go(), c.other\n",
        ),
        (
            "from app import config\nx = [config.run]\n",
            "from app import config\nfrom jobs.run import go\nx = [go]\n",
        ),
        (
            "from app import config\nconfig.run.x()\n",
            "from app import config\nfrom jobs.run import go\ngo.x()\n",
        ),
        (
            "from app import config\nconfig.run = 1\n",
            "from app import config\nimport jobs.run\njobs.run.go = 1\n",
        ),
        (
            "from app import config\ndel config.run\n",
            "from app import config\nimport jobs.run\ndel jobs.run.go\n",
        ),
        (
            "from app import config\nmatch x:\n    case config.run: pass\n",
            "from app import config\nimport jobs.run\nmatch x:\n    case jobs.run.go: pass\n",
        ),
        (
            "def f():\n    import config; return config.Settings\n",
            "def f():\n    import config; import conf.base; return conf.base.Settings\n",
        ),
        (
            "import conf.base\nimport config\nx = config.Settings\n",
            "import conf.base\nimport config\nx = conf.base.Settings\n",
        ),
        (
            "if a:\n    import config\nelse:\n    import config\nx = config.Settings\n",
            "if a:\n    import config\n    import conf.base\nelse:\n    import config\n"
            "    import conf.base\nx = conf.base.Settings\n",
        ),
    ],
)
def test_what_lies_below_the_imported_name_is_followed(
    point: Point, before: str, after: str
) -> None:
    maps = "config.Settings=conf.base.Settings app.config.run=jobs.run.go"
    assert texts(point(before, maps)) == after


def test_a_module_that_moves_from_a_package_is_imported_itself(point: Point) -> None:
    before = "from app import services\nservices.db.engine\nservices.tax\n"
    after = "from app import services\nimport shared.db\nshared.db.engine\nservices.tax\n"
    assert texts(point(before, "app.services.db=shared.db", modules=("shared.db",))) == after


def test_an_object_is_reached_through_its_module_if_that_is_known(point: Point) -> None:
    before = "from app import db\nx = db.engine\n"
    after = "from app import db\nimport shared.pool\nx = shared.pool.engine\n"
    assert texts(point(before, "app.db.engine=shared.pool.engine", modules=("app.db",))) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x: 'app.db.S'\n", "x: 'shared.db.S'\n"),
        ("def f(a: 'app.db') -> 'app.db.T': x\n", "def f(a: 'shared.db') -> 'shared.db.T': x\n"),
        ("x: list['app.db.S | None']\n", "x: list['shared.db.S | None']\n"),
        ("x: 'dict[str, \"app.db.S\"]'\n", "x: 'dict[str, \"shared.db.S\"]'\n"),
        ("x: '''\n  app.db.S'''\n", "x: '''\n  shared.db.S'''\n"),
        ("x: A['app.db.S', 'app.db', app.db.n]\n", "x: A['shared.db.S', 'app.db', shared.db.n]\n"),
        ("x: t.Literal['app.db.S']\n", "x: t.Literal['app.db.S']\n"),
        ("x: 'L[\"app.db.S\"]'\n", "x: 'L[\"app.db.S\"]'\n"),
        ("x: Depends('app.db.S')\n", "x: Depends('app.db.S')\n"),
        ("x: 'app.db' '.S'\n", "x: 'app.db' '.S'\n"),
        ("x: 'not a type app.db.S'\n", "x: 'not a type app.db.S'\n"),
        ("X = Optional['app.db.S']\n", "X = Optional['app.db.S']\n"),
    ],
)
def test_annotations_that_are_strings_follow_too(point: Point, before: str, after: str) -> None:
    head = "import typing as t\nfrom typing import Annotated as A, Literal as L\n"
    done = point(f"{head}import app.db\n{before}", "app.db=shared.db")
    assert texts(done) == f"{head}import shared.db\n{after}"


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        (
            "if a:\n    import app.db as j\nelse:\n    import json as j\nj.dumps()\n",
            5,
            "`j.dumps` may be app.db.dumps, which moved, or another thing; left",
        ),
        (
            "import app.db\ndef f():\n    return app.db.dumps\napp = f()\n",
            3,
            "`app.db.dumps` may be app.db.dumps, which moved, or another thing; left",
        ),
        (
            "def f():\n    global app\n    import app.db.dumps\nf()\napp.db.dumps\n",
            3,
            "`import app.db.dumps` binds a global name and was left",
        ),
        (
            "def f():\n    global db\n    import db\nf()\ndb.Kind()\n",
            5,
            "`db.Kind` is reached by a global name that a function binds; it was left",
        ),
    ],
)
def test_what_is_not_certain_is_left_with_a_note(
    point: Point, source: str, line: int, what: str
) -> None:
    done = point(source, "app.db.dumps=shared.dumps db.Kind=kinds.Kind")
    assert (line, UNCERTAIN, what) in [(n.line, n.code, n.what) for n in done.notes]


def test_a_module_cannot_be_set_by_a_name_without_a_package(point: Point) -> None:
    done = point("import app.db\napp.db = 1\napp.db.x\n", "app.db=base")
    assert texts(done) == "import base\nimport app\napp.db = 1\nbase.x\n"
    assert [n.code for n in done.notes] == ["SPL300", UNCERTAIN]


def test_a_fallback_that_has_no_attributes_is_no_obstacle(point: Point) -> None:
    before = "try:\n    import app.db\nexcept ImportError:\n    app = None\nx = app and app.db.y\n"
    after = (
        "try:\n    import shared.db\n    import app\nexcept ImportError:\n    app = None\n"
        "x = app and shared.db.y\n"
    )
    assert texts(point(before, "app.db=shared.db")) == after
