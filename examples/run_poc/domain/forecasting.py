"""What the next months may look like, from the months behind."""

from collections.abc import Sequence

from utils import money, weighted_average


def smooth(values: Sequence[float]) -> float:
    """An average in which each month counts for more than the one before it."""
    return weighted_average((value, weight) for weight, value in enumerate(values, start=1))


def spread(values: Sequence[float]) -> float:
    centre = smooth(values)
    return max((abs(value - centre) for value in values), default=0.0)


def project(
    balance: float, incomes: Sequence[float], expenses: Sequence[float], months: Sequence[str]
) -> list[dict[str, float | str]]:
    income, expense, margin = smooth(incomes), smooth(expenses), spread(expenses)
    steps = []
    for number, month in enumerate(months, start=1):
        balance += income - expense
        steps.append(
            {
                "month": month,
                "income": money(income),
                "expenses": money(expense),
                "balance": money(balance),
                "low": money(balance - margin * number),
                "high": money(balance + margin * number),
            }
        )
    return steps
