"""What came in (positive) and what went out (negative)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import KEEP_IDS, Base, Key, Money, Name, TimestampMixin

if TYPE_CHECKING:
    from .account import Account
    from .category import Category

transaction_tags = Table(
    "transaction_tags",
    Base.metadata,
    Column(
        "transaction_id", ForeignKey("transactions.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
)


class Tag(Base):
    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))


class Transaction(TimestampMixin, Base):
    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("account_id", "reference"),
        Index("ix_transactions_account_day", "account_id", "posted_on"),
        KEEP_IDS,
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    posted_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Money)
    merchant: Mapped[Name]
    note: Mapped[str] = mapped_column(String(400), default="")
    reference: Mapped[str | None] = mapped_column(String(64))
    transfer_group: Mapped[str | None] = mapped_column(String(120), index=True)

    account: Mapped[Account] = relationship("Account", back_populates="transactions")
    category: Mapped[Category] = relationship("Category", back_populates="transactions")
    tags: Mapped[list[Tag]] = relationship(
        "Tag", secondary="transaction_tags", order_by="Tag.name"
    )

    @property
    def tag_names(self) -> list[str]:
        return sorted(tag.name for tag in self.tags)
