"""Budgets: limits by category, and how much of them is used.

The ledger asks for a warning before it adds a transaction, and budgets are measured by what the
ledger says was spent: the two modules import each other.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

import domain.ledger
from models import Budget, Category, User
from utils import ZERO, format_money, month_key, percent, quantize_money

NEARLY_USED = 80.0


@dataclass(frozen=True)
class Envelope:
    category: Category
    limit: Decimal
    spent: Decimal

    @property
    def remaining(self) -> Decimal:
        return quantize_money(self.limit - self.spent)

    @property
    def used(self) -> float:
        return percent(self.spent, self.limit)

    @property
    def state(self) -> str:
        if self.spent > self.limit:
            return "over"
        return "tight" if self.used >= NEARLY_USED else "fine"


def budgets_of(db: Session, user: User) -> list[Budget]:
    query = (
        select(Budget)
        .join(Budget.category)
        .where(Budget.owner_id == user.id)
        .options(joinedload(Budget.category))
        .order_by(Category.slug)
    )
    return list(db.scalars(query))


def budget_for(db: Session, user: User, category: Category) -> Budget | None:
    query = select(Budget).where(Budget.owner_id == user.id, Budget.category_id == category.id)
    return db.scalar(query)


def envelopes(db: Session, user: User, month: str) -> list[Envelope]:
    spent = domain.ledger.spent_in_month(db, user, month)
    return [
        Envelope(budget.category, budget.monthly_limit, spent.get(budget.category_id, ZERO))
        for budget in budgets_of(db, user)
    ]


def warning_for(
    db: Session, user: User, category: Category, posted_on: date, amount: Decimal
) -> str | None:
    """What to tell somebody whose next expense takes the budget over its limit."""
    budget = budget_for(db, user, category)
    if budget is None or amount >= 0:
        return None
    before = domain.ledger.spent_in_month(db, user, month_key(posted_on)).get(category.id, ZERO)
    over = before - amount - budget.monthly_limit
    if over <= 0:
        return None
    return f"{category.name} is {format_money(over, user.currency)} over its monthly budget"
