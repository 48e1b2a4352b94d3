"""What all models share: column types and mixins."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Integer, String, TypeDecorator, func
from sqlalchemy.orm import Mapped, mapped_column

from database import Base
from utils import CENT, MONEY_PLACES, quantize_money

__all__ = ["KEEP_IDS", "Base", "Key", "Money", "Name", "TimestampMixin", "utc_now"]

# SQLite would give the id of a deleted row to the next one; PostgreSQL never does.
KEEP_IDS = {"sqlite_autoincrement": True}

Key = Annotated[int, mapped_column(Integer, primary_key=True)]
Name = Annotated[str, mapped_column(String(120))]


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Money(TypeDecorator[Decimal]):
    """Decimal in Python, whole cents in the database: SQLite has no exact decimals."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> int | None:
        if value is None:
            return None
        return int(quantize_money(value).scaleb(MONEY_PLACES))

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        if value is None:
            return None
        return quantize_money(Decimal(value) * CENT)


class TimestampMixin:
    created_at: Mapped[datetime] = mapped_column(
        DateTime, default=utc_now, server_default=func.current_timestamp()
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime, default=utc_now, onupdate=utc_now, server_default=func.current_timestamp()
    )
