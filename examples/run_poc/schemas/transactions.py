from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .common import Input, MoneyIn, MoneyOut, Output, PositiveMoney, Title

SortOrder = Literal["newest", "oldest", "largest", "merchant"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class TransactionIn(Input):
    account_id: int
    category: Slug
    posted_on: date
    amount: MoneyIn
    merchant: Title
    note: str = Field(default="", max_length=400)
    reference: str | None = Field(default=None, min_length=1, max_length=64)
    tags: list[str] = Field(default_factory=list, max_length=5)

    @field_validator("amount")
    @classmethod
    def must_move_something(cls, value):
        if value == 0:
            raise ValueError("an amount of zero moves nothing")
        return value


class TransactionPatch(Input):
    """What is left out stays as it is."""

    category: Slug | None = None
    posted_on: date | None = None
    amount: MoneyIn | None = None
    merchant: Title | None = None
    note: str | None = Field(default=None, max_length=400)
    tags: list[str] | None = Field(default=None, max_length=5)


class TransactionOut(Output):
    id: int
    account_id: int
    account: str
    category: str
    posted_on: date
    amount: MoneyOut
    formatted: str
    merchant: str
    note: str
    reference: str | None
    transfer_group: str | None
    tags: list[str]


class CreatedTransaction(TransactionOut):
    warning: str | None = None


class TransferIn(Input):
    source_id: int
    target_id: int
    amount: PositiveMoney
    posted_on: date | None = None


class TransferOut(Output):
    group: str
    out: TransactionOut
    back: TransactionOut


class ImportOut(Output):
    created: int
    skipped: int
    total: MoneyOut
    dry_run: bool


class CategoryIn(Input):
    name: Title
    kind: Literal["income", "expense"] = "expense"
    parent: Slug | None = None


class CategoryOut(Output):
    id: int
    name: str
    slug: str
    path: str
    kind: str
    is_own: bool
