"""Keyset paging with signed cursors: the one place that says how a list of the API goes on.

A cursor names the last row that was sent, the question, and the instant of the first page. It is
signed, so a cursor that the hub did not write, or wrote for another question, is refused.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import Schema, fields, validate

from hub import clock
from hub.api.fields import Instant
from hub.errors import HubError
from hub.extensions import current_hub

USUAL_LIMIT = 100
HIGHEST_LIMIT = 1000
COMMIT_WINDOW = timedelta(minutes=1)
"""as_of lies this far back: a row is stamped before its transaction commits, and must not be
skipped by somebody who asked in between. PostgreSQL ends transactions that idle longer."""

Row = TypeVar("Row")


class BadCursor(HubError):
    """The cursor is not one of ours, or belongs to another question."""

    status = 400
    code = "invalid_cursor"


class PageQuery(Schema):
    """What every list takes."""

    limit = fields.Integer(
        load_default=USUAL_LIMIT,
        validate=validate.Range(1, HIGHEST_LIMIT),
        metadata={"description": "Most rows in one answer."},
    )
    cursor = fields.String(
        load_default=None,
        metadata={"description": "next_cursor of the answer before; the other parameters as then."},
    )


class PageAnswer(Schema):
    """What every list answers, beside its data."""

    has_more = fields.Boolean(required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata={"description": "Send as cursor to go on."}
    )
    as_of = Instant(
        required=True,
        metadata={
            "description": "The instant that this list is complete to. Where a list takes "
            "updated_since, send it next time: nothing is missed, and what changed in the minute "
            "after it may come twice."
        },
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, in order."""

    data: Sequence[Row]
    has_more: bool
    next_cursor: str | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a list an answer begins. after: key of the last row sent, None at the beginning."""

    question: str
    limit: int
    after: tuple[str, ...] | None
    as_of: datetime

    def page(self, rows: Sequence[Row], key: Callable[[Row], tuple[str, ...]]) -> Page[Row]:
        """The answer from up to limit + 1 rows; the one too many says that there is more."""
        data = rows[: self.limit]
        has_more = len(rows) > self.limit
        cursor = _write(self.question, key(data[-1]), self.as_of) if has_more else None
        return Page(data, has_more, cursor, self.as_of)


def position(name: str, query: Mapping[str, Any], *, key_length: int) -> Position:
    """Where the list *name* begins for the loaded arguments of a PageQuery. Raises BadCursor."""
    filters = {k: str(v) for k, v in query.items() if k not in {"limit", "cursor"}}
    text = json.dumps([name, filters], sort_keys=True)
    question = hashlib.sha256(text.encode()).hexdigest()[:16]
    if query["cursor"] is None:
        return Position(question, query["limit"], None, clock.now() - COMMIT_WINDOW)
    asked, after, as_of = _read(query["cursor"])
    if asked != question or len(after) != key_length:
        raise BadCursor(
            "The cursor belongs to another question.",
            hint="Repeat the parameters of the first request; only limit may change.",
            field="cursor",
        )
    return Position(question, query["limit"], after, as_of)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_hub().keyring.session_secret, salt="api cursor 1")


def _write(question: str, after: tuple[str, ...], as_of: datetime) -> str:
    text = _signer().dumps([question, after, as_of.isoformat()])
    return text if isinstance(text, str) else text.decode()


def _read(cursor: str) -> tuple[str, tuple[str, ...], datetime]:
    try:
        question, after, as_of = _signer().loads(cursor)
    except BadSignature as error:
        raise BadCursor(
            "The cursor is not one that this hub has written.",
            hint="Send next_cursor as it was received, or begin without a cursor.",
            field="cursor",
        ) from error
    return question, tuple(after), datetime.fromisoformat(as_of)
