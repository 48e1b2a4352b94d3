from pydantic import Field

from .common import Input, MoneyIn, MoneyOut, Output, PositiveMoney, Title


class ProfileIn(Input):
    birth_year: int = Field(ge=1920, le=2020)
    target_age: int = Field(default=60, ge=18, le=99)
    annual_expenses: PositiveMoney
    annual_savings: MoneyIn
    expected_return: float = Field(default=0.05, ge=-0.05, le=0.15)
    withdrawal_rate: float = Field(default=0.04, gt=0, le=0.1)


class ProfileOut(Output):
    birth_year: int
    age: int
    target_age: int
    annual_expenses: MoneyOut
    annual_savings: MoneyOut
    expected_return: float
    withdrawal_rate: float


class NumberOut(Output):
    currency: str
    target: float
    net_worth: MoneyOut
    progress: float
    years_left: int | None
    flavours: dict[str, float]
    coast_target: float


class ProjectionStep(Output):
    year: int
    age: int
    value: float
    yearly_income: float
    independent: bool


class CalculationIn(Input):
    current: MoneyIn = 0
    annual_savings: MoneyIn
    annual_expenses: PositiveMoney
    nominal_return: float = Field(default=0.07, ge=-0.05, le=0.2)
    inflation: float = Field(default=0.02, ge=0, le=0.2)
    withdrawal_rate: float = Field(default=0.04, gt=0, le=0.1)


class RateTarget(Output):
    rate: float
    target: float


class CalculationOut(Output):
    target: float
    real_return: float
    years: int | None
    withdrawal_table: list[RateTarget]


class ScenarioIn(Input):
    name: Title
    annual_expenses: PositiveMoney
    annual_savings: MoneyIn
    expected_return: float = Field(default=0.05, ge=-0.05, le=0.15)


class ScenarioOut(Output):
    id: int
    name: str
    annual_expenses: MoneyOut
    annual_savings: MoneyOut
    expected_return: float
    target: float
    years: int | None
