"""The verbs, activity types and extensions that the hub writes, and the twins it reads as the same.

IRIs are compared as strings, so the hub writes one form only. Statements from outside are stored
with the form they came with; `canonical_verb` translates when they are read.
"""

from dataclasses import dataclass
from typing import Any

BASE = "https://w3id.org/learning-record-hub/"
"""The base of the IRIs that this hub defines. The same in every deployment, for ever."""

_ADL_VERBS = "http://adlnet.gov/expapi/verbs/"
_ADL_TYPES = "http://adlnet.gov/expapi/activities/"
_CMI5_VERBS = "https://w3id.org/xapi/adl/verbs/"
_TINCAN = "http://id.tincanapi.com/"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: its IRI, and how it reads in English."""

    id: str
    display: str


# The ADL vocabulary and the ADL SCORM profile (adlnet/xAPI-SCORM-Profile).
INITIALIZED = Verb(_ADL_VERBS + "initialized", "initialized")
LAUNCHED = Verb(_ADL_VERBS + "launched", "launched")
RESUMED = Verb(_ADL_VERBS + "resumed", "resumed")
TERMINATED = Verb(_ADL_VERBS + "terminated", "terminated")
SUSPENDED = Verb(_ADL_VERBS + "suspended", "suspended")
COMPLETED = Verb(_ADL_VERBS + "completed", "completed")
PASSED = Verb(_ADL_VERBS + "passed", "passed")
FAILED = Verb(_ADL_VERBS + "failed", "failed")
SCORED = Verb(_ADL_VERBS + "scored", "scored")
PROGRESSED = Verb(_ADL_VERBS + "progressed", "progressed")
ATTEMPTED = Verb(_ADL_VERBS + "attempted", "attempted")
RESPONDED = Verb(_ADL_VERBS + "responded", "responded")
REGISTERED = Verb(_ADL_VERBS + "registered", "registered")
ATTENDED = Verb(_ADL_VERBS + "attended", "attended")
VOIDED = Verb(_ADL_VERBS + "voided", "voided")

# The Tin Can registry.
UNREGISTERED = Verb(_TINCAN + "verb/unregistered", "unregistered")
EARNED = Verb(_TINCAN + "verb/earned", "earned")
EXPIRED = Verb(_TINCAN + "verb/expired", "expired")

# Activity Streams.
REQUESTED = Verb("http://activitystrea.ms/request", "requested")

# cmi5.
WAIVED = Verb(_CMI5_VERBS + "waived", "waived")
SATISFIED = Verb(_CMI5_VERBS + "satisfied", "satisfied")
ABANDONED = Verb(_CMI5_VERBS + "abandoned", "abandoned")

# Our own, where no vocabulary has a word.
MISSED = Verb(BASE + "verbs/missed", "missed")
REVOKED = Verb(BASE + "verbs/revoked", "revoked")
RESET = Verb(BASE + "verbs/reset", "reset")

TYPE_COURSE = _ADL_TYPES + "course"
TYPE_MODULE = _ADL_TYPES + "module"
TYPE_LESSON = _ADL_TYPES + "lesson"
TYPE_MEETING = _ADL_TYPES + "meeting"
TYPE_EVENT = "http://activitystrea.ms/event"
TYPE_ASSESSMENT = _ADL_TYPES + "assessment"
TYPE_ATTEMPT = _ADL_TYPES + "attempt"
TYPE_PROFILE = _ADL_TYPES + "profile"
TYPE_CMI5_COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
TYPE_CERTIFICATE = "https://www.opigno.org/en/tincan_registry/activity_type/certificate"
TYPE_INTERACTION = _ADL_TYPES + "cmi.interaction"
TYPE_OBJECTIVE = _ADL_TYPES + "objective"

COURSE_TYPES = frozenset({TYPE_COURSE, TYPE_COURSE.replace("http:", "https:", 1), TYPE_CMI5_COURSE})
"""The activity types that mean a course, in every spelling seen in statements from outside."""

EXT_SOURCE = BASE + "ext/source"
EXT_MODALITY = BASE + "ext/modality"
EXT_ATTENDANCE = BASE + "ext/attendance"
EXT_REGISTRATION_STATUS = BASE + "ext/registration-status"
EXT_CANCELLATION = BASE + "ext/cancellation"
EXT_GRADE_TEXT = BASE + "ext/grade-text"
EXT_FLAGS = BASE + "ext/flags"
EXT_DURATION_BASIS = BASE + "ext/duration-basis"
EXT_OVERRIDDEN = BASE + "ext/overridden"
EXT_ATTEMPT = BASE + "ext/attempt"
"""In a context: the number of the attempt, from 1."""
EXT_VOIDING_REASON = BASE + "ext/voiding-reason"
"""In the context of a voiding statement: why the target must not count."""

EXT_PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
"""In a result: an integer 0..100 (cmi5)."""
EXT_REASON = "https://w3id.org/xapi/cmi5/result/extensions/reason"
"""In a result: why a course was waived (cmi5)."""
EXT_VALID_UNTIL = _TINCAN + "extension/valid-until"
"""In a result: the ISO 8601 instant until which the result counts."""
EXT_PLANNED_START = _TINCAN + "extension/planned-start-time"
EXT_PLANNED_DURATION = _TINCAN + "extension/planned-duration"
EXT_LOCATION = _TINCAN + "extension/location"
EXT_DUE_DATE = "https://w3id.org/xapi/tla/extensions/due_date"

CATEGORY_SCORM: dict[str, Any] = {
    "id": "https://w3id.org/xapi/scorm",
    "definition": {"type": TYPE_PROFILE},
}
CATEGORY_HUB: dict[str, Any] = {
    "id": BASE + "profile/v1",
    "definition": {"type": TYPE_PROFILE},
}

_TLA_VERBS = "https://w3id.org/xapi/tla/verbs/"
_STREAMS = ("http://activitystrea.ms/", "http://activitystrea.ms/schema/1.0/")


def _twins() -> dict[str, str]:
    """Other IRIs in use for our verbs. Sources: the ADL, cmi5, TLA, ADB and LMS profiles."""
    constants = [value for value in globals().values() if isinstance(value, Verb)]
    twins: dict[str, str] = {}
    for verb in constants:
        if verb.id.startswith(BASE):
            continue
        if verb.id.startswith("http://"):
            twins["https://" + verb.id.removeprefix("http://")] = verb.id
        else:
            twins["http://" + verb.id.removeprefix("https://")] = verb.id
    for verb in (WAIVED, SATISFIED, ABANDONED):  # cmi5 verbs under the older base
        for scheme in ("http", "https"):
            twins[f"{scheme}://adlnet.gov/expapi/verbs/{verb.display}"] = verb.id
    for verb in (ATTENDED, REGISTERED, SCORED, COMPLETED, PASSED, FAILED):
        twins[_TLA_VERBS + verb.display] = verb.id
    twins |= {
        "https://w3id.org/xapi/adb/verbs/attended": ATTENDED.id,
        _TLA_VERBS + "achieved": EARNED.id,
        _TLA_VERBS + "conferred": EARNED.id,
        _TLA_VERBS + "certified": EARNED.id,
        _TLA_VERBS + "forfeited": REVOKED.id,
    }
    for base in _STREAMS:
        twins[base + "attend"] = ATTENDED.id
        twins[base + "request"] = REQUESTED.id
        twins[base + "complete"] = COMPLETED.id
    del twins[REQUESTED.id]  # the form that we write is no twin of itself
    return twins


_TWINS = _twins()


def canonical_verb(iri: str) -> str:
    """Return the IRI that the hub writes for this verb, or *iri* itself when it has no twin.

    For reading only: a stored statement keeps the verb it came with.
    """
    return _TWINS.get(iri, iri)
