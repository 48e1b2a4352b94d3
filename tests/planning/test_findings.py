from __future__ import annotations

import re
from pathlib import Path

from monoliths import blueprint, ground

import splitter
from splitter.discovery.codes import CODES
from splitter.discovery.tables import read_tables
from splitter.planning.findings import findings

ROUTES = """
    from fastapi import APIRouter

    from state import {name}

    router = APIRouter()


    @router.get("/")
    def index():
        return {name}()
    """
APP = {
    "main.py": """
        from fastapi import FastAPI

        from api.routes import orders, users

        app = FastAPI()
        app.include_router(users.router)
        app.include_router(orders.router)
        """,
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/users.py": ROUTES.format(name="seen"),
    "api/routes/orders.py": ROUTES.format(name="see"),
}


def test_a_container_that_two_services_change_is_told() -> None:
    files = APP | {
        "state.py": """
            _seen = {}
            LIMITS = {"a": 1}


            def see():
                _seen["x"] = LIMITS["a"]


            def seen():
                return _seen, LIMITS
            """
    }
    notes = findings(blueprint(files, "users", "orders"), ())
    assert [(n.path, n.line, n.code, n.what) for n in notes] == [
        (
            "state.py",
            1,
            "SPL012",
            "_seen is changed by functions, and each of orders and users gets its own",
        )
    ]


def test_a_circle_is_told_once_and_imports_for_types_make_none() -> None:
    files = APP | {
        "state.py": "import other\n\n\ndef see(): ...\n\n\ndef seen(): ...\n",
        "other.py": "import state\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from third import T\n",
        "third.py": "import other\n\nT = int\n",
    }
    notes = findings(blueprint(files, "users", "orders"), ())
    assert [(n.code, n.what) for n in notes] == [("SPL015", "other and state import one another")]


def test_a_table_that_two_services_write_is_told() -> None:
    files = APP | {
        "models.py": """
            from sqlalchemy.orm import DeclarativeBase


            class Base(DeclarativeBase): ...


            class User(Base):
                __tablename__ = "users"
            """,
        "state.py": """
            from sqlalchemy import delete, insert, text

            from models import User


            def see(db=None):
                db.execute(insert(User))


            def seen(db=None):
                db.execute(delete(User))
            """,
    }
    tables = read_tables(ground(files).parsed)
    notes = findings(blueprint(files, "users", "orders"), tables)
    assert [(n.path, n.code, n.what) for n in notes] == [
        ("models.py", "SPL016", "table users is written by orders and users")
    ]


def test_every_code_is_explained() -> None:
    package = Path(splitter.__file__).parent
    used = {
        code
        for path in package.rglob("*.py")
        for code in re.findall(r'"(SPL\d{3})"', path.read_text("utf-8"))
    }
    assert used == set(CODES)
    assert all(c.title and c.means and c.todo for c in CODES.values())
