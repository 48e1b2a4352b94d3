"""What money is spent on; categories without an owner belong to everyone."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import KEEP_IDS, Base, Key, Name

if TYPE_CHECKING:
    from .budget import Budget
    from .transaction import Transaction
    from .user import User


class CategoryKind(StrEnum):
    INCOME = "income"
    EXPENSE = "expense"
    TRANSFER = "transfer"


class Category(Base):
    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("owner_id", "slug"), KEEP_IDS)

    id: Mapped[Key]
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    name: Mapped[Name]
    slug: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(16), default=CategoryKind.EXPENSE.value)

    owner: Mapped[User | None] = relationship("User", back_populates="categories")
    parent: Mapped[Category | None] = relationship(
        "Category", back_populates="children", remote_side="Category.id"
    )
    children: Mapped[list[Category]] = relationship(
        "Category", back_populates="parent", order_by="Category.name"
    )
    budgets: Mapped[list[Budget]] = relationship("Budget", back_populates="category")
    transactions: Mapped[list[Transaction]] = relationship(
        "Transaction", back_populates="category"
    )

    @property
    def path(self) -> str:
        return f"{self.parent.path} / {self.name}" if self.parent else self.name
