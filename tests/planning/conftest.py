"""Failures inside of what the tests of planning share are told like those of the tests."""

import pytest

pytest.register_assert_rewrite("monoliths", "splitting")
