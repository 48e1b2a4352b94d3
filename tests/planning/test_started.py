"""Paths by the folder that the monolith is started in lead to data in a service, too."""

from __future__ import annotations

import pytest
from monoliths import blueprint
from splitting import check, split

MAIN = """
    from fastapi import FastAPI
    from api.routes import orders, users

    app = FastAPI()
    app.include_router(users.router)
    app.include_router(orders.router)
    """
USERS = "from fastapi import APIRouter\nrouter = APIRouter()\n"
ORDERS = f"{USERS}\n@router.get('/orders')\ndef orders(): return 1\n"
DATA = {
    "rates.json": "rates",
    "web/pages/a.html": "a",
    "web/pages/deep/b.html": "b",
    "web/logo.txt": "logo",
    "web/code.py": "",
    "notes/c.txt": "c",
}

FORMS = {
    "a file, opened": "open('rates.json').read()",
    "a file in a folder": "open('web/logo.txt').read()",
    "with its name given": "open(file='rates.json').read()",
    "a path": "Path('rates.json').read_text()",
    "a path in steps": "Path('web', 'logo.txt').read_text()",
    "a path, divided": "(Path('web') / 'pages' / 'a.html').read_text()",
    "from the current folder": "Path('./web/pages/a.html').read_text()",
    "a folder in a list": "[Path(f, 'a.html').read_text() for f in ['web/pages']]",
    "joined": "open(os.path.join('notes', 'c.txt')).read()",
    "a constant of the module": "open(PAGES + '/deep/b.html').read()",
    "an attribute that the module gives": "open(os.path.join(config.here, 'web/logo.txt')).read()",
}


def files(form: str) -> dict[str, str]:
    code = f"import os\nfrom pathlib import Path\nfrom app.conf import PAGES, config\n{USERS}"
    return {
        "main.py": MAIN,
        "app/__init__.py": "",
        "app/conf.py": """
            import os
            PAGES = "web/pages"
            class Config:
                here = "."
            config = Config()
            config.here = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
        """,
        "api/__init__.py": "",
        "api/routes/__init__.py": "",
        "api/routes/users.py": f"{code}\n@router.get('/users')\ndef users(): return {form}\n",
        "api/routes/orders.py": ORDERS,
        **DATA,
    }


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_service_reads_what_the_monolith_reads(form: str) -> None:
    check(blueprint(files(form), "users", "orders"))


def test_a_service_has_the_data_that_it_names_and_no_other() -> None:
    plan = blueprint(files("open('rates.json').read()"), "users", "orders")
    data = {p.partition("_service/")[2] for p in split(plan, "users") if not p.endswith(".py")}
    assert data == {"rates.json"}
    assert [p for p in split(plan, "orders") if not p.endswith(".py")] == []


@pytest.mark.parametrize(
    "text", ["'rates.json'", "'web'", "'/web/pages'", "Path('web')", "'none/such'"]
)
def test_a_text_that_names_no_data_stays(text: str) -> None:
    plan = blueprint(files(f"[str({text})]"), "users")
    assert [p for p in split(plan, "users") if not p.endswith(".py")] == []


def test_a_file_that_is_written_stays_where_it_is() -> None:
    plan = blueprint(files("open('rates.json', 'a').close()"), "users")
    assert [p for p in split(plan, "users") if not p.endswith(".py")] == []
