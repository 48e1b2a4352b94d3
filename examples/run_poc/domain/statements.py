"""Reports as files: CSV, a chart, and a bundle of both.

The same report gives the same bytes, so that clients can keep them (see ETag).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date

from models import Report, Transaction
from utils import csv_text, format_money, stable_json, total_of

STATEMENT_HEADER = ("date", "account", "category", "merchant", "amount", "note", "tags")
ZIP_EPOCH = (2020, 1, 1, 0, 0, 0)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHART_SIZE = (240, 120)
BAR_COLOUR = bytes((46, 125, 50))
NEGATIVE_COLOUR = bytes((198, 40, 40))
BACKGROUND = bytes((250, 250, 250))


def statement_csv(transactions: Sequence[Transaction]) -> str:
    rows = [
        (
            item.posted_on,
            item.account.name,
            item.category.path,
            item.merchant,
            item.amount,
            item.note,
            " ".join(item.tag_names),
        )
        for item in transactions
    ]
    return csv_text(STATEMENT_HEADER, rows)


def png(width: int, height: int, rows: Sequence[bytes]) -> bytes:
    """Rows of RGB pixels as a PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\x00" + row for row in rows), 9)
    return (
        PNG_SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def bar_chart(values: Sequence[float], size: tuple[int, int] = CHART_SIZE) -> bytes:
    """One bar for each value; red where it is negative."""
    width, height = size
    highest = max((abs(value) for value in values), default=0.0) or 1.0
    slot = width // max(1, len(values))
    heights = [round(abs(value) / highest * (height - 4)) for value in values]
    rows = []
    for y in range(height):
        row = bytearray(BACKGROUND * width)
        for index, value in enumerate(values):
            if height - y <= heights[index]:
                colour = BAR_COLOUR if value >= 0 else NEGATIVE_COLOUR
                start, stop = index * slot + 1, (index + 1) * slot - 1
                if stop > start:
                    row[start * 3 : stop * 3] = colour * (stop - start)
        rows.append(bytes(row))
    return png(width, height, rows)


def daily_totals(transactions: Sequence[Transaction], days: Sequence[date]) -> list[float]:
    totals = dict.fromkeys(days, 0.0)
    for item in transactions:
        totals[item.posted_on] = totals.get(item.posted_on, 0.0) + float(item.amount)
    return [round(value, 2) for value in totals.values()]


def summary_text(report: Report, transactions: Sequence[Transaction], currency: str) -> str:
    income = total_of(item.amount for item in transactions if item.amount > 0)
    spent = total_of(item.amount for item in transactions if item.amount < 0)
    lines = [
        report.title,
        f"{report.period_start} to {report.period_end}",
        f"{len(transactions)} transactions",
        f"Income   {format_money(income, currency)}",
        f"Expenses {format_money(spent, currency)}",
        f"Net      {format_money(income + spent, currency)}",
    ]
    return "\n".join(lines) + "\n"


def bundle(files: dict[str, bytes | str]) -> bytes:
    """A zip with fixed time stamps."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def manifest(report: Report) -> str:
    return stable_json(
        {
            "title": report.title,
            "kind": report.kind,
            "from": report.period_start,
            "to": report.period_end,
            "rows": report.row_count,
        }
    )
