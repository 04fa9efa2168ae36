"""An admin voids a statement: stores a voiding statement on the hub's own word, with the reason.

Who stored the target does not matter; an admin acts with the scope `all`. Refuses what is not
stored, what is voided already, and voiding statements, which cannot be voided (xAPI Data 2.3.2).
Nothing is deleted: the target can still be read by `voidedStatementId`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock
from hub.accounts import audit
from hub.deployment import namespace_of
from hub.errors import Conflict, Invalid, NotFound
from hub.lrs.models import Statement, Verb
from hub.lrs.prepare import prepare
from hub.lrs.store import Authority, put
from xapi.build import statement
from xapi.vocabulary import BASE, CATEGORY_HUB, EXT_VOIDING_REASON, VOIDED

_XAPI_VERSION = "1.0.3"


def void(session: Session, statement_id: UUID, reason: str, by: str) -> UUID:
    """Void a statement and write it to the audit log; returns the id of the voiding statement.

    *by* is who does it, for the audit log; the statement itself names the hub, because a statement
    is never erased. Raises NotFound, Conflict and Invalid.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(
            "The statement was not voided: there is no reason.",
            hint="Say in a few words why it must not count; whoever finds it voided reads them.",
            field="reason",
        )
    refuse_unvoidable(session, statement_id)
    agent = hub_agent(session)
    voiding_id = uuid4()
    body = statement(
        id=voiding_id,
        actor=agent,
        verb=VOIDED,
        object={"objectType": "StatementRef", "id": str(statement_id)},
        context={
            "contextActivities": {"category": [CATEGORY_HUB]},
            "extensions": {EXT_VOIDING_REASON: reason},
        },
        timestamp=clock.now(),
    )
    prepared = prepare(body, new_id=voiding_id, version=_XAPI_VERSION)
    authority = Authority("hub", agent, voids_any=True)
    put(session, [prepared], authority=authority, version=_XAPI_VERSION)
    audit.record(
        session,
        by,
        "statement.void",
        str(statement_id),
        reason=reason,
        voiding=str(voiding_id),
    )
    return voiding_id


def refuse_unvoidable(session: Session, statement_id: UUID) -> None:
    """Raises NotFound or Conflict for what cannot be voided."""
    found = session.execute(
        select(Statement.voided, Verb.iri)
        .join(Verb, Verb.id == Statement.verb_id)
        .where(Statement.id == statement_id)
    ).one_or_none()
    if found is None:
        raise NotFound(
            f"Nothing was voided: there is no statement with the id {statement_id}.",
            hint="The id stands in the statement itself, as `id`.",
            field="statement_id",
        )
    voided, verb = found
    if voided:
        raise Conflict(
            f"The statement {statement_id} is voided already.",
            hint="GET /xapi/statements?voidedStatementId=… shows it.",
            field="statement_id",
        )
    if verb == VOIDED.id:
        raise Conflict(
            f"The statement {statement_id} voids another one; a voiding cannot be taken back.",
            hint="Store what happened once more, under an id of its own.",
            field="statement_id",
        )


def hub_agent(session: Session) -> Mapping[str, Any]:
    """The hub itself: one agent per deployment, which does not tell the deployment's namespace."""
    name = uuid5(namespace_of(session), "authority")
    return {
        "objectType": "Agent",
        "account": {"homePage": BASE + "hubs", "name": str(name)},
        "name": "Learning Record Hub",
    }
