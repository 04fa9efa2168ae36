"""Contents of attachments: taken in with statements, kept once, given out with statements.

A content is named by its SHA-256 and stored once, however many statements it belongs to. It is
given out only with a statement that it came with: to know a hash is not to be allowed to read.
What is kept and what is removed happens in the turn of the store, so that neither meets the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from config import Settings
from hub.database import insert_ignoring
from hub.lrs.attachment_models import Attachment, StatementAttachment
from hub.lrs.attachment_storage import Storage
from hub.lrs.errors import XapiError
from hub.lrs.turn import take_turn
from xapi import attachments, multipart
from xapi.attachments import hashes_in
from xapi.multipart import BadMultipart, Multipart, Part

IDS_PER_QUERY = 400
"""SQLite allows a limited number of parameters."""

_Key = TypeVar("_Key", str, int)

__all__ = [
    "check",
    "find_of",
    "fitting",
    "forget",
    "hashes_in",
    "keep",
    "multipart_answer",
    "read",
    "write_ahead",
]


def read(body: bytes, content_type: str, settings: Settings) -> Multipart:
    """The parts of a multipart/mixed request. Raises XapiError 400 or 413."""
    try:
        return multipart.parse(
            body,
            content_type,
            most_parts=settings.max_attachments,
            most_bytes=settings.max_attachment_bytes,
        )
    except BadMultipart as error:
        raise _refused(error) from error


def check(statements: Sequence[Mapping[str, Any]], parts: Sequence[Part], *, version: str) -> None:
    """Check that valid statements and the contents sent with them belong together.

    Call it for every request, also without *parts*: an attachment without fileUrl needs one.
    Raises InvalidStatement with the index of the statement, XapiError for a part nobody declares.
    """
    try:
        attachments.check_attachments(statements, parts, version=version)
    except BadMultipart as error:
        raise _refused(error) from error


def write_ahead(storage: Storage, parts: Iterable[Part]) -> None:
    """Write contents that go into files before the transaction opens, which then waits for no disk.

    `keep` writes what is still missing; what is never kept goes with the next sweep.
    """
    if storage.place == "files":
        for part in parts:
            storage.put(_name(part), part.content)


def keep(
    session: Session, storage: Storage, parts: Iterable[Part], used: Iterable[tuple[int, str]]
) -> None:
    """Keep the contents of one request that its stored statements use; these are inserted already.

    *used* has a pair for each statement that was stored now and each hash that it declares
    (`hashes_in`); hashes that no part has are links alone and passed over.
    """
    by_sha2 = {part.sha2: part for part in parts}
    pairs = sorted({(seq, sha2) for seq, sha2 in used if sha2 in by_sha2})
    if not pairs:
        return
    take_turn(session)
    names = {sha2: _name(by_sha2[sha2]) for sha2 in sorted({sha2 for _, sha2 in pairs})}
    known = set(
        session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(names.values())))
    )
    # One by one: together they may be more than a database takes in a statement.
    for sha2, name in sorted(names.items(), key=lambda item: item[1]):
        content = by_sha2[sha2].content
        if name not in known:
            known.add(name)
            row = {"sha256": name, "length": len(content), "content": storage.put(name, content)}
            insert_ignoring(session, Attachment, [row], unique=("sha256",))
    session.execute(
        insert(StatementAttachment),
        [
            {
                "seq": seq,
                "sha2": sha2,
                "sha256": names[sha2],
                "content_type": by_sha2[sha2].content_type,
            }
            for seq, sha2 in pairs
        ],
    )


def find_of(session: Session, storage: Storage, seqs: Iterable[int]) -> list[Part]:
    """Contents that came with these statements, each once, in the order of the hashes.

    Raises ContentLost where a file is gone.
    """
    types: dict[tuple[str, str], set[str | None]] = {}
    for chunk in _chunks(sorted(set(seqs))):
        rows = session.execute(
            select(
                StatementAttachment.sha2,
                StatementAttachment.sha256,
                StatementAttachment.content_type,
            ).where(StatementAttachment.seq.in_(chunk))
        )
        for sha2, name, kind in rows:
            types.setdefault((sha2, name), set()).add(kind)
    contents = _contents(session, storage, {name for _, name in types})
    return [
        # Called different things by different statements, a content is called nothing.
        Part(sha2, kinds.pop() if len(kinds) == 1 else None, contents[name], {})
        for (sha2, name), kinds in sorted(types.items())
    ]


def fitting(session: Session, seqs: Sequence[int], most_bytes: int) -> int:
    """How many of these statements, from the first, have contents of *most_bytes* together.

    At least 1, so that a reader who goes on with the rest gets everything.
    """
    sizes: dict[int, dict[str, int]] = {}
    for chunk in _chunks(sorted(set(seqs))):
        rows = session.execute(
            select(StatementAttachment.seq, Attachment.sha256, Attachment.length)
            .join(Attachment, Attachment.sha256 == StatementAttachment.sha256)
            .where(StatementAttachment.seq.in_(chunk))
        )
        for seq, name, length in rows:
            sizes.setdefault(seq, {})[name] = length
    taken: dict[str, int] = {}
    for count, seq in enumerate(seqs):
        taken.update(sizes.get(seq, {}))
        if count and sum(taken.values()) > most_bytes:
            return count
    return len(seqs)


def forget(session: Session, seqs: Iterable[int]) -> None:
    """Take the attachments from statements that are to be erased, and contents that only they had.

    Their files go with the next sweep.
    """
    take_turn(session)
    names: set[str] = set()
    for chunk in _chunks(sorted(set(seqs))):
        gone = StatementAttachment.seq.in_(chunk)
        names.update(session.scalars(select(StatementAttachment.sha256).where(gone)))
        session.execute(delete(StatementAttachment).where(gone))
    for some in _chunks(sorted(names)):
        session.execute(
            delete(Attachment).where(
                Attachment.sha256.in_(some),
                ~exists().where(StatementAttachment.sha256 == Attachment.sha256),
            )
        )


def multipart_answer(statements: bytes, parts: Sequence[Part]) -> tuple[bytes, str]:
    """The body and the Content-Type of an answer with attachments=true; *parts* may be empty."""
    return multipart.build(statements, parts)


def _contents(session: Session, storage: Storage, names: set[str]) -> dict[str, bytes]:
    found = {}
    for chunk in _chunks(sorted(names)):
        rows = session.execute(
            select(Attachment.sha256, Attachment.content).where(Attachment.sha256.in_(chunk))
        )
        found.update({name: storage.get(name, kept) for name, kept in rows})
    return found


def _chunks(keys: Sequence[_Key]) -> Iterator[Sequence[_Key]]:
    for start in range(0, len(keys), IDS_PER_QUERY):
        yield keys[start : start + IDS_PER_QUERY]


def _name(part: Part) -> str:
    """The SHA-256 of a content, which is often the hash that came with it."""
    return part.sha2 if len(part.sha2) == 64 else sha256(part.content).hexdigest()


def _refused(error: BadMultipart) -> XapiError:
    problem = {
        "statement": 0,
        "pointer": "",
        "rule": error.rule,
        "message": str(error),
        "section": "Communication 1.5.2",
    }
    return XapiError(
        f"Nothing of the request was stored. {error}",
        status=413 if error.too_large else 400,
        problems=[problem],
    )
