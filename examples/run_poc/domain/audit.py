"""The trail of who did what."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from database import SessionLocal
from models import AuditEntry, User
from utils import truncate

MAX_DETAIL = 400


async def record(user_id: int | None, action: str, subject: str = "", detail: str = "") -> None:
    """Background task. One short insert, done on the loop itself, so that a client that asks for
    the trail right after its answer finds the entry there."""
    with SessionLocal() as db:
        db.add(
            AuditEntry(
                user_id=user_id,
                action=action,
                subject=subject,
                detail=truncate(detail, MAX_DETAIL),
            )
        )
        db.commit()


def trail(db: Session, user: User, prefix: str, limit: int) -> list[AuditEntry]:
    """The latest entries of this user whose action starts with the prefix, oldest first."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.user_id == user.id, AuditEntry.action.startswith(prefix))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return list(db.scalars(query))[::-1]
