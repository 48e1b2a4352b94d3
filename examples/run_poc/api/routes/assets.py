"""Accounts and assets: two routers in one, so that both are below the prefix of main.py."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from domain import accounts, valuation
from exceptions import ConflictError
from models import Account, Asset, Valuation
from schemas import AccountIn, AccountOut, AssetIn, AssetOut, AssetPatch
from schemas.assets import Allocation, AssetDetail, Conversion
from utils import format_money, percent, quantize_money, to_decimal, today, total_of

from ..deps import CurrentUser, Db, Id, Rates

router = APIRouter()
accounts_router = APIRouter(tags=["accounts"])
assets_router = APIRouter(tags=["assets"])

RATE_PLACES = 6


# --- accounts ---------------------------------------------------------------------------------


def account_out(account: Account, balance) -> dict:
    return {
        "id": account.id,
        "name": account.name,
        "kind": account.kind,
        "currency": account.currency,
        "balance": balance,
        "formatted": format_money(balance, account.currency),
        "is_closed": account.is_closed,
    }


@accounts_router.get("", response_model=list[AccountOut])
def list_accounts(user: CurrentUser, db: Db):
    held = accounts.balances(db, user.accounts)
    return [account_out(account, held[account.id]) for account in user.accounts]


@accounts_router.post("", response_model=AccountOut, status_code=201)
def create_account(data: AccountIn, user: CurrentUser, db: Db, rates: Rates):
    currency = data.currency or user.currency
    valuation.rate_between(currency, user.currency, rates)
    account = accounts.open_account(
        db, user, data.name, data.kind, currency, quantize_money(data.opening_balance)
    )
    db.commit()
    return account_out(account, account.opening_balance)


@accounts_router.get("/{account_id}", response_model=AccountOut)
def get_account(account_id: Id, user: CurrentUser, db: Db):
    account = accounts.owned_account(db, user, account_id)
    return account_out(account, accounts.balance(db, account))


# --- assets -----------------------------------------------------------------------------------


def asset_out(asset: Asset) -> dict:
    return {
        "id": asset.id,
        "name": asset.name,
        "kind": asset.kind,
        "currency": asset.currency,
        "quantity": asset.quantity,
        "unit_price": valuation.unit_price(asset),
        "value": valuation.value_of(asset),
        "cost_basis": asset.cost_basis,
        "gain": valuation.gain_of(asset),
        "acquired_on": asset.acquired_on,
    }


@assets_router.get("", response_model=list[AssetOut])
def list_assets(user: CurrentUser, db: Db):
    return [asset_out(asset) for asset in valuation.assets_of(db, user)]


@assets_router.post("", response_model=AssetOut, status_code=201)
def create_asset(data: AssetIn, user: CurrentUser, db: Db, rates: Rates):
    if data.name.casefold() in (asset.name.casefold() for asset in user.assets):
        raise ConflictError("You have an asset of that name", name=data.name)
    if data.acquired_on > today():
        raise ConflictError("This asset is from the future", today=str(today()))
    currency = data.currency or user.currency
    valuation.rate_between(currency, user.currency, rates)
    asset = Asset(
        owner_id=user.id,
        name=data.name,
        kind=data.kind,
        currency=currency,
        quantity=data.quantity,
        cost_basis=quantize_money(data.cost_basis),
        acquired_on=data.acquired_on,
    )
    db.add(asset)
    db.commit()
    return asset_out(asset)


@assets_router.get("/allocation", response_model=Allocation)
def allocation(user: CurrentUser, db: Db, rates: Rates):
    by_kind = valuation.allocation(db, user, rates)
    total = total_of(by_kind.values())
    return {
        "currency": user.currency,
        "total": total,
        "slices": [
            {"kind": kind, "value": value, "share": percent(value, total)}
            for kind, value in by_kind.items()
        ],
    }


@assets_router.get("/convert", response_model=Conversion)
def convert(
    request: Request,
    amount: Annotated[float, Query(ge=0, le=1e9)],
    source: Annotated[str, Query(alias="from", pattern="^[A-Z]{3}$")],
    target: Annotated[str, Query(alias="to", pattern="^[A-Z]{3}$")],
):
    """For the currency box on the front page; needs no login."""
    rates = request.app.state.rates
    result = valuation.convert(to_decimal(amount), source, target, rates)
    return {
        "amount": quantize_money(amount),
        "source": source,
        "target": target,
        "rate": round(float(valuation.rate_between(source, target, rates)), RATE_PLACES),
        "result": result,
        "formatted": format_money(result, target),
    }


@assets_router.get("/{asset_id}", response_model=AssetDetail)
def get_asset(asset_id: Id, user: CurrentUser, db: Db):
    asset = valuation.owned_asset(db, user, asset_id)
    return asset_out(asset) | {"valuations": asset.valuations}


@assets_router.patch("/{asset_id}", response_model=AssetDetail)
def update_asset(asset_id: Id, data: AssetPatch, user: CurrentUser, db: Db):
    asset = valuation.owned_asset(db, user, asset_id)
    if data.name is not None:
        asset.name = data.name
    if data.quantity is not None:
        asset.quantity = data.quantity
    if data.unit_price is not None:
        price = quantize_money(data.unit_price)
        if asset.valuations and asset.valuations[-1].valued_on == today():
            asset.valuations[-1].unit_price = price
        else:
            asset.valuations.append(Valuation(valued_on=today(), unit_price=price))
    db.commit()
    return asset_out(asset) | {"valuations": asset.valuations}


@assets_router.delete("/{asset_id}", status_code=204)
def delete_asset(asset_id: Id, user: CurrentUser, db: Db) -> None:
    db.delete(valuation.owned_asset(db, user, asset_id))
    db.commit()


router.include_router(accounts_router, prefix="/accounts")
router.include_router(assets_router, prefix="/assets")
