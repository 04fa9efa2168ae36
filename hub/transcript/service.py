"""What one learner has done in all systems: the same for learner, admin and terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.catalog.models import Course
from hub.errors import NotFound
from hub.findable import findable
from hub.learners.models import Identifier, Learner, Link
from hub.progress.flags import EXPIRED, flags_now
from hub.progress.query import ProgressRecord, list_progress, list_sources
from hub.transcript import words
from xapi.actors import canonical_email

MOST_COURSES = 10_000
DONE = ("passed", "completed")


class HasEmail(Protocol):
    """A user, or who is signed in."""

    @property
    def email(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A system that a row comes from, and what point in time its word is of."""

    name: str
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A module, lesson, run or session, in the words of its course. iri: see Entry."""

    title: str
    iri: str
    kind: str
    status: str
    score: str
    time: str
    date: datetime | None
    date_says: str
    attempts: int
    notes: tuple[str, ...]
    parts: tuple["PartEntry", ...]

    @property
    def word(self) -> words.StatusWord:
        return words.status_word(self.status)


@dataclass(frozen=True, slots=True)
class Entry:
    """A course. date_says tells what the date is of: "Completed", "Started", "Registered".

    valid_until is only set while it lies ahead; afterwards a note says so. iri is what identifies
    a course that nobody gave a title, else "": for admins, who can do something about it.
    """

    course_id: UUID
    title: str
    iri: str
    code: str | None
    modality: str
    status: str
    date: datetime | None
    date_says: str
    score: str
    time: str
    attempts: int
    valid_until: datetime | None
    sources: tuple[Evidence, ...]
    notes: tuple[str, ...]
    technical: tuple[str, ...]
    parts: tuple[PartEntry, ...]

    @property
    def word(self) -> words.StatusWord:
        return words.status_word(self.status)


@dataclass(frozen=True, slots=True)
class Transcript:
    """One learner's courses, newest first. hours is the learning time that is known, as text."""

    learner_id: UUID
    name: str
    identifiers: tuple[str, ...]
    completed: int
    in_progress: int
    hours: str
    entries: tuple[Entry, ...]


def transcript_of(session: Session, learner_id: UUID, now: datetime) -> Transcript:
    """The transcript as of *now*; a merged learner's is that of whom it became part of.

    Raises NotFound.
    """
    learner = _living(session, learner_id)
    names = identifiers_of(session, learner.id)
    records = list_progress(session, limit=MOST_COURSES, learner_id=learner.id)
    courses = session.execute(
        select(Course.id, Course.code).where(
            Course.id.in_({record.row.course_id for record in records})
        )
    )
    codes = {course.id: course.code for course in courses}
    fresh = {str(item.source.id): item.data_as_of for item in list_sources(session)}
    entries = [_entry(record, codes, fresh, now) for record in records]
    entries.sort(key=lambda entry: entry.title.casefold())
    entries.sort(key=lambda entry: entry.date.timestamp() if entry.date else 0.0, reverse=True)
    return Transcript(
        learner_id=learner.id,
        name=learner.name or (names[0] if names else "Unknown learner"),
        identifiers=names,
        completed=sum(entry.status in DONE for entry in entries),
        in_progress=sum(entry.status == "in_progress" for entry in entries),
        hours=words.hours_text(sum(record.row.seconds or 0 for record in records)),
        entries=tuple(entries),
    )


def learner_of_user(session: Session, user: HasEmail) -> Learner | None:
    """The learner who has the user's e-mail now, or None."""
    return learner_of_email(session, user.email)


def learner_of_email(session: Session, email: str) -> Learner | None:
    """The learner who has this e-mail now, in any spelling that means the same; or None."""
    try:
        canonical = canonical_email(email)
    except ValueError:
        return None
    return session.scalars(
        select(Learner)
        .join(Link, Link.learner_id == Learner.id)
        .join(Identifier, Identifier.id == Link.identifier_id)
        .where(
            Identifier.kind == "mbox",
            Identifier.canonical == findable(canonical),
            Link.valid_to.is_(None),
        )
    ).one_or_none()


def identifiers_of(session: Session, learner_id: UUID) -> tuple[str, ...]:
    """The names that a learner has now, as their systems write them; e-mails first."""
    rows = session.scalars(
        select(Identifier)
        .join(Link, Link.identifier_id == Identifier.id)
        .where(Link.learner_id == learner_id, Link.valid_to.is_(None))
        .order_by(Identifier.kind != "mbox", Identifier.id)
    )
    return tuple(f"{row.raw} at {row.scope}" if row.scope else row.raw for row in rows)


def search_learners(session: Session, text: str, limit: int) -> list[tuple[Learner, str]]:
    """Active learners whose name or identifier holds *text*, with their first e-mail or "".

    Ordered by name.
    """
    query = select(Learner).where(Learner.status == "active").order_by(Learner.name, Learner.id)
    wanted = text.strip().lower()
    if wanted:
        linked = (
            select(Link.learner_id)
            .join(Identifier, Identifier.id == Link.identifier_id)
            .where(
                Link.valid_to.is_(None),
                func.lower(Identifier.raw).contains(wanted, autoescape=True),
            )
        )
        query = query.where(
            or_(func.lower(Learner.name).contains(wanted, autoescape=True), Learner.id.in_(linked))
        )
    found = session.scalars(query.limit(limit)).all()
    mails = _first_mails(session, found)
    return [(learner, mails.get(learner.id, "")) for learner in found]


def _first_mails(session: Session, learners: Sequence[Learner]) -> dict[UUID, str]:
    rows = session.execute(
        select(Link.learner_id, Identifier.raw)
        .join(Identifier, Identifier.id == Link.identifier_id)
        .where(
            Link.learner_id.in_([learner.id for learner in learners]),
            Link.valid_to.is_(None),
            Identifier.kind == "mbox",
        )
        .order_by(Identifier.id.desc())
    )
    return {row.learner_id: row.raw for row in rows}


def _living(session: Session, learner_id: UUID) -> Learner:
    learner = session.get(Learner, learner_id)
    while learner is not None and learner.merged_into is not None:
        learner = session.get(Learner, learner.merged_into)
    if learner is None:
        raise NotFound("There is no such learner.", hint="Search by name or e-mail.")
    return learner


def _entry(
    record: ProgressRecord,
    codes: Mapping[UUID, str | None],
    fresh: Mapping[str, datetime | None],
    now: datetime,
) -> Entry:
    row = record.row
    flags = flags_now(
        row.flags,
        satisfied_at=row.satisfied_at,
        valid_until=row.valid_until,
        due_at=row.due_at,
        now=now,
    )
    sources = tuple(
        Evidence(origin.name or "a removed system", fresh.get(origin.id) or row.as_of)
        for origin in record.sources
    )
    names = _joined(source.name for source in sources)
    date, says = _dated(
        row.status, row.completed_at or row.satisfied_at, row.started_at, row.registered_at
    )
    score = {
        "scaled": row.score_scaled,
        "raw": row.score_raw,
        "min": row.score_min,
        "max": row.score_max,
    }
    return Entry(
        course_id=row.course_id,
        title=words.title_text(record.title),
        iri=record.title if words.is_iri(record.title) else "",
        code=codes.get(row.course_id),
        modality=words.MODALITIES.get(row.modality or "", ""),
        status=row.status,
        date=date,
        date_says=words.date_words(says, flags),
        score=words.score_text(score),
        time=words.time_text(row.seconds),
        attempts=row.attempts,
        valid_until=None if EXPIRED in flags else row.valid_until,
        sources=sources,
        notes=words.notes_of(
            flags,
            status=row.status,
            last_result=row.last_result,
            sources=names,
            valid_until=row.valid_until,
            due_at=row.due_at,
            classroom=words.in_classroom(row.modality),
        ),
        technical=words.technical(flags),
        parts=tuple(_part(part, names, row.modality) for part in row.parts),
    )


def _part(part: Mapping[str, Any], sources: str, modality: str | None) -> PartEntry:
    done = _instant(part["completed_at"]) or _instant(part.get("satisfied_at"))
    date, says = _dated(
        part["status"], done, _instant(part["started_at"]), _instant(part.get("registered_at"))
    )
    title = part["title"] or part["activity"]
    kind = words.KINDS.get(part["kind"] or "", "")
    return PartEntry(
        title=words.title_text(title, kind or "part"),
        iri=title if words.is_iri(title) else "",
        kind=kind,
        status=part["status"],
        score=words.score_text(part["score"]),
        time=words.time_text(part["seconds"]),
        date=date,
        date_says=words.date_words(says, part["flags"]),
        attempts=part["attempts"],
        notes=words.notes_of(
            part["flags"],
            status=part["status"],
            last_result=part["last_result"],
            sources=sources,
            classroom=words.in_classroom(modality, part["kind"]),
        ),
        parts=tuple(_part(below, sources, modality) for below in part["parts"]),
    )


def _dated(
    status: str,
    done: datetime | None,
    started: datetime | None,
    registered: datetime | None,
) -> tuple[datetime | None, str]:
    """The date that fits the status, and what it is the date of."""
    if status in DONE and done is not None:
        return done, "Completed"
    if started is not None:
        return started, "Started"
    if registered is not None:
        return registered, "Registered"
    return None, ""


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _joined(names: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(names))
