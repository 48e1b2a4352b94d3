"""What stands in the way: small monoliths of two services, orders and users, and their findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from monoliths import blueprint, ground

import splitter
from splitter.discovery.codes import CODES
from splitter.planning.cut import cut

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
}


def routes(imports: str, **bodies: str) -> dict[str, str]:
    """Route modules of one endpoint each, with the given bodies; the body is at line 9."""
    return {
        f"api/routes/{name}.py": f"from fastapi import APIRouter, Request\n\n{imports}\n\n"
        f"router = APIRouter(prefix='/{name}')\n\n@router.get('/')\n"
        f"async def {name}_index(request: Request):\n    {body}\n"
        for name, body in bodies.items()
    }


def told(files: Mapping[str, str], *services: str) -> list[str]:
    """`path:line CODE what`, with `!` where it blocks, for two services."""
    plan = blueprint({**APP, **files}, *(services or ("users", "orders")))
    found = cut(plan.ground, [p.service for p in plan.plans.values()], blueprint=plan)
    return [
        f"{f.note.path}:{f.note.line} {f.note.code}{'!' if f.note.blocks else ''} {f.note.what}"
        for f in found.findings
    ]


def test_state_that_both_change_is_told_once() -> None:
    state = "seen = {}\nLIMITS = {'a': 1}\n\ndef see(x):\n    seen[x] = LIMITS['a']\n"
    files = routes("from state import see", users="see(1)", orders="see(2)")
    assert told({**files, "state.py": state}) == [
        "state.py:1 SPL012 seen is changed by users and orders; each gets its own"
    ]


def test_state_that_one_service_only_reads_blocks() -> None:
    files = routes("import state", users="state.online.add(1)", orders="return len(state.online)")
    assert told({**files, "state.py": "online = set()\n"}) == [
        "state.py:1 SPL012! online is changed by users; orders would have an own one, "
        "which nothing fills"
    ]


def test_a_cache_that_one_service_only_reads_does_not_block() -> None:
    tracker = "class InMemory:\n    def __init__(self): self.x = {}\n"
    tracker += "    def put(self, k): self.x[k] = 1\n    def all(self): return self.x\n\n"
    files = routes("import state", users="state.seen.put(1)", orders="state.seen.all()")
    (note,) = told({**files, "state.py": tracker + "seen = InMemory()\n"})
    assert note.startswith("state.py:6 SPL012! seen is changed by users")
    files = routes(
        "from state import rate_cache", users="rate_cache['a'] = 1", orders="rate_cache.get('a')"
    )
    (note,) = told({**files, "state.py": "rate_cache = {}\n"})
    assert note.startswith("state.py:1 SPL012 rate_cache is changed by users")


MANAGER = """
class Manager:
    def __init__(self):
        self.sockets = []

    async def connect(self, socket):
        self.sockets.append(socket)

    async def broadcast(self, text):
        for socket in self.sockets:
            await socket.send_text(text)

    def name(self):
        return "m"

manager = Manager()
"""


def test_connections_that_another_service_writes_to_block() -> None:
    files = routes(
        "from state import manager",
        users="await manager.connect(request)",
        orders="await manager.broadcast('x')",
    )
    assert told({**files, "state.py": MANAGER}) == [
        "state.py:15 SPL012! manager is changed by users; orders would have an own one, "
        "which nothing fills"
    ]


def test_an_object_that_a_dependency_hands_on_is_followed() -> None:
    handing = "\n\ndef get_manager():\n    return manager\n"
    files = routes(
        "from state import get_manager",
        users="await get_manager().connect(request)",
        orders="await get_manager().broadcast('x')",
    )
    assert [n.split(" ")[1] for n in told({**files, "state.py": MANAGER + handing})] == ["SPL012!"]


HARMLESS = {
    "only start-up fills it": ("table = {}\n", "return table['a']", "return table['b']"),
    "a client that is made on demand": (
        "table = None\n\ndef get():\n    global table\n    if table is None:\n"
        "        table = make()\n    return table\n\ndef make(): ...\n",
        "return get()",
        "return get()",
    ),
    "a local variable of that name": (
        "table = {}\n\ndef get():\n    table = {}\n    table['a'] = 1\n",
        "return get()",
        "return get()",
    ),
    "only one uses it": ("table = {}\n", "table['a'] = 1", "return 1"),
    "a method that has nothing to do with the state": (
        MANAGER.replace("manager =", "table ="),
        "await table.connect(request)",
        "return table.name()",
    ),
    "what decorators register": (
        "table = {}\n\ndef register(name):\n    def decorate(f):\n        table[name] = f\n"
        "        return f\n    return decorate\n\n@register('x')\ndef get(): ...\n",
        "return table",
        "return get()",
    ),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_state_that_does_not_matter_is_not_told(case: str) -> None:
    state, one, other = HARMLESS[case]
    files = routes("from state import *", users=one, orders=other)
    assert [n for n in told({**files, "state.py": state}) if "SPL012!" in n] == []
    if case != "what decorators register":
        assert [n for n in told({**files, "state.py": state}) if "SPL012" in n] == []


def test_a_counter_by_global_a_lock_and_a_cleared_cache_are_state() -> None:
    state = """
    import asyncio
    from functools import lru_cache

    count = 0
    lock = asyncio.Lock()

    def hit():
        global count
        count += 1

    async def guarded():
        async with lock:
            await asyncio.sleep(0)

    @lru_cache
    def rates(): ...
    """
    files = routes(
        "from state import hit, guarded, rates",
        users="hit(); await guarded(); return rates()",
        orders="hit(); await guarded(); rates.cache_clear()",
    )
    assert told({**files, "state.py": state}) == [
        "state.py:4 SPL012 count is changed by users and orders; each gets its own",
        "state.py:5 SPL012 lock is a lock, and each of users and orders takes its own",
        "state.py:15 SPL012 orders clears what rates remembers, not so in users",
    ]


def test_application_state_that_changes_is_told() -> None:
    files = routes(
        "",
        users="request.app.state.hits['x'] = 1",
        orders="return request.app.state.hits, request.app.state.engine",
    )
    assert told(files) == [
        "api/routes/users.py:9 SPL012 app.state.hits is changed by users and used by orders; "
        "each gets its own"
    ]


CIRCLE = {
    "state.py": "import other\n\n\ndef see(): ...\n\n\ndef seen(): ...\n",
    "other.py": "import state\nfrom typing import TYPE_CHECKING\n"
    "if TYPE_CHECKING:\n    from third import T\n",
    "third.py": "import other\n\nT = int\n",
}


def test_a_circle_is_told_only_where_it_is_cut() -> None:
    files = routes("from state import see", users="see()", orders="see()")
    assert told({**files, **CIRCLE}) == []
    files = {
        **routes("from state import see", users="see()"),
        **routes("from state import seen", orders="seen()"),
    }
    assert told({**files, **CIRCLE}) == [
        "other.py:1 SPL015 other and state import one another and do not go to one place"
    ]


MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"
    orders: Mapped[list["Order"]] = relationship(cascade="all, delete-orphan")


class Order(Base):
    __tablename__ = "orders"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship()
"""


def test_a_table_that_two_write_is_told_and_ties_once() -> None:
    files = routes(
        "from models import *\nfrom sqlalchemy import delete, insert",
        users="db.execute(insert(User)); db.execute(delete(User))",
        orders="db.execute(insert(Order)); db.execute(insert(Order))",
    )
    assert told({**files, "models.py": MODELS}) == [
        "models.py:8 SPL019 table users (users) is tied to orders (orders); deleting its rows "
        "deletes those of orders"
    ]


def test_a_transaction_over_the_tables_of_two_is_told() -> None:
    insert = "db.execute(insert({0}))"
    files = routes(
        "from models import *\nfrom sqlalchemy import insert",
        users=f"{insert.format('User')}\n\n@router.post('/x')\ndef second():\n"
        f"    {insert.format('User')}",
        orders=f"{insert.format('Order')}; {insert.format('User')}; db.commit()",
    )
    found = told({**files, "models.py": MODELS})
    assert [n for n in found if "SPL018" in n] == [
        "api/routes/orders.py:9 SPL018 GET /orders/ also writes users of users in one transaction"
    ]
    assert [n for n in found if "SPL016" in n] == [
        "models.py:8 SPL016 table users is written by orders and users"
    ]
    without = {p: t.replace("; db.commit()", "") for p, t in files.items()}
    assert not [n for n in told({**without, "models.py": MODELS}) if "SPL018" in n]


def with_start_up(body: str, imports: str = "import asyncio") -> dict[str, str]:
    main = f"""
    {imports}
    from contextlib import asynccontextmanager
    from fastapi import FastAPI
    from api.routes import orders, users

    async def poll():
        while True:
            await asyncio.sleep(60)

    async def once(): ...

    @asynccontextmanager
    async def lifespan(app):
        {body}
        yield

    app = FastAPI(lifespan=lifespan)
    app.include_router(users.router)
    app.include_router(orders.router)
    """
    return {"main.py": main, **routes("", users="return 1", orders="return 2")}


JOBS = {
    "task = asyncio.create_task(poll())": "poll is started and goes on in the background",
    "threading.Thread(target=poll).start()": "poll is started and goes on in the background",
    "asyncio.create_task(once())": "",
    "scheduler.add_job(once, 'interval', seconds=5)": "once is put on a schedule",
}


@pytest.mark.parametrize("body", JOBS)
def test_jobs_that_start_with_the_application_are_told(body: str) -> None:
    files = with_start_up(body, "import asyncio, threading, apscheduler")
    what = f"main.py:14 SPL017 {JOBS[body]}, and would run in users and orders and in the monolith"
    what += f'; leave_out = ["main.{JOBS[body].partition(" ")[0]}"] keeps it to the monolith'
    assert told(files) == ([what] if JOBS[body] else [])


def test_a_task_that_a_request_starts_is_no_job() -> None:
    files = with_start_up("pass")
    job = "async def poll():\n    while True:\n        await asyncio.sleep(1)\n"
    body = "asyncio.create_task(poll())"
    files |= routes(f"import asyncio\n\n{job}", users=body, orders=body)
    assert told(files) == []


def test_an_address_of_another_service_blocks() -> None:
    files = routes(
        "",
        users="return request.url_for('orders_index'), request.url_for('users_index')",
        orders="return router.url_path_for('orders_index')",
    )
    assert told(files) == [
        "api/routes/users.py:9 SPL020! users asks for the address of orders_index, a route of "
        "orders"
    ]


def test_an_address_in_a_template_counts_for_who_renders_it() -> None:
    render = "return templates.TemplateResponse(request, 'a.html')"
    files = routes("from t import templates", users=render, orders="return 1")
    base = "<a href=\"{{ url_for('orders_index') }}\">\n"
    files |= {"t.py": "templates = make()\n", "templates/a.html": "{% extends 'b.html' %}\n"}
    files |= {"templates/b.html": f"<p>\n{base}", "templates/c.html": base}
    assert told(files) == [
        "templates/b.html:2 SPL020! users asks for the address of orders_index, a route of orders"
    ]


TASKS = """
from celery import Celery

app = Celery("app", include=["tasks"])

@app.task
def mail(): ...

@app.task(name="named")
def named(): ...
"""


def test_a_task_is_lost_unless_it_has_a_name() -> None:
    files = routes("from tasks import mail, named", users="mail.delay()", orders="named.delay()")
    assert told({**files, "tasks.py": TASKS}) == [
        "tasks.py:3 SPL028 a worker looks for tasks by name, which a service has elsewhere",
        "tasks.py:5 SPL021! mail is a task of the name tasks.mail, which follows from its "
        "module; users would send it under another once it has moved",
    ]


FILES = {
    "open('rates.json')": "SPL022 rates.json is looked for where",
    "open('main.py')": "SPL022 main.py is a path below",
    "open('out/log.txt', 'w')": "SPL022 out/log.txt is a path below",
    "Path('static')": "SPL022 static is looked for where",
    "open(Path(__file__).parent / 'rates.json')": "",
    "open('/etc/hosts')": "",
    "Path('name')": "",
    "Image.open('rates.json')": "",
}


@pytest.mark.parametrize("call", FILES)
def test_files_by_the_current_folder_are_told(call: str) -> None:
    files = routes("from pathlib import Path", users=call, orders="return 1")
    found = told({**files, "rates.json": "{}", "static/a.css": ""})
    assert [n[: len("api/routes/users.py:9 ") + len(FILES[call])] for n in found] == (
        [f"api/routes/users.py:9 {FILES[call]}"] if FILES[call] else []
    )


def test_names_that_are_made_at_run_time_are_told_once_for_each_import() -> None:
    names = "A, B, C, D, E"
    made = "globals().update({n: 1 for n in 'ABCDE'})\n"
    files = routes(f"from made import {names}", users=f"return {names}", orders="return 1")
    plan = blueprint({**APP, **files, "made.py": made}, "users", "orders")
    assert [(n.line, n.what) for n in plan.plans["users"].notes if n.code == "SPL031"] == [
        (3, "A, B, C and 2 more are imported from made, which does not define them in the open")
    ]


LODGED = {
    "return User.__module__": True,
    "return getattr(User, '__module__', '')": True,
    "return inspect.getmodule(User).__name__": True,
    "return User.__module__.startswith('api.')": True,
    "return User.__module__ == 'pydantic.types'": False,
    "return User.__module__.startswith('sqlalchemy.')": False,
    "return sys.modules[User.__module__]": False,
    "return importlib.import_module(User.__module__)": False,
    "User.__module__ = 'a'": False,
}


@pytest.mark.parametrize("body", LODGED)
def test_code_that_asks_where_something_lies_is_told(body: str) -> None:
    files = routes("import importlib, inspect, sys\nclass User: ...", users=body, orders="return 1")
    plan = blueprint({**APP, **files}, "users", "orders").plans
    found = [(n.path, n.line, n.blocks) for n in plan["users"].notes if n.code == "SPL039"]
    assert found == ([("api/routes/users.py", 10, False)] if LODGED[body] else [])
    assert "SPL039" not in {n.code for n in plan["orders"].notes}


DOCUMENTS = {
    "return request.app.openapi()": True,
    "return tell(request.app)": True,
    "return get_openapi(title='', version='', routes=request.app.routes)": True,
    "return client.openapi('https://example.com')": False,
    "return openapi()": False,
}


@pytest.mark.parametrize("body", DOCUMENTS)
def test_an_answer_made_from_the_whole_application_blocks(body: str) -> None:
    imports = "from fastapi.openapi.utils import get_openapi\nfrom tell import tell"
    files = routes(imports, users=body, orders="return 1")
    files["tell.py"] = "def tell(app):\n    return app.openapi()['paths']\n"
    found = [n.partition(" an ")[0] for n in told(files) if "SPL038" in n]
    place = "tell.py:2" if "tell(" in body else "api/routes/users.py:10"
    assert found == ([f"{place} SPL038!"] if DOCUMENTS[body] else [])


def test_a_document_made_for_the_application_itself_is_no_matter() -> None:
    main = "import fastapi.openapi.utils as utils\n" + dedent(APP["main.py"])
    main += "app.openapi = lambda: utils.get_openapi(title='', version='', routes=app.routes)\n"
    files = routes("", users="return 1", orders="return 1")
    assert told({**files, "main.py": main}) == []


SETTINGS = """
import os
import secrets
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    DATABASE_URL: str
    smtp_host: str
    debug: bool = False
    SECRET_KEY: str = secrets.token_urlsafe(32)

REGION = os.environ["REGION"]
LEVEL = os.getenv("LEVEL", "info")
JWT_KEY = os.urandom(8)
"""


def test_variables_and_secrets_are_told() -> None:
    files = routes(
        "from settings import *", users="return Settings(), REGION, JWT_KEY", orders="return LEVEL"
    )
    assert told({**files, "settings.py": SETTINGS}) == [
        "settings.py:6 SPL023 DATABASE_URL and SMTP_HOST have to be set in the environment: "
        "there is no default",
        "settings.py:9 SPL024 SECRET_KEY is made anew in each process unless it is set: give all "
        "services and the monolith the same",
        "settings.py:11 SPL023 REGION has to be set in the environment: there is no default",
        "settings.py:13 SPL024! JWT_KEY is made anew in each process, so what one process signs "
        "with it no other takes",
    ]


LATE = """
async def session():
    async with make() as session:
        yield session
        await session.commit()

async def early():
    await commit()
    yield 1
"""


@pytest.mark.parametrize(("version", "late"), [("0.105.0", 1), ("0.110.0", 0), ("0.120.0", 1)])
def test_a_commit_after_the_answer_is_told(version: str, late: int) -> None:
    from dataclasses import replace

    needs = "Depends(session), Depends(early)"
    imports = "from fastapi import Depends\nfrom db import early, session"
    files = routes(imports, users=needs, orders=needs)
    start = ground({**APP, **files, "db.py": LATE})
    start = replace(start, running=replace(start.running, versions={"fastapi": version}))
    plan = blueprint({**APP, **files, "db.py": LATE}, "users", "orders")
    found = cut(start, [p.service for p in plan.plans.values()], blueprint=plan).findings
    assert [f"{f.note.path}:{f.note.line} {f.note.code}" for f in found] == [
        "db.py:4 SPL025"
    ] * late


def test_a_migration_history_is_told_unless_it_filters() -> None:
    env = dedent("""
        from alembic import context

        def run():
            context.configure(connection=c, target_metadata=m)
        """).lstrip()
    files = routes("", users="return 1", orders="return 2")
    assert [n.partition(" SPL026")[0] for n in told({**files, "alembic/env.py": env})] == [
        "alembic/env.py:4"
    ]
    filtered = env.replace("target_metadata=m", "target_metadata=m, include_object=mine")
    assert told({**files, "alembic/env.py": filtered}) == []


def test_routes_that_no_service_has_are_the_monoliths() -> None:
    files = routes("import state", users="state.online.add(1)", orders="return len(state.online)")
    (note,) = told({**files, "state.py": "online = set()\n"}, "orders")
    assert note == (
        "state.py:1 SPL012! online is changed by the monolith; orders would have an own one, "
        "which nothing fills"
    )


def test_every_code_is_explained() -> None:
    package = Path(splitter.__file__).parent
    used = {
        code
        for path in package.rglob("*.py")
        if path.name != "codes.py"
        for code in re.findall(r'"(SPL\d{3})"', path.read_text("utf-8"))
    }
    assert used == set(CODES)
    assert all(c.title and c.means and c.todo for c in CODES.values())


def test_a_flag_that_is_set_once_for_each_process_is_no_state() -> None:
    state = """
    known = None
    mode = "on"

    def find_out():
        global known
        if known is None:
            known = True
        return known

    def switch():
        global mode
        mode = "off"
    """
    files = routes(
        "from state import *", users="find_out(); switch()", orders="find_out(); switch()"
    )
    assert told({**files, "state.py": state}) == [
        "state.py:2 SPL012 mode is changed by users and orders; each gets its own"
    ]


def test_only_pydantics_settings_are_settings() -> None:
    settings = """
    from pydantic import BaseModel
    from pydantic_settings import BaseSettings

    class ViewSettings(BaseModel):
        columns: int

    class Base(BaseSettings):
        HOST: str

    class Own(Base):
        PORT: int
    """
    files = routes("from settings import *", users="ViewSettings, Own", orders="Own")
    assert [
        n.partition(" have")[0].partition(" has")[0]
        for n in told({**files, "settings.py": settings})
    ] == [
        "settings.py:8 SPL023 HOST",
        "settings.py:11 SPL023 PORT",
    ]


def test_a_table_without_a_model_is_told_where_it_is_written() -> None:
    files = routes(
        "",
        users="db.execute('INSERT INTO logs (a) VALUES (1)')",
        orders="db.execute('DELETE FROM logs')",
    )
    assert told(files) == [
        "api/routes/orders.py:9 SPL016 table logs is written by orders and users"
    ]


def test_a_table_whose_name_is_put_together_is_said_to_be_unknown() -> None:
    files = routes(
        "",
        users="db.execute(f'DELETE FROM {request.x}'); db.execute(f'SELECT a FROM {request.y}')",
        orders="db.execute(f'SELECT a FROM logs WHERE b = {request.x}')",
    )
    assert told(files) == [
        "api/routes/users.py:9 SPL027 the name of a table in SQL is known only at run time"
    ]
