from __future__ import annotations

from pathlib import Path

import pytest

from splitter.codemods.anchoring import anchor

ROWS = (
    "from pathlib import Path as _Path\n"
    "\n"
    "# Where the monolith has this file; the data that it reads lies beside it.\n"
    '_FILE = str(_Path(__file__).resolve().parents[1] / "app/mail.py")\n'
)


def anchored(source: str) -> str:
    return anchor(source.encode(), origin_path="app/mail.py", depth=1).decode()


def value(source: str | bytes, *, name: str = "HERE", depth: int = 1) -> object:
    """What a module says of itself that lies in /new/code/mail.py, and was app/mail.py."""
    data = source.encode() if isinstance(source, str) else source
    scope: dict[str, object] = {"__file__": "/new/code/mail.py"}
    exec(anchor(data, origin_path="app/mail.py", depth=depth), scope)
    return scope[name]


def test_a_module_that_does_not_ask_stays_as_it_is() -> None:
    source = b'a = "__file__"  # __file__\r\nb.__file__\r\n'
    assert anchor(source, origin_path="a.py", depth=0) is source


def test_the_place_is_told_once_behind_the_imports() -> None:
    source = '"""Doc."""\n\nimport os\n\nHERE = os.path.dirname(__file__)\nTHIS = (__file__)\n'
    assert anchored(source) == (
        '"""Doc."""\n\nimport os\n' + ROWS + "\nHERE = os.path.dirname(_FILE)\nTHIS = (_FILE)\n"
    )


@pytest.mark.parametrize(
    "source",
    [
        "HERE = __file__\n",
        "HERE = __file__",
        '"""Doc."""\nHERE = __file__\n',
        '"""Doc."""; HERE = __file__\n',
        "import os; HERE = __file__\n",
        "from __future__ import annotations; import os; HERE = os.fspath(__file__)\n",
        "import os; \\\n  HERE = __file__\n",
        "try:\n    import os\nexcept ImportError: ...\nHERE = __file__\n",
        "def here():\n    return __file__\n\n\nimport os\nHERE = here()\n",
        "import functools\n\n@functools.cache\ndef here(): return __file__\nHERE = here()\n",
        "@lambda f: f()\ndef HERE(): return __file__\n",
        "HERE = f'{__file__}'\n",
        'HERE = ("" f"""{\n__file__}""")\n',
        "é = 'é'; HERE = é[:0] + __file__\n",
        "import os\r\n\r\nHERE = __file__\r\n",
        "_FILE = 1; _Path = 2; _FILE_ = 3\nHERE = __file__\n",
    ],
)
def test_the_monoliths_path_is_found_from_the_folder_above(source: str) -> None:
    assert value(source) == "/new/app/mail.py"
    assert value(source, depth=0) == "/new/code/app/mail.py"


def test_names_that_the_module_has_itself_stay_its_own() -> None:
    source = "_FILE = 1; _Path = 2\nHERE = __file__, _FILE, _Path\n"
    assert value(source) == ("/new/app/mail.py", 1, 2)


@pytest.mark.parametrize(
    "source",
    [
        b"# coding: latin-1\nHERE = '\xe9', __file__\n",
        b"#!/usr/bin/env python\n# coding: latin-1\nHERE = '\xe9', __file__\n",
        b"\xef\xbb\xbfHERE = '\xc3\xa9', __file__\n",
        b"\xef\xbb\xbfimport os\r\nHERE = '\xc3\xa9', __file__\r\n",
    ],
)
def test_the_encoding_stays(source: bytes) -> None:
    assert value(source) == ("é", "/new/app/mail.py")


def test_line_endings_stay() -> None:
    result = anchored("import os\r\nHERE = __file__\r\n")
    assert result.count("\n") == result.count("\r\n") == 6


def test_all_but_the_uses_stays() -> None:
    source = "import os  # why\n\n\n# here\nHERE = os.path.join(__file__, '..')  # __file__\n"
    assert anchored(source).replace(ROWS, "").replace("(_FILE", "(__file__") == source


def test_a_path_with_odd_characters_is_told_as_it_is(tmp_path: Path) -> None:
    path = 'a "b"/é\\c.py'
    result = anchor(b"HERE = __file__\n", origin_path=path, depth=0)
    scope: dict[str, object] = {"__file__": str(tmp_path / "x.py")}
    exec(result, scope)
    assert scope["HERE"] == str(tmp_path.resolve() / path)
