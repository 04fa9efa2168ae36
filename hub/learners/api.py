"""GET /api/v1/learners: who people are, by which names, and which ids were merged into them."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from hub.accounts.bearer import needs
from hub.api.openapi import PREFIX
from hub.api.operations import operation
from hub.api.paging import Page, position
from hub.extensions import current_hub
from hub.learners.query import Known, active_learners, describe, present_learner
from hub.learners.schemas import LearnerAnswer, LearnersPage, LearnersQuery
from hub.learners.service import find_learner

blueprint = Blueprint("learners", __name__, url_prefix=PREFIX, description="People")


@operation(
    blueprint,
    "/learners",
    guard=needs("learners:read"),
    query=LearnersQuery,
    answer=LearnersPage,
)
def list_learners(query: dict[str, Any]) -> Page[Known]:
    """Learners, ordered by id; or the one with a given name."""
    start = position("learners", query, key_length=1)
    with current_hub().database.reading() as session:
        if query["identifier"] is not None:
            found = find_learner(session, query["identifier"])
            rows = [found] if found is not None and not start.after else []
        else:
            after = UUID(start.after[0]) if start.after else None
            rows = active_learners(session, after=after, limit=start.limit + 1)
        return start.page(describe(session, rows), lambda known: (str(known.learner.id),))


@operation(
    blueprint,
    "/learners/<uuid:learner_id>",
    guard=needs("learners:read"),
    answer=LearnerAnswer,
)
def get_learner(learner_id: UUID) -> Known:
    """One learner.

    The id of a learner that was merged into another one answers with the other one.
    """
    with current_hub().database.reading() as session:
        return describe(session, [present_learner(session, learner_id)])[0]
