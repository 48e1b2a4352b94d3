"""Dependencies that the routes share."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Request, Response
from sqlalchemy.orm import Session

from auth import get_admin_user, get_current_active_user, get_premium_user
from config import settings
from database import get_db
from exceptions import ClientTooOld
from models import User
from utils import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, MONTH_PATTERN

__all__ = [
    "AdminUser",
    "CurrentUser",
    "Db",
    "Id",
    "Month",
    "Page",
    "Paging",
    "PremiumUser",
    "Rates",
    "api_version",
    "get_current_active_user",
    "get_db",
    "get_rates",
]


def api_version(
    response: Response, x_client_version: Annotated[int | None, Header(ge=1)] = None
) -> None:
    """On every route: tells our version, and turns clients away that are too old."""
    response.headers["X-API-Version"] = settings.api_version
    if x_client_version is not None and x_client_version < settings.min_client_version:
        raise ClientTooOld(settings.min_client_version)


@dataclass(frozen=True)
class Page:
    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


def get_page(
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
) -> Page:
    return Page(page, page_size)


def get_rates(request: Request) -> dict[str, float]:
    """Exchange rates, loaded when the application starts."""
    return request.app.state.rates


def get_limits(request: Request) -> dict[str, Any]:
    return request.app.state.limits


Db = Annotated[Session, Depends(get_db)]
CurrentUser = Annotated[User, Depends(get_current_active_user)]
PremiumUser = Annotated[User, Depends(get_premium_user)]
AdminUser = Annotated[User, Depends(get_admin_user)]
Paging = Annotated[Page, Depends(get_page)]
Rates = Annotated[dict[str, float], Depends(get_rates)]
Id = Annotated[int, Path(ge=1, le=2_147_483_647)]
Month = Annotated[str | None, Query(pattern=MONTH_PATTERN, examples=["2025-09"])]
