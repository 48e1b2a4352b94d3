"""A monthly limit for one category."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import KEEP_IDS, Base, Key, Money, TimestampMixin

if TYPE_CHECKING:
    from .category import Category
    from .user import User


class Budget(TimestampMixin, Base):
    __tablename__ = "budgets"
    __table_args__ = (UniqueConstraint("owner_id", "category_id"), KEEP_IDS)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id", ondelete="CASCADE"))
    monthly_limit: Mapped[Decimal] = mapped_column(Money)

    owner: Mapped[User] = relationship("User", back_populates="budgets")
    category: Mapped[Category] = relationship("Category", back_populates="budgets")
