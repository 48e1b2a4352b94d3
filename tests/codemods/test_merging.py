from splitter.codemods.merging import merge

OLD = b'''"""Old."""

from datetime import date, datetime
from decimal import Decimal as D

from shared.utils import day

ZERO = D(0)


# the first of a month
def month(x: date) -> str:
    return day(x)


def same(): return "old"


print("started")
'''
NEW = b'''"""New."""

import re


def same(): return re
'''


def test_what_is_lost_comes_behind_with_its_imports() -> None:
    assert merge(NEW, OLD).decode() == (
        '"""New."""\n\nimport re\n'
        "from datetime import date\nfrom decimal import Decimal as D\n"
        "from shared.utils import day\n\n\n"
        "def same(): return re\n\n\nZERO = D(0)\n\n\n# the first of a month\n"
        "def month(x: date) -> str:\n    return day(x)\n\n\n" + 'print("started")\n'
    )


def test_a_second_time_it_is_the_same() -> None:
    once = merge(NEW, OLD)
    assert merge(NEW, once) == once


def test_what_lacks_nothing_is_left() -> None:
    assert merge(NEW, NEW) == NEW
    assert merge(OLD, b"ZERO = 1\n\nfrom x import month\n__all__ = ['q']\n") == OLD
