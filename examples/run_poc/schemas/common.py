"""Pieces of which the other schemas are made."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from utils import EMAIL_PATTERN, money

MoneyOut = Annotated[Decimal, PlainSerializer(money, return_type=float)]
MoneyIn = Annotated[Decimal, Field(max_digits=12, decimal_places=2)]
PositiveMoney = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Email = Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=254)]


class Input(BaseModel):
    """What clients send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """What clients get; made from ORM objects as well."""

    model_config = ConfigDict(from_attributes=True)


class Message(Output):
    message: str
