import pytest

from splitter.actions.rendering import render
from splitter.errors import ConfigurationError


def test_values_are_filled_in_and_the_last_newline_is_kept() -> None:
    assert render({"a": "{{ x }} and {{ y.real }}\n"}, "a", x="one", y=2) == "one and 2\n"


def test_a_line_with_only_a_tag_leaves_no_line() -> None:
    text = "a\n  {% if no %}\nb\n  {% endif %}\nc\n"
    assert render({"t": text}, "t", no=False) == "a\nc\n"


def test_a_template_may_include_another() -> None:
    assert render({"a": "<{% include 'b/c' %}>", "b/c": "{{ x }}"}, "a", x=1) == "<1>"


def test_nothing_is_escaped() -> None:
    assert render({"a": "{{ x }}"}, "a", x="<'&\">") == "<'&\">"


@pytest.mark.parametrize(
    ("templates", "message", "where"),
    [
        ({"a": "x\ny {{ z }}\n"}, "'z' is undefined", "a:2"),
        ({"a": "x\n{% if %}\n"}, "Expected an expression, got 'end of statement block'", "a:2"),
        ({"a": "\n{% include 'b' %}", "b": "\n\n{{ q.r }}"}, "'q' is undefined", "b:3"),
        ({"b": "x"}, "there is no template a", "a"),
        ({"a": "\n{% include 'c' %}"}, "there is no template c", "a:2"),
        ({"a": "\n{{ 1 / 0 }}"}, "division by zero", "a:2"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    templates: dict[str, str], message: str, where: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        render(templates, "a")
    assert caught.value.what == f"the template cannot be rendered: {message}"
    assert caught.value.where == where
