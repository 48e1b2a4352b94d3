from __future__ import annotations

import re
from dataclasses import replace
from textwrap import dedent

import pytest
from environments import RUNNING, SHOP, VERSIONS, drawn

from splitter.model.monolith import RunningApp
from splitter.planning.plan import Blueprint
from splitter.planning.requirements import requirements


def direct(code: str = "", *imports: str, running: RunningApp = RUNNING) -> set[str]:
    """What is needed directly, by name, the server aside."""
    lines, _ = requirements(imports, [code], running)
    stop = lines.index("# what these require") if "# what these require" in lines else len(lines)
    return {line.partition("==")[0] for line in lines[:stop]} - {"uvicorn"}


def test_the_whole_file() -> None:
    lines, unknown = requirements(["fastapi.APIRouter", "yaml", "os.path", "boto3.x"], [], RUNNING)
    assert lines == (
        *("fastapi==0.115.0", "pyyaml==6.0.2", "uvicorn==0.30.0"),
        *("# what these require", "pydantic==2.9.0", "starlette==0.40.0"),
    )
    assert unknown == ("boto3",)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f(name: str = Form()): ...", {"python-multipart"}),
        ("data = await request.form()", {"python-multipart"}),
        ("class A(BaseModel):\n    email: EmailStr", {"email-validator"}),
        ("from sqlalchemy.ext.asyncio import AsyncSession", {"greenlet"}),
        ('CryptContext(schemes=["bcrypt"])', {"bcrypt"}),
        ("@router.websocket('/ws')", {"websockets"}),
        ('URL = "sqlite+aiosqlite:///a.db"', {"aiosqlite"}),
        ('URL = "postgresql+asyncpg://h/d"', {"asyncpg"}),
        ('scheme="postgresql+psycopg"', {"psycopg", "psycopg-binary"}),
        ('URL = "mysql+pymysql://h/d"', {"pymysql"}),
        ('URL = "mysql+mysqldb://h/d"', {"mysqlclient"}),
        ('URL = "mysql://h/d"', {"mysqlclient"}),
        ("a performance; form; platform", set()),
        ("sqlite:///plain.db", set()),
    ],
)
def test_what_is_needed_without_an_import(code: str, found: set[str]) -> None:
    assert direct(code) == found


def test_a_plain_url_needs_whichever_driver_is_there() -> None:
    assert direct('"postgresql://h/d"') == {"psycopg2", "psycopg", "psycopg-binary"}
    without = {name: v for name, v in VERSIONS.items() if not name.startswith("psycopg-")}
    assert direct("postgres://", running=replace(RUNNING, versions=without)) == {
        *("psycopg", "psycopg2"),
    }


def test_the_test_client_needs_the_http_client_that_is_there() -> None:
    name = "fastapi.testclient.TestClient"
    assert direct("", name) == {"fastapi", "httpx"}
    newer = replace(RUNNING, versions=VERSIONS | {"httpx2": "2.0.0"})
    assert direct("", name, running=newer) == {"fastapi", "httpx2"}


def test_a_server_is_asked_for_even_if_the_monolith_has_another_one() -> None:
    without = {name: v for name, v in VERSIONS.items() if name != "uvicorn"}
    lines, _ = requirements(["yaml"], [], replace(RUNNING, versions=without))
    assert lines == ("pyyaml==6.0.2", "uvicorn")


def needed(plan: Blueprint, service: str) -> set[str]:
    return {line.partition("==")[0] for line in plan.plans[service].requirements}


def test_a_service_needs_what_its_part_of_the_code_needs() -> None:
    plan = drawn(SHOP, "users", "orders")
    assert {"pyyaml", "email-validator"} <= needed(plan, "users")
    assert not {"pyyaml", "email-validator"} & needed(plan, "orders")


STATE = """

    state = 1


    def change(letter: EmailStr):
        global state
        state = yaml.safe_load("2")
    """


def test_a_service_needs_what_a_shared_file_imports_for_another_one() -> None:
    """`change` goes where `state` goes, which both need."""
    files = SHOP | {
        "tools.py": dedent(SHOP["tools.py"]) + dedent(STATE),
        "api/routes/orders.py": SHOP["api/routes/orders.py"].replace("plain()", "tools.state"),
        "api/routes/users.py": SHOP["api/routes/users.py"].replace(
            "plain(), dumped(), Letter, boto3", "tools.change, tools.state"
        ),
    }
    files = {path: re.sub("from tools import .*", "import tools", t) for path, t in files.items()}
    plan = drawn(files, "users", "orders")
    assert {"pyyaml", "email-validator"} <= needed(plan, "orders")


def test_an_import_that_nothing_provides_is_told_where_it_is() -> None:
    plan = drawn(SHOP, "users")
    notes = [(n.path, n.line, n.code) for n in plan.plans["users"].notes if n.code == "SPL032"]
    assert notes == [("api/routes/users.py", 3, "SPL032")]
