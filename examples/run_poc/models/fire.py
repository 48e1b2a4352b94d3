"""Financial independence: where somebody stands, and what they imagine."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Float, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import KEEP_IDS, Base, Key, Money, Name, TimestampMixin

if TYPE_CHECKING:
    from .user import User


class FireProfile(TimestampMixin, Base):
    __tablename__ = "fire_profiles"

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    birth_year: Mapped[int] = mapped_column(Integer)
    target_age: Mapped[int] = mapped_column(Integer)
    annual_expenses: Mapped[Decimal] = mapped_column(Money)
    annual_savings: Mapped[Decimal] = mapped_column(Money)
    expected_return: Mapped[float] = mapped_column(Float)
    withdrawal_rate: Mapped[float] = mapped_column(Float)

    owner: Mapped[User] = relationship("User", back_populates="fire_profile")


class FireScenario(TimestampMixin, Base):
    __tablename__ = "fire_scenarios"
    __table_args__ = (UniqueConstraint("owner_id", "name"), KEEP_IDS)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[Name]
    annual_expenses: Mapped[Decimal] = mapped_column(Money)
    annual_savings: Mapped[Decimal] = mapped_column(Money)
    expected_return: Mapped[float] = mapped_column(Float)

    owner: Mapped[User] = relationship("User", back_populates="scenarios")
