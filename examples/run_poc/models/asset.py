"""What is owned besides money in accounts, and what it was worth when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Date, Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import KEEP_IDS, Base, Key, Money, Name, TimestampMixin

if TYPE_CHECKING:
    from .user import User


class AssetKind(StrEnum):
    EQUITY = "equity"
    BOND = "bond"
    PROPERTY = "property"
    CRYPTO = "crypto"
    OTHER = "other"


class Asset(TimestampMixin, Base):
    __tablename__ = "assets"
    __table_args__ = (UniqueConstraint("owner_id", "name"), KEEP_IDS)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(16), default=AssetKind.OTHER.value)
    currency: Mapped[str] = mapped_column(String(3))
    quantity: Mapped[float] = mapped_column(Float, default=1.0)
    cost_basis: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    acquired_on: Mapped[date] = mapped_column(Date)

    owner: Mapped[User] = relationship("User", back_populates="assets")
    valuations: Mapped[list[Valuation]] = relationship(
        "Valuation",
        back_populates="asset",
        order_by="Valuation.valued_on",
        cascade="all, delete-orphan",
    )


class Valuation(Base):
    __tablename__ = "valuations"
    __table_args__ = (UniqueConstraint("asset_id", "valued_on"),)

    id: Mapped[Key]
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"))
    valued_on: Mapped[date] = mapped_column(Date)
    unit_price: Mapped[Decimal] = mapped_column(Money)

    asset: Mapped[Asset] = relationship("Asset", back_populates="valuations")
