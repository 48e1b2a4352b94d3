"""What goes with a route, and what stays because something may still use it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from monoliths import ground, sources

from splitter.actions.retirement import take_out
from splitter.discovery.parsing import parse
from splitter.model.changes import Note
from splitter.planning.estate import Estate
from splitter.planning.program import Program
from splitter.planning.retiring import Retirement, retire

MAIN = """
    from fastapi import FastAPI

    from api.routes import items, users

    app = FastAPI()
    # all about items
    app.include_router(items.router, prefix="/api")
    app.include_router(users.router, prefix="/api")
"""
ITEMS = """
    from fastapi import APIRouter, HTTPException

    from domain import prices
    from domain.stock import left

    router = APIRouter(prefix="/items")


    @router.get("/{item}")
    def item(item: int):
        if not left(item):
            raise HTTPException(404)
        return prices.of(item)
"""
USERS = """
    from fastapi import APIRouter

    from domain import prices

    router = APIRouter(prefix="/users")


    @router.get("")
    def users():  # everybody
        return prices.TAX
"""
PRICES = """
    TAX = 19
    FACTOR = 3


    def of(item):
        return item * FACTOR + TAX
"""
STOCK = """
    def left(item):
        return item
"""
SHOP = {
    "main.py": MAIN,
    "api/__init__.py": "",
    "api/routes/__init__.py": """
        from . import items, users

        __all__ = ["items", "users"]
    """,
    "api/routes/items.py": ITEMS,
    "api/routes/users.py": USERS,
    "domain/__init__.py": "",
    "domain/prices.py": PRICES,
    "domain/stock.py": STOCK,
}


def retired(
    files: Mapping[str, str],
    *prefixes: str,
    app: str = "main:app",
    factory: bool = False,
    texts: Mapping[str, str] | None = None,
) -> tuple[Retirement, dict[str, str]]:
    """What goes with the routes below some prefixes, and the files as they are then."""
    code = {path: text for path, text in files.items() if not path.startswith("tests/")}
    start = ground(code, app=app, factory=factory)
    parsed = parse(sources(files))
    own = frozenset(n for n, path in parsed.names.items() if not path.startswith("tests/"))
    estate = Estate(Program(parsed), app, own, texts or {})
    going = [r for r in start.routes if r.path.startswith(prefixes)]
    assert going
    found = retire(estate, going, start.routes)
    after = take_out("retire", found, parsed).over(parsed.sources)
    for path, text in after.items():
        compile(text, path, "exec")
    return found, {path: text.decode() for path, text in after.items()}


def same(files: Mapping[str, str], *changed: str) -> dict[str, str]:
    return {path: t.decode() for path, t in sources(files).items() if path not in changed}


def test_routes_go_with_their_inclusion_and_what_only_they_need() -> None:
    found, after = retired(SHOP, "/api/items")
    assert found.files == {"api.routes.items", "domain.stock"}
    assert found.notes == ()
    assert after == same(
        SHOP,
        *("main.py", "api/routes/__init__.py", "domain/prices.py"),
        *("api/routes/items.py", "domain/stock.py"),
    ) | {
        "main.py": "from fastapi import FastAPI\n\nfrom api.routes import users\n\n"
        'app = FastAPI()\napp.include_router(users.router, prefix="/api")\n',
        "api/routes/__init__.py": 'from . import users\n\n__all__ = ["users"]\n',
        "domain/prices.py": "TAX = 19\n",
    }


def test_a_route_beside_others_goes_alone() -> None:
    more = (
        ITEMS
        + "\n\n    @router.get('/{item}/name')\n    def name(item: int):\n"
        + ("        return left(item)\n")
    )
    files = SHOP | {"api/routes/items.py": more}
    found, after = retired(files, "/api/items/{item}/name")
    assert found.files == frozenset()
    assert after == same(SHOP)


@pytest.mark.parametrize(
    ("test", "stays"),
    [
        ("from domain.stock import left", "domain/stock.py"),
        ("import domain.stock\n\ndef test(): domain.stock.left(1)", "domain/stock.py"),
        ("from unittest.mock import patch\n\n@patch('domain.stock.left')\ndef test(x): ...", ""),
        ("def test():\n    from domain.stock import left\n    left(2)", "domain/stock.py"),
        ("import importlib\n\nimportlib.import_module('domain.stock').left(1)", ""),
    ],
)
def test_what_tests_use_stays(test: str, stays: str) -> None:
    found, after = retired(SHOP | {"tests/test_stock.py": test}, "/api/items")
    assert found.files == {"api.routes.items"}
    assert after["domain/stock.py"] == same(SHOP)["domain/stock.py"]


def test_an_endpoint_that_is_called_stays_without_its_route() -> None:
    test = "from api.routes.items import item\n\ndef test(): item(1)\n"
    found, after = retired(SHOP | {"tests/test_items.py": test}, "/api/items")
    assert found.files == frozenset()
    text = same(SHOP)["api/routes/items.py"]
    text = text.replace('@router.get("/{item}")\n', "").replace("APIRouter, ", "")
    assert after["api/routes/items.py"] == text.replace(
        'router = APIRouter(prefix="/items")\n\n\n', "\n"
    )
    (note,) = found.notes
    assert (note.code, note.path) == ("SPL100", "api/routes/items.py")
    assert "items.router" not in after["main.py"]


@pytest.mark.parametrize("text", ["run domain/stock.py", "app = domain.stock:left"])
def test_what_a_file_that_is_no_code_names_stays_with_a_note(text: str) -> None:
    found, after = retired(SHOP, "/api/items", texts={"run.sh": text})
    assert "domain/stock.py" in after
    assert found.notes == (
        Note(
            "domain/stock.py",
            0,
            "SPL100",
            "run.sh names domain.stock, so nothing that can be asked for goes out of it",
        ),
    )


@pytest.mark.parametrize(
    "more",
    [
        "import atexit\n\natexit.register(print)\n",
        "from sqlalchemy import MetaData, Table\n\nstock = Table('stock', MetaData())\n",
        "class Plugin:\n    def __init_subclass__(cls): ...\n\nclass Own(Plugin): ...\n",
        "import functools\n\n@functools.singledispatch\ndef told(x): ...\n",
    ],
)
def test_what_does_something_by_being_imported_goes_on_being_imported(more: str) -> None:
    used = STOCK.replace("    def", f"    {more.replace(chr(10), chr(10) + '    ')}\n    def")
    _, after = retired(SHOP | {"domain/stock.py": used}, "/api/items")
    assert more.strip() in after["domain/stock.py"]
    assert "from domain.stock import left" in after["api/routes/items.py"]
    assert "from api.routes import items, users" in after["main.py"]
    assert "def item(" not in after["api/routes/items.py"]


def test_what_scripts_use_stays() -> None:
    script = "from domain.stock import left\n\nif __name__ == '__main__':\n    print(left(1))\n"
    found, _ = retired(SHOP | {"tools/count.py": script}, "/api/items")
    assert found.files == {"api.routes.items"}


def test_routers_in_routers_go_as_far_as_they_are_empty() -> None:
    files = SHOP | {
        "main.py": """
            from fastapi import FastAPI
            from api.v1 import whole

            app = FastAPI()
            app.include_router(whole)
        """,
        "api/v1.py": """
            from fastapi import APIRouter
            from api.routes import items, users

            shop = APIRouter(prefix="/shop")
            shop.include_router(items.router)
            whole = APIRouter(prefix="/v1")
            whole.include_router(shop)
            whole.include_router(users.router)
        """,
    }
    found, after = retired(files, "/v1/shop")
    assert found.files == {"api.routes.items", "domain.stock"}
    assert "shop" not in after["api/v1.py"]
    assert "whole.include_router(users.router)" in after["api/v1.py"]
    assert after["main.py"] == same(files)["main.py"]


def test_inclusions_in_a_factory_go() -> None:
    files = SHOP | {
        "main.py": """
            from fastapi import FastAPI

            def make():
                from api.routes import items, users

                app = FastAPI()
                for _ in range(1):
                    app.include_router(items.router, prefix="/api")
                app.include_router(users.router, prefix="/api")
                return app
        """
    }
    _, after = retired(files, "/api/items", app="main:make", factory=True)
    assert "items.router" not in after["main.py"]
    assert "        pass\n" in after["main.py"]
    assert "    from api.routes import users\n" in after["main.py"]
    assert "api/routes/items.py" not in after


def test_routes_that_are_added_by_calls_go() -> None:
    items = """
        from fastapi import APIRouter

        router = APIRouter(prefix="/items")

        def item(item: int):
            return item

        router.add_api_route("/{item}", item)
    """
    found, _ = retired(SHOP | {"api/routes/items.py": items}, "/api/items")
    assert "api.routes.items" in found.files


def test_a_function_of_two_routes_does_not_go_with_one() -> None:
    twice = ITEMS.replace("    @router", '    @router.get("/old/{item}")\n    @router')
    found, after = retired(SHOP | {"api/routes/items.py": twice}, "/api/items/old")
    (note,) = found.notes
    assert (note.code, note.blocks) == ("SPL101", True)
    assert "also answers" in note.what
    assert "domain/stock.py" in after


def test_what_another_route_calls_stays() -> None:
    users = USERS.replace("    router =", "    from api.routes.items import item\n\n    router =")
    users = users.replace("return prices.TAX", "return item(1)")
    found, after = retired(SHOP | {"api/routes/users.py": users}, "/api/items")
    assert found.files == frozenset()
    assert "def item(" in after["api/routes/items.py"]
    assert "@router" not in after["api/routes/items.py"]


def test_the_application_itself_and_its_own_routes() -> None:
    main = MAIN + '\n\n    @app.get("/ping")\n    def ping():\n        return "pong"\n'
    found, after = retired(SHOP | {"main.py": main}, "/ping")
    assert found.files == frozenset()
    assert after["main.py"] == same(SHOP)["main.py"]
