import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import compile_path

from splitter.actions.paths import overlap, pattern, unknown_converters

PARTS = st.sampled_from(
    ["", "a", "a.b", "b-c", "é", "(x)*", "{p}", "{q:int}", "v{r}.csv", "{s:float}", "{t:uuid}"]
)
PATHS = st.lists(PARTS, min_size=1, max_size=3, unique=True).map(lambda p: "/" + "/".join(p))
ENDLESS = st.one_of(PATHS, PATHS.map(lambda p: p.rstrip("/") + "/{rest:path}"))
REQUESTS = st.lists(
    st.sampled_from(
        ["", "a", "axb", "a.b", "b-c", "é", "7", "7.5", "v1.csv", str(uuid.UUID(int=1))]
    ),
    min_size=1,
    max_size=4,
).map(lambda p: "/" + "/".join(p))


@given(ENDLESS, REQUESTS)
def test_a_pattern_matches_what_starlette_matches(path: str, request: str) -> None:
    assert bool(re.fullmatch(pattern(path), request)) == bool(compile_path(path)[0].match(request))


@given(ENDLESS, ENDLESS, REQUESTS)
def test_paths_that_match_the_same_request_overlap(one: str, other: str, request: str) -> None:
    both = all(compile_path(path)[0].match(request) for path in (one, other))
    assert overlap(one, other) or not both
    assert overlap(one, other) == overlap(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a", "/b"),
        ("/a", "/a/b"),
        ("/a/{x}", "/a"),
        ("/a/{x}", "/b/{x}"),
        ("/a/{x:int}", "/a/special"),
        ("/transactions", "/transactionsfoo"),
    ],
)
def test_these_do_not_overlap(one: str, other: str) -> None:
    assert not overlap(one, other)


def test_converters_of_the_application_are_named() -> None:
    assert unknown_converters("/{a}/{b:int}/{c:date}/{d:path}") == ["date"]
    assert re.fullmatch(pattern("/{c:date}"), "/2026-01-01")
