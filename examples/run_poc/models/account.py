"""Bank accounts and the like."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import KEEP_IDS, Base, Key, Money, Name, TimestampMixin

if TYPE_CHECKING:
    from .transaction import Transaction
    from .user import User


class AccountKind(StrEnum):
    CHECKING = "checking"
    SAVINGS = "savings"
    CREDIT = "credit"
    BROKERAGE = "brokerage"


class Account(TimestampMixin, Base):
    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("owner_id", "name"), KEEP_IDS)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(16), default=AccountKind.CHECKING.value)
    currency: Mapped[str] = mapped_column(String(3))
    opening_balance: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    is_closed: Mapped[bool] = mapped_column(Boolean, default=False)

    owner: Mapped[User] = relationship("User", back_populates="accounts")
    transactions: Mapped[list[Transaction]] = relationship(
        "Transaction", back_populates="account", cascade="all, delete-orphan"
    )

    @property
    def may_overdraw(self) -> bool:
        return self.kind == AccountKind.CREDIT
