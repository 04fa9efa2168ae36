"""The registers of Arlo's sessions: which events have them, and what is in them.

Only "advanced" events with registrations per session have any; Arlo has no word for it in an
event, so the first session is asked (developer.arlo.co, "EventSessions"). Answers are kept for one
read, since many registrations share an event.
"""

from collections.abc import Iterator

from connectors.tms.arlo_api import ArloApi, Collection
from connectors.tms.arlo_xml import Resource

REGISTER_LINKS = ("SessionRegistrations", "Registrations")


class Registers:
    """The sessions of events and the registrations for them, each asked for once."""

    def __init__(self, api: ArloApi) -> None:
        self._api = api
        self._sessions: dict[str, tuple[Resource, ...]] = {}
        self._kept: dict[str, bool] = {}
        self._registered: dict[str, frozenset[str]] = {}

    def sessions(self, event_id: str) -> tuple[Resource, ...]:
        """All sessions of an event; none if it has been deleted meanwhile."""
        if event_id not in self._sessions:
            collection = Collection(f"events/{event_id}/sessions", "EventSession", "SessionID")
            pages = self._api.pages(collection, optional=True)
            self._sessions[event_id] = tuple(item for items, _ in pages for item in items)
        return self._sessions[event_id]

    def kept_per_session(self, event_id: str) -> bool:
        """Whether people register for, and are marked in, single sessions of this event."""
        if event_id not in self._kept:
            self._kept[event_id] = self._has_register(self.sessions(event_id))
        return self._kept[event_id]

    def entries(self, session_id: str) -> Iterator[Resource]:
        """The registrations for one session, with their parent registration and contact."""
        register = Collection(
            register_path(session_id),
            "EventSessionRegistration",
            "RegistrationID",
            ("ParentRegistration", "ParentRegistration/Contact"),
        )
        for items, _ in self._api.pages(register, optional=True):
            yield from items

    def registered(self, event_id: str) -> frozenset[str]:
        """The numbers of the registrations for the event that have some for its sessions."""
        if event_id not in self._registered:
            self._registered[event_id] = frozenset(
                parent.id
                for session in self._registers_of(event_id)
                for entry in self.entries(session)
                if (parent := entry.link("ParentRegistration"))
            )
        return self._registered[event_id]

    def _registers_of(self, event_id: str) -> Iterator[str]:
        if self.kept_per_session(event_id):
            for session in self.sessions(event_id):
                if session_id := session.text("SessionID"):
                    yield session_id

    def _has_register(self, sessions: tuple[Resource, ...]) -> bool:
        if any(session.link(name) for session in sessions for name in REGISTER_LINKS):
            return True
        first = next((text for item in sessions if (text := item.text("SessionID"))), None)
        return first is not None and self._api.find(register_path(first), {"top": 1}) is not None


def register_path(session_id: str) -> str:
    """Where the registrations for one session are; 404 where it has no register."""
    return f"eventsessions/{session_id}/registrations"
