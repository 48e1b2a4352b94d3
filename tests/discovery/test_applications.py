import pytest

from splitter.discovery.applications import Candidate, find_app
from splitter.discovery.parsing import parse
from splitter.model.monolith import Sources

MADE = "from fastapi import FastAPI\napp = FastAPI()\n"
ROUTED = MADE + "@app.get('/a')\ndef a(): ...\n"
FACTORY = """
from fastapi import FastAPI
def create_app():
    app = FastAPI()
    app.add_api_route("/a", create_app)
    return app
"""
MANY = ROUTED + "".join(f"app.add_api_route('/{n}', a)\n" for n in range(30))


def found(files: dict[str, str]) -> list[tuple[str, bool]]:
    """Each candidate in its rank, and whether it is a factory."""
    sources = Sources({path: source.encode() for path, source in files.items()})
    return [(candidate.app, candidate.factory) for candidate in find_app(parse(sources))]


def test_a_candidate_tells_where_it_is_made() -> None:
    sources = Sources({"main.py": FACTORY.encode(), "Procfile": b"web: uvicorn main:create_app"})
    assert find_app(parse(sources)) == (Candidate("main:create_app", True, "main.py", 3, True),)


def test_an_object_goes_before_its_factory_and_a_test_last() -> None:
    files = {
        "shop/factory.py": FACTORY,
        "shop/main.py": "from shop.factory import create_app\n\napp = create_app()\n",
        "tests/main.py": MANY,
    }
    assert found(files) == [
        ("shop.main:app", False),
        ("shop.factory:create_app", True),
        ("tests.main:app", False),
    ]


def test_an_application_that_is_mounted_is_not_the_one() -> None:
    files = {
        "app.py": MANY,
        "zoo.py": MADE + "from app import app as inner\napp.mount('/v1', inner)\n",
    }
    assert found(files) == [("zoo:app", False), ("app:app", False)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Procfile", "web: gunicorn -k uvicorn.workers.UvicornWorker server.api:app"),
        ("Dockerfile", 'CMD ["uvicorn", "server.api:app", "--host", "0.0.0.0"]'),
        ("Dockerfile", 'CMD ["fastapi", "run", "--workers", "4", "server/api.py"]'),
        ("run.py", "import uvicorn\nuvicorn.run('server.api:app', port=8000)"),
        ("Makefile", "run:\n\tcd src && uvicorn src.server.api:app --reload"),
    ],
)
def test_of_two_alike_the_one_that_a_command_serves_goes_first(name: str, text: str) -> None:
    files = {"main.py": ROUTED, "server/api.py": ROUTED}
    assert found(files) == [("main:app", False), ("server.api:app", False)]
    assert found({**files, name: text}) == [("server.api:app", False), ("main:app", False)]


def test_by_far_the_most_routes_count_more_than_a_command() -> None:
    files = {"main.py": MANY, "gateway.py": ROUTED, "Procfile": "web: uvicorn gateway:app\n"}
    assert found(files) == [("main:app", False), ("gateway:app", False)]


def test_what_makes_no_application_is_none() -> None:
    files = {
        "a.py": "from flask import Flask\napp = Flask(__name__)\n",
        "b.py": "from fastapi import FastAPI\ndef create_app(settings):\n    return FastAPI()\n",
        "c.py": "from fastapi import APIRouter\napi = APIRouter()\n",
        "broken.py": "app = FastAPI(\n",
    }
    assert found(files) == []
