"""Applications as people write them: each is split, and its services answer as it does."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from monoliths import blueprint
from splitting import check

ROUTES = """
    from fastapi import APIRouter
    import tools

    router = APIRouter()


    @router.get("/{name}")
    def {name}():
        return "{name}", tools.{name}()
    """
PARTS = {
    "tools.py": """
        LIMIT = 3


        def users():
            return LIMIT


        def orders():
            return LIMIT + 1
        """,
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/users.py": ROUTES.replace("{name}", "users"),
    "api/routes/orders.py": ROUTES.replace("{name}", "orders"),
}

FORMS: Mapping[str, dict[str, str]] = {
    "one by one": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import orders, users

            app = FastAPI()
            app.include_router(users.router, prefix="/u")
            app.include_router(router=orders.router)
            """
    },
    "aliases": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes.orders import router as orders
            from api.routes import users as people, orders as rest
            import api.routes.users as again

            app = FastAPI()
            app.include_router(orders)
            app.include_router(people.router)
            """
    },
    "dotted imports": {
        "main.py": """
            import fastapi
            import api.routes.users, api.routes.orders

            app = fastapi.FastAPI()
            app.include_router(api.routes.users.router)
            app.include_router(api.routes.orders.router)
            """
    },
    "star imports": {
        "main.py": """
            from fastapi import *
            from api.all import *

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders_router)
            """,
        "api/all.py": """
            from api.routes import users
            from api.routes.orders import router as orders_router
            """,
    },
    "stars with __all__": {
        "main.py": """
            from fastapi import FastAPI
            from api.all import *

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "api/all.py": """
            __all__ = ["users", "orders"]
            from .routes import users, orders
            """,
    },
    "re-exports": {
        "main.py": """
            from fastapi import FastAPI
            from api import orders_router, routes, users

            app = FastAPI()
            app.include_router(users)
            app.include_router(orders_router)
            """,
        "api/__init__.py": """
            from .routes import users_router as users, orders_router
            from . import routes
            """,
        "api/routes/__init__.py": """
            from .users import router as users_router
            from .orders import router as orders_router
            """,
    },
    "a factory": {
        "main.py": """
            from fastapi import FastAPI


            def create_app():
                from api.routes import users, orders
                app = FastAPI()
                app.include_router(users.router)
                app.include_router(orders.router)
                return app


            app = create_app()
            """
    },
    "a factory in parts": {
        "main.py": """
            from fastapi import APIRouter, FastAPI
            from api.routes import users, orders


            def add_routes(app):
                api = APIRouter(prefix="/api")
                api.include_router(users.router)
                api.include_router(orders.router)
                app.include_router(api)


            def create_app():
                app = FastAPI()
                add_routes(app)
                return app


            app = create_app()
            """
    },
    "a router made by a function": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes.orders import router
            from api.routes.users import make_router

            app = FastAPI()
            app.include_router(make_router(2))
            app.include_router(router)
            """,
        "api/routes/users.py": """
            from fastapi import APIRouter
            import tools


            def make_router(times):
                router = APIRouter()

                @router.get("/users")
                def users():
                    return times * tools.users()

                return router
            """,
    },
    "a router built by a function at module level": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "api/routes/users.py": """
            from fastapi import APIRouter
            import tools


            def _build():
                router = APIRouter()

                @router.get("/users")
                def users():
                    return tools.users()

                return router


            router = _build()
            """,
    },
    "a router of a class": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.Users().router)
            app.include_router(orders.router)
            """,
        "api/routes/users.py": """
            from fastapi import APIRouter
            import tools


            class Users:
                def __init__(self):
                    self.router = APIRouter()
                    self.router.add_api_route("/users", self.users)

                def users(self):
                    return tools.users()
            """,
    },
    "a loop over a list": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            for module in [users, orders]:
                app.include_router(module.router)
            """
    },
    "a loop over pairs": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            for prefix, router in (("/u", users.router), ("/o", orders.router)):
                app.include_router(router, prefix=prefix)
            """
    },
    "a loop over a dict": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            for prefix, router in {"/u": users.router, "/o": orders.router}.items():
                app.include_router(router, prefix=prefix)
            """
    },
    "a loop over the values of a dict": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            for router in {"/u": users.router, "/o": orders.router}.values():
                app.include_router(router)
            """
    },
    "a list of its own": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            ROUTERS = [users.router, orders.router]
            for router in ROUTERS:
                app.include_router(router)
            """
    },
    "a dict of its own": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            ROUTERS: dict = {
                "/u": users.router,  # people
                "/o": orders.router,
            }
            for prefix, router in ROUTERS.items():
                app.include_router(router, prefix=prefix)
            """
    },
    "a list of another module": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import ROUTERS

            app = FastAPI()
            for router in ROUTERS:
                app.include_router(router)
            """,
        "api/routes/__init__.py": """
            from . import users, orders
            ROUTERS = (users.router, orders.router)
            """,
    },
    "a list that is looked at otherwise": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            ROUTERS = [users.router, orders.router]
            for router in ROUTERS:
                app.include_router(router)
            COUNT = len(ROUTERS)


            @app.get("/count")
            def count():
                return COUNT
            """
    },
    "a loop in a factory": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            ROUTERS = [(users.router, "/u"), (orders.router, "/o")]


            def create_app():
                app = FastAPI()
                for router, prefix in ROUTERS:
                    app.include_router(router, prefix=prefix)
                return app


            app = create_app()
            """
    },
    "a comprehension": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            [app.include_router(module.router) for module in (users, orders)]
            """
    },
    "getattr over names": {
        "main.py": """
            from fastapi import FastAPI
            from api import routes
            from api.routes import users, orders

            app = FastAPI()
            for name in ("users", "orders"):
                app.include_router(getattr(routes, name).router)
            """
    },
    "modules by name": {
        "main.py": """
            from importlib import import_module
            from fastapi import FastAPI

            app = FastAPI()
            app.include_router(import_module("api.routes.users").router)
            app.include_router(import_module("api.routes.orders").router)
            """
    },
    "a mounted application": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users
            from api.second import second

            app = FastAPI()
            app.include_router(users.router)
            app.mount("/second", second)
            """,
        "api/second.py": """
            from fastapi import FastAPI
            from api.routes import orders

            second = FastAPI()
            second.add_middleware(object)
            second.include_router(orders.router)
            """,
    },
    "nested routers": {
        "main.py": """
            from fastapi import FastAPI
            from api.v1 import api

            app = FastAPI()
            app.include_router(api, prefix="/v1")
            """,
        "api/v1.py": """
            from fastapi import APIRouter
            from .routes.users import router as users
            from .routes import orders

            api = APIRouter()
            inner = APIRouter(prefix="/inner")
            inner.include_router(orders.router)
            api.include_router(users)
            api.include_router(inner)
            """,
    },
    "endpoints that are added": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            app.add_api_route("/ping", lambda: "pong")
            """,
        "api/routes/users.py": """
            from fastapi import APIRouter
            import tools


            def users():
                return tools.users()


            router = APIRouter()
            router.add_api_route("/users", users)
            router.add_api_route("/people", endpoint=users, methods=["GET", "POST"])
            """,
    },
    "a class of routes": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "api/routes/users.py": """
            from fastapi import APIRouter
            import tools
            from api.classes import routed

            router = APIRouter()


            @routed
            class Users:
                @router.get("/users")
                def users(self=None):
                    return tools.users()
            """,
        "api/classes.py": "def routed(cls):\n    return cls\n",
    },
    "routes on another module's router": {
        "main.py": """
            from fastapi import FastAPI
            from api.hub import router
            import api.routes.users
            from api.routes import orders

            app = FastAPI()
            app.include_router(router)
            """,
        "api/hub.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n",
        "api/routes/users.py": """
            from api.hub import router
            import tools


            @router.get("/users")
            def users():
                return tools.users()
            """,
        "api/routes/orders.py": """
            from ..hub import router
            import tools


            @router.get("/orders")
            def orders():
                return tools.orders()
            """,
    },
    "routes on another module's router, imported by the package": {
        "main.py": """
            from fastapi import FastAPI
            from api import router

            app = FastAPI()
            app.include_router(router)
            """,
        "api/__init__.py": """
            from fastapi import APIRouter

            router = APIRouter()

            from .routes import users, orders
            """,
        "api/routes/users.py": """
            from api import router


            @router.get("/users")
            def users():
                return 1
            """,
        "api/routes/orders.py": """
            from .. import router


            @router.get("/orders")
            def orders():
                return 2
            """,
    },
    "names for type checkers": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "models.py": """
            class Limit:
                pass


            def unused():
                pass
            """,
        "tools.py": """
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from models import Limit, unused


            def both(limit: "Limit"):
                return 1


            def users(limit: "Limit" = None):
                return both(None)


            def orders(limit: "Limit" = None):
                return both(None) + 1
            """,
    },
    "names that a module makes when it is asked": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "settings.py": """
            KNOWN = {"LIMIT": 3, "OTHER": 4}


            def application():
                from main import app

                return app


            def __getattr__(name):
                if name in KNOWN:
                    return KNOWN[name], type(application).__name__
                raise AttributeError(name)
            """,
        "first.py": """
            from settings import LIMIT


            def first():
                return LIMIT
            """,
        "tools.py": """
            from settings import OTHER
            import first


            def users():
                return OTHER, first.first()


            def orders():
                return OTHER, first.first()
            """,
    },
    "a star takes what has its module's name": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "views/__init__.py": """
            from .controller import *
            from .listed import *
            from .hidden import *
            """,
        "views/controller.py": """
            def controller(value):
                return value + 1
            """,
        "views/listed.py": """
            __all__ = ["listed"]
            controller = None


            def listed():
                return 5
            """,
        "views/hidden.py": """
            __all__ = []


            def hidden():
                return 6
            """,
        "tools.py": """
            from views import controller, hidden, listed


            def users():
                return controller(1), hidden.hidden()


            def orders():
                return listed()
            """,
    },
    "names that a package looks up in its modules": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "kit/__init__.py": """
            from importlib import import_module
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from .both import Both
                from .one import One
                from .unused import Unused

            _WHERE = {
                "Both": (__package__, ".both"),
                "One": (__spec__.parent, ".one"),
                "Unused": (__package__, ".unused"),
            }


            def __getattr__(name):
                package, module = _WHERE[name]
                return getattr(import_module(module, package=package), name)
            """,
        "kit/both.py": """
            class Both:
                def application(self):
                    from main import app

                    return app
            """,
        "kit/one.py": "class One:\n    pass\n",
        "kit/unused.py": "class Unused:\n    pass\n",
        "tools.py": """
            from kit import Both, One
            import kit


            def users():
                return Both, One, kit.One


            def orders():
                return Both, kit.Both
            """,
    },
    "modules of a package in a circle": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "kit/__init__.py": "",
        "kit/models/__init__.py": "from . import events, queues, unused\n",
        "kit/models/events.py": """
            from kit import models


            def event(name):
                return f"{name} of {models.queues.size()}"
            """,
        "kit/models/queues.py": """
            from kit.models.events import event

            FIRST = event


            def size():
                from main import app

                return 3
            """,
        "kit/models/unused.py": "UNUSED = 1\n",
        "tools.py": """
            import kit.models as models


            def users():
                return models.events.event("users")


            def orders():
                return models.queues.size()
            """,
    },
    "modules that a package imports for what they do": {
        "main.py": """
            from fastapi import FastAPI
            from api.routes import users, orders

            app = FastAPI()
            app.include_router(users.router)
            app.include_router(orders.router)
            """,
        "registry.py": "FOUND = []\n",
        "jobs/__init__.py": "",
        "jobs/start.py": """
            import jobs.first
            import jobs.second as _second
            """,
        "jobs/first.py": """
            import registry

            registry.FOUND.append("first")
            """,
        "jobs/second.py": """
            import registry


            def second():
                from main import app

                return app


            registry.FOUND.append(second.__name__)
            """,
        "tools.py": """
            import jobs.start
            import registry


            def users():
                return sorted(registry.FOUND)


            def orders():
                return len(registry.FOUND)
            """,
    },
    "inclusion under a condition": {
        "main.py": """
            from fastapi import FastAPI
            import tools
            from api.routes import users, orders

            app = FastAPI()
            if tools.LIMIT > 2:
                app.include_router(users.router)
            elif tools.LIMIT > 1:
                app.include_router(orders.router, prefix="/o")
            else:
                pass
            try:
                app.include_router(orders.router)
            finally:
                DONE = True
            """
    },
}


def monolith(form: Mapping[str, str]) -> dict[str, str]:
    return {**PARTS, **form}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_services_of_an_application_answer_as_it_does(form: Mapping[str, str]) -> None:
    found = check(blueprint(monolith(form), "users", "orders"))
    assert set(found) == {"users", "orders"}
