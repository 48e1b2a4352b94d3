from datetime import date
from decimal import Decimal

import pytest

import utils
from cache import TTLCache, memoize
from exceptions import AppError


def test_money_rounds_half_up():
    assert utils.quantize_money("0.125") == Decimal("0.13")
    assert utils.money("-0.001") == 0.0


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("1234.5", "EUR", "€1,234.50"),
        ("-3", "USD", "-$3.00"),
        (0, "JPY", "JPY 0.00"),
        (None, "CHF", "CHF 0.00"),
    ],
)
def test_format_money(value, currency, text):
    assert utils.format_money(value, currency) == text


@pytest.mark.parametrize("text", ["", "ten", "NaN", "1.2.3"])
def test_parse_money_refuses(text):
    with pytest.raises(ValueError, match="not an amount"):
        utils.parse_money(text)


def test_parse_money():
    assert utils.parse_money(" € 1,234.505 ") == Decimal("1234.51")


def test_split_evenly_adds_up():
    parts = utils.split_evenly("100", 3)
    assert parts == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_months():
    assert utils.add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert utils.last_months(3, "2025-01") == ["2024-11", "2024-12", "2025-01"]
    assert utils.month_bounds("2025-02") == (date(2025, 2, 1), date(2025, 2, 28))
    with pytest.raises(AppError):
        utils.month_start("2025-2")


def test_slugs():
    assert utils.slugify("Café Blau & Söhne!") == "cafe-blau-sohne"
    assert utils.slugify("???") == "untitled"
    assert utils.unique_slug("Rent", ["rent", "rent-2"]) == "rent-3"


def test_text():
    assert utils.truncate("abcdef", 4) == "abc…"
    assert utils.mask_email("ada@x.example") == "a***@x.example"


def test_percent():
    assert utils.percent(1, 3) == 33.3
    assert utils.percent(1, 0) == 0.0
    assert utils.percent_change(0, 5) is None
    assert utils.percent_change(-10, 5) == 150.0


def test_csv_round_trip():
    text = utils.csv_text(("A", "B"), [("x,y", Decimal("1")), (None, "=2")])
    assert text == 'A,B\r\n"x,y",1.00\r\n,\'=2\r\n'
    assert utils.read_csv(text)[0] == {"a": "x,y", "b": "1.00"}


def test_interest():
    assert utils.future_value(1000, 0, 0.05, 2) == pytest.approx(1102.5)
    assert utils.future_value(0, 100, 0, 3) == 300
    assert utils.years_to_reach(1000, 0, 100, 0) == 10
    assert utils.years_to_reach(1000, 0, 0, 0) is None


def test_cache_forgets(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("cache.time.monotonic", lambda: now[0])
    cache = TTLCache(max_entries=2, ttl=10)
    cache.set("a", 1)
    cache.set("b", 2)
    cache.set("c", 3)
    assert (cache.get("a"), cache.get("b")) == (None, 2)
    now[0] = 11.0
    assert cache.get("b") is None


def test_memoize_tells_arguments_apart():
    calls = []

    @memoize("test.double")
    def double(number: int) -> int:
        calls.append(number)
        return number * 2

    assert [double(2), double(2), double(3)] == [4, 4, 6]
    assert calls == [2, 3]
