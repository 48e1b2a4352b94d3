from typing import Any, Literal

from pydantic import Field, field_validator

from .analytics import CategoryShare, MonthSummary
from .common import Input, MoneyOut, Output

WidgetName = Literal["summary", "accounts", "top_categories", "net_worth", "fire", "alerts"]


class Widget(Input):
    name: WidgetName
    size: Literal["small", "wide"] = "small"
    options: dict[str, Any] = Field(default_factory=dict)


class LayoutIn(Input):
    widgets: list[Widget] = Field(min_length=1, max_length=6)

    @field_validator("widgets")
    @classmethod
    def each_once(cls, value: list[Widget]) -> list[Widget]:
        names = [widget.name for widget in value]
        if len(set(names)) != len(names):
            raise ValueError("a widget can be shown once only")
        return value


class LayoutOut(Output):
    is_default: bool
    widgets: list[Widget]


class AccountLine(Output):
    name: str
    balance: MoneyOut
    formatted: str


class Overview(Output):
    greeting: str
    initials: str
    as_of: str
    days_left: int
    summary: MonthSummary
    accounts: list[AccountLine]
    net_worth: MoneyOut
    top_categories: list[CategoryShare]
    fire_progress: float | None


class Alert(Output):
    level: Literal["info", "warning", "critical"]
    code: str
    message: str


class HealthScore(Output):
    score: int
    grade: str
    parts: dict[str, int]
