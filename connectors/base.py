"""The connector contract. Start reading here to connect a system.

A connector is one file with one class. The registry finds it by its folder; the form, the command,
the documentation and the contract tests come by themselves.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import Schema

from connectors.http import HttpSession
from connectors.records import Record


class Kind(StrEnum):
    """What sort of system a connector reads."""

    LMS = "LMS"
    TMS = "TMS"
    VIRTUAL_CLASSROOM = "virtual classroom"
    FILE = "file"
    LRS = "LRS"


class Tier(StrEnum):
    """How much the connector knows about the system's interface."""

    DOCUMENTED = "documented API"
    CONFIGURED = "configured REST"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of thing that a source can be read for.

    look_back is subtracted from the newest modification time seen, since clocks differ and changes
    are written late. A snapshot stream has no usable modification time and is read whole each time.
    """

    name: str
    title: str
    look_back: timedelta = timedelta(minutes=5)
    snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Records, oldest first, and where to go on if the read breaks after them.

    resume is JSON-able and opaque to the engine; it is safe to use once the records are stored.
    """

    records: tuple[Record, ...]
    resume: Any = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One right that the connector needs, as found by asking for something small.

    ok is None when it could not be told (nothing there to try it on). fix says what to do.
    """

    name: str
    ok: bool | None
    detail: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found: which system answered, and one line per grant."""

    system: str
    """Name and version in the system's own words: "Acme Academy, Moodle 4.5.6"."""
    grants: tuple[Grant, ...] = ()

    @property
    def ok(self) -> bool:
        return all(grant.ok is not False for grant in self.grants)


class Connector(ABC):
    """A system that learning records can be pulled from.

    Subclasses state what they are in class attributes and implement two methods. They see HTTP and
    their own configuration; never the database, Flask or settings.
    """

    key: ClassVar[str]
    """"moodle": stable for ever, in URLs and the database."""
    title: ClassVar[str]
    """"Moodle": what an admin reads."""
    kind: ClassVar[Kind]
    tier: ClassVar[Tier]
    about: ClassVar[str]
    """One or two sentences for the catalogue tile and the documentation."""
    Config: ClassVar[type[Schema]]
    """One schema for form, API, CLI and docs. Each field has metadata title and description;
    secrets are load_only."""
    streams: ClassVar[tuple[Stream, ...]]
    """In the order in which they are read: courses and people before what refers to them."""

    def __init__(self, config: Mapping[str, Any], http: HttpSession) -> None:
        """*config* is what Config().load() returned; *http* is closed by its owner."""
        self.config = config
        self.http = http

    @property
    def system_name(self) -> str:
        """What the system is called on statements and transcripts."""
        return self.title

    @abstractmethod
    def check(self) -> CheckResult:
        """Ask the system for something small per grant; never writes.

        Raises ConnectorError when the system cannot be talked to at all.
        """

    @abstractmethod
    def read(self, stream: str, since: datetime | None, resume: Any) -> Iterator[Page]:
        """Yield what changed in *stream* since an instant (None: everything), page by page.

        *resume* is the resume of the last stored page of a broken read with the same *since*, or
        None. Raises ConnectorError; a single record that cannot be understood is yielded as
        Rejected instead.
        """
