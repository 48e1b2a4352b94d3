"""What the numbers say. The router has the whole prefix."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.deps import CurrentUser, Db, Month, PremiumUser, Rates, get_current_active_user
from domain import budgeting, ledger, valuation
from exceptions import NotFoundError, PermissionDenied
from models import Account, Budget, Category, CategoryKind, Transaction, User
from schemas import BudgetIn, BudgetOut, Cashflow, MonthSummary
from schemas.analytics import ForecastStep, MerchantTotal, SavingsRate, Spending
from utils import (
    ZERO,
    current_month,
    group_by,
    last_months,
    month_bounds,
    month_key,
    month_start,
    percent,
    percent_change,
    previous_month,
    quantize_money,
    split_evenly,
    total_of,
)

router = APIRouter(
    prefix="/api/analytics",
    tags=["analytics"],
    dependencies=[Depends(get_current_active_user)],
    responses={401: {"description": "Not logged in"}},
)

Months = Annotated[int, Query(ge=1, le=24)]
HISTORY_MONTHS = 6


def movements(
    db: Session, user: User, rates: Mapping[str, float], first: str, last: str
) -> list[tuple[str, Category, str, Decimal]]:
    """(month, category, merchant, amount in the user's currency), transfers left out."""
    query = (
        select(Transaction, Category, Account.currency)
        .join(Transaction.account)
        .join(Transaction.category)
        .where(
            Account.owner_id == user.id,
            Category.kind != CategoryKind.TRANSFER,
            Transaction.posted_on.between(month_bounds(first)[0], month_bounds(last)[1]),
        )
        .order_by(Transaction.posted_on, Transaction.id)
    )
    return [
        (
            month_key(item.posted_on),
            category,
            item.merchant,
            valuation.convert(item.amount, currency, user.currency, rates),
        )
        for item, category, currency in db.execute(query)
    ]


def month_summary(db: Session, user: User, rates: Mapping[str, float], month: str) -> dict:
    """Used by the dashboard as well."""
    before = previous_month(month)
    by_month = group_by(movements(db, user, rates, before, month), lambda row: row[0])
    amounts = [amount for *_, amount in by_month.get(month, [])]
    income = total_of(amount for amount in amounts if amount > 0)
    expenses = -total_of(amount for amount in amounts if amount < 0)
    earlier = -total_of(amount for *_, amount in by_month.get(before, []) if amount < 0)
    return {
        "month": month,
        "currency": user.currency,
        "income": income,
        "expenses": expenses,
        "net": income - expenses,
        "savings_rate": percent(income - expenses, income),
        "transactions": len(amounts),
        "change_in_expenses": percent_change(earlier, expenses),
    }


def category_shares(
    db: Session, user: User, rates: Mapping[str, float], month: str, limit: int
) -> list[dict]:
    """The categories that cost most in a month; used by the dashboard as well."""
    amounts: dict[int, list[Decimal]] = defaultdict(list)
    categories: dict[int, Category] = {}
    for _, category, _, amount in movements(db, user, rates, month, month):
        if category.kind == CategoryKind.EXPENSE:
            categories[category.id] = category
            amounts[category.id].append(-amount)
    whole = total_of(sum(values) for values in amounts.values())
    ranked = sorted(amounts, key=lambda key: (-sum(amounts[key]), categories[key].slug))
    return [
        {
            "category": categories[key].slug,
            "name": categories[key].path,
            "amount": sum(amounts[key]),
            "share": percent(sum(amounts[key]), whole),
            "transactions": len(amounts[key]),
        }
        for key in ranked[:limit]
    ]


@router.get("/summary", response_model=MonthSummary)
def summary(user: CurrentUser, db: Db, rates: Rates, month: Month = None):
    return month_summary(db, user, rates, month or current_month())


@router.get("/cashflow", response_model=Cashflow)
def cashflow(user: CurrentUser, db: Db, rates: Rates, months: Months = HISTORY_MONTHS):
    rows = [month_summary(db, user, rates, month) for month in last_months(months)]
    net = sum((row["net"] for row in rows), ZERO)
    return {
        "currency": user.currency,
        "months": rows,
        "average_net": split_evenly(net, months)[0],
    }


@router.get("/spending", response_model=Spending)
def spending(
    user: CurrentUser,
    db: Db,
    rates: Rates,
    month: Month = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
):
    month = month or current_month()
    shares = category_shares(db, user, rates, month, limit)
    return {
        "month": month,
        "total": month_summary(db, user, rates, month)["expenses"],
        "categories": shares,
    }


@router.get("/merchants", response_model=list[MerchantTotal])
def top_merchants(
    user: CurrentUser,
    db: Db,
    rates: Rates,
    months: Months = 3,
    limit: Annotated[int, Query(ge=1, le=25)] = 5,
):
    window = last_months(months)
    rows = movements(db, user, rates, window[0], window[-1])
    spent = group_by((row for row in rows if row[3] < 0), lambda row: row[2])
    totals = [
        {
            "merchant": merchant,
            "visits": len(visits),
            "total": -total_of(amount for *_, amount in visits),
            "average": -total_of(amount for *_, amount in visits) / len(visits),
        }
        for merchant, visits in spent.items()
    ]
    return sorted(totals, key=lambda row: (-row["total"], row["merchant"]))[:limit]


@router.get("/savings-rate", response_model=SavingsRate)
def savings_rate(user: CurrentUser, db: Db, rates: Rates, months: Months = 12):
    rows = [month_summary(db, user, rates, month) for month in last_months(months)]
    rows = [row for row in rows if row["income"]]
    income = sum((row["income"] for row in rows), ZERO)
    net = sum((row["net"] for row in rows), ZERO)
    ranked = sorted(rows, key=lambda row: (row["savings_rate"], row["month"]))
    return {
        "months": len(rows),
        "rate": percent(net, income),
        "best_month": ranked[-1]["month"] if ranked else None,
        "worst_month": ranked[0]["month"] if ranked else None,
    }


@router.get("/forecast", response_model=list[ForecastStep])
def forecast(
    user: PremiumUser,
    db: Db,
    rates: Rates,
    months: Annotated[int, Query(ge=1, le=12)] = 3,
):
    from domain.forecasting import project  # slow to import when it still used numpy

    rows = [month_summary(db, user, rates, month) for month in last_months(HISTORY_MONTHS)]
    return project(
        float(valuation.cash_total(db, user, rates)),
        [float(row["income"]) for row in rows],
        [float(row["expenses"]) for row in rows],
        last_months(months + 1, _month_ahead(months))[1:],
    )


def _month_ahead(months: int) -> str:
    from utils import add_months

    return month_key(add_months(month_start(current_month()), months))


# --- budgets ----------------------------------------------------------------------------------


def envelope_out(envelope: budgeting.Envelope) -> dict:
    return {
        "category": envelope.category.slug,
        "name": envelope.category.path,
        "limit": envelope.limit,
        "spent": envelope.spent,
        "remaining": envelope.remaining,
        "used": envelope.used,
        "state": envelope.state,
    }


@router.get("/budgets", response_model=list[BudgetOut])
def list_budgets(user: CurrentUser, db: Db, month: Month = None):
    envelopes = budgeting.envelopes(db, user, month or current_month())
    return [envelope_out(envelope) for envelope in envelopes]


@router.put("/budgets/{slug}", response_model=BudgetOut)
def set_budget(slug: str, data: BudgetIn, user: CurrentUser, db: Db, response: Response):
    category = ledger.visible_category(db, user, slug)
    if category.kind != CategoryKind.EXPENSE:
        raise PermissionDenied("Only expenses can have a budget")
    budget = budgeting.budget_for(db, user, category)
    if budget is None:
        budget = Budget(owner_id=user.id, category=category)
        db.add(budget)
        response.status_code = 201
    budget.monthly_limit = quantize_money(data.monthly_limit)
    db.commit()
    spent = ledger.spent_in_month(db, user, current_month()).get(category.id, ZERO)
    return envelope_out(budgeting.Envelope(category, budget.monthly_limit, spent))


@router.delete("/budgets/{slug}", status_code=204)
def delete_budget(slug: str, user: CurrentUser, db: Db) -> None:
    budget = budgeting.budget_for(db, user, ledger.visible_category(db, user, slug))
    if budget is None:
        raise NotFoundError("Budget")
    db.delete(budget)
    db.commit()
