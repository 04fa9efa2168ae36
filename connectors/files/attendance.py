"""Attendance exports (CSV or Excel) of systems that have no public API.

Two streams, since every row tells of course, session, person and marks at once and each stream
reads all files: the catalogue first, then what refers to it. A file's modification time says
nothing about its rows, so there is no cursor: the folder is read whole each time, and the keys see
to it that nothing is stored twice.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import Schema

from connectors.base import CheckResult, Connector, Grant, Kind, Page, Stream, Tier
from connectors.errors import BadRecord, NeedsAttention, Unavailable
from connectors.files.catalogue import catalogue
from connectors.files.config import AttendanceFileConfig
from connectors.files.folder import DroppedFile, list_files
from connectors.files.latest import facts
from connectors.files.preview import Preview, preview
from connectors.files.reading import Position, Reading, rejected_file
from connectors.records import Record

PAGE_RECORDS = 500


class AttendanceFile(Connector):
    """Reads every table in a watched folder."""

    key: ClassVar[str] = "attendance_file"
    title: ClassVar[str] = "Attendance file (CSV or Excel)"
    kind: ClassVar[Kind] = Kind.FILE
    tier: ClassVar[Tier] = Tier.FILE
    about: ClassVar[str] = (
        "Reads attendance exports from a folder, for systems without a public API such as "
        "SimpliTrain and Training Orchestra. You say once which column is which."
    )
    Config: ClassVar[type[Schema]] = AttendanceFileConfig
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("catalogue", "Courses, sessions and people", snapshot=True),
        Stream("records", "Registrations, attendance, outcomes, certificates", snapshot=True),
    )

    @property
    def system_name(self) -> str:
        """The name that the admin gave the system behind the files."""
        return str(self.config["system_name"])

    def check(self) -> CheckResult:
        """Look into the folder and at the first rows of the newest file."""
        folder = self.config["folder"]
        system = f"{self.config['system_name']}, files in {folder}"
        try:
            files = list_files(folder)
        except NeedsAttention as error:
            return CheckResult(
                system, (Grant("folder", ok=False, detail=error.message, fix=error.hint),)
            )
        opened = Grant("folder", ok=True, detail=f"{folder} can be read.")
        if not files:
            none = Grant(
                "files", ok=None, detail="There is no .csv or .xlsx file in the folder yet.",
                fix="Put an export into the folder, or upload one, and check again.",
            )  # fmt: skip
            return CheckResult(system, (opened, none))
        newest = files[-1]
        found = Grant("files", ok=True, detail=f"{len(files)} found; the newest is {newest.name}.")
        return CheckResult(system, (opened, found, *self._try(newest)))

    def _try(self, file: DroppedFile) -> tuple[Grant, ...]:
        try:
            seen = preview(self.config, file.read(), file.name)
        except BadRecord as error:
            seen = Preview(problems=(rejected_file(error, file.name),))
        except Unavailable as error:
            return (Grant("columns", ok=None, detail=error.message, fix=error.hint),)
        if not seen.columns:
            problem = seen.problems[0]
            return (Grant("columns", ok=False, detail=problem.message, fix=problem.hint),)
        pairs = ", ".join(f"{ours} from “{header}”" for ours, header in seen.columns.items())
        unread = ", ".join(f"“{header}”" for header in seen.unknown_columns)
        columns = Grant(
            "columns", ok=True, detail=f"{pairs}." + (f" Not read: {unread}." if unread else "")
        )
        total, bad = len(seen.rows), len(seen.problems)
        if not total:
            return columns, Grant(
                "rows", ok=None, detail=f"{file.name} has no rows below its header."
            )
        detail = f"{total - bad} of the first {total} rows of {file.name} are understood."
        if not bad:
            return columns, Grant("rows", ok=True, detail=detail)
        first = seen.problems[0]
        return columns, Grant(
            "rows", ok=bad < total, detail=f"{detail} {first.message}", fix=first.hint
        )

    def read(self, stream: str, since: datetime | None, resume: Any) -> Iterator[Page]:
        """Yield what the files say, with the newest word on each thing.

        A broken read goes on at the line where it stood if the folder still holds the same files,
        and else starts again. Raises NeedsAttention (folder), Unavailable (a file changed).
        """
        files = list_files(self.config["folder"])
        reading = Reading.of(self.config)
        told = {"catalogue": catalogue, "records": facts}[stream](files, reading)
        state = _state(files)
        done = _position(resume, state)
        records: list[Record] = []
        for line in told:
            if done is not None and line.at <= done:
                continue
            records.extend(line.records)
            if len(records) >= PAGE_RECORDS:
                yield Page(tuple(records), _resume(state, line.at))
                records = []
        if records:
            yield Page(tuple(records), _resume(state, line.at))


def _state(files: tuple[DroppedFile, ...]) -> str:
    """Names and contents of the files, in order of reading."""
    listing = "\n".join(f"{file.digest} {file.name}" for file in files)
    return hashlib.sha256(listing.encode()).hexdigest()


def _resume(state: str, at: Position) -> dict[str, str | int]:
    return {"files": state, "file": at.file, "line": at.line}


def _position(resume: Any, state: str) -> Position | None:
    if resume is None or resume["files"] != state:
        return None
    return Position(resume["file"], resume["line"])
