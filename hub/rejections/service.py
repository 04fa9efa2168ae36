"""Sets records aside, and closes the case when the record passes later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from hub import clock
from hub.keyring import Keyring
from hub.rejections.models import Rejection


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record was set aside, for people; code groups the same cause."""

    code: str
    message: str
    hint: str = ""
    pointer: str = ""


def _context(source_id: UUID, stream: str, record_key: str) -> str:
    return f"rejection|{source_id}|{stream}|{record_key}"


def set_aside(
    session: Session,
    keyring: Keyring,
    *,
    source_id: UUID,
    stream: str,
    record_key: str,
    reason: Reason,
    payload: bytes,
) -> Rejection:
    """Keep the raw record with its reason: one row per record and reason, with a counter."""
    now = clock.now()
    row = session.scalars(
        select(Rejection).where(
            Rejection.source_id == source_id,
            Rejection.stream == stream,
            Rejection.record_key == record_key,
            Rejection.code == reason.code,
        )
    ).one_or_none()
    sealed = keyring.encrypt(payload, context=_context(source_id, stream, record_key))
    if row is None:
        row = Rejection(
            source_id=source_id,
            stream=stream,
            record_key=record_key,
            code=reason.code,
            times=0,
            first_seen_at=now,
        )
        session.add(row)
    if row.state != "ignored":
        row.state = "open"
    row.message, row.hint, row.pointer = reason.message, reason.hint, reason.pointer
    row.payload, row.last_seen_at, row.times = sealed, now, row.times + 1
    session.flush()
    return row


def payload_of(keyring: Keyring, rejection: Rejection) -> bytes:
    """The raw record, decrypted."""
    context = _context(rejection.source_id, rejection.stream, rejection.record_key)
    return keyring.decrypt(rejection.payload, context=context)


def close_passed(
    session: Session, *, source_id: UUID, stream: str, record_keys: Sequence[str]
) -> None:
    """Mark open rejections of records that have passed now as fixed."""
    if record_keys:
        session.execute(
            update(Rejection)
            .where(
                Rejection.source_id == source_id,
                Rejection.stream == stream,
                Rejection.record_key.in_(record_keys),
                Rejection.state == "open",
            )
            .values(state="fixed")
        )


def has_open(session: Session, *, source_id: UUID, stream: str) -> bool:
    """Whether anything of this stream waits for an admin, or for passing later."""
    found = exists().where(
        Rejection.source_id == source_id, Rejection.stream == stream, Rejection.state == "open"
    )
    return bool(session.scalars(select(found)).one())


def close_unseen(session: Session, *, source_id: UUID, stream: str, not_since: datetime) -> None:
    """After everything was read: what was set aside before and did not come again is no more."""
    session.execute(
        update(Rejection)
        .where(
            Rejection.source_id == source_id,
            Rejection.stream == stream,
            Rejection.state == "open",
            Rejection.last_seen_at < not_since,
        )
        .values(state="fixed")
    )


def open_rejections(session: Session, *, limit: int = 500) -> list[Rejection]:
    """What needs an admin, newest first."""
    return list(
        session.scalars(
            select(Rejection)
            .where(Rejection.state == "open")
            .order_by(Rejection.last_seen_at.desc(), Rejection.id)
            .limit(limit)
        )
    )


def count_open(session: Session, source_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Open rejections per source; sources without any are absent."""
    rows = session.execute(
        select(Rejection.source_id, func.count())
        .where(Rejection.state == "open", Rejection.source_id.in_(list(source_ids)))
        .group_by(Rejection.source_id)
    )
    return {row[0]: row[1] for row in rows}
