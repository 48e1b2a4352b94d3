"""Charts as the reports get them, made by hand."""

from __future__ import annotations

from splitter.model.changes import Note
from splitter.model.figures import (
    Amount,
    Chart,
    Crossing,
    Figures,
    SharedFile,
    Span,
    TableUsers,
    Tie,
)
from splitter.model.monolith import Route
from splitter.model.plan import Home, Placement, Service


def route(path: str, module: str, line: int = 7) -> Route:
    file = f"{module.replace('.', '/')}.py"
    return Route(("GET",), path, f"{module}:index", file, line)


def figures(name: str, *, lines: int = 100, blocked: bool = False, **more: object) -> Figures:
    module = f"api.routes.{name}"
    moved = Placement(
        module, f"api/routes/{name}.py", (), Home.SERVICE, f"services.{name}", f"s/{name}.py", "so"
    )
    return Figures(
        Service(name, 8001),
        (route(f"/{name}", module),),
        (moved,),
        Amount(2, 9, lines),
        Amount(1, 4, 50),
        Amount(1, 2, 30),
        Amount(4, 40, 400),
        Amount(5, 50, 500),
        blockers=(Note("a.py", 3, "SPL030", "imports by string", True),) if blocked else (),
        **more,  # type: ignore[arg-type]
    )


def shop() -> Chart:
    """Two services that write one table, and one of which uses the other's code."""
    users = figures("users", blocked=True, writes=("log", "users"))
    orders = figures(
        "orders",
        lines=1234,
        writes=("log", "orders"),
        reads=("users",),
        left_out=(("main.py", 6), ("main.py", 8)),
        crossings=(Crossing("orders", "users", "api.routes.users:find", "api/o.py", 4),),
        spans=(Span("POST /orders", "api/o.py", 9, ("log", "orders")),),
        requirements=("fastapi==1.0",),
    )
    return Chart(
        "main:app",
        Amount(10, 300, 2000),
        (users, orders),
        (
            SharedFile(
                "models",
                "models.py",
                ("Log", "User"),
                "shared/models.py",
                50,
                ("users", "orders"),
                "2 services need it: orders, users",
            ),
        ),
        (Tie(("users", "orders"), Amount(1, 4, 50)),),
        (
            TableUsers("log", "users", ("users", "orders"), ()),
            TableUsers("orders", "orders", ("orders",), ("orders",), ("users",)),
            TableUsers("users", "users", ("users",), ("users", "orders")),
        ),
        (),
        (route("/", "main", 12),),
        (Note("models.py", 5, "SPL016", "table log is written by orders and users"),),
    )


def many(count: int) -> Chart:
    """Services that each write a table of their own and one that all of them write."""
    names = [f"service_{index:02}" for index in range(count)]
    tables = [TableUsers(f"t_{n}", n, (n,), tuple(names[:3])) for n in names]
    return Chart(
        "main:app",
        Amount(100, 3000, 20000),
        tuple(figures(name, writes=("common", f"t_{name}")) for name in names),
        tables=(TableUsers("common", names[0], tuple(names), tuple(names)), *tables),
    )
