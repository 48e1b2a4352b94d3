"""Whose account is it, what is in it, may it be opened?"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import settings
from exceptions import ConflictError, NotFoundError, PermissionDenied, PremiumRequired
from models import Account, AccountKind, Transaction, User
from utils import quantize_money


def owned_account(db: Session, user: User, account_id: int) -> Account:
    account = db.get(Account, account_id)
    if account is None:
        raise NotFoundError("Account")
    if account.owner_id != user.id:
        raise PermissionDenied("This account belongs to somebody else")
    return account


def balances(db: Session, accounts: Sequence[Account]) -> dict[int, Decimal]:
    """The balance of each account, by its id: one query for all of them."""
    rows = db.execute(
        select(Transaction.account_id, func.sum(Transaction.amount))
        .where(Transaction.account_id.in_([account.id for account in accounts]))
        .group_by(Transaction.account_id)
    )
    moved = {account_id: total for account_id, total in rows}
    return {
        account.id: quantize_money(account.opening_balance + moved.get(account.id, Decimal(0)))
        for account in accounts
    }


def balance(db: Session, account: Account) -> Decimal:
    return balances(db, [account])[account.id]


def open_account(
    db: Session,
    user: User,
    name: str,
    kind: str = AccountKind.CHECKING.value,
    currency: str | None = None,
    opening_balance: Decimal = Decimal(0),
) -> Account:
    existing = [account.name.casefold() for account in user.accounts]
    if name.casefold() in existing:
        raise ConflictError("You have an account of that name", name=name)
    if not user.is_premium and len(existing) >= settings.free_account_limit:
        raise PremiumRequired(f"More than {settings.free_account_limit} accounts")
    account = Account(
        name=name,
        kind=kind,
        currency=currency or user.currency,
        opening_balance=opening_balance,
    )
    user.accounts.append(account)
    return account
