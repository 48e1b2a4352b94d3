from __future__ import annotations

import ast

from monoliths import blueprint, files_of

SHOP = {
    "main.py": """
        from fastapi import FastAPI
        from fastapi.middleware.cors import CORSMiddleware

        from api.routes import orders, users
        from errors import ShopError, on_shop_error

        app = FastAPI()
        app.add_middleware(CORSMiddleware)
        app.add_exception_handler(ShopError, on_shop_error)
        app.include_router(users.router, prefix="/users")
        app.include_router(orders.router, prefix="/orders")


        @app.get("/")
        def root():
            return {}


        if __name__ == "__main__":
            import uvicorn

            uvicorn.run(app)
        """,
    "errors.py": """
        class ShopError(Exception):
            pass


        class NeverRaised(ShopError):
            pass


        def on_shop_error(request, error):
            return None
        """,
    "tools.py": '''
        """Everything and the kitchen sink."""
        from decimal import Decimal

        RATE = Decimal("1.2")


        def gross(net):
            return net * RATE


        # how users are called
        def slug(name):
            return name.lower()


        def unused():
            return Decimal(0)
        ''',
    "api/__init__.py": "",
    "api/routes/__init__.py": "from . import orders, users\n",
    "api/routes/users.py": """
        from fastapi import APIRouter

        from tools import gross, slug

        router = APIRouter()


        @router.get("/{name}")
        def show(name: str):
            return slug(name), gross(1)
        """,
    "api/routes/orders.py": """
        from fastapi import APIRouter

        from tools import gross

        router = APIRouter()


        @router.get("/")
        def index():
            return gross(2)
        """,
}


def test_the_application_keeps_all_but_the_inclusions_of_others() -> None:
    text = files_of(blueprint(SHOP, "users", "orders"), "users")[
        "services/users_service/application.py"
    ]
    assert text == (
        "from fastapi import FastAPI\n"
        "from fastapi.middleware.cors import CORSMiddleware\n"
        "\n"
        "from api.routes import users\n"
        "from errors import ShopError, on_shop_error\n"
        "\n"
        "app = FastAPI()\n"
        "app.add_middleware(CORSMiddleware)\n"
        "app.add_exception_handler(ShopError, on_shop_error)\n"
        'app.include_router(users.router, prefix="/users")\n'
    )


def test_what_two_services_need_is_shared_and_the_rest_is_their_own() -> None:
    plan = blueprint(SHOP, "users", "orders")
    assert set(files_of(plan, "shared")) == {"shared/errors.py", "shared/tools.py"}
    assert set(files_of(plan, "users")) == {
        "services/users_service/application.py",
        "services/users_service/routes/users.py",
        "services/users_service/tools.py",
    }
    assert files_of(plan, "shared")["shared/tools.py"] == (
        '"""Everything and the kitchen sink."""\n'
        "from decimal import Decimal\n"
        "\n"
        'RATE = Decimal("1.2")\n'
        "\n"
        "\n"
        "def gross(net):\n"
        "    return net * RATE\n"
    )
    assert files_of(plan, "users")["services/users_service/tools.py"] == (
        '"""Everything and the kitchen sink."""\n'
        "\n"
        "\n"
        "# how users are called\n"
        "def slug(name):\n"
        "    return name.lower()\n"
    )


def test_imports_map_each_name_to_where_it_went() -> None:
    plan = blueprint(SHOP, "users", "orders")
    assert plan.imports("users") == {
        "errors": "shared.errors",
        "main": "services.users_service.application",
        "api": "services.users_service",
        "api.routes": "services.users_service.routes",
        "api.routes.users": "services.users_service.routes.users",
        "tools": "services.users_service.tools",
        "tools.RATE": "shared.tools.RATE",
        "tools.gross": "shared.tools.gross",
    }
    assert plan.imports("orders")["tools"] == "shared.tools"


def test_a_name_that_is_never_used_moves_nowhere() -> None:
    plan = blueprint(SHOP, "users", "orders")
    everything = "".join(
        text for owner in ("users", "orders", "shared") for text in files_of(plan, owner).values()
    )
    assert "unused" not in everything
    assert "NeverRaised" not in everything
    assert "uvicorn" not in everything


def test_a_function_that_stays_borrows_the_shared_names_of_its_module() -> None:
    shop = SHOP | {
        "tools.py": """
            LIMIT = 3


            def gross(net):
                return net * LIMIT


            def slug(name):
                return name[:LIMIT] + str(gross(1))
            """
    }
    text = files_of(blueprint(shop, "users", "orders"), "users")["services/users_service/tools.py"]
    assert text == (
        "from tools import LIMIT, gross\n"
        "\n"
        "\n"
        "def slug(name):\n"
        "    return name[:LIMIT] + str(gross(1))\n"
    )


def test_a_factory_loses_the_inclusions_and_the_imports_that_only_they_used() -> None:
    shop = SHOP | {
        "main.py": """
            from fastapi import FastAPI


            def create_app():
                from api.routes import orders, users

                app = FastAPI()
                if True:
                    app.include_router(orders.router)
                app.include_router(users.router)  # people
                return app


            app = create_app()
            """
    }
    text = files_of(blueprint(shop, "users", "orders"), "users")[
        "services/users_service/application.py"
    ]
    assert text == (
        "from fastapi import FastAPI\n"
        "\n"
        "\n"
        "def create_app():\n"
        "    from api.routes import users\n"
        "\n"
        "    app = FastAPI()\n"
        "    app.include_router(users.router)  # people\n"
        "    return app\n"
        "\n"
        "\n"
        "app = create_app()\n"
    )


def test_a_loop_over_routers_keeps_the_one_that_is_needed() -> None:
    shop = SHOP | {
        "main.py": """
            from fastapi import FastAPI

            from api.routes import orders, users

            app = FastAPI()
            for module, prefix in ((users, "/users"), (orders, "/orders")):
                app.include_router(module.router, prefix=prefix)
            """
    }
    text = files_of(blueprint(shop, "users", "orders"), "orders")[
        "services/orders_service/application.py"
    ]
    assert 'for module, prefix in ((orders, "/orders"),):\n' in text
    assert "users" not in text


def test_routers_nested_in_an_aggregate_are_cut_there() -> None:
    shop = SHOP | {
        "main.py": """
            from fastapi import FastAPI

            from api.router import everything

            app = FastAPI()
            app.include_router(everything, prefix="/api")
            """,
        "api/router.py": """
            from fastapi import APIRouter

            from .routes import orders
            from .routes.users import router as people

            everything = APIRouter()
            everything.include_router(people)
            everything.include_router(orders.router)
            """,
    }
    files = files_of(blueprint(shop, "users", "orders"), "users")
    assert files["services/users_service/api/router.py"] == (
        "from fastapi import APIRouter\n"
        "\n"
        "from .routes.users import router as people\n"
        "\n"
        "everything = APIRouter()\n"
        "everything.include_router(people)\n"
    )


def test_a_route_module_that_uses_another_takes_the_function_and_not_its_routes() -> None:
    shop = SHOP | {
        "api/routes/orders.py": """
            from fastapi import APIRouter

            from api.routes.users import count_users

            router = APIRouter()


            @router.get("/")
            def index():
                return count_users()
            """,
        "api/routes/users.py": """
            from fastapi import APIRouter

            router = APIRouter()
            _seen = {}


            def count_users():
                return len(_seen)


            @router.get("/{name}")
            def show(name: str):
                _seen[name] = count_users()
            """,
    }
    plan = blueprint(shop, "users", "orders")
    assert files_of(plan, "shared")["shared/api/routes/users.py"] == (
        "_seen = {}\n\n\ndef count_users():\n    return len(_seen)\n"
    )
    assert files_of(plan, "users")["services/users_service/routes/users.py"].startswith(
        "from fastapi import APIRouter\nfrom api.routes.users import _seen, count_users\n"
    )


def test_classes_that_a_relationship_names_by_string_come_along() -> None:
    shop = SHOP | {
        "models/__init__.py": "from .user import User\nfrom .order import Order\n",
        "models/base.py": "class Base: ...\n",
        "models/user.py": """
            from .base import Base


            class User(Base):
                __tablename__ = "users"
                orders = relationship("Order")
            """,
        "models/order.py": """
            from .base import Base


            class Order(Base):
                __tablename__ = "orders"
            """,
        "api/routes/users.py": """
            from fastapi import APIRouter

            from models import User

            router = APIRouter()


            @router.get("/{name}")
            def show(name: str):
                return User
            """,
    }
    plan = blueprint(shop, "users", "orders")
    own = files_of(plan, "users")
    assert "class Order" in own["services/users_service/models/order.py"]
    assert own["services/users_service/models/__init__.py"] == "from .user import User\n"
    assert plan.effects("users") == ("services.users_service.models.order",)


def test_a_name_that_a_function_rebinds_stays_with_all_that_read_it() -> None:
    shop = SHOP | {
        "tools.py": """
            _client = None


            def connect():
                global _client
                _client = object()


            def gross(net):
                return _client, net


            def slug(name):
                connect()
                return name
            """
    }
    plan = blueprint(shop, "users", "orders")
    shared = files_of(plan, "shared")["shared/tools.py"]
    assert "def connect" in shared
    assert "def gross" in shared


def test_every_file_still_parses_and_defines_what_others_import() -> None:
    plan = blueprint(SHOP, "users", "orders")
    for owner in ("users", "orders", "shared"):
        for text in files_of(plan, owner).values():
            ast.parse(text)


def test_how_sqlalchemy_writes_an_expression_stays_with_it() -> None:
    shop = SHOP | {
        "tools.py": """
            from sqlalchemy.ext.compiler import compiles


            class Kept:
                pass


            class Unused:
                pass


            @compiles(Kept, "sqlite")
            def kept_in_sqlite(element, compiler):
                return "kept"


            @compiles(Unused, "sqlite")
            def unused_in_sqlite(element, compiler):
                return "unused"


            def slug(name):
                return Kept


            def gross(net):
                return net
            """
    }
    text = files_of(blueprint(shop, "users"), "users")["services/users_service/tools.py"]
    assert "def kept_in_sqlite" in text
    assert "nused" not in text


def test_sql_functions_that_sqlalchemy_finds_by_name_come_along() -> None:
    shop = SHOP | {
        "tools.py": """
            from sqlalchemy import func
            from sqlalchemy.ext.compiler import compiles
            from sqlalchemy.sql import functions
            from sqlalchemy.sql.functions import GenericFunction


            class greatest(functions.ReturnTypeFromArgs[int]):
                inherit_cache = True


            class Rounded(GenericFunction):
                name = "round_up"


            class unused(GenericFunction):
                pass


            class plain:
                pass


            @compiles(greatest, "sqlite")
            def greatest_in_sqlite(element, compiler):
                return "max"


            def slug(name):
                return func.greatest(0, func.Round_Up(name)), func.plain(name)


            def gross(net):
                return net
            """
    }
    text = files_of(blueprint(shop, "users"), "users")["services/users_service/tools.py"]
    for kept in ("class greatest", "class Rounded", "def greatest_in_sqlite"):
        assert kept in text
    assert "unused" not in text
    assert "class plain" not in text
