from .common import Input, MoneyOut, Output, PositiveMoney


class MonthSummary(Output):
    month: str
    currency: str
    income: MoneyOut
    expenses: MoneyOut
    net: MoneyOut
    savings_rate: float
    transactions: int
    change_in_expenses: float | None = None


class Cashflow(Output):
    currency: str
    months: list[MonthSummary]
    average_net: MoneyOut


class CategoryShare(Output):
    category: str
    name: str
    amount: MoneyOut
    share: float
    transactions: int


class Spending(Output):
    month: str
    total: MoneyOut
    categories: list[CategoryShare]


class MerchantTotal(Output):
    merchant: str
    visits: int
    total: MoneyOut
    average: MoneyOut


class BudgetIn(Input):
    monthly_limit: PositiveMoney


class BudgetOut(Output):
    category: str
    name: str
    limit: MoneyOut
    spent: MoneyOut
    remaining: MoneyOut
    used: float
    state: str


class ForecastStep(Output):
    month: str
    income: float
    expenses: float
    balance: float
    low: float
    high: float


class SavingsRate(Output):
    months: int
    rate: float
    best_month: str | None
    worst_month: str | None
