"""Record -> statements: the only place that decides actor, verb, object and result.

Pure: no clock, no database, no random. The body of a statement is a function of the record and of
this mapping alone, so that a second pull makes the same ids. What a source did not say is left
out. Raises BadRecord for a record that cannot be stated.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors import records as r
from connectors.errors import BadRecord
from hub.runs.statements import Origin, Subject, activity_json, statement_of
from scorm.cmi import Context
from scorm.normalize import normalize as normalize_cmi
from scorm.statements import InteractionRef, ObjectiveRef, facts_of
from xapi import json as xapi_json
from xapi import vocabulary as v
from xapi.compare import equality_digest
from xapi.durations import duration_of
from xapi.ids import registration_id

MAPPING = "m1"
"""Rises when this module makes other statements of the same records."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a record states, as a statement without id.

    corrects: another content of the same fact says that the earlier one was wrong, so that it is
    voided; otherwise it supersedes it and the earlier one stays true of its time. only_after: it is
    only worth a statement when the source said something else before (a completion taken back).
    """

    name: str
    statement: Mapping[str, Any]
    corrects: bool = True
    only_after: bool = False
    first_time_counts: bool = False
    """The source's time moves whenever anything near the fact changes: the first one is kept."""

    @property
    def digest(self) -> str:
        """Changes when the fact does; another spelling of a title or a name is no other fact."""
        actor = {k: part for k, part in self.statement["actor"].items() if k != "name"}
        return equality_digest(
            {**self.statement, "actor": actor}, ignore_timestamp=self.first_time_counts
        ).hex()


def digest_of(record: r.Record) -> str:
    """Changes when the content of a record does; modified_at and the raw payload do not count."""
    content = {k: val for k, val in asdict(record).items() if k not in {"modified_at", "raw"}}
    text = xapi_json.canonical(_plain(content))
    return hashlib.blake2b(MAPPING.encode() + text, digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def facts(record: r.Record, origin: Origin) -> tuple[Fact, ...]:
    """The facts that a record states; none for courses, sessions and people."""
    state = _STATES.get(type(record))
    return state(record, origin) if state else ()


def _scorm_attempt(record: r.ScormAttempt, origin: Origin) -> tuple[Fact, ...]:
    attempt = normalize_cmi(record.cmi, Context(version=record.version))
    registration = registration_id(
        origin.namespace,
        str(origin.source_id),
        record.person.identifiers[0].value,
        record.module.iri,
        str(record.attempt),
    )
    subject = Subject(record, origin, registration=str(registration))
    address, mark, fragment = record.sco.iri.partition("#")
    joint = "&" if "?" in address else "?"
    attempt_activity = {
        "id": f"{address}{joint}attemptId={registration}{mark}{fragment}",
        "definition": {"type": v.TYPE_ATTEMPT},
    }
    sco = activity_json(record.sco)
    made = []
    for fact in facts_of(attempt, started_at=record.started_at, modified_at=record.modified_at):
        target, parent = sco, [activity_json(record.module)]
        if isinstance(fact.about, ObjectiveRef):
            target, parent = _objective(record.sco, fact.about), [sco]
        elif isinstance(fact.about, InteractionRef):
            continue
        made.append(
            Fact(
                fact.name,
                statement_of(
                    subject,
                    verb=fact.verb,
                    target=target,
                    result=fact.result,
                    at=fact.at,
                    parent=parent,
                    grouping=[attempt_activity, activity_json(record.course)],
                    category=[v.CATEGORY_SCORM],
                    extensions={v.EXT_ATTEMPT: record.attempt},
                ),
                corrects=fact.corrects,
                first_time_counts=fact.name != "ended",
            )
        )
    return tuple(made)


def _objective(sco: r.ActivityRef, about: ObjectiveRef) -> dict[str, Any]:
    definition: dict[str, Any] = {"type": v.TYPE_OBJECTIVE}
    if about.description:
        definition["description"] = {"en": about.description}
    return {"id": f"{sco.iri}/objectives/{quote(about.id, safe='')}", "definition": definition}


def _completion(record: r.Completion, origin: Origin) -> tuple[Fact, ...]:
    subject = Subject(record, origin, registration=record.registration)
    target = activity_json(record.activity)
    parent = _course_above(record.activity, record.course)
    result: dict[str, Any] = {}
    if record.success is not None:
        result["success"] = record.success
    if record.overridden:
        result["extensions"] = {v.EXT_OVERRIDDEN: True}
    made = []
    if record.completion:
        made.append(
            Fact(
                "completion",
                statement_of(
                    subject,
                    verb=v.COMPLETED,
                    target=target,
                    result={"completion": True, **result},
                    at=record.completed_at,
                    parent=parent,
                ),
                corrects=False,
            )
        )
    else:
        made.append(
            Fact(
                "completion",
                statement_of(
                    subject,
                    verb=v.RESET,
                    target=target,
                    result={"completion": False},
                    at=None,
                    parent=parent,
                ),
                corrects=False,
                only_after=True,
            )
        )
    if record.progress is not None and not record.completion:
        percent = min(99, round(record.progress * 100))
        made.append(
            Fact(
                "progress",
                statement_of(
                    subject,
                    verb=v.PROGRESSED,
                    target=target,
                    result={"extensions": {v.EXT_PROGRESS: percent}},
                    at=record.modified_at,
                    parent=parent,
                ),
                corrects=False,
            )
        )
    return tuple(made)


_REGISTRATION_VERBS: Mapping[r.RegistrationStatus, v.Verb] = {
    r.RegistrationStatus.REGISTERED: v.REGISTERED,
    r.RegistrationStatus.REQUESTED: v.REQUESTED,
    r.RegistrationStatus.WAITLISTED: v.REQUESTED,
    r.RegistrationStatus.CANCELLED: v.UNREGISTERED,
}


def _registration(record: r.Registration, origin: Origin) -> tuple[Fact, ...]:
    extensions: dict[str, Any] = {v.EXT_REGISTRATION_STATUS: record.status.value}
    if record.starts_at:
        extensions[v.EXT_PLANNED_START] = record.starts_at.isoformat()
        if record.ends_at and record.ends_at > record.starts_at:
            seconds = (record.ends_at - record.starts_at).total_seconds()
            extensions[v.EXT_PLANNED_DURATION] = duration_of(seconds)
    if record.due_at:
        extensions[v.EXT_DUE_DATE] = record.due_at.isoformat()
    at = record.registered_at
    if record.status is r.RegistrationStatus.CANCELLED:
        at = record.cancelled_at or record.modified_at
        extensions[v.EXT_CANCELLATION] = {"by": record.cancelled_by or "unknown"}
    statement = statement_of(
        Subject(record, origin, registration=record.registration),
        verb=_REGISTRATION_VERBS[record.status],
        target=activity_json(record.activity),
        at=at,
        grouping=_course_above(record.activity, record.course),
        extensions=extensions,
    )
    return (Fact("registration", statement, corrects=False),)


def _course_above(activity: r.ActivityRef, course: r.ActivityRef) -> list[dict[str, Any]]:
    return [] if activity.iri == course.iri else [activity_json(course)]


def _attendance(record: r.Attendance, origin: Origin) -> tuple[Fact, ...]:
    if record.status is r.AttendanceStatus.UNKNOWN:
        return ()
    details: dict[str, Any] = {"status": record.status.value, "basis": record.basis}
    if record.seconds is not None:
        details["seconds"] = record.seconds
    if record.scheduled_seconds:
        details["scheduled_seconds"] = record.scheduled_seconds
        if record.seconds is not None:
            details["ratio"] = round(min(1.0, record.seconds / record.scheduled_seconds), 4)
    there = record.status in {r.AttendanceStatus.ATTENDED, r.AttendanceStatus.PARTIAL}
    result: dict[str, Any] = {"completion": record.status is r.AttendanceStatus.ATTENDED}
    if there and record.seconds is not None:
        result["duration"] = duration_of(float(record.seconds))
    statement = statement_of(
        Subject(record, origin, registration=record.registration),
        verb=v.ATTENDED if there else v.MISSED,
        target=activity_json(record.activity),
        result=result,
        at=_already(record.occurred_at, record.modified_at),
        parent=[activity_json(record.run)] if record.run else [],
        grouping=_course_above(record.activity, record.course),
        extensions={v.EXT_ATTENDANCE: details},
    )
    return (_judged("attendance", statement, record.occurred_at, record.modified_at),)


def _already(at: datetime | None, modified_at: datetime | None) -> datetime | None:
    """The end of what was judged; the time of the mark where it was set before that end."""
    return modified_at if _set_early(at, modified_at) else at


def _set_early(at: datetime | None, modified_at: datetime | None) -> bool:
    return at is not None and modified_at is not None and modified_at < at


def _judged(
    name: str, statement: Mapping[str, Any], at: datetime | None, modified_at: datetime | None
) -> Fact:
    """A mark or an outcome. One that was set early keeps its first time while it stays the same."""
    return Fact(name, statement, first_time_counts=_set_early(at, modified_at))


def _assessment(record: r.Assessment, origin: Origin) -> tuple[Fact, ...]:
    score = {
        name: value
        for name, value in (
            ("scaled", record.scaled_score),
            ("raw", record.raw_score),
            ("min", record.min_score),
            ("max", record.max_score),
        )
        if value is not None
    }
    result: dict[str, Any] = {"score": score} if score else {}
    if record.grade_text:
        result["extensions"] = {v.EXT_GRADE_TEXT: record.grade_text}
    if record.success is None and not result:
        return ()
    verb = v.SCORED
    if record.success is not None:
        verb = v.PASSED if record.success else v.FAILED
        result = {"success": record.success, **result}
    statement = statement_of(
        Subject(record, origin, registration=record.registration),
        verb=verb,
        target=activity_json(record.activity),
        result=result,
        at=_already(record.assessed_at, record.modified_at),
        grouping=_course_above(record.activity, record.course),
    )
    return (_judged("assessment", statement, record.assessed_at, record.modified_at),)


def _certificate(record: r.Certificate, origin: Origin) -> tuple[Fact, ...]:
    result = None
    if record.valid_until:
        result = {"extensions": {v.EXT_VALID_UNTIL: record.valid_until.isoformat()}}
    statement = statement_of(
        Subject(record, origin),
        verb=v.EARNED,
        target=activity_json(record.certificate),
        result=result,
        at=record.issued_at,
        grouping=[activity_json(record.course)],
    )
    return (Fact("certificate", statement),)


def _raw_statement(record: r.RawStatement, _origin: Origin) -> tuple[Fact, ...]:
    return (Fact("statement", record.statement),)


_STATES: Mapping[type[r.Record], Callable[..., tuple[Fact, ...]]] = {
    r.ScormAttempt: _scorm_attempt,
    r.Completion: _completion,
    r.Registration: _registration,
    r.Attendance: _attendance,
    r.Assessment: _assessment,
    r.Certificate: _certificate,
    r.RawStatement: _raw_statement,
}


def person_of(record: r.Record) -> r.PersonRef | None:
    """Whom a record is about; None for courses, sessions and raw statements.

    Raises BadRecord when it should name a learner and does not.
    """
    person = getattr(record, "person", None)
    if person is None:
        return None
    if not any(identifier.value.strip() for identifier in person.identifiers):
        raise BadRecord(
            "The record names no learner.",
            code="no_learner",
            hint="Complete the person in the source system; the next run takes the record in.",
        )
    assert isinstance(person, r.PersonRef)
    return person
