import pytest

from splitter.codemods.installing import Target, install

APP = Target("app")
MAKE = Target("make", factory=True)
IMPORT = "from pkg.notes import announce\n"


def installed(source: str | bytes, target: Target = APP) -> str | None:
    data = source if isinstance(source, bytes) else source.encode()
    result = install(data, target, module="pkg.notes", function="announce")
    return None if result is None else result.decode()


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (APP, "app = FastAPI()\nannounce(app)\n"),
        (MAKE, "def make():\n    app = FastAPI()\n    notes.announce(app)\n    return app\n"),
    ],
)
def test_what_calls_it_already_stays(target: Target, source: str) -> None:
    assert installed(source, target) == source


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (APP, ""),
        (APP, "api = FastAPI()\n"),
        (APP, "app: FastAPI\n"),
        (APP, "app = other\n"),
        (APP, "def f():\n    app = FastAPI()\n"),
        (APP, "if x: app = FastAPI()\n"),
        (APP, "import app.main\n"),
        (APP, "def broken(:\n"),
        (Target("server.app"), "server.app = FastAPI()\n"),
        (MAKE, "make = FastAPI()\n"),
        (MAKE, "def make():\n    return FastAPI()\n"),
        (MAKE, "def make():\n    app = FastAPI()\n    return wrap(app)\n"),
        (MAKE, "from pkg import make\n"),
    ],
)
def test_where_there_is_no_place_nothing_is_done(target: Target, source: str) -> None:
    assert installed(source, target) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '"""Doc."""\n\nfrom fastapi import FastAPI\n\napp = FastAPI()  # made\n\nx = 1\n',
            '"""Doc."""\n\nfrom fastapi import FastAPI\n{0}'
            "\napp = FastAPI()  # made\nannounce(app)\n\nx = 1\n",
        ),
        (
            "import fastapi\n\napp: object = fastapi.FastAPI(\n    title='x',\n)\n\n\n"
            "@app.get('/')\ndef f(): ...\n",
            "import fastapi\n{0}\napp: object = fastapi.FastAPI(\n    title='x',\n)\n"
            "announce(app)\n\n\n@app.get('/')\ndef f(): ...\n",
        ),
        (
            "from a import build, wrap\n\napp = build()\napp = wrap(app)\n",
            "from a import build, wrap\n{0}\napp = build()\nannounce(app)\napp = wrap(app)\n",
        ),
        (
            "from a import *\n\napp = load()\napp = FastAPI()\n",
            "from a import *\n{0}\napp = load()\napp = FastAPI()\nannounce(app)\n",
        ),
        (
            "try:\n    from a import FastAPI\n    app = FastAPI()\n"
            "except ImportError:\n    raise\n",
            "{0}try:\n    from a import FastAPI\n    app = FastAPI()\n    announce(app)\n"
            "except ImportError:\n    raise\n",
        ),
        (
            "from a import app\nfrom b import c\n\nc()\n",
            "from a import app\nfrom b import c\n{0}announce(app)\n\nc()\n",
        ),
        (
            "import a\napp = api = FastAPI()\nimport b\n",
            "import a\n{0}app = api = FastAPI()\nannounce(app)\nimport b\n",
        ),
    ],
)
def test_it_is_called_right_after_the_application_is_there(before: str, after: str) -> None:
    assert installed(before) == after.format(IMPORT)
    assert installed(after.format(IMPORT)) == after.format(IMPORT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import x\n\ndef make(a):\n    api = FastAPI()\n    x.do(api)\n    return api\n",
            "import x\n{0}\ndef make(a):\n    api = FastAPI()\n    announce(api)\n    x.do(api)\n"
            "    return api\n",
        ),
        (
            "import x\n\ndef make():\n\tif a:\n\t\tapp = FastAPI(a)\n\telse:\n\t\tapp = b()\n"
            "\treturn app\n",
            "import x\n{0}\ndef make():\n\tif a:\n\t\tapp = FastAPI(a)\n\t\tannounce(app)\n"
            "\telse:\n\t\tapp = b()\n\treturn app\n",
        ),
        (
            "import x\n\ndef make():\n  def inner():\n    app = FastAPI()\n  app = x()\n"
            "  return app\n",
            "import x\n{0}\ndef make():\n  def inner():\n    app = FastAPI()\n  app = x()\n"
            "  announce(app)\n  return app\n",
        ),
    ],
)
def test_in_a_factory_too(before: str, after: str) -> None:
    assert installed(before, MAKE) == after.format(IMPORT)


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    before = b"\xef\xbb\xbfimport x\r\napp = x()\r\ny = 1"
    after = before.replace(b"x\r\napp", b"x\r\nfrom pkg.notes import announce\r\napp")
    expected = after.replace(b"x()\r\n", b"x()\r\nannounce(app)\r\n")
    assert install(before, APP, module="pkg.notes", function="announce") == expected
