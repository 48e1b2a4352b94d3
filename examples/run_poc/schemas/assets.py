from datetime import date
from typing import Annotated

from pydantic import Field

from models import AccountKind, AssetKind

from .common import Currency, Input, MoneyIn, MoneyOut, Output, PositiveMoney, Title

Quantity = Annotated[float, Field(gt=0, le=1_000_000)]


class AccountIn(Input):
    name: Title
    kind: AccountKind = AccountKind.CHECKING
    currency: Currency | None = None
    opening_balance: MoneyIn = 0


class AccountOut(Output):
    id: int
    name: str
    kind: str
    currency: str
    balance: MoneyOut
    formatted: str
    is_closed: bool


class AssetIn(Input):
    name: Title
    kind: AssetKind
    currency: Currency | None = None
    quantity: Quantity = 1.0
    cost_basis: PositiveMoney
    acquired_on: date


class AssetPatch(Input):
    name: Title | None = None
    quantity: Quantity | None = None
    unit_price: PositiveMoney | None = None


class AssetOut(Output):
    id: int
    name: str
    kind: str
    currency: str
    quantity: float
    unit_price: MoneyOut
    value: MoneyOut
    cost_basis: MoneyOut
    gain: float
    acquired_on: date


class ValuationOut(Output):
    valued_on: date
    unit_price: MoneyOut


class AssetDetail(AssetOut):
    valuations: list[ValuationOut]


class Slice(Output):
    kind: str
    value: MoneyOut
    share: float


class Allocation(Output):
    currency: str
    total: MoneyOut
    slices: list[Slice]


class Conversion(Output):
    amount: MoneyOut
    source: str
    target: str
    rate: float
    result: MoneyOut
    formatted: str
