"""Odds and ends that everything else needs: money, dates, text, pages, CSV, interest."""

import calendar
import csv
import hashlib
import io
import json
import math
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from config import settings
from exceptions import AppError

T = TypeVar("T")
K = TypeVar("K")

# --- money ------------------------------------------------------------------------------------

MONEY_PLACES = int(os.environ.get("MONEY_PLACES", "2"))
CENT = Decimal(1).scaleb(-MONEY_PLACES)
ZERO = Decimal(0)
CURRENCY_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF "}
THOUSANDS_SEPARATOR = ","


def to_decimal(value: Any) -> Decimal:
    """Floats go through their shortest text, so that 0.1 is 0.1."""
    if isinstance(value, Decimal):
        return value
    if value is None:
        return ZERO
    return Decimal(str(value))


def quantize_money(value: Any) -> Decimal:
    return to_decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def money(value: Any) -> float:
    """Money as it stands in our JSON: a number with at most two decimals."""
    amount = float(quantize_money(value))
    return amount if amount else 0.0


def format_money(value: Any, currency: str = settings.default_currency) -> str:
    amount = quantize_money(value)
    sign = "-" if amount < 0 else ""
    symbol = CURRENCY_SYMBOLS.get(currency, f"{currency} ")
    text = f"{abs(amount):,.{MONEY_PLACES}f}"
    if THOUSANDS_SEPARATOR != ",":
        text = text.replace(",", THOUSANDS_SEPARATOR)
    return f"{sign}{symbol}{text}"


def parse_money(text: str) -> Decimal:
    """'1,234.50', '€ 12' and '-3' are money; anything else is a ValueError."""
    cleaned = text.strip()
    for symbol in CURRENCY_SYMBOLS.values():
        cleaned = cleaned.replace(symbol.strip(), "")
    cleaned = cleaned.replace(THOUSANDS_SEPARATOR, "").strip()
    try:
        amount = Decimal(cleaned)
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None
    if not amount.is_finite():
        raise ValueError(f"not an amount: {text!r}")
    return quantize_money(amount)


def split_evenly(total: Any, parts: int) -> list[Decimal]:
    """Parts that differ by one cent at most and add up to the total."""
    share = quantize_money(to_decimal(total) / parts)
    shares = [share] * parts
    shares[-1] += quantize_money(total) - share * parts
    return shares


def total_of(values: Iterable[Any]) -> Decimal:
    return quantize_money(sum((to_decimal(value) for value in values), ZERO))


# --- ratios -----------------------------------------------------------------------------------

PERCENT_PLACES = 1


def percent(part: Any, whole: Any, places: int = PERCENT_PLACES) -> float:
    whole = to_decimal(whole)
    if not whole:
        return 0.0
    return round(float(to_decimal(part) / whole * 100), places)


def percent_change(before: Any, after: Any) -> float | None:
    """None where there is nothing to compare with."""
    before = to_decimal(before)
    if not before:
        return None
    return percent(to_decimal(after) - before, abs(before))


def clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def weighted_average(pairs: Iterable[tuple[float, float]]) -> float:
    pairs = list(pairs)
    weight = sum(w for _, w in pairs)
    return sum(v * w for v, w in pairs) / weight if weight else 0.0


def score(value: float, target: float) -> int:
    """How much of a target is reached, from 0 to 100."""
    if target <= 0:
        return 100
    return int(round(clamp(value / target, 0.0, 1.0) * 100))


# --- dates ------------------------------------------------------------------------------------

MONTH_PATTERN = r"^\d{4}-(0[1-9]|1[0-2])$"
MONTHS_PER_YEAR = 12


def today() -> date:
    return settings.as_of_date


def month_key(day: date) -> str:
    return f"{day:%Y-%m}"


def current_month() -> str:
    return month_key(today())


def month_start(month: str) -> date:
    if not re.match(MONTH_PATTERN, month):
        raise AppError(f"{month!r} is not a month (YYYY-MM)")
    year, number = month.split("-")
    return date(int(year), int(number), 1)


def month_end(month: str) -> date:
    first = month_start(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def month_bounds(month: str) -> tuple[date, date]:
    return month_start(month), month_end(month)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    index = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month0 = divmod(index, MONTHS_PER_YEAR)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def previous_month(month: str) -> str:
    return month_key(add_months(month_start(month), -1))


def last_months(count: int, until: str | None = None) -> list[str]:
    """`count` months, oldest first, ending with `until` (default: the current one)."""
    first = month_start(until or current_month())
    return [month_key(add_months(first, -back)) for back in range(count - 1, -1, -1)]


def year_bounds(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def days_left_in_month(day: date | None = None) -> int:
    day = day or today()
    return (month_end(month_key(day)) - day).days


def each_day(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def age_in(year_of_birth: int, on: date | None = None) -> int:
    return (on or today()).year - year_of_birth


# --- text -------------------------------------------------------------------------------------

SLUG_SEPARATOR = "-"
MAX_SLUG_LENGTH = 60
NOT_SLUG = re.compile(r"[^a-z0-9]+")
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def slugify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = NOT_SLUG.sub(SLUG_SEPARATOR, plain.lower()).strip(SLUG_SEPARATOR)
    return slug[:MAX_SLUG_LENGTH].rstrip(SLUG_SEPARATOR) or "untitled"


def unique_slug(text: str, taken: Iterable[str]) -> str:
    slug, taken = slugify(text), set(taken)
    candidate, number = slug, 2
    while candidate in taken:
        candidate, number = f"{slug}{SLUG_SEPARATOR}{number}", number + 1
    return candidate


def normalise_email(email: str) -> str:
    return email.strip().lower()


def mask_email(email: str) -> str:
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def initials(name: str) -> str:
    return "".join(part[0].upper() for part in name.split()[:2])


def truncate(text: str, length: int = 40) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


# --- collections ------------------------------------------------------------------------------


def group_by(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def chunked(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def stable_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def checksum(value: Any) -> str:
    data = value if isinstance(value, bytes) else stable_json(value).encode()
    return hashlib.sha256(data).hexdigest()


def etag_for(value: Any) -> str:
    return f'"{checksum(value)[:16]}"'


# --- pages ------------------------------------------------------------------------------------

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


def page_count(total: int, size: int) -> int:
    return max(1, math.ceil(total / size))


def page_links(request: Request, page: int, size: int, total: int) -> str:
    """A Link header (RFC 8288) with the pages that exist."""
    last = page_count(total, size)
    wanted = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    links = []
    for rel, number in wanted.items():
        if 1 <= number <= last:
            url = request.url.include_query_params(page=number, page_size=size)
            links.append(f'<{url}>; rel="{rel}"')
    return ", ".join(links)


def set_page_headers(
    request: Request, response: Response, page: int, size: int, total: int
) -> None:
    response.headers["X-Total-Count"] = str(total)
    response.headers["X-Page-Count"] = str(page_count(total, size))
    response.headers["Link"] = page_links(request, page, size, total)


# --- CSV --------------------------------------------------------------------------------------

CSV_MEDIA_TYPE = "text/csv; charset=utf-8"
CSV_DELIMITER = ","
FORMULA_STARTS = ("=", "+", "@")


def csv_cell(value: Any) -> str:
    """Spreadsheets run what looks like a formula, so such text gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(quantize_money(value))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=CSV_DELIMITER, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
    return out.getvalue()


def read_csv(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text), delimiter=CSV_DELIMITER)
    return [{k.strip().lower(): (v or "").strip() for k, v in row.items() if k} for row in reader]


def attachment(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{filename}"'}


# --- interest ---------------------------------------------------------------------------------


def monthly_rate(annual: float) -> float:
    return (1 + annual) ** (1 / MONTHS_PER_YEAR) - 1


def compound(principal: float, annual: float, years: float) -> float:
    return principal * (1 + annual) ** years


def future_value(principal: float, yearly_saving: float, annual: float, years: int) -> float:
    """What a sum and a saving at the end of each year have grown to."""
    grown = compound(principal, annual, years)
    if not annual:
        return grown + yearly_saving * years
    return grown + yearly_saving * ((1 + annual) ** years - 1) / annual


def years_to_reach(
    target: float, principal: float, yearly_saving: float, annual: float, limit: int = 100
) -> int | None:
    """Whole years until the target is reached; None if it is not within `limit`."""
    for years in range(limit + 1):
        if future_value(principal, yearly_saving, annual, years) >= target:
            return years
    return None


def real_return(nominal: float, inflation: float) -> float:
    return (1 + nominal) / (1 + inflation) - 1
