"""What is known of one activity, as separate facts. Refuses to be a status: that is derived."""

from dataclasses import dataclass
from datetime import datetime

from hub.progress.evidence import Score


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one activity, or of a course with its parts.

    seconds is the time spent; progress 0..1; result and result_at are the newest verdict.
    """

    completion: bool | None = None
    success: bool | None = None
    score: Score | None = None
    progress: float | None = None
    registered_at: datetime | None = None
    requested: bool = False
    started_at: datetime | None = None
    completed_at: datetime | None = None
    satisfied_at: datetime | None = None
    valid_until: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    seconds: float | None = None
    result: str | None = None
    result_at: datetime | None = None
    active: bool = False
    failed: bool = False
    no_show: bool = False
    withdrawn: bool = False
    waived: bool = False
    flags: frozenset[str] = frozenset()

    @property
    def satisfied(self) -> bool:
        return self.satisfied_at is not None

    @property
    def says_nothing(self) -> bool:
        if self.active or self.registered_at is not None:  # nearly every state that says anything
            return False
        return self is NOTHING or self == NOTHING


NOTHING = State()
"""What is known of an activity of which nothing was said."""
