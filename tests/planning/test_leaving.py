"""What the owner leaves out goes from the application's chain, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from monoliths import files_of, ground

from splitter.errors import UsageError
from splitter.model.plan import Service
from splitter.planning.plan import Blueprint, draw

ROUTES = {
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/notes.py": """
        from fastapi import APIRouter
        router = APIRouter()

        @router.get("/notes")
        def notes():
            return []
        """,
}
JOBS = {
    "jobs/__init__.py": "from jobs.mail import send_mail\n",
    "jobs/mail.py": """
        import smtplib

        async def send_mail():
            while True:
                smtplib.SMTP()

        async def clean_up():
            while True:
                ...

        class Scheduler:
            def start(self): ...
            def stop(self): ...
        """,
}


def drawn(main: str, *names: str, everywhere: tuple[str, ...] = (), routes: str = "") -> Blueprint:
    files: dict[str, str] = {**ROUTES, **JOBS, "main.py": main}
    if routes:
        files["api/routes/notes.py"] = routes
    service = Service("note", 8001, ("api.routes.notes",), leave_out=names)
    return draw(replace(ground(files), leave_out=everywhere), [service])


def application(plan: Blueprint) -> str:
    assert not plan.plans["note"].blockers
    return files_of(plan, "note")["services/note_service/application.py"]


def main_with(lifespan: str, imports: str = "from jobs.mail import clean_up, send_mail") -> str:
    head = f"""
        import asyncio
        from contextlib import asynccontextmanager
        from fastapi import FastAPI
        from api.routes import notes
        {imports}

        @asynccontextmanager
        async def lifespan(app):
        """
    tail = """
        app = FastAPI(lifespan=lifespan)
        app.include_router(notes.router)
        """
    body = "".join(f"    {line}\n" for line in dedent(lifespan).strip().splitlines())
    return dedent(head) + body + dedent(tail)


@pytest.mark.parametrize(
    ("lifespan", "left"),
    [
        ("asyncio.create_task(send_mail())\nyield", "yield"),
        ("await send_mail()\nyield", "yield"),
        (
            "task = asyncio.create_task(send_mail())\nyield\ntask.cancel()\n"
            "try:\n    await task\nexcept asyncio.CancelledError:\n    pass",
            "yield",
        ),
        (
            "await asyncio.gather(send_mail(), clean_up())\nyield",
            "await asyncio.gather(clean_up())\nyield",
        ),
        (
            "jobs = [\n    send_mail(),  # the mail\n    clean_up(),\n]\n"
            "await asyncio.gather(*jobs)\nyield",
            "jobs = [\n    clean_up(),\n]\nawait asyncio.gather(*jobs)\nyield",
        ),
        ("if app.debug:\n    await send_mail()\nyield", "yield"),
        ("async with send_mail():\n    yield", "if True:\n    yield"),
        (
            "async with send_mail() as mail, other():\n    yield",
            "async with other():\n    yield",
        ),
        (
            "async with (\n    other(),\n    send_mail(),\n):\n    yield",
            "async with (\n    other(),\n):\n    yield",
        ),
        (
            "app.state.mail = asyncio.create_task(send_mail())\nyield\napp.state.mail.cancel()",
            "yield",
        ),
    ],
)
def test_the_smallest_part_that_can_goes(lifespan: str, left: str) -> None:
    plan = drawn(main_with(lifespan), "jobs.mail.send_mail")
    found = application(plan)
    assert "async def lifespan(app):\n    " + left.replace("\n", "\n    ") + "\n" in found
    assert "send_mail" not in found
    jobs = files_of(plan, "note").get("services/note_service/jobs/mail.py", "")
    assert "smtplib" not in jobs


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("jobs", "await send_mail()"),
        ("jobs.mail", "await send_mail()"),
        ("jobs.send_mail", "await send_mail()"),
        ("jobs.mail.Scheduler.start", "scheduler.start()"),
        ("main.scheduler.start", "scheduler.start()"),
        ("main.begin", "await begin()"),
    ],
)
def test_modules_packages_methods_and_functions_can_be_named(name: str, start: str) -> None:
    main = main_with(f"{start}\nyield", "from jobs.mail import Scheduler, send_mail")
    if "Scheduler" in name or "scheduler" in name:
        main = main.replace("\n@async", "\nscheduler = Scheduler()\n\n@async", 1)
    main = main.replace("\napp = ", "\nasync def begin():\n    await send_mail()\n\napp = ", 1)
    found = application(drawn(main, name))
    assert start not in found
    assert "yield" in found


def test_what_is_left_out_of_all_services_is_so_of_each() -> None:
    main = main_with("await send_mail()\nyield")
    plan = drawn(main, everywhere=("jobs.mail.send_mail",))
    assert "send_mail" not in application(plan)
    notes = [n for n in plan.plans["note"].notes if n.code == "SPL043"]
    assert [(n.path, "jobs.mail.send_mail" in n.what) for n in notes] == [("main.py", True)]


def test_a_module_that_is_run_for_its_effect_is_not_run() -> None:
    main = main_with("yield", "import jobs.mail")
    assert "jobs" in application(drawn(main))
    assert "jobs" not in application(drawn(main, "jobs.mail"))


def test_a_module_of_which_a_star_takes_all_is_not_run() -> None:
    main = main_with("await made_elsewhere()\nyield", "from jobs import *")
    assert "jobs" in drawn(main).needs["note"].kept
    assert "jobs" not in drawn(main, "jobs").needs["note"].kept


def test_what_a_module_keeps_of_it_goes_too() -> None:
    lifespan = "scheduler.start()\nyield\nscheduler.stop()"
    main = main_with(lifespan, "from jobs.mail import Scheduler")
    main = main.replace("\n@async", "\nscheduler = Scheduler()\n\n@async", 1)
    assert "cheduler" not in application(drawn(main, "jobs.mail.Scheduler"))


@pytest.mark.parametrize(
    "lifespan",
    [
        "count = 1 + send_mail()\nyield count",
        "print(send_mail())\nyield",
        "if send_mail():\n    print(1)\nyield",
        "yield send_mail",
    ],
)
def test_a_use_that_cannot_go_stands_in_the_way_by_its_line(lifespan: str) -> None:
    main = main_with(lifespan)
    (note,) = drawn(main, "jobs.mail.send_mail").plans["note"].blockers
    assert (note.code, note.path) == ("SPL044", "main.py")
    assert "send_mail" in main.lstrip().splitlines()[note.line - 1]


def test_an_endpoint_is_never_cut() -> None:
    routes = ROUTES["api/routes/notes.py"].replace(
        "return []", "send_mail()\n            return []"
    )
    routes = routes.replace("from fastapi", "from jobs.mail import send_mail\n        from fastapi")
    plan = drawn(main_with("yield"), "jobs.mail.send_mail", routes=routes)
    (note,) = plan.plans["note"].blockers
    assert (note.code, note.path) == ("SPL044", "api/routes/notes.py")


def test_an_attribute_that_others_look_at_stays() -> None:
    main = main_with("app.state.mail = asyncio.create_task(send_mail())\nyield")
    main += (
        "\n\n@app.middleware('http')\nasync def busy(request, go):\n    request.app.state.mail\n"
    )
    (note,) = drawn(main, "jobs.mail.send_mail").plans["note"].blockers
    assert note.code == "SPL044"


def test_an_attribute_that_others_may_do_without_goes() -> None:
    main = main_with("app.state.mail = asyncio.create_task(send_mail())\nyield")
    main += "\n\n@app.middleware('http')\nasync def busy(request, go):\n"
    main += "    getattr(request.app.state, 'mail', None)\n"
    assert "send_mail" not in application(drawn(main, "jobs.mail.send_mail"))


def test_a_name_of_an_argument_is_another_one() -> None:
    main = main_with("begin(1)\nyield")
    main = main.replace("\napp = ", "\ndef begin(send_mail):\n    print(send_mail)\n\napp = ", 1)
    assert "print(send_mail)" in application(drawn(main, "jobs.mail.send_mail"))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("jobs.mail.send_mial", "jobs.mail.send_mail"),
        ("jobs.mial", "jobs.mail"),
        ("jobs.mail.Scheduler.strat", "jobs.mail.Scheduler.start"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        drawn(main_with("yield"), name)
    assert (caught.value.where, hint in caught.value.hint) == ("services.note.leave_out", True)


def test_routes_of_the_service_cannot_be_left_out() -> None:
    with pytest.raises(UsageError, match=r"api\.routes has the application or routes"):
        drawn(main_with("yield"), "api.routes")
