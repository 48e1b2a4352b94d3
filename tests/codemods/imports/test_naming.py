from collections.abc import Callable

import pytest

from splitter.codemods.imports.repointing import Rewritten

Point = Callable[..., Rewritten]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import app.db\ndef f(shared): return app.db.x\n",
            "import shared.db as shared_db\ndef f(shared): return shared_db.x\n",
        ),
        (
            "from old import shared\nimport app.db\nx = app.db.y\n",
            "from old import shared\nimport shared.db as shared_db\nx = shared_db.y\n",
        ),
        (
            "shared = 1\ndef f():\n    import app.db\n    g(shared, app.db.x)\n",
            "shared = 1\ndef f():\n    import shared.db as shared_db\n    g(shared, shared_db.x)\n",
        ),
        (
            "from lib import *\nimport app.db\nx = shared.y, app.db.x\n",
            "from lib import *\nimport shared.db as shared_db\nx = shared.y, shared_db.x\n",
        ),
        (
            "shared_db = 1\nimport legacy as shared\nimport app.db\nx = app.db.x\n",
            "shared_db = 1\nimport legacy as shared\nimport shared.db as shared_db_2\n"
            "x = shared_db_2.x\n",
        ),
        (
            "import shared.other\nimport app.db\nx = shared.other.y, app.db.x\n",
            "import shared.other\nimport shared.db\nx = shared.other.y, shared.db.x\n",
        ),
        (
            "import shared\nimport app.db\nx = shared.y, app.db.x\n",
            "import shared\nimport shared.db\nx = shared.y, shared.db.x\n",
        ),
        (
            "import app.db\ndef f(shared): return shared\nx = app.db.x\n",
            "import shared.db\ndef f(shared): return shared\nx = shared.db.x\n",
        ),
        (
            "import app.db\nclass A:\n    shared = 1\n    def f(self): return app.db.x\n",
            "import shared.db\nclass A:\n    shared = 1\n    def f(self): return shared.db.x\n",
        ),
        (
            "import app.db\nclass A:\n    shared = 1\n    x = app.db.x\n",
            "import shared.db as shared_db\nclass A:\n    shared = 1\n    x = shared_db.x\n",
        ),
    ],
)
def test_a_taken_first_part_is_replaced_by_an_alias(point: Point, before: str, after: str) -> None:
    assert point(before, "app.db=shared.db").text.decode() == after


def test_a_name_of_python_is_taken(point: Point) -> None:
    before = "import app.db\nx = filter(None, ()), app.db.x\n"
    after = "import filter.db as filter_db\nx = filter(None, ()), filter_db.x\n"
    assert point(before, "app.db=filter.db").text.decode() == after


def test_an_object_gets_an_alias_where_its_name_is_taken(point: Point) -> None:
    before = "from app import auth\ndef f(user=Depends(auth.user)):\n    return auth.user, user\n"
    after = (
        "from app import auth\nfrom deps import user as deps_user\n"
        "def f(user=Depends(deps_user)):\n    return deps_user, user\n"
    )
    done = point(before, "app.auth.user=deps.user")
    assert done.text.decode() == after
    assert (1, "SPL303", "`user` is taken: deps.user is imported as deps_user") in [
        (n.line, n.code, n.what) for n in done.notes
    ]


def test_a_package_that_was_imported_under_its_alias_is_set_through_it(point: Point) -> None:
    before = "import legacy as conf\nimport config\nconfig.debug = 1\n"
    after = (
        "import legacy as conf\nimport config\nimport conf.base as conf_base\nconf_base.debug = 1\n"
    )
    assert point(before, "config.debug=conf.base.debug").text.decode() == after


def test_scopes_that_see_each_other_get_aliases_of_their_own(point: Point) -> None:
    before = (
        "shared = 1\nimport app.db\ndef f():\n    x = m.S\n    import app.db\n    return app.db.x\n"
        "import m\ny = app.db.y\n"
    )
    done = point(before, "app.db=shared.db m.S=shared.db.S").text.decode()
    assert "import shared.db as shared_db\ndef f():\n    x = shared_db.S\n" in done
    assert "    import shared.db as shared_db_2\n    return shared_db_2.x\n" in done


def test_the_name_of_the_old_package_is_no_obstacle_to_the_new_one(point: Point) -> None:
    before = "import app.db\nx = app.db.y\napp = make()\n"
    after = "import app.new.db\nx = app.new.db.y\napp = make()\n"
    assert point(before, "app.db=app.new.db").text.decode() == after
