"""Transactions: finding, adding, importing and moving money between accounts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from domain import accounts, budgeting
from exceptions import ConflictError, ImportRejected, InsufficientFunds, NotFoundError
from models import Account, Category, CategoryKind, Tag, Transaction, User
from utils import (
    ZERO,
    checksum,
    money,
    month_bounds,
    parse_money,
    quantize_money,
    read_csv,
    slugify,
)

IMPORT_COLUMNS = ("date", "amount", "merchant", "category")
TRANSFER_SLUG = "transfer"

SORTS = {
    "newest": (Transaction.posted_on.desc(), Transaction.id.desc()),
    "oldest": (Transaction.posted_on, Transaction.id),
    "largest": (func.abs(Transaction.amount).desc(), Transaction.id),
    "merchant": (Transaction.merchant, Transaction.posted_on, Transaction.id),
}


def transactions_of(user: User) -> Select[tuple[Transaction]]:
    return select(Transaction).join(Transaction.account).where(Account.owner_id == user.id)


def search(
    user: User,
    account_id: int | None = None,
    category: str | None = None,
    month: str | None = None,
    tag: str | None = None,
    text: str | None = None,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
) -> Select[tuple[Transaction]]:
    query = transactions_of(user)
    if account_id is not None:
        query = query.where(Transaction.account_id == account_id)
    if category is not None:
        query = query.join(Transaction.category).where(Category.slug == category)
    if month is not None:
        query = query.where(Transaction.posted_on.between(*month_bounds(month)))
    if tag is not None:
        query = query.where(Transaction.tags.any(Tag.name == tag))
    if text:
        pattern = f"%{text.lower()}%"
        query = query.where(
            or_(
                func.lower(Transaction.merchant).like(pattern),
                func.lower(Transaction.note).like(pattern),
            )
        )
    if minimum is not None:
        query = query.where(Transaction.amount >= minimum)
    if maximum is not None:
        query = query.where(Transaction.amount <= maximum)
    return query


def count(db: Session, query: Select[tuple[Transaction]]) -> int:
    return db.scalar(select(func.count()).select_from(query.subquery())) or 0


def page_of(
    db: Session, query: Select[tuple[Transaction]], sort: str, offset: int, limit: int
) -> list[Transaction]:
    query = (
        query.options(
            joinedload(Transaction.account),
            joinedload(Transaction.category),
            selectinload(Transaction.tags),
        )
        .order_by(*SORTS[sort])
        .offset(offset)
        .limit(limit)
    )
    return list(db.scalars(query))


def owned_transaction(db: Session, user: User, transaction_id: int) -> Transaction:
    transaction = db.get(Transaction, transaction_id)
    if transaction is None:
        raise NotFoundError("Transaction")
    accounts.owned_account(db, user, transaction.account_id)
    return transaction


def visible_category(db: Session, user: User, slug: str) -> Category:
    """The user's own category of that slug, or else the one that belongs to everyone."""
    for_everyone = Category.owner_id.is_(None)
    query = (
        select(Category)
        .where(Category.slug == slug, or_(Category.owner_id == user.id, for_everyone))
        .order_by(for_everyone)
    )
    category = db.scalars(query).first()
    if category is None:
        raise NotFoundError("Category")
    return category


def visible_categories(db: Session, user: User) -> list[Category]:
    query = (
        select(Category)
        .where(or_(Category.owner_id == user.id, Category.owner_id.is_(None)))
        .order_by(Category.slug)
    )
    return list(db.scalars(query))


def spent_in_month(db: Session, user: User, month: str) -> dict[int, Decimal]:
    """Category id → money that went out in that month, as a positive amount."""
    query = (
        select(Transaction.category_id, func.sum(Transaction.amount))
        .join(Transaction.account)
        .join(Transaction.category)
        .where(
            Account.owner_id == user.id,
            Category.kind == CategoryKind.EXPENSE,
            Transaction.posted_on.between(*month_bounds(month)),
        )
        .group_by(Transaction.category_id)
    )
    return {category_id: -total for category_id, total in db.execute(query)}


def tags_named(db: Session, user: User, names: list[str]) -> list[Tag]:
    wanted = sorted({slugify(name) for name in names})
    known = db.scalars(select(Tag).where(Tag.owner_id == user.id, Tag.name.in_(wanted)))
    by_name = {tag.name: tag for tag in known}
    return [by_name.get(name) or Tag(owner_id=user.id, name=name) for name in wanted]


def refuse_duplicate(db: Session, account: Account, reference: str | None) -> None:
    if reference is None:
        return
    query = select(Transaction.id).where(
        Transaction.account_id == account.id, Transaction.reference == reference
    )
    if db.scalar(query) is not None:
        raise ConflictError("A transaction with this reference exists", reference=reference)


def add(
    db: Session,
    user: User,
    account: Account,
    category: Category,
    posted_on: date,
    amount: Decimal,
    merchant: str,
    note: str = "",
    reference: str | None = None,
    tags: list[str] | None = None,
) -> tuple[Transaction, str | None]:
    """The new transaction, and a warning where it takes a budget over its limit."""
    if account.is_closed:
        raise ConflictError("This account is closed", account=account.name)
    refuse_duplicate(db, account, reference)
    warning = budgeting.warning_for(db, user, category, posted_on, amount)
    transaction = Transaction(
        account=account,
        category=category,
        posted_on=posted_on,
        amount=quantize_money(amount),
        merchant=merchant,
        note=note,
        reference=reference,
        tags=tags_named(db, user, tags or []),
    )
    db.add(transaction)
    return transaction, warning


def transfer(
    db: Session,
    user: User,
    source: Account,
    target: Account,
    amount: Decimal,
    posted_on: date,
    rates: Mapping[str, float],
) -> tuple[Transaction, Transaction]:
    """Two transactions that belong together; the second in the target's currency."""
    from domain.valuation import convert

    if source.id == target.id:
        raise ConflictError("Source and target are the same account")
    available = accounts.balance(db, source)
    if available < amount and not source.may_overdraw:
        raise InsufficientFunds(money(available), money(amount))
    received = convert(amount, source.currency, target.currency, rates)
    category = visible_category(db, user, TRANSFER_SLUG)
    group = slugify(f"{posted_on} {source.name} {target.name} {checksum(str(amount))[:6]}")
    out = Transaction(
        account=source,
        category=category,
        posted_on=posted_on,
        amount=-quantize_money(amount),
        merchant=f"To {target.name}",
        transfer_group=group,
    )
    back = Transaction(
        account=target,
        category=category,
        posted_on=posted_on,
        amount=received,
        merchant=f"From {source.name}",
        transfer_group=group,
    )
    db.add_all([out, back])
    return out, back


def read_statement(
    db: Session, user: User, account: Account, text: str, row_limit: int
) -> tuple[list[Transaction], int]:
    """The new transactions of a CSV statement, and how many rows were there before.

    All rows are good, or none is taken: what is wrong is told row by row.
    """
    rows = read_csv(text)
    if len(rows) > row_limit:
        raise ImportRejected([{"row": row_limit + 1, "error": f"more than {row_limit} rows"}])
    if rows and (missing := [name for name in IMPORT_COLUMNS if name not in rows[0]]):
        raise ImportRejected([{"row": 1, "error": f"missing columns: {', '.join(missing)}"}])
    categories = {category.slug: category for category in visible_categories(db, user)}
    known = set(
        db.scalars(select(Transaction.reference).where(Transaction.account_id == account.id))
    )
    new, seen, errors = [], 0, []
    for number, row in enumerate(rows, start=2):
        try:
            transaction = _statement_row(account, categories, row)
        except ValueError as error:
            errors.append({"row": number, "error": str(error)})
            continue
        if transaction.reference in known:
            seen += 1
            continue
        known.add(transaction.reference)
        new.append(transaction)
    if errors:
        raise ImportRejected(errors)
    return new, seen


def _statement_row(
    account: Account, categories: Mapping[str, Category], row: Mapping[str, str]
) -> Transaction:
    posted_on = date.fromisoformat(row["date"])
    amount = parse_money(row["amount"])
    slug = slugify(row["category"])
    if slug not in categories:
        raise ValueError(f"unknown category: {row['category']!r}")
    if not row["merchant"]:
        raise ValueError("merchant is empty")
    return Transaction(
        account_id=account.id,
        category_id=categories[slug].id,
        posted_on=posted_on,
        amount=amount,
        merchant=row["merchant"],
        note=row.get("note", ""),
        reference=row.get("reference") or f"csv-{checksum(dict(row))[:12]}",
    )


def total(transactions: list[Transaction]) -> Decimal:
    return quantize_money(sum((item.amount for item in transactions), ZERO))
