from __future__ import annotations

import pytest
from environments import SHOP as ASKING
from environments import drawn
from monoliths import blueprint, ground

from splitter.model.figures import Amount, Chart, Crossing, Span, Tie
from splitter.planning.charting import chart, circles
from splitter.planning.comparing import differences, key_figures
from splitter.planning.cut import cut

SHOP = {
    "main.py": """
        from fastapi import FastAPI

        from api.routes import carts, orders, users

        app = FastAPI()
        app.include_router(users.router)
        app.include_router(orders.router)
        app.include_router(carts.router)


        @app.get("/")
        def root():
            return {}
        """,
    "models.py": """
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


        class Base(DeclarativeBase):
            pass


        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)


        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
            user: Mapped[int] = mapped_column(ForeignKey("users.id"))


        class Cart(Base):
            __tablename__ = "carts"
            id: Mapped[int] = mapped_column(primary_key=True)
        """,
    "prices.py": '''
        """What things cost."""
        RATE = 2


        # all taxes in
        def gross(net):
            doubled = net * RATE
            return doubled


        def unused():
            return None
        ''',
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/users.py": """
        from fastapi import APIRouter
        from sqlalchemy import select

        from models import User

        router = APIRouter()


        @router.post("/users")
        def add_user(session):
            session.add(User())


        @router.get("/users")
        def users(session):
            return session.scalars(select(User)).all()
        """,
    "api/routes/orders.py": """
        from fastapi import APIRouter
        from sqlalchemy import select

        from models import Cart, Order, User
        from prices import gross

        router = APIRouter()


        def total(session):
            return gross(len(session.scalars(select(Order)).all()))


        @router.post("/orders")
        def add_order(session):
            session.scalars(select(User)).one()
            session.add(Order())
            session.add(Cart())


        @router.get("/orders")
        def orders(session):
            return total(session)
        """,
    "api/routes/carts.py": """
        from fastapi import APIRouter
        from sqlalchemy import select

        from api.routes.orders import total
        from models import Cart
        from prices import gross

        router = APIRouter()


        @router.put("/cart")
        def fill(session):
            session.add(Cart())


        @router.delete("/cart")
        def empty(session):
            session.delete(session.scalars(select(Cart)).one())


        @router.get("/cart")
        def cart(session):
            return total(session), gross(1)
        """,
}


def charted(*names: str) -> Chart:
    plan = blueprint(SHOP, *names)
    services = [drawn.service for drawn in plan.plans.values()]
    return chart(plan, cut(plan.ground, services, blueprint=plan))


@pytest.fixture(scope="module")
def shop() -> Chart:
    return charted("users", "orders", "carts")


def test_code_is_counted_by_statements_without_comments_and_blank_lines(shop: Chart) -> None:
    users = shop.figures("users")
    assert users is not None
    # main: two imports, the app, one inclusion; users: three imports, the router, two routes
    assert users.own == Amount(2, 5, 4 + 4 + 3 + 3)
    # models: one of two imports, Base and User
    assert users.shared == Amount(1, 2, 1 + 2 + 3)
    assert users.copied == 20


def test_whole_files_and_imports_are_what_copying_files_would_take(shop: Chart) -> None:
    users, carts = shop.figures("users"), shop.figures("carts")
    assert users is not None
    assert carts is not None
    main, models, user_routes, cart_routes = 9, 14, 10, 15
    assert users.whole.lines == main + models + user_routes
    assert users.closure.lines == models + user_routes
    orders, prices = 15, 7
    assert carts.closure.lines == models + cart_routes + orders + prices


def test_what_no_route_reaches_is_told_apart(shop: Chart) -> None:
    users = shop.figures("users")
    assert users is not None
    # all that is kept of main, the imports of users and of models
    assert users.around == Amount(1, 2, 4 + 3 + 1)


def test_the_inclusions_of_other_routes_are_left_out(shop: Chart) -> None:
    users = shop.figures("users")
    assert users is not None
    assert users.left_out == (("main.py", 7), ("main.py", 8))


def test_tables_have_an_owner_writers_and_readers(shop: Chart) -> None:
    found = {t.name: (t.owner, t.writers, t.readers) for t in shop.tables}
    assert found["users"] == ("users", ("users",), ("users", "orders"))
    assert found["orders"] == ("orders", ("orders",), ("orders", "carts"))
    assert found["carts"] == ("carts", ("orders", "carts"), ("carts",))
    assert shop.contested("orders") == ("carts",)
    assert shop.contested("users") == ()
    assert shop.foreign("orders") == ("users",)
    assert shop.foreign("carts") == ("orders",)
    assert shop.references("orders") == (("orders", "users"),)


def test_a_route_that_writes_for_several_owners_spans(shop: Chart) -> None:
    orders, carts = shop.figures("orders"), shop.figures("carts")
    assert orders is not None
    assert carts is not None
    span = Span("POST /orders", "api/routes/orders.py", 15, ("carts", "orders"))
    assert orders.spans == (span,)
    assert carts.spans == ()


def test_names_of_other_route_modules_in_use_are_told_with_their_owner(shop: Chart) -> None:
    carts = shop.figures("carts")
    assert carts is not None
    crossing = Crossing("carts", "orders", "api.routes.orders:total", "api/routes/carts.py", 23)
    assert carts.crossings == (crossing,)
    alone = charted("carts").figures("carts")
    assert alone is not None
    assert [c.owner for c in alone.crossings] == [""]


def test_shared_code_tells_who_has_it_and_why(shop: Chart) -> None:
    found = {s.path: s for s in shop.shared}
    assert found["prices.py"].services == ("orders", "carts")
    assert found["prices.py"].names == ("RATE", "gross")
    assert found["prices.py"].lines == 1 + 3
    assert found["prices.py"].because == "2 services need it: carts, orders"
    assert found["models.py"].services == ("users", "orders", "carts")
    # RATE and gross, total, Order and Cart
    assert shop.ties == (Tie(("orders", "carts"), Amount(3, 5, 1 + 3 + 2 + 4 + 3)),)


def test_routes_that_no_service_takes_are_left(shop: Chart) -> None:
    assert [r.path for r in shop.left] == ["/"]
    assert [r.path for r in charted("users", "carts").left] == ["/orders", "/orders", "/"]


def test_what_the_monolith_asks_for_and_a_service_can_do_without() -> None:
    text = "fastapi\npyyaml\nhttpx\n"
    plan = drawn(ASKING | {"requirements.txt": text}, "users", "orders")
    services = [one.service for one in plan.plans.values()]
    found = chart(plan, cut(plan.ground, services, blueprint=plan))
    users, orders = found.services
    assert (users.unneeded, orders.unneeded) == (("httpx",), ("httpx", "pyyaml"))
    assert "pyyaml==6.0.2" in users.requirements


def test_what_blocks_a_service_is_told_of_it_and_of_no_other() -> None:
    secret = "import secrets\n\nSIGNING_KEY = secrets.token_hex(8)\n"
    users = SHOP["api/routes/users.py"].replace(
        "models import User", "models import User\n        from keys import SIGNING_KEY"
    )
    users = users.replace("session.add(User())", "session.add(User(SIGNING_KEY))")
    plan = blueprint(SHOP | {"keys.py": secret, "api/routes/users.py": users}, "users", "carts")
    services = [one.service for one in plan.plans.values()]
    found = chart(plan, cut(plan.ground, services, blueprint=plan)).services
    assert [[(n.code, n.path) for n in one.blockers] for one in found] == [
        [("SPL024", "keys.py")],
        [],
    ]


def test_the_same_plans_give_the_same_chart(shop: Chart) -> None:
    assert charted("users", "orders", "carts") == shop


def test_services_that_use_one_another_are_a_circle() -> None:
    uses = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set[str]()}
    assert list(circles(uses)) == [("a", "b", "c")]


def test_differences_name_what_changed_and_what_came_and_went() -> None:
    before = key_figures(charted("users", "orders"))
    after = key_figures(charted("orders", "carts"))
    told = {(d.service, d.figure): (d.before, d.after) for d in differences(before, after)}
    assert told["users", "routes"] == (2, None)
    assert told["carts", "routes"] == (None, 3)
    old, new = told["orders", "lines of its own"]
    assert old is not None
    assert new is not None
    assert old > new
    assert ("orders", "routes") not in told
    assert differences(after, after) == ()


def test_the_ground_has_every_route() -> None:
    assert len(ground(SHOP).routes) == 8
