"""The status, mode and exit words of both versions, in the spellings that sources really send.

Besides the specified words: `notattempted` and `NotAttempted`, upper case, and the single letters
of AICC (CMI001 5.1.2: only the first letter is significant, but longer unknown words are not
guessed at here). A word that is in no list means nothing and is flagged `status_vocabulary`.
"""

import re
from typing import Final, Literal

from scorm.cmi import FailedCompletion

Lesson = Literal["passed", "completed", "failed", "incomplete", "browsed", "not attempted"]

_LESSON: Final[dict[str, Lesson]] = {
    "passed": "passed",
    "p": "passed",
    "completed": "completed",
    "c": "completed",
    "failed": "failed",
    "f": "failed",
    "incomplete": "incomplete",
    "i": "incomplete",
    "browsed": "browsed",
    "b": "browsed",
    "notattempted": "not attempted",
    "n": "not attempted",
    "": "not attempted",
}
_VERDICT: Final[dict[Lesson, tuple[bool | None, bool | None]]] = {
    "passed": (True, True),
    "completed": (True, None),
    "incomplete": (False, None),
    "browsed": (None, None),
    "not attempted": (None, None),
}
_FAILED_COMPLETION: Final[dict[FailedCompletion, bool | None]] = {
    "unknown": None,
    "complete": True,
    "incomplete": False,
}
_COMPLETION: Final[dict[str, bool | None]] = {
    "completed": True,
    "c": True,
    "incomplete": False,
    "i": False,
    "notattempted": None,
    "n": None,
    "unknown": None,
    "u": None,
    "": None,
}
_SUCCESS: Final[dict[str, bool | None]] = {
    "passed": True,
    "p": True,
    "failed": False,
    "f": False,
    "unknown": None,
    "u": None,
    "": None,
}
_EXIT: Final[dict[str, Literal["suspended", "terminated"]]] = {
    "suspend": "suspended",
    "s": "suspended",
    "timeout": "terminated",
    "t": "terminated",
    "logout": "terminated",
    "l": "terminated",
    "normal": "terminated",
    "": "terminated",
}
_NORMAL_MODE: Final = frozenset({"", "normal", "n"})
_NO_CREDIT: Final = frozenset({"nocredit", "n"})

_UNKNOWN_WORD: Final = ("status_vocabulary",)


def lesson_status(text: str) -> tuple[Lesson, str | None, tuple[str, ...]]:
    """SCORM 1.2's one word, the exit that AICC may append (`passed,suspend`), and flags."""
    status, _, appended = text.partition(",")
    word = _LESSON.get(_folded(status))
    if word is None:
        return "not attempted", None, _UNKNOWN_WORD
    return word, appended or None, ()


def verdict_of(
    lesson: Lesson, failed_completion: FailedCompletion
) -> tuple[bool | None, bool | None]:
    """Completion and success that a SCORM 1.2 lesson status stands for.

    "failed" says nothing about completion unless the source is known to mean it.
    """
    if lesson == "failed":
        return _FAILED_COMPLETION[failed_completion], False
    return _VERDICT[lesson]


def completion_status(text: str) -> tuple[bool | None, tuple[str, ...]]:
    """SCORM 2004's completion_status; "not attempted" says nothing."""
    word = _folded(text)
    return _COMPLETION.get(word), () if word in _COMPLETION else _UNKNOWN_WORD


def success_status(text: str) -> tuple[bool | None, tuple[str, ...]]:
    """SCORM 2004's success_status."""
    word = _folded(text)
    return _SUCCESS.get(word), () if word in _SUCCESS else _UNKNOWN_WORD


def end_of(text: str | None) -> Literal["suspended", "terminated"] | None:
    """How the last session ended; None where none was reported. An empty exit is a normal one."""
    return None if text is None else _EXIT.get(_folded(text))


def counts(*, mode: str, credit: str) -> bool:
    """Whether the LMS launched the attempt so that it may count: mode normal, and for credit."""
    return _folded(mode) in _NORMAL_MODE and _folded(credit) not in _NO_CREDIT


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text.lower())
