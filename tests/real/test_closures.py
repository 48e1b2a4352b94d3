from __future__ import annotations

from pathlib import Path

from closures import CodeBase

FILES = {
    "app/__init__.py": "from app import top\n",
    "app/top.py": "import os\n",
    "app/api/__init__.py": "",
    "app/api/items.py": "from ..models import Item\nfrom . import deps\ndef f(): import app.late\n",
    "app/api/deps.py": "from app.models import (\n    Item,\n)\n",
    "app/api/users.py": "from app.top import os\n",
    "app/models/__init__.py": "from .item import Item\n",
    "app/models/item.py": "class Item: ...\n",
    "app/late.py": "import app.api.users\n",
    "app/unused.py": "import app.api.items\n",
}


def code(folder: Path) -> CodeBase:
    for name, text in FILES.items():
        folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(name).write_text(text)
    return CodeBase(folder)


def test_a_closure_has_what_is_imported_at_any_depth_and_the_packages_on_the_way(
    tmp_path: Path,
) -> None:
    found = code(tmp_path).closure(["app.api.items"])
    inner = {"top", "api", "api.items", "api.deps", "api.users", "models", "models.item", "late"}
    assert found == {"app", *(f"app.{name}" for name in inner)}


def test_its_lines_are_those_of_its_files(tmp_path: Path) -> None:
    assert code(tmp_path).lines({"app.api.deps", "app.models.item", "os"}) == 4


ROUTERS = {
    "app/__init__.py": "",
    "app/main.py": "from app import wiring, routes\n",
    "app/wiring.py": "from app.routes import items, users, status\n",
    "app/routes/__init__.py": "",
    "app/routes/items.py": "from app.routes.users import owner\n",
    "app/routes/users.py": "import app.people\n",
    "app/routes/status.py": "import app.metrics\n",
    "app/people.py": "",
    "app/metrics.py": "",
    "app/other.py": "",
}


def test_with_the_application_around_come_no_routes_but_those_that_are_needed(
    tmp_path: Path,
) -> None:
    for name, text in ROUTERS.items():
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).write_text(text)
    routes = ["app.wiring", "app.routes.items", "app.routes.users", "app.routes.status"]
    code = CodeBase(tmp_path)
    found = code.surrounded(["app.routes.items"], application="app.main", routes=routes)
    inner = {"main", "wiring", "routes", "routes.items", "routes.users", "people"}
    assert found == {"app", *(f"app.{name}" for name in inner)}
