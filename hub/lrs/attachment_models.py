"""Tables of attachments: each content once, and which statements it belongs to."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class Attachment(Base):
    """One content, named by its SHA-256 in lower-case hexadecimal digits. length is in bytes.

    content is None while the bytes lie in a file of that name in the data folder.
    """

    __tablename__ = "attachment"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    length: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


class StatementAttachment(Base):
    """A content that came with a statement.

    sha2 is the hash that the statement names it by, of whatever length, in lower case.
    content_type is what the sender called it; None when it did not say.
    """

    __tablename__ = "statement_attachment"

    seq: Mapped[int] = mapped_column(ForeignKey("statement.seq"), primary_key=True)
    sha2: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("attachment.sha256"), index=True)
    content_type: Mapped[str | None]
