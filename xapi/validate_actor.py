"""Agents, groups and authorities (xAPI Data 2.4.2, 2.4.9)."""

from typing import Any

from xapi.checks import Problems, formatted, iri, is_object, require, text, wrong_type
from xapi.errors import Problem
from xapi.formats import is_mailto, is_sha1

_IFIS = ("mbox", "mbox_sha1sum", "openid", "account")
_AGENT = frozenset({"objectType", "name", *_IFIS})
_GROUP = _AGENT | {"member"}
_ACCOUNT = frozenset({"homePage", "name"})

_S_AGENT = "Data 2.4.2.1"
_S_GROUP = "Data 2.4.2.2"
_S_IFI = "Data 2.4.2.3"
_S_ACCOUNT = "Data 2.4.2.4"


def check_actor(value: object, at: str, problems: Problems) -> None:
    """Check an agent or a group. Without objectType it is an agent."""
    if type(value) is dict and value.get("objectType") == "Group":
        check_group(value, at, problems)
    else:
        check_agent(value, at, problems)


def check_agent(value: object, at: str, problems: Problems) -> None:
    """Check an agent: exactly one identifier, no members."""
    if not is_object(value, at, _AGENT, _S_AGENT, problems):
        return
    assert isinstance(value, dict)
    _check_object_type(value, at, "Agent", _S_AGENT, problems)
    if _check_identifiers(value, at, problems) == 0:
        problems.append(
            Problem(
                at,
                "no_identifier",
                "An agent needs one of mbox, mbox_sha1sum, openid and account.",
                _S_AGENT,
            )
        )


def check_group(value: object, at: str, problems: Problems) -> None:
    """Check a group: at most one identifier; members are agents, and needed without one."""
    if not is_object(value, at, _GROUP, _S_GROUP, problems):
        return
    assert isinstance(value, dict)
    if value.get("objectType") != "Group":
        problems.append(
            Problem(
                at + "/objectType" if "objectType" in value else at,
                "object_type",
                'A group needs the objectType "Group".',
                _S_GROUP,
            )
        )
    identified = _check_identifiers(value, at, problems)
    if "member" in value:
        members = value["member"]
        if type(members) is not list:
            wrong_type(members, at + "/member", "an array of agents", _S_GROUP, problems)
            return
        for index, member in enumerate(members):
            _check_member(member, f"{at}/member/{index}", problems)
    if not identified and not value.get("member"):
        problems.append(
            Problem(at, "no_member", "A group without identifier must list members.", _S_GROUP)
        )


def check_authority(value: object, at: str, problems: Problems) -> None:
    """Check an authority: an agent, or the pair of agents of 3-legged OAuth."""
    if type(value) is not dict or value.get("objectType") != "Group":
        check_agent(value, at, problems)
        return
    check_group(value, at, problems)
    members = value.get("member")
    pair = type(members) is list and len(members) == 2
    if not pair or any(key in value for key in _IFIS):
        problems.append(
            Problem(
                at,
                "authority_group",
                "A group as authority must be anonymous, with exactly two agents.",
                "Data 2.4.9",
            )
        )


def _check_member(member: object, at: str, problems: Problems) -> None:
    if type(member) is dict and member.get("objectType") == "Group":
        problems.append(
            Problem(at, "group_in_group", "A group cannot be a member of a group.", _S_GROUP)
        )
    else:
        check_agent(member, at, problems)


def _check_object_type(
    value: dict[str, Any], at: str, wanted: str, section: str, problems: Problems
) -> None:
    if "objectType" in value and value["objectType"] != wanted:
        problems.append(
            Problem(
                at + "/objectType", "object_type", f'The objectType here is "{wanted}".', section
            )
        )


def _check_identifiers(value: dict[str, Any], at: str, problems: Problems) -> int:
    """Check name and identifiers; return how many identifiers there are."""
    count = 0
    if "account" in value:
        count += 1
        _check_account(value["account"], at + "/account", problems)
    if "mbox" in value:
        count += 1
        mbox = value["mbox"]
        if type(mbox) is not str or not is_mailto(mbox):
            wanted = 'an address such as "mailto:ann@example.org"'
            formatted(mbox, at + "/mbox", is_mailto, "not_mailto", wanted, _S_IFI, problems)
    if "mbox_sha1sum" in value:
        count += 1
        wanted = "a SHA-1 hash of 40 hexadecimal digits"
        formatted(
            value["mbox_sha1sum"],
            at + "/mbox_sha1sum",
            is_sha1,
            "not_sha1",
            wanted,
            _S_IFI,
            problems,
        )
    if "openid" in value:
        count += 1
        iri(value["openid"], at + "/openid", _S_IFI, problems)
    if "name" in value:
        text(value["name"], at + "/name", _S_AGENT, problems)
    if count > 1:
        given = ", ".join(key for key in _IFIS if key in value)
        problems.append(
            Problem(
                at,
                "several_identifiers",
                f"Only one identifier is allowed, and this has {given}.",
                _S_IFI,
            )
        )
    return count


def _check_account(value: object, at: str, problems: Problems) -> None:
    if not is_object(value, at, _ACCOUNT, _S_ACCOUNT, problems):
        return
    assert isinstance(value, dict)
    require(value, ("homePage", "name"), at, _S_ACCOUNT, problems)
    if "homePage" in value:
        iri(value["homePage"], at + "/homePage", _S_ACCOUNT, problems)
    if "name" in value:
        text(value["name"], at + "/name", _S_ACCOUNT, problems)
