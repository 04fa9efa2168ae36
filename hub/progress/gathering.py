"""Everything that many keys are reduced from, in a number of queries that does not grow with them.

Reads what is stored and builds values; what they mean is for hub.progress.rules to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.catalog.models import Activity, Course
from hub.learners.models import Learner, Link, SourceAccount
from hub.lrs.models import Actor, AuthorityRow, Statement
from hub.lrs.payload import skim
from hub.progress.evidence import Evidence, StoredStatement, evidence_of
from hub.progress.keys import Key, key_table
from hub.progress.rollup import Part
from hub.progress.rules import Outline, Record, outline_of, reduce
from hub.runs.models import Fact


@dataclass(frozen=True, slots=True)
class Found:
    """What the evidence of some keys makes: a record for each key that has evidence.

    modalities are by course; survivors tell, for keys of merged learners, who has them now.
    """

    records: Mapping[Key, Record]
    modalities: Mapping[UUID, str | None]
    survivors: tuple[Key, ...]


def gather(session: Session, keys: Sequence[Key]) -> Found:
    """Read and reduce. On PostgreSQL the keys must be locked, so that nobody writes older rows."""
    learners = _learners(session, keys)
    courses = _courses(session, keys)
    suspended = _suspended(session, keys)
    records: dict[Key, Record] = {}
    for key, evidence in _evidence(session, keys).items():
        if key[0] not in learners or learners[key[0]].status != "active" or not evidence:
            continue
        by_whom = suspended.get(key[0], ())
        flags = ["suspended"] if any(item.source in by_whom for item in evidence) else []
        records[key] = reduce(evidence, courses[key[1]].outline, extra_flags=flags)
    merged = {who: one.merged_into for who, one in learners.items() if one.merged_into is not None}
    return Found(
        records,
        {course_id: course.modality for course_id, course in courses.items()},
        tuple((merged[who], course_id) for who, course_id in keys if who in merged),
    )


@dataclass(frozen=True, slots=True)
class _Learner:
    status: str
    merged_into: UUID | None


def _learners(session: Session, keys: Sequence[Key]) -> dict[UUID, _Learner]:
    key = key_table(session, keys)
    rows = session.execute(
        select(Learner.id, Learner.status, Learner.merged_into).where(
            Learner.id.in_(select(key.c.learner_id))
        )
    )
    return {learner_id: _Learner(status, into) for learner_id, status, into in rows}


def _suspended(session: Session, keys: Sequence[Key]) -> dict[UUID, set[str]]:
    """By learner, the sources that have suspended their account."""
    key = key_table(session, keys)
    rows = session.execute(
        select(Link.learner_id, SourceAccount.source_id)
        .join(Link, Link.identifier_id == SourceAccount.identifier_id)
        .where(
            Link.learner_id.in_(select(key.c.learner_id)),
            Link.valid_to.is_(None),
            SourceAccount.active.is_(False),
        )
    )
    found: dict[UUID, set[str]] = {}
    for learner_id, source_id in rows:
        found.setdefault(learner_id, set()).add(f"source:{source_id}")
    return found


@dataclass(frozen=True, slots=True)
class _Course:
    modality: str | None
    outline: Outline


def _courses(session: Session, keys: Sequence[Key]) -> dict[UUID, _Course]:
    """Each course once, with its activities in their declared order."""
    key = key_table(session, keys)
    wanted = select(key.c.course_id)
    activities = session.execute(
        select(
            Activity.course_id,
            Activity.id,
            Activity.parent_id,
            Activity.iri,
            Activity.kind,
            Activity.title,
            Activity.required,
            Activity.declared,
            Activity.decides,
            Activity.cancelled,
        )
        .where(Activity.course_id.in_(wanted))
        .order_by(Activity.position, Activity.id)
    ).all()
    by_course: dict[UUID, dict[int, str]] = {}
    for row in activities:
        by_course.setdefault(row.course_id, {})[row.id] = row.iri
    parts: dict[UUID, list[Part]] = {course_id: [] for course_id in by_course}
    for row in activities:
        part = Part(
            iri=row.iri,
            kind=row.kind,
            title=row.title,
            parent=by_course[row.course_id].get(row.parent_id or 0),
            required=row.required,
            declared=row.declared,
            decides=row.decides,
            cancelled=row.cancelled,
        )
        parts[row.course_id].append(part)
    modalities = session.execute(select(Course.id, Course.modality).where(Course.id.in_(wanted)))
    return {
        course_id: _Course(modality, outline_of(parts.get(course_id, ())))
        for course_id, modality in modalities
    }


def _evidence(session: Session, keys: Sequence[Key]) -> dict[Key, list[Evidence]]:
    """What is said of each key, of those of whom something is said."""
    key = key_table(session, keys)
    pairs = (
        select(key.c.place, Actor.id.label("actor_id"), Activity.id.label("activity_id"))
        .join(Link, Link.learner_id == key.c.learner_id)
        .join(Actor, Actor.identifier_id == Link.identifier_id)
        .join(Activity, Activity.course_id == key.c.course_id)
        .where(Link.valid_to.is_(None))
        # Else SQLite reads whatever the learner has done anywhere, or everybody in the course.
        .cte("pair")
        .prefix_with("MATERIALIZED")
    )
    rows = session.execute(
        select(
            pairs.c.place,
            Statement.payload,
            Statement.stored,
            AuthorityRow.key,
            Statement.fact_id,
            Statement.version,
        )
        .join(
            Statement,
            (Statement.actor_id == pairs.c.actor_id)
            & (Statement.activity_id == pairs.c.activity_id),
        )
        .join(AuthorityRow, AuthorityRow.id == Statement.authority_id)
        .outerjoin(Fact, Fact.id == Statement.fact_id)
        .where(
            Statement.voided.is_(False),
            # A fact's newest version speaks for it, also when that was voided or moved away.
            or_(Fact.id.is_(None), Fact.version == Statement.version),
        )
    )
    found: dict[Key, list[Evidence]] = {}
    for place, payload, stored, authority, fact, version in rows:
        found.setdefault(keys[place], []).extend(
            evidence_of(StoredStatement(skim(payload), stored, authority, fact, version))
        )
    return found
