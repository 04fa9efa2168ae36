"""Moodle's web service protocol: one POST per function, errors inside an answer with status 200.

It turns every refusal into a sentence and into what the read does next. Errors are told apart by
``errorcode`` only: the exception class changed its name between 4.3 and 4.5, and the message is in
the language of the service account. https://docs.moodle.org/dev/Creating_a_web_service_client
"""

from collections.abc import Mapping
from typing import Any

from connectors.errors import BadRecord, ConnectorError, NeedsAttention, Unavailable
from connectors.http import HttpSession, Response, said

ENDPOINT = "webservice/rest/server.php"
TOKENS = "Site administration › Server › Web services › Manage tokens"
SERVICES = "Site administration › Server › Web services › External services"
ROLES = "Site administration › Users › Permissions › Define roles"

NO_RIGHT = frozenset({
    "nopermissions",
    "cannotviewreport",
    "errorcoursecontextnotvalid",
    "requireloginerror",
    "notingroup",
    "groupnotamember",
})  # fmt: skip
NOT_THERE = frozenset({
    "invalidrecord",
    "invalidrecordunknown",
    "invaliduser",
    "invaliduserid",
    "cannotfindsco",
    "userdeleted",
    "usernotenroled",
    "nocriteriaset",
    "coursenotfound",
})  # fmt: skip
ACCOUNT = frozenset({
    "wsaccessusersuspended",
    "wsaccessuserdeleted",
    "wsaccessuserunconfirmed",
    "wsaccessuserexpired",
    "wsaccessusernologin",
})  # fmt: skip
OUT_OF_ORDER = frozenset({"sitemaintenance", "dbconnectionfailed", "dmlreadexception"})


class NoRight(BadRecord):
    """The service account may not see this one object."""


class NotThere(BadRecord):
    """The object does not exist (any more), or says nothing: not enrolled, no criteria."""


def _flat(name: str, value: Any) -> dict[str, str]:
    """PHP-style arguments: ``courseids[0]=2``, ``options[0][name]=sortby``; booleans as 0 and 1."""
    if isinstance(value, Mapping):
        items = [(f"{name}[{key}]", item) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        items = [(f"{name}[{index}]", item) for index, item in enumerate(value)]
    else:
        return {name: str(int(value) if isinstance(value, bool) else value)}
    return {key: text for inner, item in items for key, text in _flat(inner, item).items()}


class MoodleWebService:
    """Calls functions with one token."""

    def __init__(self, http: HttpSession, token: str) -> None:
        http.hide(token)
        self._http = http
        self._token = token

    def mapping(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a function that returns an object. Raises ConnectorError (see refusal)."""
        body = self._call(function, arguments)
        if not isinstance(body, dict):
            raise _unexpected(function, "an object", body)
        return body

    def rows(self, function: str, **arguments: Any) -> list[Mapping[str, Any]]:
        """Call a function that returns a list of objects. Raises ConnectorError (see refusal)."""
        body = self._call(function, arguments)
        if not isinstance(body, list):
            raise _unexpected(function, "a list", body)
        for row in body:
            if not isinstance(row, Mapping):
                raise _unexpected(function, "a list of objects", row)
        return body

    def _call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        form = {
            "wstoken": self._token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            # Otherwise names arrive HTML-escaped, some of them twice.
            "moodlewssettingraw": "1",
        }
        for name, value in arguments.items():
            form |= _flat(name, value)
        answer = self._http.request("POST", ENDPOINT, data=form)
        if answer.status != 200:
            raise _status(answer)
        body = answer.json()
        if isinstance(body, dict) and ("exception" in body or "errorcode" in body):
            words = said(Response(200, answer.url, {}, _words(body), answer.secrets))
            raise refusal(function, str(body.get("errorcode", "")), words)
        return body


def _words(body: Mapping[str, Any]) -> bytes:
    return str(body.get("message") or body.get("error") or "no reason given").encode()


def _unexpected(function: str, wanted: str, body: object) -> Unavailable:
    return Unavailable(
        f"Moodle answered {function} with {type(body).__name__} where {wanted} belongs.",
        hint="Nothing was taken from this answer. The next run tries again.",
    )


def _status(answer: Response) -> ConnectorError:
    words = said(answer)
    because = f"It answered “{words}”." if words else "It answered without a word."
    if answer.status == 403:
        return NeedsAttention(
            f"Moodle did not open its web service (status 403). {because}",
            hint="Enable web services under Site administration › General › Advanced features, and "
            "the REST protocol under Site administration › Server › Web services › Manage "
            "protocols. A firewall in front of Moodle can also be the cause.",
            field="base_url",
        )
    if answer.status == 401:
        return NeedsAttention(
            f"The web server in front of Moodle asks for a password (status 401). {because}",
            hint="Let the path /webservice/rest/ pass without it; Moodle checks the token itself.",
            field="base_url",
        )
    if answer.status in {404, 410}:
        return NeedsAttention(
            f"There is no Moodle web service at this address (status {answer.status}). {because}",
            hint="Enter the address of the Moodle start page, with its path if it has one, for "
            "example https://example.org/moodle.",
            field="base_url",
        )
    return Unavailable(
        f"Moodle gave an answer that nobody expected (status {answer.status}). {because}",
        hint="The next run tries again. If it goes on, look into the log of the web server.",
    )


def refusal(function: str, code: str, words: str) -> ConnectorError:
    """The error for one ``errorcode``: NeedsAttention, Unavailable, NoRight or NotThere."""
    if code in OUT_OF_ORDER:
        return Unavailable(
            f"Moodle is out of order at the moment. It answered “{words}”.",
            hint="The next run tries again.",
        )
    if code in {"invalidtoken", "accessexception"} or code in ACCOUNT:
        return _shut_out(function, code, words)
    if code == "invalidrecord" and "external_functions" in words:
        return NeedsAttention(
            f"This Moodle does not know the function {function}. It answered “{words}”.",
            hint="The oldest supported version is Moodle 4.1. If the function belongs to a plugin, "
            "install it.",
        )
    if code == "invalidparameter":
        return NeedsAttention(
            f"Moodle did not understand our call of {function}. It answered “{words}”.",
            hint="Nothing is wrong with your settings: please report this with the version of "
            "Moodle.",
        )
    return _about_one_object(function, code, words)


def _shut_out(function: str, code: str, words: str) -> NeedsAttention:
    if code == "invalidtoken":
        message = f"Moodle refused the token. It answered “{words}”."
        hint = (
            f"It was deleted, has expired or has a typo. Create a new one under {TOKENS} and "
            "enter it here."
        )
    elif code == "accessexception":
        message = f"The token may not call {function}. Moodle answered “{words}”."
        hint = (
            f"Under {SERVICES}, see that the service is enabled and holds this function. The "
            "role of the service account needs webservice/rest:use. See whether the token has an "
            "expiry date or an IP restriction."
        )
    else:
        message = f"Moodle does not let the service account in. It answered “{words}”."
        hint = (
            "Under Site administration › Users › Accounts › Browse list of users, see that "
            "the account is confirmed, not suspended, and does not use “No login”."
        )
    return NeedsAttention(message, hint=hint, field="token")


def _about_one_object(function: str, code: str, words: str) -> BadRecord:
    if code in NO_RIGHT:
        return NoRight(
            f"Moodle did not allow {function}. It answered “{words}”.",
            code=code,
            hint=f"Under {ROLES}, give the role of the service account the rights that the "
            "connection check lists, at system level.",
        )
    if code in NOT_THERE:
        return NotThere(
            f"Moodle has nothing to tell for {function}. It answered “{words}”.",
            code=code,
            hint="It was probably deleted in the meantime.",
        )
    return BadRecord(
        f"Moodle refused {function} for a reason that the hub does not know ({code or 'no code'}). "
        f"It answered “{words}”.",
        code=code or "unknown_refusal",
        hint="Look the code up in Moodle's documentation; other records are not affected.",
    )
