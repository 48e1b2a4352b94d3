"""An environment with distributions, made by hand, and a small monolith that needs some of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace

from monoliths import ground

from splitter.model.monolith import RunningApp
from splitter.model.plan import Service
from splitter.planning.plan import Blueprint, draw

VERSIONS = {
    **{"fastapi": "0.115.0", "starlette": "0.40.0", "uvicorn": "0.30.0", "pydantic": "2.9.0"},
    **{"python-multipart": "0.0.18", "email-validator": "2.2.0", "greenlet": "3.1.0"},
    **{"sqlalchemy": "2.0.0", "psycopg": "3.2.0", "psycopg-binary": "3.2.0", "asyncpg": "0.30.0"},
    **{"aiosqlite": "0.20.0", "psycopg2": "2.9.0", "httpx": "0.27.0", "pyyaml": "6.0.2"},
    **{"bcrypt": "4.2.0", "passlib": "1.7.4", "websockets": "13.0", "dnspython": "2.7.0"},
    **{"pymysql": "1.1.0", "mysqlclient": "2.2.0"},
}
IMPORTS = {
    **{name: (name,) for name in VERSIONS if "-" not in name},
    **{"yaml": ("PyYAML",), "multipart": ("python-multipart",), "MySQLdb": ("mysqlclient",)},
    **{"email_validator": ("email-validator",)},
}
REQUIRES = {
    "fastapi": ("starlette", "pydantic"),
    "email-validator": ("dnspython",),
    "psycopg": ("psycopg-binary",),
}
RUNNING = RunningApp(
    sys.executable, "3.11.0", distributions=IMPORTS, versions=VERSIONS, requires=REQUIRES
)


SHOP = {
    "main.py": """
        from fastapi import FastAPI

        from api.routes import orders, users

        app = FastAPI()
        app.include_router(users.router)
        app.include_router(orders.router)
        """,
    "tools.py": """
        import yaml
        from pydantic import BaseModel, EmailStr


        class Letter(BaseModel):
            to: EmailStr


        def plain():
            return 1


        def dumped():
            return yaml.safe_dump({})
        """,
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/users.py": """
        from fastapi import APIRouter

        import boto3
        from tools import Letter, dumped, plain

        router = APIRouter()


        @router.get("/users")
        def users():
            return plain(), dumped(), Letter, boto3
        """,
    "api/routes/orders.py": """
        from fastapi import APIRouter

        from tools import plain

        router = APIRouter()


        @router.get("/orders")
        def orders():
            return plain()
        """,
}


def drawn(files: Mapping[str, str], *names: str, running: RunningApp = RUNNING) -> Blueprint:
    start = replace(ground(files), running=running)
    services = [Service(n, 8001 + i, (f"api.routes.{n}",)) for i, n in enumerate(names)]
    return draw(start, services)
