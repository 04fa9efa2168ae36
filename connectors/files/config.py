"""What an admin declares about a system that leaves attendance files."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates,
    validates_schema,
)

from connectors.files.cells import TableOptions
from connectors.files.csv_table import DELIMITERS
from connectors.files.presets import PRESETS, STATUSES, Field
from connectors.files.values import DATE_FORMATS

_LABEL = 63
"""Octets in a label of a host name (RFC 1035, 2.3.4)."""


def default_home_page(system_name: str) -> str:
    """The IRI that names a system which has no address of its own.

    An account's homePage must be an IRL (xAPI 1.0.3, 4.1.2.4), so it is a web address; it lies
    under .invalid, which RFC 2606 keeps from ever belonging to anybody. Raises ValueError when the
    name has no Latin letter or digit to make it from.
    """
    plain = unicodedata.normalize("NFKD", system_name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_LABEL].strip("-")
    if not slug:
        raise ValueError(system_name)
    return f"https://{slug}.invalid"


def _home_page(data: Mapping[str, Any]) -> str:
    given: str = data["home_page"] or default_home_page(data["system_name"])
    return given.rstrip("/")


def table_options(config: Mapping[str, Any]) -> TableOptions:
    """The declared delimiter and encoding; None where the content decides."""
    return TableOptions(DELIMITERS.get(config["delimiter"]), config["encoding"])


class AttendanceFileConfig(Schema):
    """Where the files lie, whose they are, and how their columns and words are to be read."""

    folder = fields.String(
        required=True,
        validate=validate.Length(min=1),
        metadata={
            "title": "Folder",
            "description": "Path of the folder on the hub's machine that the system or a person "
            "puts files into. Every .csv and .xlsx file in it is read, oldest first; the newest "
            "file wins where two say something about the same learner and session.",
        },
    )
    system_name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=100),
        metadata={
            "title": "Name of the system",
            "description": "What transcripts call the source, such as “SimpliTrain”.",
        },
    )
    home_page = fields.Url(
        load_default=None,
        allow_none=True,
        schemes={"http", "https"},
        require_tld=False,
        metadata={
            "title": "Address that names the system",
            "description": "Learners and courses carry it in their names, so it must never change. "
            "Use the web address of the system if it has one. Left empty, it is made from the name "
            "of the system: https://simplitrain.invalid.",
        },
    )
    preset = fields.String(
        load_default="generic",
        validate=validate.OneOf(tuple(PRESETS), labels=[p.title for p in PRESETS.values()]),
        metadata={
            "title": "Preset",
            "description": "First guess of headers and status words. "
            + " ".join(f"{preset.title}: {preset.note}" for preset in PRESETS.values()),
        },
    )
    session_kind = fields.String(
        load_default="run",
        validate=validate.OneOf(
            ("run", "session"),
            labels=["a whole run of the course", "one of several parts of the course"],
        ),
        metadata={
            "title": "A session is",
            "description": "Whether a session of the file is the course from beginning to end "
            "(who attends one has attended the course), or one day or part of it.",
        },
    )
    columns = fields.Dict(
        keys=fields.String(validate=validate.OneOf([ours.value for ours in Field])),
        values=fields.String(),
        load_default=dict,
        metadata={
            "title": "Column mapping",
            "description": "Our field and the header that it has in the file, where the guess of "
            "the preset is wrong. An empty header: the field is not read.",
        },
    )
    values = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1)),
        values=fields.String(
            validate=validate.OneOf([word for words in STATUSES.values() for word in words])
        ),
        load_default=dict,
        metadata={
            "title": "Value mapping",
            "description": "A status word of the file and what it means here. Upper and lower "
            "case and accents do not matter.",
        },
    )
    date_format = fields.String(
        load_default="iso",
        validate=validate.OneOf(DATE_FORMATS),
        metadata={
            "title": "Date format",
            "description": "How the file writes dates as text; 03/04/2026 is never guessed. Real "
            "dates of Excel and dates that begin with the year are understood in any case.",
        },
    )
    time_zone = fields.String(
        load_default="UTC",
        metadata={
            "title": "Time zone",
            "description": "IANA name of the zone of the file's times, such as Europe/Paris.",
        },
    )
    decimal_comma = fields.Boolean(
        load_default=False,
        metadata={
            "title": "Decimal comma",
            "description": "Whether the file writes 7,5 for seven and a half.",
        },
    )
    delimiter = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(tuple(DELIMITERS)),
        metadata={
            "title": "Delimiter",
            "description": "What stands between cells of a CSV file. Left empty, it is found out.",
        },
    )
    encoding = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "title": "Encoding",
            "description": "How a CSV file stores letters, such as utf-8 or cp1252. Left empty, "
            "it is found out.",
        },
    )

    @validates("time_zone")
    def _zone_exists(self, value: str, **_: Any) -> None:
        if value not in available_timezones():
            raise ValidationError(
                f"“{value}” is not a time zone; write an IANA name such as Europe/Paris."
            )

    @validates("encoding")
    def _encoding_exists(self, value: str | None, **_: Any) -> None:
        if value is None:
            return
        try:
            "a".encode(value)
        except (LookupError, ValueError) as error:
            raise ValidationError(
                f"“{value}” is not a text encoding; write a name such as utf-8 or cp1252."
            ) from error

    @validates_schema
    def _home_page_can_be_made(self, data: dict[str, Any], **_: Any) -> None:
        try:
            _home_page(data)
        except ValueError as error:
            raise ValidationError(
                "An address that names the system is needed, since none can be made from "
                f"“{data['system_name']}”.",
                "home_page",
            ) from error

    @post_load
    def _name_home_page(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "home_page": _home_page(data)}
