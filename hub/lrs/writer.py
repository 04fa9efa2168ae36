"""Group commit: batches that arrive together are stored in one transaction.

A commit waits for the disk, and only one can be under way. So who comes while another commits
leaves the batch in line; whoever gets its turn next stores all that wait, each batch whole or not
at all, and tells the others what became of theirs. An answer is given after the commit.
"""

from collections import deque
from collections.abc import Sequence
from threading import Lock

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from hub.database import Database, collided
from hub.errors import HubError
from hub.lrs.store import Intake, StatementConflict, Stored, put_all

MOST_STATEMENTS = 1000
"""In one transaction, unless a single batch has more."""
TRIES = 3
"""How often a group is tried while other writers are in its way."""


class Busy(HubError):
    """Other writers were in the way for too long. Nothing was stored."""

    status = 503
    code = "busy"


class _Waiting:
    """A batch in line, and what became of it. Its thread sleeps at the gate until it is called."""

    __slots__ = ("error", "gate", "intake", "result")

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.gate = Lock()
        self.gate.acquire()
        self.result: Stored | StatementConflict | None = None
        self.error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return self.result is not None or self.error is not None


class Writer:
    """Stores batches for the threads of a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._line: deque[_Waiting] = deque()
        self._lock = Lock()
        self._busy = False

    def store(self, intake: Intake) -> Stored:
        """Store a batch; returns after the commit. Raises StatementConflict, Busy, DBAPIError."""
        mine = _Waiting(intake)
        with self._lock:
            self._line.append(mine)
            leads, self._busy = not self._busy, True
        if not leads:
            mine.gate.acquire()
        if not mine.is_done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        if isinstance(mine.result, StatementConflict):
            raise mine.result
        assert mine.result is not None
        return mine.result

    def _lead(self) -> None:
        """Store all that wait, and call the next one in line to do the same."""
        with self._lock:
            group = self._next_group()
        try:
            self._store_group(group)
        finally:
            with self._lock:
                self._busy = bool(self._line)
                following = self._line[0] if self._line else None
            if following is not None:
                following.gate.release()  # first: the disk should not wait for answers
            for one in group:
                if not one.is_done:
                    one.error = Busy("Nothing was stored: the hub met a mistake of its own.")
                one.gate.release()

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        room = MOST_STATEMENTS
        while self._line and (not group or len(self._line[0].intake.batch) <= room):
            group.append(self._line.popleft())
            room -= len(group[-1].intake.batch)
        return group

    def _store_group(self, group: Sequence[_Waiting]) -> None:
        try:
            results = self._transact([one.intake for one in group])
        except SQLAlchemyError as error:
            if len(group) > 1:
                # One of them may have spoiled it for all.
                for one in group:
                    self._store_group([one])
                return
            group[0].error = _busy(error)
        else:
            for one, result in zip(group, results, strict=True):
                one.result = result

    def _transact(self, intakes: Sequence[Intake]) -> list[Stored | StatementConflict]:
        for tried in range(1, TRIES + 1):
            try:
                with self._database.transaction() as session:
                    return put_all(session, intakes)
            except DBAPIError as error:
                if not collided(error) or tried == TRIES:
                    raise
        raise AssertionError("the last try returns or raises")


def _busy(error: SQLAlchemyError) -> BaseException:
    # A row that is there already, three times over, is nobody else's but a defect of ours.
    if isinstance(error, DBAPIError) and collided(error) and not isinstance(error, IntegrityError):
        busy = Busy(
            "Nothing was stored: other requests are storing the same identifiers at this moment.",
            hint="Send the request again.",
        )
        busy.__cause__ = error
        return busy
    return error
