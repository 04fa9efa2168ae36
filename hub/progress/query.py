"""Reads progress records and the freshness of sources, as the reporting API and exports show them.

Only reads. The flags that depend on the clock are put on here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.models import Vendor
from hub.catalog.models import Course
from hub.progress.flags import flags_now
from hub.progress.models import Progress
from hub.runs.models import Run
from hub.sources.models import Source

SUCCEEDED = ("succeeded", "succeeded_with_warnings")
Key = tuple[datetime, UUID, UUID]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where evidence came from. name is None when the source or vendor is gone."""

    id: str
    name: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Score:
    """scaled: -1..1; the others as the source counts."""

    scaled: float | None
    raw: float | None
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class ProgressRecord:
    """A row with its course's title, its sources by name and its flags as of now."""

    row: Progress
    title: str
    flags: tuple[str, ...]
    sources: tuple[Origin, ...]

    @property
    def score(self) -> Score | None:
        """None when no part of a score is known: 0 is not the same as absent."""
        row = self.row
        score = Score(row.score_scaled, row.score_raw, row.score_min, row.score_max)
        return None if score == Score(None, None, None, None) else score

    @property
    def key(self) -> Key:
        """What lists are ordered by."""
        return (self.row.updated_at, self.row.learner_id, self.row.course_id)


def list_progress(
    session: Session,
    *,
    limit: int,
    after: Key | None = None,
    updated_since: datetime | None = None,
    learner_id: UUID | None = None,
    course_id: UUID | None = None,
    status: str | None = None,
) -> list[ProgressRecord]:
    """Records ordered by (updated_at, learner, course), those after *after*.

    updated_since is inclusive and about the record, not about what happened in it.
    """
    columns = (Progress.updated_at, Progress.learner_id, Progress.course_id)
    query = (
        select(Progress, Course.title)
        .join(Course, Course.id == Progress.course_id)
        .order_by(*columns)
        .limit(limit)
    )
    if after is not None:
        # What comes after a row of the list is not older than updated_since; asking for both
        # would let a database begin every page at updated_since again.
        query = query.where(tuple_(*columns) > after)
    elif updated_since is not None:
        query = query.where(Progress.updated_at >= updated_since)
    if learner_id is not None:
        query = query.where(Progress.learner_id == learner_id)
    if course_id is not None:
        query = query.where(Progress.course_id == course_id)
    if status is not None:
        query = query.where(Progress.status == status)
    return _records(session, [(row, title) for row, title in session.execute(query)])


def _records(session: Session, rows: Sequence[tuple[Progress, str]]) -> list[ProgressRecord]:
    origins = _origins(session, {name for row, _ in rows for name in row.sources})
    now = clock.now()
    return [
        ProgressRecord(
            row=row,
            title=title,
            flags=flags_now(
                row.flags,
                satisfied_at=row.satisfied_at,
                valid_until=row.valid_until,
                due_at=row.due_at,
                now=now,
            ),
            sources=tuple(origins[name] for name in row.sources),
        )
        for row, title in rows
    ]


def _origins(session: Session, texts: Iterable[str]) -> dict[str, Origin]:
    """``source:<uuid>`` and ``vendor:<uuid>`` with the names that they have now."""
    wanted = {text: text.partition(":") for text in texts}
    names: dict[tuple[str, UUID], str] = {}
    for kind, table in (("source", Source), ("vendor", Vendor)):
        ids = {UUID(value) for of_kind, _, value in wanted.values() if of_kind == kind}
        if ids:
            found = session.execute(select(table.id, table.name).where(table.id.in_(ids)))
            names.update(((kind, row_id), name) for row_id, name in found)
    return {
        text: Origin(value, names.get((kind, UUID(value))), kind)
        for text, (kind, _, value) in wanted.items()
    }


@dataclass(frozen=True, slots=True)
class SourceFreshness:
    """A source and its last successful run; run is None when there was none yet."""

    source: Source
    run: Run | None

    @property
    def data_as_of(self) -> datetime | None:
        """What the source held then has been taken in: when its last successful run began."""
        return self.run.started_at if self.run else None


def list_sources(session: Session) -> list[SourceFreshness]:
    """All sources by name."""
    newest = (
        select(
            Run.id,
            func.row_number()
            .over(partition_by=Run.source_id, order_by=(Run.started_at.desc(), Run.id))
            .label("place"),
        )
        .where(Run.state.in_(SUCCEEDED), Run.started_at.is_not(None))
        .subquery()
    )
    last = select(newest.c.id).where(newest.c.place == 1)
    rows = session.execute(
        select(Source, Run)
        .outerjoin(Run, (Run.source_id == Source.id) & Run.id.in_(last))
        .order_by(Source.name)
    )
    return [SourceFreshness(source, run) for source, run in rows]
