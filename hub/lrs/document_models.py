"""The table of documents that clients keep here: activity states, and profiles of agents and
activities (xAPI Communication 2.2).

Whose document it is stands here twice. *agent* is the identifier as text
(hub.lrs.prepare.ifi_text), so that a row tells by itself whom it is about. *identifier_id* is the
name that learners are resolved by: a person's documents are erased or exported by the identifiers
that are linked to the learner, in one statement, also of somebody who never acted in a statement.
No actor row is made, which nobody would clean up afterwards.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey


class Document(Base):
    """One document, byte for byte as it was sent.

    resource is a hub.lrs.documents.Resource; name is the stateId or profileId. place and key are
    SHA-256 of what a document is found by, without and with its name: unique also where there is no
    registration, on every database, and however long an IRI is. etag is the SHA-1 of content in
    lowercase hexadecimal, without quotes.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    place: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    resource: Mapped[str]
    activity: Mapped[str | None]
    agent: Mapped[str | None]
    identifier_id: Mapped[int | None] = mapped_column(ForeignKey("identifier.id"), index=True)
    registration: Mapped[UUID | None]
    name: Mapped[str]
    updated: Mapped[datetime]
    content_type: Mapped[str]
    etag: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
