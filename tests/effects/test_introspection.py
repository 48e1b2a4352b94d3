import ast
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from splitter.discovery.parsing import parse
from splitter.discovery.reconciling import reconcile
from splitter.discovery.routes import read_routes
from splitter.effects import introspection
from splitter.effects.introspection import ask
from splitter.errors import IntrospectionError
from splitter.model.monolith import Route, RunningApp, Sources

INCLUSION_APP = Path(__file__).parents[1] / "data" / "inclusion_app.py"
PROBE = Path(introspection.__file__).parent / "probe"

# kind, methods, path, qualified name, line, name, in the schema, and from which FastAPI on if that
# is not all; the last is added at start-up.
EVERY_FORM = json.loads(INCLUSION_APP.with_suffix(".json").read_text())


def asked(
    root: Path,
    source: str = "",
    *,
    app: str = "main:app",
    factory: bool = False,
    python: str = sys.executable,
    timeout: float = 60,
    lifespan: bool = False,
) -> RunningApp:
    """What `source`, as `main.py` below `root`, says of itself."""
    if source:
        (root / "main.py").write_text(source)
    return ask(
        root,
        app=app,
        factory=factory,
        python=python,
        environment={"SHOP_NAME": "Ada's", "DEBUG": ""},
        timeout=timeout,
        lifespan=lifespan,
    )


def rows(routes: tuple[Route, ...]) -> list[list[object]]:
    """The routes as the table has them."""
    assert {route.file for route in routes} == {"inclusion_app.py"}
    assert {route.found_by for route in routes} == {("runtime",)}
    names = [route.endpoint.removeprefix("inclusion_app:") for route in routes]
    return [
        [r.kind, list(r.methods), r.path, name, r.line, r.name, r.in_schema]
        for r, name in zip(routes, names, strict=True)
    ]


def expected(fastapi: str) -> list[list[object]]:
    """The table's rows that hold for a version of FastAPI."""
    number = [int(part) for part in fastapi.split(".")[:2]]
    since = [[int(part) for part in "".join(row[7:] or ["0"]).split(".")] for row in EVERY_FORM]
    return [row[:7] for row, first in zip(EVERY_FORM, since, strict=True) if number >= first]


def documented(app: RunningApp) -> set[tuple[str, str]]:
    """Method and whole path of all that `openapi()` of the application and of mounted ones has."""
    return {
        (method.upper(), prefix + path)
        for prefix, document in {"": app.openapi, **app.mounted}.items()
        for path, operations in json.loads(json.dumps(document["paths"])).items()
        for method in operations
    }


def in_schema(app: RunningApp) -> set[tuple[str, str]]:
    """The same of the routes that are shown there."""
    return {
        (method, route.path.replace(":path", ""))
        for route in app.routes
        if route.in_schema
        for method in route.methods
    }


# An application behind a host's name is served at its own paths, which no document here tells.
BEHIND_A_HOST = {("GET", "/deep")}

SHOP = {
    "main.py": """
import os
import shop.settings
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from shop.routes import router
from shop.errors import NotFound

print("a line on stdout")
print(dict(os.environ) and "another", file=__import__("sys").stderr)
app = FastAPI(title="Shop")
app.add_middleware(CORSMiddleware, allow_origins=["*"])


@app.middleware("http")
async def request_id(request, call_next):
    return await call_next(request)


@app.exception_handler(NotFound)
@app.exception_handler(418)
async def not_found(request, error): ...


app.include_router(router, prefix="/api")
""",
    "shop/__init__.py": "",
    "shop/errors.py": "class NotFound(Exception): ...\n",
    "shop/unused.py": "1 / 0\n",
    "shop/settings.py": """
import os, tempfile
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEBUG = os.getenv("DEBUG", "no")
os.path.expandvars("$SHOP_LOCALE/shop")
tempfile.gettempdir()
if "SHOP_REGION" in os.environ:
    raise SystemExit


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="shop_")
    name: str
    rows: int = 5
    secret: str = Field("", validation_alias="THE_SECRET")


settings = Settings()
""",
    "shop/routes.py": """
from fastapi import APIRouter

router = APIRouter()


@router.get("/things", name="all things")
def things() -> list[int]:
    return []
""",
}


def test_a_whole_application_is_told(tmp_path: Path) -> None:
    for name, source in SHOP.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    shop = asked(tmp_path)
    assert (shop.error, shop.remarks) == ("", ())
    assert shop.routes == (
        Route(
            ("GET",), "/api/things", "shop.routes:things", "shop/routes.py", 8,
            ("runtime",), "http", "all things", True,
        ),
    )  # fmt: skip
    assert shop.openapi["info"] == {"title": "Shop", "version": "0.1.0"}
    assert shop.middleware == ("main:request_id", "starlette.middleware.cors:CORSMiddleware")
    assert shop.exception_handlers == ("418", "shop.errors:NotFound")
    assert shop.modules == ("main", "shop", "shop.errors", "shop.routes", "shop.settings")
    settings = {"SHOP_NAME": "Ada's", "SHOP_ROWS": None, "THE_SECRET": None}
    expected = {"DEBUG": "", "SHOP_LOCALE": None, "SHOP_REGION": None, **settings}
    assert {name: shop.reads[name] for name in expected} == expected
    assert "PATH" not in shop.reads
    assert {name: at for name, at in shop.read_at.items() if name in expected} == {
        "DEBUG": "shop/settings.py:6",
        "SHOP_LOCALE": "shop/settings.py:7",
        "SHOP_REGION": "shop/settings.py:9",
        **dict.fromkeys(settings, "shop/settings.py:13"),
    }
    assert "TMPDIR" in shop.reads
    assert "TMPDIR" not in shop.read_at
    assert shop.python == sys.executable
    assert shop.python_version == ".".join(map(str, sys.version_info[:3]))
    written = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {Path(name).name for name in SHOP}


def test_distributions_are_told_even_if_the_import_fails(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("Httpx[http2, socks] ==0.28  # for calls\n")
    app = asked(tmp_path, "import nothing_of_the_kind\n")
    assert app.error == ("main.py:1: ModuleNotFoundError: No module named 'nothing_of_the_kind'")
    assert app.distributions["yaml"] == ("pyyaml",)
    assert app.distributions["pydantic_core"] == ("pydantic-core",)
    assert app.versions["pytest"] == pytest.__version__
    assert {"starlette", "pydantic"} <= set(app.requires["fastapi"])
    assert "uvicorn" not in app.requires["fastapi"]
    assert {"httpcore", "h2", "socksio"} <= set(app.requires["httpx"])
    assert "brotli" not in app.requires["httpx"]


@pytest.mark.parametrize("lifespan", [False, True])
def test_every_form_of_inclusion(tmp_path: Path, lifespan: bool) -> None:
    shutil.copy(INCLUSION_APP, tmp_path)
    app = asked(tmp_path, app="inclusion_app:app", lifespan=lifespan)
    every_form = expected(app.versions["fastapi"])
    assert rows(app.routes) == (every_form if lifespan else every_form[:-1])
    assert (app.error, app.remarks) == ("", ())
    assert sorted(app.mounted) == ["/admin", "/at/inner", "/outer", "/outer/inner"]
    assert in_schema(app) == documented(app) | BEHIND_A_HOST


FAILURES = {
    "an exception": (
        "import helper\nhelper.start()\n",
        "helper.py:2: ValueError: no",
    ),
    "an exception of many lines": (
        "raise OSError('first', 'second\\nthird')\n",
        "main.py:1: OSError: [Errno first] second",
    ),
    "a syntax error": ("def broken(:\n", "main.py:1: SyntaxError: invalid syntax"),
    "sys.exit": ("import sys\nsys.exit('go away')\n", "main.py:2: it exits: SystemExit('go away')"),
    "os._exit": ("import os\n\nos._exit(0)\n", "main.py:3: it calls os._exit(0)"),
    "os.abort": ("import os\nos.abort()\n", "main.py:2: it calls os.abort(134)"),
    "a question": ("input('name? ')\n", "main.py:1: EOFError: EOF when reading a line"),
    "a signal": (
        "import os\nprint('good-bye', flush=True)\nos.kill(os.getpid(), 9)\n",
        "the interpreter was killed by signal 9 (SIGKILL) during the import: good-bye",
    ),
    "no such attribute": ("application = 1\n", "main has no attribute app"),
    "no application": ("app = 5\n", "main:app is a int, not a FastAPI application"),
    "a factory": (
        "def app(): ...\n",
        "main:app is a function, not a FastAPI application; if it makes the application, "
        "say --factory",
    ),
    "no routes": ("class app: routes = []\n", "main:app has no routes at all"),
    "the network": (
        "import socket\nsocket.create_connection(('192.0.2.7', 5432))\n",
        "main.py:2: ConnectionRefusedError: [Errno 111] splitter gives no network: 192.0.2.7:5432",
    ),
    "a host name": (
        "import socket\nsocket.getaddrinfo('db.example', 5432)\n",
        f"main.py:2: socket.gaierror: [Errno {socket.EAI_FAIL}] "
        "splitter gives no network: db.example:5432",
    ),
}


@pytest.mark.parametrize(("source", "error"), FAILURES.values(), ids=FAILURES)
def test_a_failing_import_is_told_in_one_line(tmp_path: Path, source: str, error: str) -> None:
    (tmp_path / "helper.py").write_text(
        "def start():\n    int.from_bytes; raise ValueError('no')\n"
    )
    app = asked(tmp_path, source)
    assert app.error == error
    assert app.routes == ()
    assert app.versions["pytest"] == pytest.__version__


@pytest.mark.parametrize("hang", ["time.sleep(60)", "threading.Lock().acquire(60)\nlocked()"])
def test_an_import_that_hangs_is_killed_with_all_it_started(tmp_path: Path, hang: str) -> None:
    source = f"""
import subprocess, sys, time, threading
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open("child", "w").write(str(child.pid))
def locked():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
{hang}
"""
    began = time.monotonic()
    app = asked(tmp_path, source, timeout=5)
    assert time.monotonic() - began < 20
    line = 9 if "sleep" in hang else 8
    assert app.error == f"main.py:{line}: the import has not ended after 5 s"
    assert not _runs(int((tmp_path / "child").read_text()))


def _runs(process: int) -> bool:
    try:
        os.kill(process, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()


def test_the_loopback_may_be_used_and_what_was_refused_is_remarked(tmp_path: Path) -> None:
    app = asked(
        tmp_path,
        """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(("localhost", server.getsockname()[1])).close()
try:
    socket.create_connection(("203.0.113.1", 80))
except OSError:
    pass
class app:
    routes = []
""",
    )
    assert app.error == "main:app has no routes at all"
    assert app.remarks == ("main.py:6: no network: 203.0.113.1:80 was refused",)


FACTORY = """
from fastapi import FastAPI
from contextlib import asynccontextmanager

class Around:
    def __init__(self, app): self.app = app
    async def __call__(self, scope, receive, send): await self.app(scope, receive, send)

@asynccontextmanager
async def lifespan(app):
    app.add_api_route("/late", lifespan)
    %s
    yield
    raise LookupError("too late")

def make():
    return Around(FastAPI(lifespan=lifespan))
"""


def test_a_wrapped_application_of_a_factory_with_its_start_up(tmp_path: Path) -> None:
    app = asked(tmp_path, FACTORY % "", app="main:make", factory=True, lifespan=True)
    assert app.error == ""
    assert [(route.path, route.endpoint, route.line) for route in app.routes] == [
        ("/late", "main:lifespan", 10)
    ]
    assert app.middleware == ("main:Around",)
    assert app.remarks == ("shut-down fails: main.py:14: LookupError: too late",)


def test_what_only_openapi_knows_is_added(tmp_path: Path) -> None:
    app = asked(
        tmp_path,
        """
from fastapi import FastAPI
inner = FastAPI()
inner.add_api_route("/inside", print)
app = FastAPI()
app.mount("/inner", inner)
paths = {path: {"get": {}, "summary": "x"} for path in ("/inside", "/hidden/{name}")}
app.openapi = lambda: {"paths": paths}
""",
    )
    assert [(route.methods, route.path, route.endpoint) for route in app.routes] == [
        (("GET",), "/inner/inside", "builtins:print"),
        (("GET",), "/hidden/{name}", ""),
    ]
    assert app.remarks == ("only openapi() knows GET /hidden/{name}",)


def test_a_failing_start_up_is_a_remark_and_no_routes_an_error(tmp_path: Path) -> None:
    source = FACTORY.replace("app.add_api_route", "print") % "raise KeyError('secret')"
    app = asked(tmp_path, source, app="main:make", factory=True, lifespan=True)
    assert app.error == "main:make has no routes at all"
    assert app.remarks == ("start-up fails: main.py:12: KeyError: 'secret'",)


@pytest.mark.parametrize(
    ("starting", "remark"),
    [
        ("__import__('time').sleep(60)", "main.py:12: the start-up has not ended after 12 s"),
        (
            "__import__('os').kill(__import__('os').getpid(), 9)",
            "the interpreter was killed by signal 9 (SIGKILL) during the start-up",
        ),
    ],
)
def test_a_start_up_that_hangs_or_dies_leaves_what_the_import_told(
    tmp_path: Path, starting: str, remark: str
) -> None:
    source = FACTORY.replace(
        "def make():", "app = FastAPI(lifespan=lifespan)\napp.get('/a')(ord)\n"
    )
    source = source.partition("    return Around")[0] % starting
    app = asked(tmp_path, source, lifespan=True, timeout=12)
    assert [route.path for route in app.routes] == ["/a"]
    assert (app.error, app.remarks) == ("", (remark,))


def test_an_interpreter_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IntrospectionError) as missing:
        asked(tmp_path, python=str(tmp_path / "python"))
    assert missing.value.what == f"{tmp_path}/python cannot be run: No such file or directory"
    with pytest.raises(IntrospectionError) as other:
        asked(tmp_path, python="/bin/echo")
    assert other.value.what == "/bin/echo could not be asked about main:app"


@pytest.mark.parametrize("path", sorted(PROBE.glob("*.py")), ids=lambda path: path.name)
def test_the_probe_needs_python_3_8_and_its_library_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {name.name.partition(".")[0] for name in node.names} <= sys.stdlib_module_names
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert (node.module or "").partition(".")[0] in sys.stdlib_module_names


@pytest.mark.network
@pytest.mark.skipif(
    os.environ.get("SPLITTER_TEST_NETWORK") != "1",
    reason="installs FastAPI from the package index: set SPLITTER_TEST_NETWORK=1",
)
@pytest.mark.parametrize(
    "version", ["0.100.1", "0.115.14", "0.136.3", "0.137.1", "0.137.2", "the newest"]
)
def test_every_form_of_inclusion_in_each_fastapi(tmp_path: Path, version: str) -> None:
    newest = version == "the newest"
    python = _environment(tmp_path / "venv", "fastapi" if newest else f"fastapi=={version}")
    root = tmp_path / "root"
    root.mkdir()
    shutil.copy(INCLUSION_APP, root)
    app = asked(root, app="inclusion_app:app", python=python, lifespan=True)
    assert newest or app.versions["fastapi"] == version
    assert rows(app.routes) == expected(app.versions["fastapi"])
    assert in_schema(app) == documented(app) | BEHIND_A_HOST
    assert (app.error, app.remarks) == ("", ())
    sources = Sources({"inclusion_app.py": INCLUSION_APP.read_bytes()})
    routes, notes = reconcile(read_routes(parse(sources), app="inclusion_app:app"), app)
    alone = {route.path: route.found_by for route in routes if len(route.found_by) == 1}
    older = [row[2] for row in EVERY_FORM if row[:7] not in expected(app.versions["fastapi"])]
    assert alone == dict.fromkeys(["/admin/debug", *older], ("static",))
    reasons = {note.line for note in notes if note.code == "SPL010"}
    assert reasons == ({204, 216, 267} if older else {204})


def _environment(folder: Path, requirement: str) -> str:
    """An interpreter that has a distribution and what it requires, by this one's pip."""
    python = str(folder / "bin" / "python")
    words = (*("--python", python), *("install", "--quiet", "--no-compile"), requirement)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return python
