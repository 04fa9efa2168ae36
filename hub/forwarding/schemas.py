"""What an admin enters for a forwarder: one description for form, command and storage."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from hub.findable import KEPT

_IRI = validate.Regexp(
    r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z",
    error="“{input}” is no IRI. Write it whole, such as http://adlnet.gov/expapi/verbs/completed.",
)


def _short_beginning(iri: str) -> None:
    """Of a long IRI only its beginning and a digest can be looked for (hub.findable)."""
    if iri.endswith("*") and len(iri.encode()) > KEPT:
        raise ValidationError(f"Write at most {KEPT - 1} bytes before the *.")


_NEEDED: dict[str, Any] = {"required": "This is needed."}


class ForwarderConfig(Schema):
    """The other store, the credential there, and what is sent."""

    endpoint = fields.Url(
        required=True,
        schemes={"http", "https"},
        require_tld=False,
        error_messages={
            **_NEEDED,
            "invalid": "Enter the whole address, beginning with https://.",
        },
        metadata={
            "title": "Endpoint",
            "description": "The xAPI address of the other store, without /statements: "
            "https://lrs.example.org/xapi",
        },
    )
    key = fields.String(
        required=True,
        validate=validate.Regexp(r"[^\s:]+\Z", error="A key has no blanks and no colon."),
        error_messages=_NEEDED,
        metadata={
            "title": "Key",
            "description": "User name for Basic authentication there. The credential needs the "
            "right to write statements; to read them too helps to tell doubles.",
        },
    )
    secret = fields.String(
        required=True,
        load_only=True,
        error_messages=_NEEDED,
        metadata={"title": "Secret", "description": "Password that belongs to the key."},
    )
    version = fields.String(
        load_default="1.0.3",
        validate=validate.OneOf(("1.0.3", "2.0.0")),
        metadata={
            "title": "xAPI version",
            "description": "What the other store speaks. Most speak 1.0.3.",
        },
    )
    since = fields.String(
        load_default="",
        validate=validate.Regexp(
            r"all\Z|\d{4}-\d\d-\d\d\Z|\Z", error="Write a day as 2026-03-31, or the word all."
        ),
        metadata={
            "title": "Stored since",
            "description": "A day such as 2026-03-31: what was stored since then is sent, also "
            "what was sent before. The word all: everything. Empty: what comes next.",
        },
    )
    verbs = fields.List(
        fields.String(validate=_IRI),
        load_default=list,
        metadata={
            "title": "Verbs",
            "description": "IRIs, one per line. Empty: every verb.",
        },
    )
    activities = fields.List(
        fields.String(validate=[_IRI, _short_beginning]),
        load_default=list,
        metadata={
            "title": "Activities",
            "description": "IRIs of objects, one per line; with * at the end, all that begin so. "
            "Empty: every object.",
        },
    )
    only_from = fields.List(
        fields.String(),
        load_default=list,
        metadata={
            "title": "Only from",
            "description": "Sources and vendors, one per line, as source: NAME or vendor: NAME. "
            "Empty: from all of them.",
        },
    )
    not_from = fields.List(
        fields.String(),
        load_default=list,
        metadata={
            "title": "Not from",
            "description": "If the other store pushes to this hub too, name its vendor credential "
            "here, so that it does not get back what it gave.",
        },
    )
    ca_file = fields.String(
        load_default="",
        metadata={
            "title": "CA file",
            "description": "Path of a PEM file with the authority that signed the other store's "
            "certificate, if it is your organization's own.",
        },
    )

    @pre_load
    def without_resource(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        """The endpoint is often copied together with the resource."""
        found = dict(data)
        if isinstance(found.get("endpoint"), str):
            found["endpoint"] = (
                found["endpoint"].strip().rstrip("/").removesuffix("/statements").rstrip("/")
            )
        return found
