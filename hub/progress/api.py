"""GET /api/v1/progress and its kin: what reporting tools read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.bearer import needs
from hub.api.openapi import PREFIX
from hub.api.operations import operation
from hub.api.paging import COMMIT_WINDOW, Page, Position, position
from hub.extensions import current_hub
from hub.learners.query import present_learner, surviving_id
from hub.progress import query as progress_query
from hub.progress.query import Key, ProgressRecord, SourceFreshness
from hub.progress.schemas import (
    LearnerProgressQuery,
    ProgressPage,
    ProgressQuery,
    SourcesPage,
)

blueprint = Blueprint(
    "progress", __name__, url_prefix=PREFIX, description="What people have done in courses"
)


def _after(start: Position) -> Key | None:
    if start.after is None:
        return None
    updated_at, learner_id, course_id = start.after
    return datetime.fromisoformat(updated_at), UUID(learner_id), UUID(course_id)


def _key(record: ProgressRecord) -> tuple[str, ...]:
    updated_at, learner_id, course_id = record.key
    return updated_at.isoformat(), str(learner_id), str(course_id)


def _page(
    session: Session, start: Position, query: dict[str, Any], learner_id: UUID | None
) -> Page[ProgressRecord]:
    rows = progress_query.list_progress(
        session,
        limit=start.limit + 1,
        after=_after(start),
        updated_since=query["updated_since"],
        learner_id=learner_id,
        course_id=query["course"],
        status=query["status"],
    )
    return start.page(rows, _key)


@operation(
    blueprint,
    "/progress",
    guard=needs("progress:read"),
    query=ProgressQuery,
    answer=ProgressPage,
)
def list_progress(query: dict[str, Any]) -> Page[ProgressRecord]:
    """Progress records, the one that changed longest ago first."""
    start = position("progress", query, key_length=3)
    with current_hub().database.reading() as session:
        given = query["learner"]
        learner_id = None if given is None else surviving_id(session, given)
        return _page(session, start, query, learner_id)


@operation(
    blueprint,
    "/learners/<uuid:learner_id>/progress",
    guard=needs("progress:read"),
    query=LearnerProgressQuery,
    answer=ProgressPage,
)
def list_progress_of_learner(query: dict[str, Any], learner_id: UUID) -> Page[ProgressRecord]:
    """Progress records of one learner.

    The id of a learner that was merged into another one answers with the other one's records.
    """
    start = position(f"progress of {learner_id}", query, key_length=3)
    with current_hub().database.reading() as session:
        return _page(session, start, query, present_learner(session, learner_id).id)


@operation(blueprint, "/sources", guard=needs("progress:read"), answer=SourcesPage)
def list_sources() -> Page[SourceFreshness]:
    """All sources with their last successful run, for "data as of" on a report."""
    with current_hub().database.reading() as session:
        rows = progress_query.list_sources(session)
    return Page(rows, has_more=False, next_cursor=None, as_of=clock.now() - COMMIT_WINDOW)
