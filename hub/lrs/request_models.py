"""The table of the last requests of each credential."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, BigKey


class VendorRequest(Base):
    """One request of a vendor and how it was answered. Holds no body, no parameter, no secret.

    resource: the address below /xapi ("statements"). statements: how many were sent; set_aside:
    how many of them were kept apart. error: the first sentence of a refusal, "" otherwise.
    """

    __tablename__ = "vendor_request"
    __table_args__ = (Index("ix_vendor_request_vendor_id_id", "vendor_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    vendor_id: Mapped[UUID] = mapped_column(ForeignKey("vendor.id"))
    at: Mapped[datetime]
    method: Mapped[str]
    resource: Mapped[str]
    statements: Mapped[int | None]
    set_aside: Mapped[int]
    status: Mapped[int]
    error: Mapped[str]
    milliseconds: Mapped[float]
