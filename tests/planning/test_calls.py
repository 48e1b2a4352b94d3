"""Functions of another service: called, shared, or refused with the reason."""

from __future__ import annotations

from textwrap import dedent

import pytest
from monoliths import blueprint, files_of

from splitter.errors import UsageError
from splitter.model.changes import Note
from splitter.planning.cut import cut
from splitter.planning.plan import Blueprint

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
    "api/routes/users.py": """
        from fastapi import APIRouter
        import store

        router = APIRouter(prefix="/users")


        @router.post("/")
        def add(name: str):
            store.seen.append(name)
        """,
    "api/routes/orders.py": """
        from fastapi import APIRouter
        from store import asked

        router = APIRouter(prefix="/orders")


        @router.get("/")
        def index():
            return asked
        """,
}
OWNS = {"users": ("store",)}


def store(function: str, head: str = "") -> dict[str, str]:
    """The monolith with a module `store` that has `seen`, and the function `asked`."""
    text = f"{dedent(head).strip()}\n\nseen: list[str] = []\n\n\n{dedent(function).strip()}\n"
    return {**APP, "store.py": text}


def plan_of(function: str, head: str = "", *, owned: bool = True) -> Blueprint:
    return blueprint(store(function, head), "users", "orders", owns=OWNS if owned else {})


def said(plan: Blueprint) -> list[Note]:
    orders = plan.plans["orders"]
    return [n for n in (*orders.blockers, *orders.notes) if n.code.startswith("SPL05")]


def refused(function: str, head: str = "") -> str:
    """Why the function `asked` cannot be called."""
    plan = plan_of(function, head)
    assert plan.calls("orders") == ()
    (note,) = said(plan)
    assert (note.code, note.blocks) == ("SPL051", True)
    assert (note.path, note.line) == ("api/routes/orders.py", 9)
    return note.what.partition("but cannot be called: ")[2]


def test_a_function_that_uses_changing_state_is_called() -> None:
    plan = plan_of("def asked(name: str) -> int:\n    return seen.count(name)")
    (call,) = plan.calls("orders")
    assert plan.answers("users") == (call,)
    assert (call.owner, call.path) == ("users", "/internal/store/asked")
    (note,) = said(plan)
    assert (note.code, note.blocks, note.line) == ("SPL050", False, 9)
    assert files_of(plan, "orders")["services/orders_service/store.py"] == (
        "from services.orders_service import remote_calls as _remote\n"
        "\n\n"
        "def asked(name: str) -> int:\n"
        '    return _remote.call("/internal/store/asked", {"name": name})\n'
    )
    assert "return seen.count(name)" in files_of(plan, "users")["services/users_service/store.py"]


def test_what_the_function_rests_on_does_not_come_along() -> None:
    plan = plan_of(
        "def asked() -> int:\n    return weigh(len(seen))",
        "from decimal import Decimal\nimport heavy\n\n\ndef weigh(x):\n    return heavy.machine(x)",
    )
    assert "heavy" not in plan.needs["orders"].kept
    assert sorted(files_of(plan, "orders")) == [
        "services/orders_service/application.py",
        "services/orders_service/routes/orders.py",
        "services/orders_service/store.py",
    ]


def test_state_of_the_owner_is_no_finding_of_the_service_that_asks() -> None:
    plan = plan_of("def asked(name: str) -> int:\n    return seen.count(name)")
    services = [p.service for p in plan.plans.values()]
    found = cut(plan.ground, services, blueprint=plan).of("orders")
    assert [note for note in found if note.code == "SPL012"] == []
    shared = plan_of("def asked(name: str) -> int:\n    return seen.count(name)", owned=False)
    found = cut(shared.ground, services, blueprint=shared).of("orders")
    assert [note.blocks for note in found if note.code == "SPL012"] == [True]


def test_code_that_calls_for_one_service_is_not_shared() -> None:
    files = store("def asked(name: str) -> int:\n    return seen.count(name)")
    files["tools.py"] = "import store\n\n\ndef twice(x):\n    return 2 * store.asked(x)\n"
    for name in ("orders", "users"):
        files[f"api/routes/{name}.py"] = files[f"api/routes/{name}.py"].replace(
            "router = ", "import tools\n\n        router = "
        )
        files[f"api/routes/{name}.py"] += "\n        @router.get('/2')\n        def two():\n"
        files[f"api/routes/{name}.py"] += "            return tools.twice('a')\n"
    plan = blueprint(files, "users", "orders", owns=OWNS)
    assert "services/orders_service/tools.py" in files_of(plan, "orders")
    assert "services/users_service/tools.py" in files_of(plan, "users")
    assert "shared/tools.py" not in files_of(plan, "shared")


def test_a_pure_function_is_shared_and_said() -> None:
    plan = plan_of("def asked(name: str) -> str:\n    return name.upper()")
    assert plan.calls("orders") == ()
    assert [(n.code, n.blocks) for n in said(plan)] == [("SPL052", False)]


def test_without_an_owner_all_is_as_ever() -> None:
    plan = plan_of("def asked(session) -> int:\n    return seen.count(session)", owned=False)
    assert said(plan) == []
    assert "shared/store.py" in files_of(plan, "shared")


def test_the_routes_module_is_the_owner_of_its_state() -> None:
    files = {k: v for k, v in APP.items() if k != "api/routes/users.py"}
    files["api/routes/orders.py"] = files["api/routes/orders.py"].replace(
        "store", "api.routes.users"
    )
    files["api/routes/users.py"] = """
        from fastapi import APIRouter

        router = APIRouter(prefix="/users")
        seen = []
        rates_cache = {}


        @router.post("/")
        def add(name: str):
            seen.append(name)
            rates_cache[name] = 1


        def asked(name: str) -> int:
            return seen.count(name)
        """
    plan = blueprint(files, "users", "orders")
    assert [c.key for c in plan.calls("orders")] == ["api.routes.users:asked"]
    cached = files["api/routes/users.py"].replace("return seen.count", "return rates_cache.get")
    plan = blueprint({**files, "api/routes/users.py": cached}, "users", "orders")
    assert (plan.calls("orders"), said(plan)) == ((), [])
    loose = files["api/routes/users.py"].replace("asked(name: str)", "asked(name)")
    plan = blueprint({**files, "api/routes/users.py": loose}, "users", "orders")
    assert [(n.code, n.blocks) for n in said(plan)] == [("SPL051", False)]


def test_a_database_counts_where_the_owner_is_named() -> None:
    head = "from sqlalchemy.orm import sessionmaker\n\nmaker = sessionmaker()"
    function = "def asked(name: str) -> int:\n    with maker() as s:\n        return s.scalar(name)"
    (note,) = said(plan_of(function, head))
    assert note.what.startswith("asked (store.py:8) uses the database, so the users service")
    plan = plan_of(function, head, owned=False)
    assert said(plan) == []
    assert plan.calls("orders") == ()


def test_services_may_ask_in_a_row() -> None:
    function = "def asked(name: str) -> int:\n    return other(name) + len(seen)"
    files = store(function, "from till import other")
    files["till.py"] = "sold = []\n\n\ndef other(name: str) -> int:\n    return sold.count(name)\n"
    shops = files["api/routes/users.py"].replace("users", "shops")
    shops = shops.replace("import store", "import till").replace("store.seen", "till.sold")
    files["api/routes/shops.py"] = shops
    files["main.py"] += "\n        from api.routes.shops import router\n"
    files["main.py"] += "        app.include_router(router)\n"
    plan = blueprint(files, "orders", "users", "shops", owns={**OWNS, "shops": ("till",)})
    assert [c.key for c in plan.calls("orders")] == ["store:asked"]
    assert [c.key for c in plan.calls("users")] == ["till:other"]
    assert [c.key for c in plan.answers("shops")] == ["till:other"]


COUNT = "    return len(seen)\n"
MODELS = """
    from dataclasses import dataclass
    from enum import Enum
    from typing import NewType, Optional, Union

    from pydantic import BaseModel
    from sqlalchemy.orm import DeclarativeBase
    from sqlmodel import SQLModel


    class Base(DeclarativeBase):
        pass


    class Row(Base):
        pass


    class Hero(SQLModel, table=True):
        pass


    class Colour(Enum):
        red = 1


    @dataclass
    class Point:
        x: float
        near: list["Point"]


    class Model(BaseModel):
        point: Point
        colour: Colour | None


    class Derived(Model):
        loose: dict


    class Secret(BaseModel):
        shown: int = Field(exclude=True)


    Points = list[Point]
    Name = NewType("Name", str)
    MISSING = object()
    """


@pytest.mark.parametrize(
    "annotation",
    [
        *("str", "int | None", "'Model'", "dict[str, list[Point]]"),
        *(
            "Optional[Union[Colour, int]]",
            "tuple[int, ...]",
            "Points",
            "Name",
            "'None'",
            "set[Colour]",
        ),
    ],
)
def test_what_travels(annotation: str) -> None:
    plan = plan_of(f"def asked(it: {annotation}) -> {annotation}:\n{COUNT}", MODELS)
    assert [c.name for c in plan.calls("orders")] == ["asked"]
    wanted = plan.needs["orders"].kept["store"]
    names = {n for i in wanted for n in plan.program.views["store"].statements[i].binds}
    assert {"Model", "Point", "Colour"} <= names or "Model" not in annotation
    assert "seen" not in names


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ("Row", "Row is a row of a table, which belongs to a session"),
        ("list[Hero]", "Hero is a row of a table, which belongs to a session"),
        ("dict", "dict does not say what travels"),
        ("Derived", "Derived: dict does not say what travels"),
        ("Secret", "Secret is not read as it is written (exclude=)"),
        ("bytes", "bytes do not travel as JSON"),
        ("str | Name2", "Name2 is not known to travel"),
    ],
)
def test_what_does_not_travel(annotation: str, reason: str) -> None:
    assert refused(f"def asked(it: {annotation}) -> int:\n{COUNT}", MODELS) == f"it: {reason}"
    assert refused(f"def asked() -> {annotation}:\n{COUNT}", MODELS) == f"its result: {reason}"


@pytest.mark.parametrize(
    ("head", "signature", "reason"),
    [
        ("from sqlalchemy.orm import Session", "s: Session", "a session of the database cannot"),
        ("from fastapi import UploadFile", "f: UploadFile", "a file cannot travel"),
        ("from fastapi import Request", "r: Request", "it belongs to the request"),
        ("from collections.abc import Callable", "c: Callable[[], int]", "code cannot travel"),
        ("from collections.abc import Iterator", "i: Iterator[int]", "an iterator cannot travel"),
        ("from uuid import UUID", "u: UUID | str", "UUID and str are both told as text"),
        ("from typing import Any", "a: list[Any]", "Any does not say what travels"),
        ("from fastapi import Depends", "a: int = Depends(len)", "its default is made by Depends"),
        ("M = object()", "a: int = M", "its default, M, is an object of the module"),
        ("", "a", "a has no annotation"),
        ("", "*a", "a has no annotation"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from x import T",
            "t: T",
            "T is only imported for type checkers",
        ),
    ],
)
def test_parameters_that_cannot_be_sent(head: str, signature: str, reason: str) -> None:
    assert reason in refused(f"def asked({signature}) -> int:\n{COUNT}", head)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        ("def asked():\n    return len(seen)", "its result has no annotation"),
        ("def asked() -> int:\n    yield len(seen)", "it is a generator"),
        ("@odd\ndef asked() -> int:\n    return len(seen)", "its decorator odd may change"),
        ("def asked() -> list[str]:\n    return seen", "it returns seen itself"),
        (
            "def asked(names: list[str]) -> int:\n    names.append(seen[0])\n    return 1",
            "it changes names, which its caller would not see",
        ),
        (
            "def asked() -> int:\n    return len(seen) + number.get()",
            "it reads number, which belongs to the request",
        ),
    ],
)
def test_functions_that_cannot_be_called(function: str, reason: str) -> None:
    head = "from contextvars import ContextVar\n\nnumber = ContextVar('number')\n\n"
    head += "def odd(function):\n    return lambda: function(1)"
    assert refused(function, head).startswith(reason)


def test_a_function_whose_attributes_are_used_cannot_be_called() -> None:
    files = store("def asked() -> int:\n    return len(seen)")
    files["api/routes/orders.py"] += "\n        asked.limit = 3\n"
    plan = blueprint(files, "users", "orders", owns=OWNS)
    assert "uses its attribute limit" in said(plan)[0].what


def test_a_decorator_that_passes_on_what_it_is_given_does_not_matter() -> None:
    head = "from functools import wraps\n\n\ndef timed(function):\n    @wraps(function)\n"
    head += "    def inner(*args, **kwargs):\n        return function(*args, **kwargs)\n"
    plan = plan_of("@timed\ndef asked() -> int:\n    return len(seen)", head + "    return inner")
    assert [c.name for c in plan.calls("orders")] == ["asked"]
    assert "timed" not in files_of(plan, "orders")["services/orders_service/store.py"]


def test_an_object_that_changes_is_not_called() -> None:
    files = store("def asked() -> int:\n    return 1")
    files["api/routes/orders.py"] = files["api/routes/orders.py"].replace("asked", "seen")
    (note,) = said(blueprint(files, "users", "orders", owns=OWNS))
    assert note.blocks
    assert note.what.endswith("changes, but cannot be called: it is no function")


@pytest.mark.parametrize(
    ("owns", "what"),
    [
        ({"users": ("stor",)}, "the monolith has no stor"),
        ({"users": ("store.nothing",)}, "the monolith has no store.nothing"),
        ({"users": ("api.routes.orders",)}, "api.routes.orders belongs to the orders service"),
        ({"users": ("api.routes.orders.index",)}, "api.routes.orders.index belongs to the orders"),
    ],
)
def test_owners_that_cannot_be(owns: dict[str, tuple[str, ...]], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        blueprint(store("def asked() -> int:\n    return 1"), "users", "orders", owns=owns)


def test_a_single_name_can_be_owned() -> None:
    function = "def asked() -> int:\n    return len(seen)"
    plan = blueprint(store(function), "users", "orders", owns={"users": ("store.asked",)})
    assert [c.key for c in plan.calls("orders")] == ["store:asked"]


def test_it_is_run_in_threads_only_where_an_endpoint_that_is_no_coroutine_leads_to_it() -> None:
    function = "def asked() -> int:\n    return len(seen)"
    (call,) = plan_of(function).calls("orders")
    assert call.threaded
    files = store(function)
    orders = files["api/routes/orders.py"]
    files["api/routes/orders.py"] = orders.replace("def index", "async def index")
    (call,) = blueprint(files, "users", "orders", owns=OWNS).calls("orders")
    assert not call.threaded
