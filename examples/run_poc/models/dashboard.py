"""Which widgets somebody wants to see, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Key, TimestampMixin

if TYPE_CHECKING:
    from .user import User


class DashboardLayout(TimestampMixin, Base):
    __tablename__ = "dashboard_layouts"

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    widgets: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    owner: Mapped[User] = relationship("User", back_populates="dashboard")
