import io
import json

import pytest

from splitter.model.jsontext import JsonError
from splitter.parity import documents
from splitter.parity.documents import members

CASES = [{"a": 'x{"[\\', "n": [1, {"b": "]}"}]}, 5, 's"', None, []]
WHOLE = {"schema": 1, "cases": CASES, "other": {"cases": [1]}, "last": 125}
MEMBERS = [("schema", 1), *(("cases", c) for c in CASES), ("other", {"cases": [1]}), ("last", 125)]


@pytest.fixture(params=[1, 2, 3, 7, 1000])
def _step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "STEP", request.param)


@pytest.mark.usefixtures("_step")
@pytest.mark.parametrize("indent", [None, 1])
def test_wherever_the_text_is_cut_it_means_the_same(indent: int | None) -> None:
    text = json.dumps(WHOLE, indent=indent)
    assert list(members(io.StringIO(text).read, listed="cases")) == MEMBERS


@pytest.mark.usefixtures("_step")
def test_a_text_that_breaks_off_is_no_document() -> None:
    text = json.dumps(WHOLE)
    for length in range(len(text)):
        with pytest.raises(JsonError):
            list(members(io.StringIO(text[:length]).read, listed="cases"))


@pytest.mark.parametrize(
    "text",
    ["[]", "{} x", '{"a":1,}', '{"cases":[1,]}', '{"cases":{}}', '{"cases":[1 2]}', "{1:2}", "{a}"],
)
def test_what_is_no_document(text: str) -> None:
    with pytest.raises(JsonError):
        list(members(io.StringIO(text).read, listed="cases"))


def test_items_come_before_the_rest_is_asked_for() -> None:
    given = iter(['{"cases": [1,', " 2"])
    found = members(lambda _: next(given), listed="cases")
    assert next(found) == ("cases", 1)


def test_depth_and_digits_are_kept() -> None:
    deep = '{"cases": [' + "[" * 50_000 + "1.10" + "]" * 50_000 + "]}"
    ((_, value),) = members(io.StringIO(deep).read, listed="cases")
    for _ in range(50_000):
        assert isinstance(value, list)
        (value,) = value
    assert str(value) == "1.10"
