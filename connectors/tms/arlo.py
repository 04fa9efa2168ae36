"""Arlo, the training management system of arlo.co: reads its Auth API as a user of the platform.

Arlo has no waiting list and no certificates in this API, so none are read, and it refuses users
with multi-factor authentication. Documentation: developer.arlo.co.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from connectors.base import CheckResult, Connector, Grant, Kind, Page, Stream, Tier
from connectors.http import HttpSession, Response
from connectors.records import AttendanceStatus as Mark
from connectors.records import Record
from connectors.tms import arlo_records as records
from connectors.tms.arlo_answers import ROLES_AND_MFA, own_words, problem, read_answer
from connectors.tms.arlo_api import ArloApi, Collection
from connectors.tms.arlo_config import ArloConfig
from connectors.tms.arlo_registers import Registers, register_path
from connectors.tms.arlo_registrations import MARKS, registration_records, session_attendance
from connectors.tms.arlo_values import instant_literal, offset_literal
from connectors.tms.arlo_xml import Resource

TEMPLATES = Collection("eventtemplates/", "EventTemplate", "TemplateID")
ACTIVITIES = Collection("onlineactivities/", "OnlineActivity", "OnlineActivityID")
EVENTS = Collection("events/", "Event", "EventID", ("EventTemplate",))
CONTACTS = Collection("contacts/", "Contact", "ContactID")
MERGES = Collection("contactmergerequests/", "ContactMergeRequest", "RequestID")
REGISTRATIONS = Collection(
    "registrations/",
    "Registration",
    "RegistrationID",
    ("Contact", "Event", "Event/EventTemplate", "OnlineActivity"),
)

REGISTERS_GRANT = "session registrations"

BEFORE_START = timedelta(days=1)
"""How long before a run starts its registers are looked at: some are marked early."""

FINISHED = "finished"

Part = tuple[Iterable[Record], Any]
Step = tuple[str, Callable[[Any], Iterator[Part]]]


class Arlo(Connector):
    """Reads courses, runs and sessions, contacts, registrations and attendance."""

    key = "arlo"
    title = "Arlo"
    kind = Kind.TMS
    tier = Tier.DOCUMENTED
    about = (
        "Classroom and virtual courses with their sessions, registrations, attendance and results, "
        "and the progress of online activities, from Arlo's Auth API."
    )
    Config = ArloConfig
    streams = (
        Stream("courses", "Courses and online activities", snapshot=True),
        Stream("sessions", "Runs and their sessions"),
        Stream("people", "Contacts"),
        Stream("registrations", "Registrations, attendance and results"),
        Stream("session_registrations", "Attendance of single sessions"),
    )

    def __init__(
        self,
        config: Mapping[str, Any],
        http: HttpSession,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(config, http)
        self._now = now
        self._platform = records.Platform.at(config["base_url"])
        self._api = ArloApi(
            http,
            self._platform.root,
            (config["username"], config["password"]),
            page_size=config["page_size"],
            pause=config["pause"],
        )

    def check(self) -> CheckResult:
        """Ask for one item of each collection, and for the register of one session.

        A user who may read nothing at all is an error; one who may not read all of it is not.
        """
        asked = {
            name: self._api.answer(collection.path, {"top": 1})
            for name, collection in (
                ("contacts", CONTACTS),
                ("event templates", TEMPLATES),
                ("events", EVENTS),
                ("registrations", REGISTRATIONS),
            )
        }
        if all(response.status == 403 for response in asked.values()):
            raise problem(asked["contacts"])
        found = {name: _grant(name, response) for name, response in asked.items()}
        registers = self._registers_grant() if found["events"].ok else Grant(REGISTERS_GRANT, None)
        return CheckResult(
            f"Arlo, {urlsplit(self._platform.home).netloc}, API 2012-02-01",
            (Grant("sign-in", ok=True), *found.values(), registers),
        )

    def read(self, stream: str, since: datetime | None, resume: Any) -> Iterator[Page]:
        """The changed records of a stream, page by page. Raises ConnectorError."""
        registers = Registers(self._api)
        steps: dict[str, tuple[Step, ...]] = {
            "courses": (
                ("templates", lambda at: self._courses(TEMPLATES, at)),
                ("activities", lambda at: self._courses(ACTIVITIES, at)),
            ),
            "sessions": (("events", lambda at: self._runs(registers, since, at)),),
            "people": (
                ("contacts", lambda at: self._people(since, at)),
                ("merges", lambda at: self._merges(since, at)),
            ),
            "registrations": (
                ("registrations", lambda at: self._registrations(registers, since, at)),
            ),
            "session_registrations": (("registers", lambda at: self._marks(registers, since, at)),),
        }
        return _in_steps(steps[stream], resume)

    def _courses(self, collection: Collection, at: Any) -> Iterator[Part]:
        for items, following in self._api.pages(collection, at, orderby=f"{collection.id} ASC"):
            yield self._each(items, collection, records.course), following

    def _people(self, since: datetime | None, at: Any) -> Iterator[Part]:
        for items, following in self._api.changed(CONTACTS, since, at):
            yield self._each(items, CONTACTS, records.person), following

    def _merges(self, since: datetime | None, at: Any) -> Iterator[Part]:
        """Contacts merged into others: they vanish from the list, and only this says where to."""

        def person(request: Resource, platform: records.Platform) -> Record:
            into = request.parts.get("DestinationContactInfo")
            number = into.text("ContactID") if into else None
            survivor = self._api.find(f"contacts/{number}/") if number else None
            return records.merged_person(request, survivor, platform)

        after = f"(CreatedDateTime gt {instant_literal(since)})" if since else None
        for items, following in self._api.pages(
            MERGES, at, condition=after, orderby="CreatedDateTime ASC"
        ):
            yield self._each(items, MERGES, person), following

    def _runs(self, registers: Registers, since: datetime | None, at: Any) -> Iterator[Part]:
        for events, following in self._api.changed(EVENTS, since, at):
            yield [made for event in events for made in self._run(event, registers)], following

    def _run(self, event: Resource, registers: Registers) -> list[Record]:
        """A run, and its sessions if people register for them one by one."""
        event_id = event.text(EVENTS.id)
        sessions = registers.sessions(event_id) if event_id else ()
        key = f"event:{event_id}"
        made = records.set_aside(lambda: records.run(event, sessions, self._platform), key, event)
        if event_id and registers.kept_per_session(event_id):
            for item in sessions:
                made += self._session(item, event)
        return made

    def _session(self, item: Resource, event: Resource) -> list[Record]:
        key = f"eventsession:{item.text('SessionID')}"
        return records.set_aside(lambda: records.session(item, event, self._platform), key, item)

    def _registrations(
        self, registers: Registers, since: datetime | None, at: Any
    ) -> Iterator[Part]:
        for items, following in self._api.changed(REGISTRATIONS, since, at):
            yield (
                [made for item in items for made in self._registration(item, registers)],
                following,
            )

    def _registration(self, item: Resource, registers: Registers) -> list[Record]:
        event, number = item.link("Event"), item.text(REGISTRATIONS.id)
        marked = MARKS.get(item.text("Attendance")) in (Mark.ATTENDED, Mark.ABSENT)
        in_sessions = bool(event and marked and number in registers.registered(event.id))
        return registration_records(item, self._platform, marked_in_sessions=in_sessions)

    def _marks(self, registers: Registers, since: datetime | None, at: Any) -> Iterator[Part]:
        """The registers of runs that may still be corrected, one run at a time.

        Without *since* those of all runs. Whether a mark in a session touches its registration is
        not documented, so registers are read again until some days after the run.
        """
        window = []
        if since is not None:
            earliest = since - timedelta(days=self.config["attendance_days"])
            latest = self._now() + BEFORE_START
            window = [
                f"FinishDateTime gt {offset_literal(earliest)}",
                f"StartDateTime lt {offset_literal(latest)}",
            ]
        for event in self._api.numbered(EVENTS, window, at):
            event_id = event.text(EVENTS.id)
            if event_id is not None:  # one without is set aside when the runs are read
                yield self._run_marks(event_id, event, registers), event_id

    def _run_marks(self, event_id: str, event: Resource, registers: Registers) -> list[Record]:
        if not registers.kept_per_session(event_id):
            return []
        return [
            made
            for session in registers.sessions(event_id)
            if (session_id := session.text("SessionID"))
            for entry in registers.entries(session_id)
            for made in session_attendance(entry, session, event, self._platform)
        ]

    def _each(
        self,
        items: Iterable[Resource],
        collection: Collection,
        make: Callable[[Resource, records.Platform], Record],
    ) -> list[Record]:
        made: list[Record] = []
        for item in items:
            key = f"{collection.item.lower()}:{item.text(collection.id)}"
            made += records.set_aside(partial(make, item, self._platform), key, item)
        return made

    def _registers_grant(self) -> Grant:
        """None where the first event has no sessions, or none that people register for."""
        page = self._api.get(EVENTS.path, {"top": 1})
        event = next(iter(page.items(EVENTS.item)), None)
        sessions = Registers(self._api).sessions(event.id) if event else ()
        number = next((text for item in sessions if (text := item.text("SessionID"))), None)
        if number is None:
            return Grant(REGISTERS_GRANT, None, "There is no session to try it on.")
        response = self._api.answer(register_path(number), {"top": 1})
        if response.status == 404:
            return Grant(REGISTERS_GRANT, None, "The first event has no registrations per session.")
        return _grant(REGISTERS_GRANT, response)


def _grant(name: str, response: Response) -> Grant:
    """Whether Arlo lets the user read this. Raises ConnectorError where nothing works at all."""
    if response.status == 403:
        return Grant(name, ok=False, detail=own_words(response), fix=ROLES_AND_MFA)
    if response.status != 200:
        raise problem(response)
    read_answer(response)
    return Grant(name, ok=True)


def _in_steps(steps: tuple[Step, ...], resume: Any) -> Iterator[Page]:
    """The pages of several collections after each other; resume names the collection."""
    names = [name for name, _ in steps] + [FINISHED]
    first = names.index(resume["step"]) if resume else 0
    at = resume["at"] if resume else None
    for index in range(first, len(steps)):
        name, read = steps[index]
        for made, following in read(at):
            here = {"step": name, "at": following}
            done = {"step": names[index + 1], "at": None}
            yield Page(tuple(made), done if following is None else here)
        at = None
