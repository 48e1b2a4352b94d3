"""Exchange rates, all against the euro."""

from datetime import date

from sqlalchemy import Date, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class ExchangeRate(Base):
    __tablename__ = "exchange_rates"

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    per_euro: Mapped[float] = mapped_column(Float)
    as_of: Mapped[date] = mapped_column(Date)
