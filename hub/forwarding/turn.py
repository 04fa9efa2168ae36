"""One turn of one forwarder: take it, send the next statements, write down what became of them.

The position moves in a transaction of its own after each answer. A crash between an answer and
that transaction sends the same statements again, and their ids tell the other store that it has
them: at least once on the way, once over there. No transaction is open while a request is.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from connectors.errors import ConnectorError, Unavailable
from connectors.response import Response, said
from hub.database import database_now, upsert
from hub.errors import HubError
from hub.extensions import Hub
from hub.forwarding import lease, wording
from hub.forwarding.client import OtherLrs
from hub.forwarding.models import DeadLetter, Forwarder
from hub.forwarding.reading import (
    Batch,
    Outgoing,
    by_seq,
    contents_of,
    newest_seq,
    next_batch,
)
from hub.forwarding.rules import (
    REFUSED_IN_A_ROW,
    Verdict,
    grown,
    halves,
    verdict,
    wait_seconds,
)
from hub.forwarding.service import filter_of, secret_of
from hub.lrs.attachment_storage import ContentLost

LETTERS_AT_ONCE = 20
"""Dead letters that are sent again in one turn, each by itself."""

TURN_SECONDS = 30.0
"""A slow store lets others go first after this."""

Parts = deque[Sequence[Outgoing]]


def next_due(session: Session) -> UUID | None:
    """The forwarder that has something to do and was looked at longest ago."""
    now = database_now(session)
    return session.scalars(
        select(Forwarder.id)
        .where(
            Forwarder.paused_at.is_(None),
            Forwarder.stopped_at.is_(None),
            or_(Forwarder.next_try_at.is_(None), Forwarder.next_try_at <= now),
            lease.is_free(now),
            or_(Forwarder.position < newest_seq(session), _asked_again()),
        )
        .order_by(Forwarder.tried_at.nulls_first())
        .limit(1)
    ).first()


def _asked_again() -> ColumnElement[bool]:
    return exists().where(DeadLetter.forwarder_id == Forwarder.id, DeadLetter.again)


def carry_out(
    hub: Hub,
    forwarder_id: UUID,
    *,
    after_answer: Callable[[], object] = lambda: None,
    seconds: float = TURN_SECONDS,
) -> bool:
    """One turn, which begins no further request after *seconds*.

    *after_answer* is called between an answer and the transaction that keeps it. A forwarder that
    somebody else holds, or takes over meanwhile, is left alone. Returns whether much waits: there
    was a whole batch, or nothing to send among very many.
    """
    claim = _claim(hub, forwarder_id)
    if not isinstance(claim, _Claim):
        return claim
    turn = _Turn(hub, claim, after_answer, seconds)
    try:
        turn.run()
    except lease.LeaseLost:
        return False
    return len(claim.batch.items) >= claim.forwarder.batch_limit


@dataclass(frozen=True, slots=True)
class _Claim:
    """A forwarder that is ours, and what to send: dead letters, or the next batch."""

    forwarder: Forwarder
    fence: lease.Fence
    batch: Batch
    letters: bool


def _claim(hub: Hub, forwarder_id: UUID) -> _Claim | bool:
    """Take the lease and read what to send.

    Where nothing is to be sent, move on in one go, and return whether more is to be looked through.
    """
    with hub.database.transaction() as session:
        fence = lease.acquire(session, forwarder_id)
        if fence is None:
            return False
        forwarder = session.get_one(Forwarder, forwarder_id, populate_existing=True)
        asked = _letters_again(session, forwarder_id)
        if asked:
            return _Claim(forwarder, fence, Batch(tuple(asked), forwarder.position), letters=True)
        batch = next_batch(
            session,
            filter_of(forwarder),
            after=forwarder.position,
            limit=forwarder.batch_limit,
        )
        if not batch.items:
            lease.write(session, fence, release=True, position=batch.upto)
            return batch.upto < newest_seq(session)
        return _Claim(forwarder, fence, batch, letters=False)


def _letters_again(session: Session, forwarder_id: UUID) -> list[Outgoing]:
    asked = (DeadLetter.forwarder_id == forwarder_id, DeadLetter.again)
    query = select(DeadLetter.seq).where(*asked).order_by(DeadLetter.seq).limit(LETTERS_AT_ONCE)
    seqs = list(session.scalars(query))
    found = by_seq(session, seqs)
    gone = set(seqs) - {item.seq for item in found}
    if gone:
        session.execute(delete(DeadLetter).where(*asked, DeadLetter.seq.in_(gone)))
    return found


class _Turn:
    """The requests of one turn. What one could not take whole is sent in smaller parts."""

    def __init__(
        self, hub: Hub, claim: _Claim, after_answer: Callable[[], object], seconds: float
    ) -> None:
        self._hub = hub
        self._claim = claim
        self._after_answer = after_answer
        self._ends_at = time.monotonic() + seconds
        self._limit = claim.forwarder.batch_limit
        self._refused = claim.forwarder.refused_in_a_row
        self._accepted = claim.forwarder.accepted
        self._tries = claim.forwarder.tries
        items = claim.batch.items
        self._parts: Parts = deque([item] for item in items) if claim.letters else deque([items])

    def run(self) -> None:
        """Send everything, or as much as goes. Raises LeaseLost."""
        forwarder = self._claim.forwarder
        try:
            secret = secret_of(forwarder, self._hub.keyring)
        except HubError as error:
            self._stop(error.message, error.hint)
            return
        with closing(OtherLrs(forwarder.config, secret, self._hub.settings)) as other:
            goes_on = True
            while goes_on and self._parts:
                goes_on = self._send(other, self._parts.popleft())
                if goes_on and self._parts and time.monotonic() > self._ends_at:
                    self._let_others_go_first()
                    return

    def _let_others_go_first(self) -> None:
        """End a turn that takes long. The next one begins with what this one would send next."""
        limit = self._limit if self._claim.letters else len(self._parts[0])
        with self._hub.database.transaction() as session:
            lease.write(session, self._claim.fence, release=True, batch_limit=limit)

    def _send(self, other: OtherLrs, part: Sequence[Outgoing]) -> bool:
        """Send a part, or the beginning of it that fits. Returns whether to go on."""
        with self._hub.database.transaction() as session:
            lease.confirm(session, self._claim.fence)
        try:
            with self._hub.database.reading() as session:
                count, contents = contents_of(session, self._hub.settings, part)
        except ContentLost as error:
            if len(part) == 1:
                return self._set_aside(part[0], Verdict.INCOMPLETE, error.message)
            self._parts.extendleft(reversed(halves(part)))
            return True
        if count < len(part):
            self._parts.appendleft(part[count:])
            part = part[:count]
        try:
            answer = other.send(part, contents)
        except ConnectorError as error:
            self._wait(error, len(part))
            return False
        return self._judge(other, part, answer)

    def _judge(self, other: OtherLrs, part: Sequence[Outgoing], answer: Response) -> bool:
        """Write down what an answer means. Returns whether to go on."""
        found = verdict(answer.status, answer.content, len(part))
        if found is Verdict.DIFFERENT and other.has_the_same(part[0]):
            found = Verdict.ACCEPTED
        self._after_answer()
        match found:
            case Verdict.ACCEPTED:
                self._note_accepted(part)
            case Verdict.SMALLER:
                self._parts.extendleft(reversed(halves(part)))
                if answer.status == 413:
                    self._limit = max(1, len(part) // 2)
            case Verdict.REFUSED | Verdict.DIFFERENT | Verdict.TOO_LARGE:
                words = said(answer) or f"status {answer.status}, without a word"
                return self._set_aside(part[0], found, words)
            case Verdict.STOP:
                self._stop(*wording.stopped(answer))
                return False
        return True

    def _note_accepted(self, part: Sequence[Outgoing]) -> None:
        with self._hub.database.transaction() as session:
            now = database_now(session)
            self._refused = 0
            self._accepted += len(part)
            if len(part) >= self._limit:
                self._limit = grown(self._limit)
            if self._claim.letters:
                self._forget_letter(session, part[0])
            self._write(session, part, succeeded_at=now)

    def _set_aside(self, item: Outgoing, found: Verdict, words: str) -> bool:
        """List a statement as a dead letter. Returns whether to go on with the others."""
        self._refused += found is Verdict.REFUSED and not self._claim.letters
        stops = self._refused >= REFUSED_IN_A_ROW
        with self._hub.database.transaction() as session:
            now = database_now(session)
            letter = {
                "forwarder_id": self._claim.forwarder.id,
                "seq": item.seq,
                "statement_id": item.id,
                "kind": found.value,
                "message": words,
                "at": now,
                "again": False,
            }
            upsert(session, DeadLetter, letter, unique=("forwarder_id", "seq"))
            self._write(session, [item], release=stops)
            if stops:
                self._write_error(session, *wording.all_refused(words, self._refused), stops=True)
        return not stops

    def _forget_letter(self, session: Session, item: Outgoing) -> None:
        session.execute(
            delete(DeadLetter).where(
                DeadLetter.forwarder_id == self._claim.forwarder.id, DeadLetter.seq == item.seq
            )
        )

    def _write(
        self, session: Session, done: Sequence[Outgoing], *, release: bool = False, **values: Any
    ) -> None:
        """Move the position behind *done*, and give the lease back after the last part."""
        last = not self._parts
        self._tries = 0
        if not self._claim.letters:
            values["position"] = self._claim.batch.upto if last else done[-1].seq
        lease.write(
            session,
            self._claim.fence,
            release=last or release,
            accepted=self._accepted,
            batch_limit=self._limit,
            refused_in_a_row=self._refused,
            tries=0,
            next_try_at=None,
            **values,
        )

    def _write_error(
        self, session: Session, message: str, hint: str, *, stops: bool, **values: Any
    ) -> None:
        now = database_now(session)
        lease.write(
            session,
            self._claim.fence,
            release=True,
            failed_at=now,
            message=message,
            hint=hint,
            batch_limit=self._limit,
            **({"stopped_at": now} if stops else {}),
            **values,
        )

    def _stop(self, message: str, hint: str) -> None:
        with self._hub.database.transaction() as session:
            self._write_error(session, message, hint, stops=True)

    def _wait(self, error: ConnectorError, count: int) -> None:
        """Give the lease back; the row says when the next try is.

        From the second try on the next request is half as large: what is too much at once for the
        other store, or makes it stumble, gets through in parts.
        """
        asked = error.retry_after if isinstance(error, Unavailable) else None
        self._tries += 1
        if self._tries > 1:
            self._limit = max(1, count // 2)
        seconds = wait_seconds(self._tries, asked)
        with self._hub.database.transaction() as session:
            self._write_error(
                session,
                error.message,
                wording.waiting(error),
                stops=False,
                tries=self._tries,
                next_try_at=database_now(session) + timedelta(seconds=seconds),
            )
