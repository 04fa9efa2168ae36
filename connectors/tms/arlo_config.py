"""What an admin enters to connect an Arlo platform.

Refuses an address without encryption: Arlo has none, and the password would be readable.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from connectors.tms.arlo_api import MOST_PER_PAGE


def _encrypted_or_here(url: str) -> None:
    """Arlo has no unencrypted API; on this machine (a demo) there is nobody to listen."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    here = host in {"localhost", "::1"} or host.startswith("127.")
    if not host or parts.scheme not in ({"https", "http"} if here else {"https"}):
        raise ValidationError("Write the address with https://, like https://yourname.arlo.co.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValidationError("Write the address only, without user name, “?” and “#”.")


class ArloConfig(Schema):
    """How to reach one Arlo platform."""

    base_url = fields.String(
        required=True,
        validate=_encrypted_or_here,
        metadata={
            "title": "Address",
            "description": "Where you sign in to Arlo's management platform, such as "
            "https://yourname.arlo.co. The path of the API may follow; it is added otherwise.",
        },
    )
    username = fields.String(
        required=True,
        validate=validate.Length(min=1),
        metadata={
            "title": "User name",
            "description": "A user with the roles “API User” and “Administrator” and without "
            "multi-factor authentication. Best make one for the hub.",
        },
    )
    password = fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(min=1),
        metadata={"title": "Password", "description": "The password of this user."},
    )
    page_size = fields.Integer(
        load_default=MOST_PER_PAGE,
        validate=validate.Range(100, MOST_PER_PAGE),
        metadata={
            "title": "Page size",
            "description": "Records per request, 100 to 250. Make it smaller if answers time out.",
            "advanced": True,
        },
    )
    attendance_days = fields.Integer(
        load_default=30,
        validate=validate.Range(1, 365),
        metadata={
            "title": "Days in which attendance is corrected",
            "description": "For how many days after a run has ended the registers of its sessions "
            "are read again. Arlo does not announce when one is changed.",
            "advanced": True,
        },
    )
    pause = fields.Float(
        load_default=0.2,
        validate=validate.Range(0, 10),
        metadata={
            "title": "Pause between requests",
            "description": "In seconds. Arlo allows 300 requests per minute for all integrations "
            "of a platform together.",
            "advanced": True,
        },
    )

    @pre_load
    def without_blanks(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """An address is often pasted with a blank around it."""
        address = data.get("base_url")
        return {**data, "base_url": address.strip()} if isinstance(address, str) else {**data}
