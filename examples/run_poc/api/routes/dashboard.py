"""The first page: a little of everything."""

from fastapi import APIRouter
from sqlalchemy.orm import Session

from domain import accounts, budgeting, valuation
from models import DashboardLayout, User
from schemas import LayoutIn, LayoutOut
from schemas.dashboard import Alert, HealthScore, Overview
from utils import (
    current_month,
    days_left_in_month,
    format_money,
    initials,
    last_months,
    percent,
    score,
    today,
)

from ..deps import CurrentUser, Db, Rates
from .analytics import category_shares, month_summary

router = APIRouter(prefix="/dashboard", tags=["dashboard"])

TOP_CATEGORIES = 3
LOW_BALANCE = 100
TARGET_SAVINGS_RATE = 20.0
TARGET_RESERVE_MONTHS = 6.0
GRADES = (("A", 80), ("B", 60), ("C", 40), ("D", 0))
DEFAULT_WIDGETS = [
    {"name": "summary", "size": "wide", "options": {}},
    {"name": "accounts", "size": "small", "options": {}},
    {"name": "top_categories", "size": "small", "options": {"limit": TOP_CATEGORIES}},
]


def fire_progress(user: User, net_worth: float) -> float | None:
    from domain.fire import Course

    profile = user.fire_profile
    if profile is None:
        return None
    course = Course(net_worth, 0.0, float(profile.annual_expenses), 0.0, profile.withdrawal_rate)
    return percent(net_worth, course.target)


@router.get("", response_model=Overview)
def overview(user: CurrentUser, db: Db, rates: Rates):
    held = accounts.balances(db, user.accounts)
    net_worth = valuation.net_worth(db, user, rates)
    return {
        "greeting": f"Hello, {user.full_name.split()[0]}",
        "initials": initials(user.full_name),
        "as_of": today().isoformat(),
        "days_left": days_left_in_month(),
        "summary": month_summary(db, user, rates, current_month()),
        "accounts": [
            {
                "name": account.name,
                "balance": held[account.id],
                "formatted": format_money(held[account.id], account.currency),
            }
            for account in user.accounts
        ],
        "net_worth": net_worth,
        "top_categories": category_shares(db, user, rates, current_month(), TOP_CATEGORIES),
        "fire_progress": fire_progress(user, float(net_worth)),
    }


@router.get("/widgets", response_model=LayoutOut)
def get_widgets(user: CurrentUser):
    layout = user.dashboard
    return {
        "is_default": layout is None,
        "widgets": layout.widgets if layout else DEFAULT_WIDGETS,
    }


@router.put("/widgets", response_model=LayoutOut)
def put_widgets(data: LayoutIn, user: CurrentUser, db: Db):
    layout = user.dashboard
    if layout is None:
        layout = DashboardLayout(owner_id=user.id)
        db.add(layout)
    layout.widgets = [widget.model_dump() for widget in data.widgets]
    db.commit()
    return {"is_default": False, "widgets": layout.widgets}


def budget_alerts(db: Session, user: User) -> list[dict]:
    alerts = []
    for envelope in budgeting.envelopes(db, user, current_month()):
        if envelope.state == "fine":
            continue
        over = envelope.state == "over"
        alerts.append(
            {
                "level": "critical" if over else "warning",
                "code": f"budget_{envelope.state}",
                "message": f"{envelope.category.name}: {envelope.used}% of the budget is used",
            }
        )
    return alerts


@router.get("/alerts", response_model=list[Alert])
def alerts(user: CurrentUser, db: Db):
    found = budget_alerts(db, user)
    held = accounts.balances(db, user.accounts)
    for account in user.accounts:
        watched = not (account.may_overdraw or account.is_closed)
        if watched and held[account.id] < LOW_BALANCE:
            balance = format_money(held[account.id], account.currency)
            found.append(
                {
                    "level": "warning",
                    "code": "low_balance",
                    "message": f"{account.name}: {balance} left",
                }
            )
    if user.fire_profile is None:
        found.append(
            {"level": "info", "code": "no_fire_profile", "message": "Find out your FIRE number"}
        )
    return found


def grade_of(points: int) -> str:
    return next(grade for grade, least in GRADES if points >= least)


@router.get("/health-score", response_model=HealthScore)
def health_score(user: CurrentUser, db: Db, rates: Rates):
    rows = [month_summary(db, user, rates, month) for month in last_months(3)]
    spent = float(sum(row["expenses"] for row in rows)) / len(rows)
    cash = float(valuation.cash_total(db, user, rates))
    saved = sum(row["savings_rate"] for row in rows) / len(rows)
    over = [item for item in budgeting.envelopes(db, user, current_month()) if item.state == "over"]
    parts = {
        "savings": score(saved, TARGET_SAVINGS_RATE),
        "reserve": score(cash / spent if spent else 0.0, TARGET_RESERVE_MONTHS),
        "budgets": max(0, 100 - 25 * len(over)),
    }
    points = round(sum(parts.values()) / len(parts))
    return {"score": points, "grade": grade_of(points), "parts": parts}
