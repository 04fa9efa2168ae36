"""The standard's manners over HTTP: versions, credentials, headers on every answer."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from time import perf_counter
from typing import cast

from flask import Flask, Request, Response, current_app, g, request
from werkzeug.datastructures import MultiDict

from hub.accounts.credentials import Credential, Credentials, Stranger
from hub.extensions import Hub, current_hub
from hub.lrs.errors import XapiError
from hub.lrs.store import Authority
from xapi.vocabulary import BASE

VERSION_HEADER = "X-Experience-API-Version"
CONSISTENT_HEADER = "X-Experience-API-Consistent-Through"
SET_ASIDE_HEADER = "X-Hub-Set-Aside"
SUPPORTED = ("1.0.3", "2.0.0")

PARAMETERS = frozenset(
    {
        "activity",
        "activityId",
        "agent",
        "ascending",
        "attachments",
        "format",
        "limit",
        "profileId",
        "registration",
        "related_activities",
        "related_agents",
        "since",
        "stateId",
        "statementId",
        "until",
        "verb",
        "voidedStatementId",
    }
)
"""Every parameter that a resource of the standard knows (xAPI 1.0.3, part three, 2)."""

_EXTENSION = "xapi_credentials"
_LONGEST_VERSION = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the vendor, and what it may do."""

    vendor: Credential

    @property
    def authority(self) -> Authority:
        agent = {
            "objectType": "Agent",
            "account": {"homePage": BASE + "vendors", "name": str(self.vendor.id)},
            "name": self.vendor.name,
        }
        return Authority(
            f"vendor:{self.vendor.id}",
            agent,
            defines=self.may_define,
            voids_any=self.may("all"),
        )

    @property
    def may_define(self) -> bool:
        """Whether its statements change the canonical definitions of activities."""
        return self.may("define", "all")

    @property
    def sets_aside(self) -> bool:
        """Whether bad statements of its batches are set aside while the others are stored."""
        return self.vendor.sets_aside

    def may(self, *scopes: str) -> bool:
        return not self.vendor.scopes.isdisjoint(scopes)


def negotiated_version(asked: Request) -> str:
    """1.0.3 or 2.0.0, by the request's header. Raises XapiError (Communication 3.3)."""
    header = asked.headers.get(VERSION_HEADER)
    if header is None:
        raise XapiError(
            f"The request has no {VERSION_HEADER} header. Send 1.0.3 or 2.0.0 with every request."
        )
    version = version_of(header)
    if version is None:
        raise XapiError(
            f'{VERSION_HEADER} is "{header[:_LONGEST_VERSION]}". '
            f"This store speaks {' and '.join(SUPPORTED)}."
        )
    return version


@lru_cache(maxsize=256)
def version_of(header: str) -> str | None:
    """The version that is spoken with a client that asks for this one; None for none."""
    if len(header) > _LONGEST_VERSION:
        return None
    for line, version in (("1.0", "1.0.3"), ("2.0", "2.0.0")):
        rest = header.removeprefix(line)
        if header.startswith(line) and (not rest or _is_patch(rest)):
            return version
    return None


def _is_patch(rest: str) -> bool:
    return rest.startswith(".") and rest.isascii() and rest[1:].isdigit()


def caller() -> Caller:
    """The vendor whose Basic credentials came with the request. Raises XapiError 401.

    Call it before request.args is read: for a lenient credential those that the standard does not
    know are gone afterwards.
    """
    header = request.environ.get("HTTP_AUTHORIZATION")
    if header is None:
        raise XapiError(
            "The request has no Basic credentials. Use the key and secret of a vendor.", status=401
        )
    found = credentials(current_app).find(header)
    if isinstance(found, Stranger):
        raise XapiError("The key or the secret is wrong, expired or revoked.", status=401)
    g.xapi_vendor_id = found.id
    g.xapi_started = perf_counter()
    if found.lenient and request.args:
        request.args = _of_the_standard(request.args)
    return Caller(found)


def _of_the_standard(given: MultiDict[str, str]) -> MultiDict[str, str]:
    return type(given)(
        (name, value) for name, value in given.items(multi=True) if name in PARAMETERS
    )


def credentials(app: Flask) -> Credentials:
    """The credentials that this application remembers."""
    return cast("Credentials", app.extensions[_EXTENSION])


def needed(who: Caller, *scopes: str) -> None:
    """Refuse a caller that has none of these scopes. Raises XapiError 403."""
    if not who.may(*scopes):
        raise XapiError(
            f"This credential may not do that; it needs the scope {' or '.join(scopes)}.",
            status=403,
        )


def with_version(answer: Response) -> Response:
    """Put the version on an answer: the negotiated one, else the deployment's default."""
    version = version_of(request.headers.get(VERSION_HEADER, ""))
    answer.headers[VERSION_HEADER] = version or current_hub().settings.xapi_default_version
    return answer


def stamp(moment: datetime) -> str:
    """An instant as the standard writes it, to the microsecond so that nothing is rounded up."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def register(app: Flask) -> None:
    """Remember credentials for this application."""
    hub = cast("Hub", app.extensions["hub"])
    app.extensions[_EXTENSION] = Credentials(hub.database, hub.keyring)
