"""What things are worth, in which currency."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from domain import accounts
from exceptions import NotFoundError, PermissionDenied, UnsupportedCurrency
from models import Asset, ExchangeRate, User
from utils import ZERO, percent, quantize_money, to_decimal

PIVOT_CURRENCY = "EUR"


def load_rates(db: Session) -> dict[str, float]:
    """Units of each currency for one euro."""
    rates = {rate.currency: rate.per_euro for rate in db.scalars(select(ExchangeRate))}
    return {PIVOT_CURRENCY: 1.0} | dict(sorted(rates.items()))


def rate_between(source: str, target: str, rates: Mapping[str, float]) -> Decimal:
    for currency in (source, target):
        if currency not in rates:
            raise UnsupportedCurrency(currency)
    return to_decimal(rates[target]) / to_decimal(rates[source])


def convert(amount: Decimal, source: str, target: str, rates: Mapping[str, float]) -> Decimal:
    if source == target:
        return quantize_money(amount)
    return quantize_money(amount * rate_between(source, target, rates))


def owned_asset(db: Session, user: User, asset_id: int) -> Asset:
    asset = db.get(Asset, asset_id)
    if asset is None:
        raise NotFoundError("Asset")
    if asset.owner_id != user.id:
        raise PermissionDenied("This asset belongs to somebody else")
    return asset


def assets_of(db: Session, user: User) -> list[Asset]:
    query = (
        select(Asset)
        .where(Asset.owner_id == user.id)
        .options(selectinload(Asset.valuations))
        .order_by(Asset.name)
    )
    return list(db.scalars(query))


def unit_price(asset: Asset) -> Decimal:
    """The latest valuation, or what was paid for one unit."""
    if asset.valuations:
        return asset.valuations[-1].unit_price
    if not asset.quantity:
        return ZERO
    return quantize_money(asset.cost_basis / to_decimal(asset.quantity))


def value_of(asset: Asset) -> Decimal:
    return quantize_money(unit_price(asset) * to_decimal(asset.quantity))


def gain_of(asset: Asset) -> float:
    return percent(value_of(asset) - asset.cost_basis, asset.cost_basis)


def cash_total(db: Session, user: User, rates: Mapping[str, float]) -> Decimal:
    held = accounts.balances(db, user.accounts)
    return sum(
        (
            convert(held[account.id], account.currency, user.currency, rates)
            for account in user.accounts
        ),
        ZERO,
    )


def asset_total(db: Session, user: User, rates: Mapping[str, float]) -> Decimal:
    return sum(
        (
            convert(value_of(asset), asset.currency, user.currency, rates)
            for asset in assets_of(db, user)
        ),
        ZERO,
    )


def net_worth(db: Session, user: User, rates: Mapping[str, float]) -> Decimal:
    return quantize_money(cash_total(db, user, rates) + asset_total(db, user, rates))


def allocation(db: Session, user: User, rates: Mapping[str, float]) -> dict[str, Decimal]:
    """Kind of asset (and `cash`) → its value in the user's currency, largest first."""
    by_kind: dict[str, Decimal] = {"cash": cash_total(db, user, rates)}
    for asset in assets_of(db, user):
        value = convert(value_of(asset), asset.currency, user.currency, rates)
        by_kind[asset.kind] = by_kind.get(asset.kind, ZERO) + value
    return dict(sorted(by_kind.items(), key=lambda item: (-item[1], item[0])))
