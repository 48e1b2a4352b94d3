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


HOME_FILES = {
    "main.py": """
        from fastapi import FastAPI
        from api.routes import users
        from kit.security.provider import Provider

        app = FastAPI(title=Provider().name())
        app.include_router(users.router)
        """,
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/users.py": """
        from fastapi import APIRouter

        router = APIRouter()

        @router.get("/users")
        def users():
            from kit.security import default
            return default.name()
        """,
    "kit/__init__.py": "",
    "kit/accounts.py": """
        from kit.security.tokens import make

        def token():
            from kit.security import default
            return make() + type(default).__name__
        """,
    "kit/security/__init__.py": """
        from kit.security.provider import Provider

        default = Provider()
        """,
    "kit/security/tokens.py": "def make():\n    return 'made'\n",
    "kit/security/provider.py": """
        from kit import accounts
        from kit.security import tokens

        class Provider:
            def name(self):
                return accounts.token() + tokens.make()
        """,
}


def test_a_package_that_takes_a_module_which_has_its_own_home_runs_before_it() -> None:
    homes = {"kit.security.provider": "shared.auth.provider"}
    plan = blueprint(HOME_FILES, "users", homes=homes)
    assert plan.first("users") == ("shared.kit.security",)
    check(plan)
