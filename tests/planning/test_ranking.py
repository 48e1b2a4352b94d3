from __future__ import annotations

from collections.abc import Mapping

from monoliths import ground

from splitter.model.ranking import Candidate
from splitter.planning.contacts import Touching
from splitter.planning.cut import cut
from splitter.planning.ranking import Circumstances, rank

MODELS = """
    from sqlalchemy.orm import DeclarativeBase


    class Base(DeclarativeBase):
        pass

"""
TABLE = """
    class {name}(Base):
        __tablename__ = "{table}"

"""
NAMES = ("User", "Order", "Cart", "Note", "Log")


def monolith(**modules: str) -> dict[str, str]:
    """An application with a route module for each argument."""
    inclusions = "".join(f"    app.include_router({name}.router)\n" for name in modules)
    tables = "".join(TABLE.format(name=name, table=f"{name.lower()}s") for name in NAMES)
    head = f"""
    from fastapi import FastAPI

    from api.routes import {", ".join(modules)}

    app = FastAPI()
"""
    files = {
        "main.py": head + inclusions,
        "models.py": MODELS + tables,
        "api/__init__.py": "",
        "api/routes/__init__.py": "",
    }
    return files | {f"api/routes/{name}.py": text for name, text in modules.items()}


def module(name: str, *body: str, imports: str = "") -> str:
    """A route module with one route, whose lines are given."""
    return "\n".join(
        [
            "from fastapi import APIRouter",
            "from sqlalchemy import select",
            "from models import Cart, Log, Note, Order, User",
            imports,
            "router = APIRouter()",
            f'@router.post("/{name}")',
            f"def {name}_route(session):",
            *(f"    {line}" for line in body or ("return None",)),
            "",
        ]
    )


def ranked(files: Mapping[str, str], known: Circumstances | None = None) -> dict[str, Candidate]:
    start = ground(files)
    seen = cut(start, ())
    found = rank(
        start.routes,
        Touching(seen.members.reaching, seen.evidence.uses),
        application="main",
        known=known or Circumstances(),
    )
    return {one.module.rpartition(".")[2]: one for one in found}


def advice(found: Mapping[str, Candidate]) -> list[tuple[str, str]]:
    return [(name, str(one.advice)) for name, one in found.items()]


def test_what_others_write_too_comes_after_what_is_alone() -> None:
    files = monolith(
        carts=module("carts", "session.add(Cart())", "session.add(Log())"),
        notes=module("notes", "session.add(Note())"),
        orders=module("orders", "session.add(Order())", "session.add(Log())"),
        idle=module("idle"),
        more=module("more"),
    )
    found = ranked(files)
    assert advice(found) == [
        ("idle", "first"),
        ("more", "first"),
        ("notes", "first"),
        ("carts", "next"),
        ("orders", "next"),
    ]
    assert found["notes"].reasons == ("writes notes alone",)
    assert found["carts"].contested == ("logs",)
    assert found["carts"].reasons == ("writes logs, which api.routes.orders writes too",)


def test_what_the_others_read_or_use_comes_late() -> None:
    reads = "session.scalars(select(User)).all()"
    files = monolith(
        users=module("users", "session.add(User())"),
        orders=module("orders", reads, "session.add(Order())"),
        carts=module(
            "carts",
            reads,
            "return orders_route(session)",
            imports="from api.routes.orders import orders_route",
        ),
        notes=module("notes", reads),
    )
    found = ranked(files)
    assert advice(found) == [
        ("notes", "first"),
        ("carts", "next"),
        ("users", "late"),
        ("orders", "late"),
    ]
    assert found["users"].reasons == (
        "writes users alone",
        "3 of 3 others read what it alone writes",
    )
    assert found["orders"].used_by == ("api.routes.carts",)
    assert found["carts"].uses == ("api.routes.orders",)
    assert "api.routes.carts uses its code" in found["orders"].reasons
    assert "reads users of others" in found["notes"].reasons


def test_own_code_is_what_no_other_route_module_is_near_to() -> None:
    tools = "def alone():\n    return 1\n\n\ndef common():\n    return 2\n"
    files = monolith(
        carts=module("carts", "return alone(), common()", imports="from tools import *"),
        notes=module("notes", "return common()", imports="from tools import *"),
    )
    files["api/routes/carts.py"] = files["api/routes/carts.py"].replace("*", "alone, common")
    files["api/routes/notes.py"] = files["api/routes/notes.py"].replace("*", "common")
    found = ranked(files | {"tools.py": tools})
    # the router, the route of three lines, and alone
    assert (found["carts"].own, found["notes"].own) == (1 + 3 + 2, 1 + 3)


def test_what_most_write_is_nobody_s_and_decides_nothing() -> None:
    bodies = {n: module(n, "session.add(Log())") for n in ("carts", "notes", "orders")}
    found = ranked(monolith(**bodies, users=module("users", "session.add(User())")))
    assert [one.contested for one in found.values()] == [(), (), (), ()]
    assert found["carts"].writes == ()
    assert found["carts"].reasons == (
        "writes no table of its own",
        "writes logs, as most route modules do",
    )


def test_the_application_s_own_routes_and_what_is_blocked_are_for_never() -> None:
    files = monolith(users=module("users"), notes=module("notes"))
    files["main.py"] += '\n\n    @app.get("/")\n    def root():\n        return 1\n'
    known = Circumstances(blocked={"api.routes.notes": "blocked: a.py:1: SPL030 x"})
    found = ranked(files, known)
    assert advice(found) == [("users", "first"), ("main", "never"), ("notes", "never")]
    assert found["notes"].reasons[0] == "blocked: a.py:1: SPL030 x"
    assert "application's own module" in found["main"].reasons[0]


def test_what_is_a_service_already_stands_at_the_end_under_its_name() -> None:
    files = monolith(users=module("users"), notes=module("notes"))
    known = Circumstances(services={"api.routes.notes": "jotting"}, done={"api.routes.notes"})
    found = ranked(files, known)
    assert advice(found) == [("users", "first"), ("notes", "done")]
    assert found["notes"].service == "jotting"


def test_in_a_large_program_only_what_is_near_counts() -> None:
    """Everything leads to one chain of functions, at the far end of which all tables are."""
    links = "".join(
        f"def link{n}(session):\n    return link{n + 1}(session)\n\n\n" for n in range(400)
    )
    last = "def link400(session):\n    session.add(Log())\n"
    chain = f"from models import Log\n\n\n{links}{last}"
    near = {
        n: module(
            n, f"session.add({t}())", "return link0(session)", imports="from chain import link0"
        )
        for n, t in (("users", "User"), ("notes", "Note"))
    }
    found = ranked(monolith(**near) | {"chain.py": chain})
    assert [one.writes for one in found.values()] == [("notes",), ("users",)]
