"""Reports that somebody asked for; the numbers are computed when they are fetched."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import KEEP_IDS, Base, Key, Name, TimestampMixin

if TYPE_CHECKING:
    from .user import User


class ReportKind(StrEnum):
    MONTHLY = "monthly"
    ANNUAL = "annual"


class Report(TimestampMixin, Base):
    __tablename__ = "reports"
    __table_args__ = KEEP_IDS

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    title: Mapped[Name]
    slug: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    period_start: Mapped[date] = mapped_column(Date)
    period_end: Mapped[date] = mapped_column(Date)
    row_count: Mapped[int] = mapped_column(Integer, default=0)

    owner: Mapped[User] = relationship("User", back_populates="reports")
