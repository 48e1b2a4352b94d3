"""Passwords, tokens, and the dependencies that tell who is asking."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from fastapi import Cookie, Depends
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import settings
from database import get_db
from exceptions import AuthenticationError, PermissionDenied, PremiumRequired
from models import User
from utils import normalise_email

ALGORITHM = settings.jwt_algorithm
HASH_NAME = "sha256"
HASH_SCHEME = "pbkdf2_sha256"
ACCESS_COOKIE = "session"
REFRESH_COOKIE = "refresh_token"
REFRESH_PATH = "/api/auth"

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/api/auth/token", auto_error=False)


# --- passwords --------------------------------------------------------------------------------


def hash_password(password: str, salt: str | None = None) -> str:
    salt = salt or secrets.token_hex(8)
    rounds = settings.password_iterations
    digest = hashlib.pbkdf2_hmac(HASH_NAME, password.encode(), salt.encode(), rounds)
    return f"{HASH_SCHEME}${rounds}${salt}${digest.hex()}"


def verify_password(password: str, stored: str) -> bool:
    try:
        scheme, rounds, salt, expected = stored.split("$")
    except ValueError:
        return False
    if scheme != HASH_SCHEME:
        return False
    digest = hashlib.pbkdf2_hmac(HASH_NAME, password.encode(), salt.encode(), int(rounds))
    return hmac.compare_digest(digest.hex(), expected)


def authenticate(db: Session, email: str, password: str) -> User:
    user = db.scalar(select(User).where(User.email == normalise_email(email)))
    if user is None or not user.check_password(password):
        raise AuthenticationError("Incorrect email or password")
    if not user.is_active:
        raise PermissionDenied("This account has been deactivated")
    return user


# --- tokens -----------------------------------------------------------------------------------


def create_token(user: User, kind: str, lifetime: timedelta) -> str:
    now = datetime.now(UTC)
    claims = {
        "sub": str(user.id),
        "kind": kind,
        "ver": user.token_version,
        "iat": now,
        "exp": now + lifetime,
        "jti": secrets.token_hex(8),
    }
    return jwt.encode(claims, settings.secret_key, algorithm=ALGORITHM)


def create_access_token(user: User) -> str:
    return create_token(user, "access", timedelta(minutes=settings.access_token_minutes))


def create_refresh_token(user: User) -> str:
    return create_token(user, "refresh", timedelta(days=settings.refresh_token_days))


def decode_token(token: str, kind: str = "access") -> dict[str, Any]:
    try:
        claims = jwt.decode(token, settings.secret_key, algorithms=[ALGORITHM])
    except jwt.ExpiredSignatureError:
        raise AuthenticationError("The token has expired") from None
    except jwt.PyJWTError:
        raise AuthenticationError("The token is not valid") from None
    if claims.get("kind") != kind:
        raise AuthenticationError(f"Not an {kind} token" if kind == "access" else "Wrong token")
    return claims


def user_of(db: Session, claims: dict[str, Any]) -> User:
    user = db.get(User, int(claims["sub"]))
    if user is None or user.token_version != claims.get("ver"):
        raise AuthenticationError("The token is not valid any more")
    return user


# --- who is asking ----------------------------------------------------------------------------


def get_token(
    bearer: Annotated[str | None, Depends(oauth2_scheme)],
    session: Annotated[str | None, Cookie(include_in_schema=False)] = None,
) -> str:
    """The bearer token, or the cookie that the web pages use."""
    token = bearer or session
    if not token:
        raise AuthenticationError("Not authenticated")
    return token


def get_token_claims(token: Annotated[str, Depends(get_token)]) -> dict[str, Any]:
    return decode_token(token)


def get_current_user(
    claims: Annotated[dict[str, Any], Depends(get_token_claims)],
    db: Annotated[Session, Depends(get_db)],
) -> User:
    return user_of(db, claims)


def get_current_active_user(user: Annotated[User, Depends(get_current_user)]) -> User:
    if not user.is_active:
        raise PermissionDenied("This account has been deactivated")
    return user


def get_premium_user(user: Annotated[User, Depends(get_current_active_user)]) -> User:
    if not user.is_premium:
        raise PremiumRequired("This page")
    return user


def get_admin_user(user: Annotated[User, Depends(get_current_active_user)]) -> User:
    if not user.is_admin:
        raise PermissionDenied("Administrators only")
    return user
