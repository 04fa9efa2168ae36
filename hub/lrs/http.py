"""The standard's manners over HTTP: versions, credentials, headers on every answer."""

from dataclasses import dataclass
from datetime import datetime

from flask import Request, Response, request

from hub import clock
from hub.accounts.machine_keys import note_use, use_is_stale
from hub.accounts.models import Vendor
from hub.accounts.vendors import check_vendor
from hub.extensions import current_hub
from hub.lrs.errors import XapiError
from hub.lrs.store import Authority
from xapi.vocabulary import BASE

VERSION_HEADER = "X-Experience-API-Version"
CONSISTENT_HEADER = "X-Experience-API-Consistent-Through"
SUPPORTED = ("1.0.3", "2.0.0")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the vendor, and what it may do."""

    vendor: Vendor

    @property
    def authority(self) -> Authority:
        agent = {
            "objectType": "Agent",
            "account": {"homePage": BASE + "vendors", "name": str(self.vendor.id)},
            "name": self.vendor.name,
        }
        return Authority(f"vendor:{self.vendor.id}", agent)

    def may(self, *scopes: str) -> bool:
        return any(scope in self.vendor.scopes for scope in scopes)


def negotiated_version(asked: Request) -> str:
    """1.0.3 or 2.0.0, by the request's header. Raises XapiError (Communication 3.3)."""
    header = asked.headers.get(VERSION_HEADER)
    if header is None:
        raise XapiError(
            f"The request has no {VERSION_HEADER} header. Send 1.0.3 or 2.0.0 with every request."
        )
    for line, version in (("1.0", "1.0.3"), ("2.0", "2.0.0")):
        rest = header.removeprefix(line)
        if header.startswith(line) and (not rest or _is_patch(rest)):
            return version
    raise XapiError(
        f'{VERSION_HEADER} is "{header[:20]}". This store speaks {" and ".join(SUPPORTED)}.'
    )


def _is_patch(rest: str) -> bool:
    return rest.startswith(".") and rest[1:].isdecimal()


def caller() -> Caller:
    """The vendor whose Basic credentials came with the request. Raises XapiError 401."""
    given = request.authorization
    if given is None or given.type != "basic":
        raise XapiError(
            "The request has no Basic credentials. Use the key and secret of a vendor.", status=401
        )
    hub = current_hub()
    with hub.database.reading() as session:
        vendor = check_vendor(session, hub.keyring, given.username or "", given.password or "")
    if vendor is None:
        raise XapiError("The key or the secret is wrong, expired or revoked.", status=401)
    if use_is_stale(vendor, clock.now()):
        with hub.database.transaction() as session:
            note_use(session, vendor)
    return Caller(vendor)


def needed(who: Caller, *scopes: str) -> None:
    """Refuse a caller that has none of these scopes. Raises XapiError 403."""
    if not who.may(*scopes):
        raise XapiError(
            f"This credential may not do that; it needs the scope {' or '.join(scopes)}.",
            status=403,
        )


def with_version(answer: Response) -> Response:
    """Put the version on an answer: the negotiated one, else the deployment's default."""
    try:
        version = negotiated_version(request)
    except XapiError:
        version = current_hub().settings.xapi_default_version
    answer.headers[VERSION_HEADER] = version
    return answer


def stamp(moment: datetime) -> str:
    """An instant as the standard writes it, to the microsecond so that nothing is rounded up."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
