"""A progress record in plain words, as a learner reads them. Pure.

Unknown stays unsaid: an empty text never means "no".
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from hub.web.times import day


class StatusWord(NamedTuple):
    """A status for people: the word, its tone and its icon."""

    word: str
    tone: str
    picture: str


STATUSES: Mapping[str, StatusWord] = {
    "passed": StatusWord("Passed", "good", "check"),
    "completed": StatusWord("Completed", "good", "check"),
    "in_progress": StatusWord("In progress", "busy", "play"),
    "registered": StatusWord("Registered", "quiet", "calendar"),
    "no_show": StatusWord("Did not attend", "warn", "minus"),
    "failed": StatusWord("Failed", "bad", "cross"),
    "withdrawn": StatusWord("Withdrawn", "quiet", "minus"),
    "waived": StatusWord("Waived", "good", "check"),
    "not_started": StatusWord("Not started", "quiet", "circle"),
}

MODALITIES: Mapping[str, str] = {
    "self-paced": "Self-paced",
    "instructor-led": "Classroom",
    "virtual": "Virtual classroom",
    "blended": "Blended",
}

KINDS: Mapping[str, str] = {
    "course": "Course",
    "module": "Module",
    "lesson": "Lesson",
    "run": "Classroom run",
    "session": "Session",
    "certificate": "Certificate",
}

_CLASSROOM = frozenset({"instructor-led", "virtual"})
_CLASSROOM_KINDS = frozenset({"run", "session"})
_IRI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://|urn:|tag:)\S+")
_READABLE = re.compile(r"(?![0-9a-fA-F-]+$)(?=.*[^\W\d_])[\w-]+")

_FLAGS: Mapping[str, str] = {
    "completed_but_failed": "Completed and failed at the same time",
    "contradictory": "The system said two things that contradict each other",
    "passed_but_incomplete": "Passed, but not everything was completed",
    "scaled_assumed_100": "Score scale assumed 0–100",
    "score_averaged": "The score is the mean of its parts",
    "no_show_contradicted": "Marked as absent and as present",
    "partial_attendance": "Attended in part",
    "not_for_credit": "An attempt did not count: it was made to look around or review",
    "completion_by_threshold": "Completed by reaching the required progress",
    "success_by_threshold": "Passed or failed by the required score",
    "mastery_contradiction": "The required score and the reported result contradict each other",
    "timestamp_implausible": "A date was not believable and was not used",
}


def status_word(status: str) -> StatusWord:
    """The word for a status; a status that is not known is shown as it is."""
    return STATUSES.get(status, StatusWord(status.replace("_", " ").capitalize(), "quiet", "dots"))


def title_text(title: str, kind: str = "course") -> str:
    """A title as it is; of an IRI, which stands where nobody gave a title, what a person can read.

    Like "Fire safety" for ".../fire-safety", else "Untitled course (m.example)".
    """
    if not is_iri(title):
        return title
    untitled = f"Untitled {kind.lower()}"
    try:
        parts = urlsplit(title)
    except ValueError:  # brackets around what is no IPv6 address
        return untitled
    last = unquote(parts.path).rstrip("/").rpartition("/")[2]
    if parts.netloc and not parts.query and not parts.fragment and _READABLE.fullmatch(last):
        readable = re.sub(r"[-_]+", " ", last).strip()
        return readable[:1].upper() + readable[1:]
    return f"{untitled} ({parts.hostname})" if parts.hostname else untitled


def is_iri(title: str) -> bool:
    """Whether a title is none, but the identifier of what has no title."""
    return _IRI.fullmatch(title) is not None


def date_words(says: str, flags: Iterable[str]) -> str:
    """What a date is of. A system that gives no registration date was only seen to have one."""
    if says == "Registered" and "registered_at_observed" in flags:
        return "The system gives no registration date; first seen on"
    return says


def in_classroom(modality: str | None, kind: str | None = None) -> bool:
    """Whether people attend it, so that being there and passing are two things."""
    return modality in _CLASSROOM or kind in _CLASSROOM_KINDS


def score_text(score: Mapping[str, float | None] | None) -> str:
    """Like "92 %" or "18 of 20"; "" when there is none. 0 is a score."""
    if score is None:
        return ""
    raw, top, scaled = score.get("raw"), score.get("max"), score.get("scaled")
    points = ""
    if raw is not None:
        points = (
            f"{_number(raw)} of {_number(top)}" if top is not None else f"{_number(raw)} points"
        )
    if scaled is None:
        return points
    percent = f"{_number(round(scaled * 100, 1))} %"
    return f"{percent} ({points})" if raw is not None and top not in {None, 100} else percent


def time_text(seconds: float | None) -> str:
    """Like "1 h 20 min"; "" when it is not known."""
    if seconds is None:
        return ""
    if 0 < seconds < 60:
        return "less than a minute"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def hours_text(seconds: float) -> str:
    """A sum of learning time in hours, with one decimal below ten."""
    hours = seconds / 3600
    return f"{hours:.1f}" if 0 < hours < 10 else f"{hours:.0f}"


def notes_of(
    flags: Iterable[str],
    *,
    status: str,
    last_result: str | None,
    sources: str,
    valid_until: datetime | None = None,
    due_at: datetime | None = None,
    classroom: bool = False,
) -> tuple[str, ...]:
    """What a learner should know beside the status. *sources* are the names of the systems."""
    special = {
        "overridden": f"Set by an administrator in {sources}" if sources else "Set by hand",
        "suspended": f"The account in {sources} is suspended" if sources else "Account suspended",
        "expired": f"No longer valid since {day(valid_until)}",
        "overdue": f"Overdue since {day(due_at)}",
    }
    if classroom:
        special["completed_but_failed"] = "Attended, not passed"
    known = {**_FLAGS, **special}
    notes = [known[flag] for flag in flags if flag in known]
    if last_result == "failed" and status != "failed":
        notes.append("Last attempt failed")
    return tuple(notes)


def technical(flags: Iterable[str]) -> tuple[str, ...]:
    """The flags that say something to an admin only."""
    plain = {*_FLAGS, "overridden", "suspended", "expired", "overdue"}
    return tuple(flag for flag in flags if flag not in plain)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
