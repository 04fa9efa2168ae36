"""Tests a forwarder: asks what the other store speaks, and reads one statement; sends none."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from config import Settings
from connectors.base import Grant
from connectors.errors import ConnectorError
from connectors.response import Response, said
from hub import clock
from hub.forwarding.client import OtherLrs
from hub.sources.checking import CheckOutcome


def check(config: Mapping[str, Any], secret: str, settings: Settings) -> CheckOutcome:
    """What the other store grants, one line each, or why it cannot be asked."""
    try:
        with closing(OtherLrs(config, secret, settings, hurried=True)) as other:
            about, read = other.get("about"), other.get("statements", limit="1")
            grants = (_speaks(about, other.version), _reads(read), _WRITES)
    except ConnectorError as error:
        return CheckOutcome(clock.now(), message=error.message, hint=error.hint, field=error.field)
    return CheckOutcome(clock.now(), str(config["endpoint"]), grants)


_WRITES = Grant(
    "may write statements",
    None,
    "Not tried, since a statement that is stored over there cannot be taken back.",
)


def _speaks(answer: Response, version: str) -> Grant:
    name = f"speaks xAPI {version}"
    versions = _versions(answer)
    if versions is None:
        return Grant(
            name,
            ok=False,
            detail=f"It has no About resource (status {answer.status}): “{said(answer)}”.",
            fix="Check the endpoint: it is what stands before /about and /statements.",
        )
    fits = any(known[:3] == version[:3] for known in versions)
    listed = ", ".join(versions) or "none"
    return Grant(name, fits, f"It says: {listed}.", "Choose one of these under xAPI version.")


def _versions(answer: Response) -> list[str] | None:
    try:
        about = answer.json() if answer.status == 200 else None
    except ConnectorError:
        return None
    found = about.get("version") if isinstance(about, dict) else None
    return [str(one) for one in found] if isinstance(found, list) else None


def _reads(answer: Response) -> Grant:
    words = f"Status {answer.status}: “{said(answer)}”."
    match answer.status:
        case 200:
            return Grant("knows the credential", ok=True, detail="It may read statements too.")
        case 403:
            return Grant(
                "knows the credential",
                ok=True,
                detail="It may not read statements; that is only needed to tell doubles apart.",
            )
        case 401:
            return Grant(
                "knows the credential", ok=False, detail=words, fix="Check the key and the secret."
            )
        case _:
            return Grant(
                "knows the credential", ok=False, detail=words, fix="Check endpoint and version."
            )
