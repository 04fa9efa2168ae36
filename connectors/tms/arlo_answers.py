"""What Arlo's answers mean: a resource, or an error with Arlo's own words and what to do about it.

Time-outs, 429 and 5xx do not get here: HttpSession tries again and then raises Unavailable.
"""

import json
from urllib.parse import urlsplit

from connectors.errors import ConnectorError, NeedsAttention, Unavailable
from connectors.response import LONGEST_QUOTE, Response, redacted, said
from connectors.tms.arlo_xml import Resource, parse_resource
from scorm.errors import BadXml

ROLES_AND_MFA = (
    "The user must hold both roles, “API User” and “Administrator”, and must not use multi-factor "
    "authentication (MFA): Arlo lets no MFA user in over the API. Best make a user for the hub."
)


def read_answer(response: Response) -> Resource:
    """The resource in an answer of status 200.

    Raises Unavailable for what is not XML, NeedsAttention for XML that is not to be trusted.
    """
    try:
        found = parse_resource(response.content)
    except BadXml as error:
        if response.text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
            raise _web_page(response) from None
        if error.code == "doctype":
            raise NeedsAttention(
                "Arlo's answer was refused: it has a DOCTYPE, which Arlo's answers never have.",
                hint="Something between the hub and Arlo changes its answers. Check the address.",
                field="base_url",
            ) from None
        raise Unavailable(
            f"Arlo's answer cannot be read as XML ({error.detail}): “{said(response)}”.",
            hint="The next run tries again. If it goes on, make the page size of the source "
            "smaller, or tell Arlo's support.",
        ) from None
    if found.tag.lower() == "html":  # a tidy web page is XML too, and would be an empty collection
        raise _web_page(response)
    return found


def _web_page(response: Response) -> Unavailable:
    return Unavailable(
        f"That address answers with a web page, not with data: “{said(response)}”.",
        hint="It may be a sign-in page or a maintenance notice. Check the address; it looks like "
        "https://yourname.arlo.co.",
    )


def problem(response: Response) -> ConnectorError:
    """What an answer other than 200 means, with Arlo's own words."""
    words = own_words(response)
    why = f" Arlo says: “{words}”" if words else ""
    if response.status == 401:
        return NeedsAttention(
            f"Arlo did not accept the user name and password.{why}",
            hint=f"Check both by signing in to Arlo's management platform. {ROLES_AND_MFA}",
            field="password",
        )
    if response.status == 403:
        path = urlsplit(response.url).path
        return NeedsAttention(
            f"Arlo refuses this user {path}.{why}", hint=ROLES_AND_MFA, field="username"
        )
    if response.status == 404:
        return NeedsAttention(
            f"There is no Arlo API at {response.url.partition('?')[0]}.{why}",
            hint="Check the address; it looks like https://yourname.arlo.co.",
            field="base_url",
        )
    if response.status == 406:
        return NeedsAttention(
            f"Arlo does not answer in XML any more.{why}",
            hint="Its interface may have changed; look for a newer version of the hub.",
        )
    return NeedsAttention(
        f"Arlo did not understand the request (status {response.status}).{why}",
        hint="Its interface may have changed; look for a newer version of the hub, and report "
        "Arlo's words.",
    )


def own_words(response: Response) -> str:
    """Arlo's message in one line, without markup and secrets, at most 200 characters.

    It stands in ApiException/Message, in "message" where the answer is JSON, else it is the text.
    """
    try:
        message = parse_resource(response.content).text("Message")
    except BadXml:
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            body = None
        message = body.get("message") if isinstance(body, dict) else None
    if not isinstance(message, str):
        return said(response)
    return redacted(" ".join(message.split()), response.secrets)[:LONGEST_QUOTE]
