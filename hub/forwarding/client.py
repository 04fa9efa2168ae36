"""The other store over HTTP, through the session that all outgoing requests take.

One request is sent once: who waits for the next try is the row of the forwarder, not a thread.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from config import Settings
from connectors.errors import ConnectorError
from connectors.http import HttpSession
from connectors.response import Response
from hub.forwarding.reading import Outgoing
from xapi import json as xapi_json
from xapi import multipart
from xapi.compare import equality_digest
from xapi.multipart import Part

VERSION_HEADER = "X-Experience-API-Version"


class OtherLrs:
    """A learning record store that statements are sent to; close it after use."""

    def __init__(
        self, config: Mapping[str, Any], secret: str, settings: Settings, *, hurried: bool = False
    ) -> None:
        self.version = str(config["version"])
        self._auth = (str(config["key"]), secret)
        self._http = HttpSession(
            config["endpoint"],
            allow_networks=settings.allow_networks,
            timeout=(5.0, 10.0) if hurried else (10.0, 30.0),
            max_seconds=60.0,
            tries=1,
            ca_file=config.get("ca_file") or None,
            secrets=(secret,),
        )

    def send(self, items: Sequence[Outgoing], contents: Sequence[Part] = ()) -> Response:
        """POST statements, with the contents of their attachments where the hub has them.

        Raises ConnectorError when no answer came that can be judged.
        """
        body = b"[" + b",".join(for_version(item.payload, self.version) for item in items) + b"]"
        kind = "application/json"
        if contents:
            body, kind = multipart.build(body, contents)
        headers = {"Content-Type": kind, VERSION_HEADER: self.version}
        return self._http.request("POST", "statements", data=body, headers=headers, auth=self._auth)

    def get(self, resource: str, **params: Any) -> Response:
        """GET a resource. Raises ConnectorError."""
        headers = {VERSION_HEADER: self.version}
        return self._http.request("GET", resource, params=params, headers=headers, auth=self._auth)

    def has_the_same(self, item: Outgoing) -> bool:
        """Whether the other store returns this very statement, by the standard's comparison.

        Some stores answer 409 to a statement that they have. False when it may not be read there.
        """
        try:
            answer = self.get("statements", statementId=str(item.id))
            theirs = answer.json() if answer.status == 200 else None
        except ConnectorError:
            return False
        return theirs is not None and _same(item.payload, theirs, item.id)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _same(payload: bytes, theirs: object, statement_id: UUID) -> bool:
    if not isinstance(theirs, dict) or str(theirs.get("id")).lower() != str(statement_id):
        return False
    ours = cast("Mapping[str, Any]", xapi_json.loads(payload))
    try:
        return equality_digest(ours) == equality_digest(theirs)
    except (KeyError, TypeError, ValueError, AttributeError):  # what came is no statement
        return False


def for_version(payload: bytes, version: str) -> bytes:
    """The statement as a store of this xAPI version takes it.

    The version property is what an LRS assigns: one of the other line of the standard is left out,
    so that the other store assigns its own. Everything else goes as it is.
    """
    statement = cast("dict[str, Any]", xapi_json.loads(payload))
    if str(statement.get("version", version))[:2] == version[:2]:
        return payload
    del statement["version"]
    return xapi_json.dumps(statement)
