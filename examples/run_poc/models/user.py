"""People who can log in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Key, Name, TimestampMixin

if TYPE_CHECKING:
    from .account import Account
    from .asset import Asset
    from .audit import AuditEntry
    from .budget import Budget
    from .category import Category
    from .dashboard import DashboardLayout
    from .fire import FireProfile, FireScenario
    from .report import Report


class Tier(StrEnum):
    FREE = "free"
    PREMIUM = "premium"


class User(TimestampMixin, Base):
    __tablename__ = "users"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True, index=True)
    full_name: Mapped[Name]
    password_hash: Mapped[str] = mapped_column(String(200))
    tier: Mapped[str] = mapped_column(String(16), default=Tier.FREE.value)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    is_admin: Mapped[bool] = mapped_column(Boolean, default=False)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    token_version: Mapped[int] = mapped_column(Integer, default=1)

    accounts: Mapped[list[Account]] = relationship(
        "Account", back_populates="owner", order_by="Account.id", cascade="all, delete-orphan"
    )
    categories: Mapped[list[Category]] = relationship("Category", back_populates="owner")
    budgets: Mapped[list[Budget]] = relationship("Budget", back_populates="owner")
    assets: Mapped[list[Asset]] = relationship(
        "Asset", back_populates="owner", order_by="Asset.name"
    )
    reports: Mapped[list[Report]] = relationship("Report", back_populates="owner")
    scenarios: Mapped[list[FireScenario]] = relationship("FireScenario", back_populates="owner")
    fire_profile: Mapped[FireProfile | None] = relationship(
        "FireProfile", back_populates="owner", uselist=False
    )
    dashboard: Mapped[DashboardLayout | None] = relationship(
        "DashboardLayout", back_populates="owner", uselist=False
    )
    audit_entries: Mapped[list[AuditEntry]] = relationship("AuditEntry", back_populates="user")

    @property
    def is_premium(self) -> bool:
        return self.is_admin or self.tier == Tier.PREMIUM

    def check_password(self, password: str) -> bool:
        from auth import verify_password  # auth imports the models

        return verify_password(password, self.password_hash)

    def __repr__(self) -> str:
        return f"<User {self.email}>"
