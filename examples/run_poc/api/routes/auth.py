"""Registration, login and the user's own data. The prefix is given in main.py."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Cookie, Depends, Query, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import func, or_, select

from api.deps import AdminUser, CurrentUser, Db, Id, Paging
from auth import (
    ACCESS_COOKIE,
    REFRESH_COOKIE,
    REFRESH_PATH,
    authenticate,
    create_access_token,
    create_refresh_token,
    decode_token,
    hash_password,
    user_of,
)
from config import settings
from domain import audit
from domain.accounts import open_account
from exceptions import AuthenticationError, ConflictError, NotFoundError, PermissionDenied
from models import Tier, User
from schemas import LoginIn, PasswordChange, RegisterIn, TokenOut, UserOut, UserPatch
from schemas.auth import ActivityOut, LoginOut, RefreshIn
from utils import mask_email, normalise_email, set_page_headers

router = APIRouter()

FIRST_ACCOUNT = "Everyday"
SECONDS_PER_DAY = 86_400


def token_answer(user: User) -> dict:
    return {
        "access_token": create_access_token(user),
        "expires_in": settings.access_token_minutes * 60,
        "refresh_token": create_refresh_token(user),
        "user": user,
    }


def set_session_cookies(response: Response, tokens: dict, remember: bool) -> None:
    lifetime = settings.access_token_minutes * 60
    response.set_cookie(
        ACCESS_COOKIE,
        tokens["access_token"],
        max_age=lifetime if remember else None,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
    )
    response.set_cookie(
        REFRESH_COOKIE,
        tokens["refresh_token"],
        max_age=settings.refresh_token_days * SECONDS_PER_DAY if remember else None,
        path=REFRESH_PATH,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="strict",
    )


@router.post("/register", response_model=UserOut, status_code=201)
def register(data: RegisterIn, db: Db, background: BackgroundTasks):
    email = normalise_email(data.email)
    if db.scalar(select(User.id).where(User.email == email)) is not None:
        raise ConflictError("This email address is registered", email=mask_email(email))
    if data.voucher is not None and data.voucher != settings.premium_voucher:
        raise PermissionDenied("This voucher is not valid")
    user = User(
        email=email,
        full_name=data.full_name,
        password_hash=hash_password(data.password),
        tier=Tier.PREMIUM if data.voucher else Tier.FREE,
        currency=data.currency,
    )
    db.add(user)
    open_account(db, user, FIRST_ACCOUNT, currency=data.currency)
    db.commit()
    background.add_task(audit.record, user.id, "auth.register", mask_email(email))
    return user


@router.post("/token", response_model=TokenOut, response_model_exclude_none=True)
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db):
    """The OAuth2 password flow, for scripts and the API pages."""
    user = authenticate(db, form.username, form.password)
    return token_answer(user) | {"refresh_token": None}


@router.post("/login", response_model=LoginOut)
def login(
    data: LoginIn, request: Request, response: Response, db: Db, background: BackgroundTasks
):
    """For the web pages: the same tokens, and cookies that hold them."""
    user = authenticate(db, data.email, data.password)
    tokens = token_answer(user)
    set_session_cookies(response, tokens, data.remember)
    response.headers["Cache-Control"] = "no-store"
    client = request.headers.get("x-client-name", "unknown client")
    background.add_task(audit.record, user.id, "auth.login", mask_email(user.email), client)
    return tokens


@router.post("/refresh", response_model=TokenOut, response_model_exclude_none=True)
def refresh(
    db: Db,
    data: Annotated[RefreshIn | None, Body()] = None,
    refresh_token: Annotated[str | None, Cookie()] = None,
):
    given = data.refresh_token if data else refresh_token
    if not given:
        raise AuthenticationError("No refresh token")
    user = user_of(db, decode_token(given, "refresh"))
    return token_answer(user) | {"refresh_token": None}


@router.post("/logout", status_code=204)
def logout(response: Response, user: CurrentUser) -> None:
    response.delete_cookie(ACCESS_COOKIE, httponly=True, samesite="lax")
    response.delete_cookie(REFRESH_COOKIE, path=REFRESH_PATH, httponly=True, samesite="strict")


@router.get("/me", response_model=UserOut)
def me(user: CurrentUser):
    return user


@router.patch("/me", response_model=UserOut)
def update_me(data: UserPatch, user: CurrentUser, db: Db):
    for field, value in data.model_dump(exclude_unset=True, exclude_none=True).items():
        setattr(user, field, value)
    db.commit()
    return user


@router.post("/change-password", status_code=204)
def change_password(
    data: PasswordChange, user: CurrentUser, db: Db, background: BackgroundTasks
) -> None:
    """Tokens that were given out before are not valid any more."""
    if not user.check_password(data.current_password):
        raise PermissionDenied("The current password is wrong")
    user.password_hash = hash_password(data.new_password)
    user.token_version += 1
    db.commit()
    background.add_task(audit.record, user.id, "auth.password", mask_email(user.email))


@router.get("/activity", response_model=list[ActivityOut])
def activity(user: CurrentUser, db: Db, limit: Annotated[int, Query(ge=1, le=50)] = 10):
    return audit.trail(db, user, "auth.", limit)


@router.get("/users", response_model=list[UserOut])
def list_users(
    request: Request,
    response: Response,
    admin: AdminUser,
    db: Db,
    paging: Paging,
    q: Annotated[str | None, Query(min_length=2, max_length=60)] = None,
):
    query = select(User)
    if q:
        pattern = f"%{q.lower()}%"
        query = query.where(
            or_(User.email.like(pattern), func.lower(User.full_name).like(pattern))
        )
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    set_page_headers(request, response, paging.number, paging.size, total)
    page = query.order_by(User.email).offset(paging.offset).limit(paging.size)
    return list(db.scalars(page))


@router.post("/users/{user_id}/deactivate", response_model=UserOut)
def deactivate(user_id: Id, admin: AdminUser, db: Db, background: BackgroundTasks):
    user = db.get(User, user_id)
    if user is None:
        raise NotFoundError("User")
    if user.id == admin.id:
        raise ConflictError("Nobody can deactivate themselves")
    if not user.is_active:
        raise ConflictError("This account is deactivated already")
    user.is_active = False
    db.commit()
    background.add_task(audit.record, admin.id, "auth.deactivate", mask_email(user.email))
    return user
