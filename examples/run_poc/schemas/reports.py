from datetime import date, datetime
from typing import Self

from pydantic import Field, model_validator

from models import ReportKind
from utils import MONTH_PATTERN

from .common import Input, MoneyOut, Output, Title


class ReportIn(Input):
    kind: ReportKind
    month: str | None = Field(default=None, pattern=MONTH_PATTERN)
    year: int | None = Field(default=None, ge=2000, le=2100)
    title: Title | None = None

    @model_validator(mode="after")
    def period_fits_kind(self) -> Self:
        if self.kind is ReportKind.MONTHLY and self.month is None:
            raise ValueError("a monthly report needs a month")
        if self.kind is ReportKind.ANNUAL and self.year is None:
            raise ValueError("an annual report needs a year")
        return self


class ReportOut(Output):
    id: int
    title: str
    slug: str
    kind: str
    period_start: date
    period_end: date
    row_count: int


class ReportDetail(ReportOut):
    created_at: datetime
    currency: str
    income: MoneyOut
    expenses: MoneyOut
    net: MoneyOut


class NetWorthPoint(Output):
    month: str
    change: MoneyOut
    cash: MoneyOut


class TaxLine(Output):
    category: str
    kind: str
    transactions: int
    total: MoneyOut


class TaxReport(Output):
    year: int
    currency: str
    income: MoneyOut
    expenses: MoneyOut
    lines: list[TaxLine]


class HistoryEntry(Output):
    action: str
    subject: str
    detail: str
