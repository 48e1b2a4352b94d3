from collections.abc import Callable

import pytest

from splitter.codemods.imports.repointing import Rewritten

Point = Callable[..., Rewritten]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import app.db\nx = app.db.y, app.VERSION\n",
            "import shared.db\nimport app\nx = shared.db.y, app.VERSION\n",
        ),
        (
            "import app.db\nimport app.x\nx = app.VERSION\n",
            "import shared.db\nimport app.x\nx = app.VERSION\n",
        ),
        (
            "import app.db, app.x\nx = app.VERSION\n",
            "import shared.db, app.x\nx = app.VERSION\n",
        ),
        (
            "import app.db\ndef f():\n    import app.x\nx = app.VERSION\n",
            "import shared.db\nimport app\ndef f():\n    import app.x\nx = app.VERSION\n",
        ),
        (
            "import app.db; x = app.db.y; z = app.VERSION\n",
            "import shared.db; import app; x = shared.db.y; z = app.VERSION\n",
        ),
        ("import app.db\n__all__ = ['app']\n", "import shared.db\nimport app\n__all__ = ['app']\n"),
        (
            "import app.db\n__all__ = []\n__all__.append('app')\n",
            "import shared.db\nimport app\n__all__ = []\n__all__.append('app')\n",
        ),
        ("import app.db\ndel app\n", "import shared.db\nimport app\ndel app\n"),
        ("import app.db\n", "import shared.db\n"),
    ],
)
def test_a_package_that_is_used_otherwise_stays_imported(
    point: Point, before: str, after: str
) -> None:
    assert point(before, "app.db=shared.db").text.decode() == after


def test_a_package_is_kept_again_after_its_name_meant_something_else(point: Point) -> None:
    before = "import app.db\nx = app.V\napp = f()\nimport app.db\ny = app.V\n"
    after = (
        "import shared.db\nimport app\nx = app.V\napp = f()\nimport shared.db\nimport app\n"
        "y = app.V\n"
    )
    assert point(before, "app.db=shared.db").text.decode() == after


def test_so_does_a_package_further_down(point: Point) -> None:
    before = "import app.models.user\nx = app.models.user.U, app.models.Kind, app.V\n"
    after = "import accounts.user\nimport app.models\nx = accounts.user.U, app.models.Kind, app.V\n"
    assert point(before, "app.models.user=accounts.user").text.decode() == after


def test_what_an_import_elsewhere_had_loaded_is_loaded_again(point: Point) -> None:
    before = "import app.models.user\ndef f():\n    import app\n    return app.models.Kind\n"
    after = (
        "import accounts.user\ndef f():\n    import app\n    import app.models\n"
        "    return app.models.Kind\n"
    )
    assert point(before, "app.models.user=accounts.user").text.decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import app.db\nx = app.db.y, app.V, app\n",
            "import core.db\nx = core.db.y, core.V, core\n",
        ),
        (
            "import app\nimport app.db\nx = app.db.y, app.V\n",
            "import core as app\nimport core.db\nx = app.db.y, app.V\n",
        ),
        (
            "import app.db\n__all__ = ['app']\n",
            "import core.db\nimport core as app\n__all__ = ['app']\n",
        ),
        (
            "import app.db\nimport app\nx = app.V\n",
            "import core.db\nimport core as app\nx = app.V\n",
        ),
        (
            "import app.db\ny = app.db\nimport app\nx = app.V\n",
            "import core.db\nimport core as app\ny = app.db\nimport core as app\nx = app.V\n",
        ),
    ],
)
def test_a_package_that_moves_as_a_whole(point: Point, before: str, after: str) -> None:
    assert point(before, "app=core").text.decode() == after


def test_what_a_class_keeps_for_itself_the_module_does_not_have(point: Point) -> None:
    before = (
        "class C:\n    import app.models.user; kind = app.models.Kind\n"
        "    def f(self):\n        return app\n"
        "if 1: import app.models.user\n"
    )
    after = (
        "class C:\n    import accounts.user; import app.models; kind = app.models.Kind\n"
        "    def f(self):\n        return app\n"
        "if 1: import accounts.user; import app\n"
    )
    assert point(before, "app.models.user=accounts.user").text.decode() == after
