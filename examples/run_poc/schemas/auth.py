from typing import Self

from pydantic import Field, model_validator

from models import Tier

from .common import Currency, Email, Input, Output, Title


class RegisterIn(Input):
    email: Email
    password: str = Field(min_length=8, max_length=128)
    full_name: Title
    currency: Currency = "EUR"
    voucher: str | None = None


class LoginIn(Input):
    email: str
    password: str
    remember: bool = False


class RefreshIn(Input):
    refresh_token: str


class UserOut(Output):
    """Never has the password hash, whatever the endpoint returns."""

    id: int
    email: str
    full_name: str
    tier: Tier
    currency: str
    is_admin: bool
    is_active: bool


class TokenOut(Output):
    access_token: str
    token_type: str = "bearer"
    expires_in: int
    refresh_token: str | None = None


class LoginOut(TokenOut):
    user: UserOut


class UserPatch(Input):
    full_name: Title | None = None
    currency: Currency | None = None


class PasswordChange(Input):
    current_password: str
    new_password: str = Field(min_length=8, max_length=128)

    @model_validator(mode="after")
    def must_differ(self) -> Self:
        if self.current_password == self.new_password:
            raise ValueError("the new password is the old one")
        return self


class ActivityOut(Output):
    action: str
    subject: str
    detail: str
