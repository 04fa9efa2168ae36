"""Bad statements of a credential whose intake mode is "set-aside": kept apart with their reason.

The standard refuses a batch for one bad statement, and some senders lose the whole batch then. In
this mode an admin sees what was bad under /admin/attention, and the others are stored.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub.accounts.credentials import Credential
from hub.keyring import Keyring
from hub.rejections.service import Reason, close_passed, has_open, set_aside
from xapi import json as xapi_json
from xapi.errors import InvalidStatement
from xapi.formats import is_uuid

STREAM = "xapi"
"""The stream of rejections that were pushed; their source_id is the vendor's id."""


def set_aside_bad(
    session: Session,
    keyring: Keyring,
    vendor: Credential,
    bad: Sequence[tuple[int, Any, InvalidStatement]],
) -> None:
    """Keep bad statements (place in the batch from 0, the statement as sent, what is wrong)."""
    for _, statement, error in bad:
        raw = xapi_json.dumps(statement)
        set_aside(
            session,
            keyring,
            source_id=vendor.id,
            stream=STREAM,
            record_key=_key(statement, raw),
            reason=_reason(error),
            payload=raw,
        )


def has_cases(session: Session, vendor: Credential) -> bool:
    """Whether statements of this vendor were set aside and are not mended yet."""
    return has_open(session, source_id=vendor.id, stream=STREAM)


def close_stored(session: Session, vendor: Credential, ids: Iterable[UUID]) -> None:
    """These statements are stored now: what was set aside under their ids is mended."""
    close_passed(
        session, source_id=vendor.id, stream=STREAM, record_keys=[str(given) for given in ids]
    )


def _key(statement: Any, raw: bytes) -> str:
    """The statement's id; a digest of its bytes where it brought none that can be one."""
    given = statement.get("id") if isinstance(statement, dict) else None
    if isinstance(given, str) and is_uuid(given):
        return str(UUID(given))
    return blake2b(raw, digest_size=16).hexdigest()


def _reason(error: InvalidStatement) -> Reason:
    first = error.problems[0]
    others = len(error.problems) - 1
    more = f" ({others} more {'rule is' if others == 1 else 'rules are'} broken.)" if others else ""
    return Reason(
        code=f"statement_{first.rule}",
        message=f"{first.message} (xAPI {first.section}){more}",
        hint="The system that sent it has to mend it and send it again.",
        pointer=first.pointer or "/",
    )
