import pytest

from splitter.codemods.routes import mark_deprecated
from splitter.codemods.unmarking import unmark

ENDPOINTS = frozenset({"api.routes:f", "api.routes:C.m", "api.v:h"})
CALLS = [
    '("/x")',
    "('/x',)",
    '("/x" )',
    '( "/x", tags=["a"] )',
    "()",
    '(path="/x",name="y")',
    '(\n    "/x",\n    response_model=X,\n)',
    '(\n    "/x",\n    response_model=X\n)',
    '(\n    "/x",  # one\n    name="y",  # two\n    # three\n)',
    '(\n    "/ü",\n    name="y"  # two\n)',
    '("/x", name=("y"))',
]


def marked(source: bytes) -> bytes:
    return mark_deprecated(
        source, module="api.routes", is_package=False, endpoints=ENDPOINTS
    ).source


def unmarked(source: bytes) -> bytes:
    return unmark(source, module="api.routes", is_package=False, endpoints=ENDPOINTS)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_marks_are_taken_out_byte_for_byte(call: str, ending: str) -> None:
    text = f"@router.get{call}\n@cached\nasync def f(): ...\n@router.put{call}\ndef other(): ...\n"
    source = text.replace("\n", ending).encode()
    assert marked(source) != source
    assert unmarked(marked(source)) == source


@pytest.mark.parametrize(
    "text",
    [
        'from .v import g\nfrom api.v import h\nrouter.add_api_route("/x", h)\n',
        '\ufeffclass C:\n    @router.get("/x", name="é")\n    def m(self): ...\n',
    ],
)
def test_wherever_they_are(text: str) -> None:
    assert marked(text.encode()) != text.encode()
    assert unmarked(marked(text.encode())) == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        '@router.get("/x")\ndef f(): ...\n',
        '@router.get("/x", deprecated=True)\ndef other(): ...\n',
        '@router.get("/x", deprecated=False)\ndef f(): ...\n',
        '@router.get("/x", deprecated=True, name="edited")\ndef f(): ...\n',
        "def broken(:\n",
    ],
)
def test_what_is_no_mark_of_ours_stays(text: str) -> None:
    assert unmarked(text.encode()) == text.encode()


def test_of_a_file_that_is_not_certain_all_marks_stay() -> None:
    text = '@router.get("/x" , deprecated = True)\ndef f(): ...\n'
    assert unmarked(text.encode()) == text.encode()
