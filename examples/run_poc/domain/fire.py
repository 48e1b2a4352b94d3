"""Financial independence, retire early: how much, and when?"""

from dataclasses import dataclass

from cache import memoize
from utils import future_value, money, percent, years_to_reach

SAFE_RATES = (0.03, 0.035, 0.04, 0.045, 0.05)
LEAN_SHARE = 0.7
FAT_SHARE = 1.5


@dataclass(frozen=True)
class Course:
    """Where somebody starts and how they go on; all money per year."""

    principal: float
    savings: float
    expenses: float
    annual_return: float
    withdrawal_rate: float

    @property
    def target(self) -> float:
        return self.expenses / self.withdrawal_rate


@memoize("fire.years")
def years_to_independence(course: Course) -> int | None:
    return years_to_reach(course.target, course.principal, course.savings, course.annual_return)


@memoize("fire.path")
def path(course: Course, years: int, age: int) -> tuple[dict[str, float | int | bool], ...]:
    """One entry for each year from now on."""
    steps = []
    for year in range(years + 1):
        value = future_value(course.principal, course.savings, course.annual_return, year)
        steps.append(
            {
                "year": year,
                "age": age + year,
                "value": money(value),
                "yearly_income": money(value * course.withdrawal_rate),
                "independent": value >= course.target,
            }
        )
    return tuple(steps)


@memoize("fire.table")
def withdrawal_table(expenses: float) -> tuple[dict[str, float], ...]:
    return tuple(
        {"rate": percent(rate, 1, 2), "target": money(expenses / rate)} for rate in SAFE_RATES
    )


def flavours(course: Course) -> dict[str, float]:
    return {
        "lean": money(course.target * LEAN_SHARE),
        "regular": money(course.target),
        "fat": money(course.target * FAT_SHARE),
    }


def coast_target(course: Course, years: int) -> float:
    """What must be there now to reach the target without saving any more."""
    return money(course.target / (1 + course.annual_return) ** years)
