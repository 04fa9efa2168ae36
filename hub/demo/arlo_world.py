"""What the simulated Arlo platform's database holds: courses, runs, sessions, contacts, bookings.

Property names are Arlo's (developer.arlo.co, Auth API 2012-02-01). Created and modified instants
are ticks: 100 ns since 1970 UTC, as Arlo stores 7 digits where Python keeps 6.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

_NAMES = UUID("5f0c6c8b-6f5e-5a8c-9d9a-2f0f4c1d7e11")
DAY_TICKS = 864_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ticks(instant: datetime, hundred_ns: int = 0) -> int:
    """*instant* as ticks; *hundred_ns* (0..9) is the seventh digit."""
    return (instant - _EPOCH) // timedelta(microseconds=1) * 10 + hundred_ns


def unique_identifier(kind: str, number: int) -> str:
    """The GUID that Arlo shows beside every id."""
    return str(uuid5(_NAMES, f"{kind}/{number}"))


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. Empty texts are blank properties, which Arlo leaves out of its answers."""

    id: int
    first_name: str
    last_name: str
    email: str
    code_primary: str
    created: int
    modified: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Contact *source* was merged into *destination* and is gone."""

    number: int
    source: int
    destination: int
    created: int


@dataclass(frozen=True, slots=True)
class EventTemplate:
    """A course."""

    id: int
    code: str
    name: str
    advertised_duration: str
    session_type: str
    created: int
    modified: int


@dataclass(frozen=True, slots=True)
class ArloEvent:
    """A scheduled run. advanced: people register for each session apart."""

    id: int
    template: int
    code: str
    name: str
    start: datetime
    finish: datetime
    zone: str
    location: str
    status: str
    advanced: bool
    created: int
    modified: int


@dataclass(frozen=True, slots=True)
class EventSession:
    """One day or part of a run. session_type: Venue or Online."""

    id: int
    event: int
    name: str
    start: datetime
    finish: datetime
    zone: str
    session_type: str
    status: str
    created: int
    modified: int


@dataclass(frozen=True, slots=True)
class OnlineActivity:
    """A self-paced course that Arlo sells and another system delivers."""

    id: int
    code: str
    name: str
    status: str
    created: int
    modified: int


@dataclass(frozen=True, slots=True)
class Registration:
    """A contact's place in a run or in an online activity (one of event, online_activity).

    Status "Completed" says that the run is over, nothing about the learner. contact is None where
    the platform has lost it.
    """

    id: int
    contact: int | None
    created: int
    modified: int
    status: str
    event: int | None = None
    online_activity: int | None = None
    attendance: str = ""
    outcome: str = ""
    grade: str = ""
    progress_percent: str = ""
    progress_status: str = ""
    completed: int | None = None
    certificate_sent: int | None = None


@dataclass(frozen=True, slots=True)
class SessionRegistration:
    """A registration's place in one session of an advanced run."""

    id: int
    parent: int
    session: int
    attendance: str
    status: str
    created: int
    modified: int


@dataclass(frozen=True, slots=True)
class ArloWorld:
    """The whole platform at one instant."""

    contacts: tuple[Contact, ...]
    merges: tuple[Merge, ...]
    templates: tuple[EventTemplate, ...]
    events: tuple[ArloEvent, ...]
    sessions: tuple[EventSession, ...]
    online_activities: tuple[OnlineActivity, ...]
    registrations: tuple[Registration, ...]
    session_registrations: tuple[SessionRegistration, ...]
