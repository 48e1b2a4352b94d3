"""Transactions and categories.

The routers have their own prefixes, and main.py puts the API's before them.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import (
    APIRouter,
    BackgroundTasks,
    Depends,
    File,
    Form,
    HTTPException,
    Query,
    Request,
    Response,
    UploadFile,
    status,
)
from fastapi.responses import StreamingResponse

from api.deps import CurrentUser, Db, Id, Month, Paging, Rates, get_limits
from domain import accounts, audit, ledger
from exceptions import ConflictError, PermissionDenied
from models import Category, CategoryKind, Transaction, User
from schemas import (
    CategoryIn,
    CategoryOut,
    TransactionIn,
    TransactionOut,
    TransactionPatch,
    TransferIn,
)
from schemas.transactions import CreatedTransaction, ImportOut, SortOrder, TransferOut
from utils import (
    CSV_MEDIA_TYPE,
    attachment,
    chunked,
    csv_text,
    format_money,
    quantize_money,
    set_page_headers,
    slugify,
    today,
    unique_slug,
)

router = APIRouter(prefix="/transactions", tags=["transactions"])
categories_router = APIRouter(prefix="/categories", tags=["categories"])

EXPORT_HEADER = ("id", "date", "account", "category", "merchant", "amount", "reference", "tags")
EXPORT_CHUNK = 100


def as_out(item: Transaction) -> dict:
    return {
        "id": item.id,
        "account_id": item.account_id,
        "account": item.account.name,
        "category": item.category.slug,
        "posted_on": item.posted_on,
        "amount": item.amount,
        "formatted": format_money(item.amount, item.account.currency),
        "merchant": item.merchant,
        "note": item.note,
        "reference": item.reference,
        "transfer_group": item.transfer_group,
        "tags": item.tag_names,
    }


class Filters:
    """The query parameters of the list and of the export."""

    def __init__(
        self,
        account_id: Annotated[int | None, Query(ge=1)] = None,
        category: str | None = None,
        month: Month = None,
        tag: str | None = None,
        q: Annotated[str | None, Query(min_length=2, max_length=60)] = None,
        minimum: Annotated[Decimal | None, Query(alias="min")] = None,
        maximum: Annotated[Decimal | None, Query(alias="max")] = None,
    ) -> None:
        if minimum is not None and maximum is not None and minimum > maximum:
            raise HTTPException(status.HTTP_400_BAD_REQUEST, "min is greater than max")
        self.criteria = {
            "account_id": account_id,
            "category": category,
            "month": month,
            "tag": tag,
            "text": q,
            "minimum": minimum,
            "maximum": maximum,
        }


@router.get("", response_model=list[TransactionOut])
def list_transactions(
    request: Request,
    response: Response,
    user: CurrentUser,
    db: Db,
    paging: Paging,
    filters: Annotated[Filters, Depends()],
    sort: SortOrder = "newest",
):
    query = ledger.search(user, **filters.criteria)
    total = ledger.count(db, query)
    set_page_headers(request, response, paging.number, paging.size, total)
    page = ledger.page_of(db, query, sort, paging.offset, paging.size)
    return [as_out(item) for item in page]


@router.post("", response_model=CreatedTransaction, status_code=status.HTTP_201_CREATED)
def create_transaction(
    data: TransactionIn,
    request: Request,
    response: Response,
    user: CurrentUser,
    db: Db,
    background: BackgroundTasks,
):
    account = accounts.owned_account(db, user, data.account_id)
    category = ledger.visible_category(db, user, data.category)
    transaction, warning = ledger.add(
        db,
        user,
        account,
        category,
        data.posted_on,
        data.amount,
        data.merchant,
        note=data.note,
        reference=data.reference,
        tags=data.tags,
    )
    db.commit()
    response.headers["Location"] = f"{request.url.path}/{transaction.id}"
    background.add_task(audit.record, user.id, "transaction.create", transaction.merchant)
    return as_out(transaction) | {"warning": warning}


@router.get("/export.csv")
def export_csv(
    user: CurrentUser,
    db: Db,
    filters: Annotated[Filters, Depends()],
    limits: Annotated[dict, Depends(get_limits)],
):
    """Oldest first, streamed."""
    query = ledger.search(user, **filters.criteria)
    items = ledger.page_of(db, query, "oldest", 0, limits["export_rows"])
    rows = [
        (
            item.id,
            item.posted_on,
            item.account.name,
            item.category.slug,
            item.merchant,
            item.amount,
            item.reference,
            " ".join(item.tag_names),
        )
        for item in items
    ]
    text = csv_text(EXPORT_HEADER, rows)
    lines = text.splitlines(keepends=True)
    return StreamingResponse(
        ("".join(chunk) for chunk in chunked(lines, EXPORT_CHUNK)),
        media_type=CSV_MEDIA_TYPE,
        headers=attachment(f"transactions-{today()}.csv") | {"X-Row-Count": str(len(rows))},
    )


@router.post("/import", response_model=ImportOut)
async def import_csv(
    user: CurrentUser,
    db: Db,
    background: BackgroundTasks,
    limits: Annotated[dict, Depends(get_limits)],
    account_id: Annotated[int, Form(ge=1)],
    file: Annotated[UploadFile, File()],
    dry_run: bool = False,
):
    account = accounts.owned_account(db, user, account_id)
    try:
        text = (await file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HTTPException(400, "The file is not UTF-8 text") from None
    new, seen = ledger.read_statement(db, user, account, text, limits["import_rows"])
    answer = {
        "created": len(new),
        "skipped": seen,
        "total": ledger.total(new),
        "dry_run": dry_run,
    }
    if not dry_run:
        db.add_all(new)
        db.commit()
        background.add_task(
            audit.record, user.id, "transaction.import", account.name, f"{len(new)} rows"
        )
    return answer


@router.post("/transfer", response_model=TransferOut, status_code=201)
def transfer(data: TransferIn, user: CurrentUser, db: Db, rates: Rates):
    source = accounts.owned_account(db, user, data.source_id)
    target = accounts.owned_account(db, user, data.target_id)
    day = data.posted_on or today()
    out, back = ledger.transfer(db, user, source, target, data.amount, day, rates)
    db.commit()
    return {"group": out.transfer_group, "out": as_out(out), "back": as_out(back)}


@router.get("/{transaction_id}", response_model=TransactionOut)
def get_transaction(transaction_id: Id, user: CurrentUser, db: Db):
    return as_out(ledger.owned_transaction(db, user, transaction_id))


def apply_patch(db: Db, user: User, item: Transaction, data: TransactionPatch) -> None:
    if data.category is not None:
        item.category = ledger.visible_category(db, user, data.category)
    if data.tags is not None:
        item.tags = ledger.tags_named(db, user, data.tags)
    if data.amount is not None:
        item.amount = quantize_money(data.amount)
    for field in ("posted_on", "merchant", "note"):
        value: date | str | None = getattr(data, field)
        if value is not None:
            setattr(item, field, value)


@router.put("/{transaction_id}", response_model=TransactionOut)
def update_transaction(transaction_id: Id, data: TransactionPatch, user: CurrentUser, db: Db):
    item = ledger.owned_transaction(db, user, transaction_id)
    if item.transfer_group is not None and data.amount is not None:
        raise ConflictError("The amount of a transfer cannot be changed")
    apply_patch(db, user, item, data)
    db.commit()
    return as_out(item)


@router.delete("/{transaction_id}", status_code=204)
def delete_transaction(
    transaction_id: Id, user: CurrentUser, db: Db, background: BackgroundTasks
) -> None:
    item = ledger.owned_transaction(db, user, transaction_id)
    merchant = item.merchant
    db.delete(item)
    db.commit()
    background.add_task(audit.record, user.id, "transaction.delete", merchant)


# --- categories -------------------------------------------------------------------------------


def category_out(category: Category) -> dict:
    return {
        "id": category.id,
        "name": category.name,
        "slug": category.slug,
        "path": category.path,
        "kind": category.kind,
        "is_own": category.owner_id is not None,
    }


@categories_router.get("", response_model=list[CategoryOut])
def list_categories(user: CurrentUser, db: Db, kind: CategoryKind | None = None):
    return [
        category_out(category)
        for category in ledger.visible_categories(db, user)
        if kind is None or category.kind == kind
    ]


@categories_router.post("", response_model=CategoryOut, status_code=201)
def create_category(data: CategoryIn, user: CurrentUser, db: Db):
    known = {category.slug for category in ledger.visible_categories(db, user)}
    if slugify(data.name) in known and data.parent is None:
        raise ConflictError("There is a category of that name", slug=slugify(data.name))
    parent = ledger.visible_category(db, user, data.parent) if data.parent else None
    category = Category(
        owner_id=user.id,
        name=data.name,
        slug=unique_slug(data.name, known),
        kind=data.kind,
        parent=parent,
    )
    db.add(category)
    db.commit()
    return category_out(category)


@categories_router.delete("/{slug}", status_code=204)
def delete_category(slug: str, user: CurrentUser, db: Db) -> None:
    category = ledger.visible_category(db, user, slug)
    if category.owner_id is None:
        raise PermissionDenied("This category belongs to everyone")
    if ledger.count(db, ledger.search(user, category=slug)):
        raise ConflictError("There are transactions in this category", slug=slug)
    for budget in category.budgets:
        db.delete(budget)
    db.delete(category)
    db.commit()
