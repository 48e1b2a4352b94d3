"""A package that passes its modules on, between services that need different ones of them."""

from __future__ import annotations

from monoliths import blueprint
from splitting import check

ROUTES = """
    from fastapi import APIRouter
    from kit import models

    router = APIRouter()


    @router.get("/{name}")
    def {name}():
        return {value}
    """
MONOLITH = {
    "main.py": """
        from fastapi import FastAPI
        from api.routes import orders, others, users

        app = FastAPI()
        app.include_router(users.router)
        app.include_router(orders.router)
        app.include_router(others.router)
        """,
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "kit/__init__.py": "",
    "kit/models/__init__.py": "from . import events, queues\n",
    "kit/models/events.py": "def event():\n    return 'event'\n",
    "kit/models/queues.py": "def queue():\n    return 'queue'\n",
}
VALUES = {
    "users": "models.events.event(), models.queues.queue()",
    "orders": "models.events.event(), models.queues.queue()",
    "others": "models.events.event()",
}


def test_what_shared_packages_import_is_there_for_each_service() -> None:
    routes = {
        f"api/routes/{name}.py": ROUTES.replace("{name}", name).replace("{value}", value)
        for name, value in VALUES.items()
    }
    found = check(blueprint({**MONOLITH, **routes}, *VALUES))
    assert set(found) == set(VALUES)
