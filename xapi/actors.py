"""Who a statement is about: the identifiers of agents and groups (xAPI Data 2.4.2).

Reads validated statements. Whether two identifiers mean one person is not decided here.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MAILTO = "mailto:"


@dataclass(frozen=True, slots=True)
class IFI:
    """An inverse functional identifier (Data 2.4.2.3).

    kind: mbox, mbox_sha1sum, openid or account. value: as sent, but an mbox without "mailto:";
    of an account its name. home_page: of an account, else "".
    """

    kind: str
    value: str
    home_page: str = ""


def ifi_of(agent: Mapping[str, Any]) -> IFI | None:
    """Return the identifier of an agent or group; None for an anonymous group."""
    if "account" in agent:
        account = agent["account"]
        return IFI("account", account["name"], account["homePage"])
    if "mbox" in agent:
        return IFI("mbox", agent["mbox"].removeprefix(_MAILTO))
    if "mbox_sha1sum" in agent:
        return IFI("mbox_sha1sum", agent["mbox_sha1sum"])
    if "openid" in agent:
        return IFI("openid", agent["openid"])
    return None


def agent_of(ifi: IFI, name: str | None = None) -> dict[str, Any]:
    """Return the agent with this identifier. Raises ValueError for an unknown kind."""
    agent: dict[str, Any] = {"objectType": "Agent"}
    if name:
        agent["name"] = name
    if ifi.kind == "account":
        agent["account"] = {"homePage": ifi.home_page, "name": ifi.value}
    elif ifi.kind == "mbox":
        agent["mbox"] = _MAILTO + ifi.value
    elif ifi.kind in ("mbox_sha1sum", "openid"):
        agent[ifi.kind] = ifi.value
    else:
        raise ValueError(f"{ifi.kind!r} is no kind of identifier of an agent")
    return agent


def agents_in(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the agents and groups that the `agent` filter matches without related_agents.

    These are the actor, the object, and the members of groups in both places
    (xAPI Communication 2.1.3).
    """
    for value in (statement["actor"], statement["object"]):
        kind = value.get("objectType")
        if value is statement["actor"] or kind in ("Agent", "Group"):
            yield value
            if kind == "Group":
                yield from value.get("member", ())


def related_agents_in(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the agents and groups that related_agents adds to those of `agents_in`.

    These are the authority, the instructor and the team, of xAPI 2.0 contextAgents and
    contextGroups, and all of them in a SubStatement with its actor and object; members of groups
    everywhere (Communication 2.1.3).
    """
    target = statement["object"]
    if target.get("objectType") == "SubStatement":
        yield from agents_in(target)
        yield from related_agents_in(target)
    if "authority" in statement:
        yield from _with_members(statement["authority"])
    context = statement.get("context")
    if context is None:
        return
    for name in ("instructor", "team"):
        if name in context:
            yield from _with_members(context[name])
    for entry in context.get("contextAgents", ()):
        yield from _with_members(entry["agent"])
    for entry in context.get("contextGroups", ()):
        yield from _with_members(entry["group"])


def _with_members(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield value
    if value.get("objectType") == "Group":
        yield from value.get("member", ())


def canonical_email(text: str) -> str:
    """Return the one spelling under which e-mail addresses are compared.

    Trimmed, in Unicode form NFC, case folded as a whole (no known mail system tells Ann@ from
    ann@), the domain in ASCII (IDNA). Tags and dots are kept. Raises ValueError when *text* is not
    an e-mail address.
    """
    address = unicodedata.normalize("NFC", text.strip()).casefold()
    local, at, domain = address.rpartition("@")
    odd = any(char in '<>,;:"()[]\\@' or char.isspace() for char in local)
    if not (local and at and domain) or odd or not all(map(str.isprintable, address)):
        raise ValueError(f"{text!r} is not an e-mail address")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"{text!r} is not an e-mail address: {error}") from error
    if not all(char.isalnum() or char in "-._" for char in ascii_domain):
        raise ValueError(f"{text!r} is not an e-mail address")
    return f"{local}@{ascii_domain}"
