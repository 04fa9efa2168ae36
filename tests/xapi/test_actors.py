import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.cases import ACCOUNT, ACTIVITY, AGENT, MINIMAL, changed
from xapi.actors import IFI, agent_of, agents_in, canonical_email, ifi_of, related_agents_in

PAIRS = {
    "mbox": ({"mbox": "mailto:Ann@example.org"}, IFI("mbox", "Ann@example.org")),
    "hash": ({"mbox_sha1sum": "A" * 40}, IFI("mbox_sha1sum", "A" * 40)),
    "openid": ({"openid": "https://ann.org/"}, IFI("openid", "https://ann.org/")),
    "account": ({"account": ACCOUNT}, IFI("account", "5", "https://lms.example.org")),
}


@pytest.mark.parametrize(("agent", "ifi"), PAIRS.values(), ids=PAIRS)
def test_an_identifier_is_read_and_written(agent, ifi):
    assert ifi_of(agent) == ifi
    assert agent_of(ifi) == {"objectType": "Agent", **agent}
    assert agent_of(ifi, "Ann") == {"objectType": "Agent", "name": "Ann", **agent}


def test_an_anonymous_group_has_no_identifier():
    assert ifi_of({"objectType": "Group", "member": [AGENT]}) is None


def test_an_unknown_kind_of_identifier_makes_no_agent():
    with pytest.raises(ValueError, match="'phone'"):
        agent_of(IFI("phone", "1"))


BO = {"openid": "https://bo.org/"}
MEMBERS = [AGENT, BO]
GROUP = {"objectType": "Group", "member": MEMBERS}


@pytest.mark.parametrize(
    ("statement", "agents"),
    [
        (MINIMAL, [AGENT]),
        (changed(MINIMAL, "actor", GROUP), [GROUP, AGENT, BO]),
        (
            changed(MINIMAL, "object", {"objectType": "Agent", **BO}),
            [AGENT, {"objectType": "Agent", **BO}],
        ),
        (changed(MINIMAL, "object", GROUP), [AGENT, GROUP, AGENT, BO]),
        (changed(MINIMAL, "context", {"instructor": BO, "team": GROUP}), [AGENT]),
        (changed(MINIMAL, "authority", BO), [AGENT]),
        (
            changed(MINIMAL, "object", {"objectType": "SubStatement", **MINIMAL, "actor": BO}),
            [AGENT],
        ),
        (changed(MINIMAL, "object", {"objectType": "Activity", **ACTIVITY}), [AGENT]),
    ],
    ids=["agent", "group", "object", "group as object", "context", "authority", "sub", "activity"],
)
def test_the_agent_filter_sees_actor_and_object_and_their_members(statement, agents):
    assert list(agents_in(statement)) == agents


@pytest.mark.parametrize(
    ("statement", "agents"),
    [
        (changed(MINIMAL, "actor", GROUP), []),
        (changed(MINIMAL, "object", {"objectType": "Agent", **BO}), []),
        (changed(MINIMAL, "context", {"instructor": BO, "team": GROUP}), [BO, GROUP, *MEMBERS]),
        (changed(MINIMAL, "context", {"instructor": GROUP}), [GROUP, *MEMBERS]),
        (changed(MINIMAL, "authority", GROUP), [GROUP, *MEMBERS]),
        (
            changed(
                MINIMAL,
                "context",
                {
                    "contextAgents": [{"objectType": "contextAgent", "agent": BO}],
                    "contextGroups": [{"objectType": "contextGroup", "group": GROUP}],
                },
            ),
            [BO, GROUP, *MEMBERS],
        ),
        (
            changed(
                MINIMAL,
                "object",
                {
                    "objectType": "SubStatement",
                    **MINIMAL,
                    "actor": GROUP,
                    "object": {"objectType": "Agent", **BO},
                    "context": {"instructor": AGENT},
                },
            ),
            [GROUP, *MEMBERS, {"objectType": "Agent", **BO}, AGENT],
        ),
    ],
    ids=["group", "object", "context", "group instructs", "authority", "xAPI 2.0", "sub"],
)
def test_related_agents_are_those_that_the_agent_filter_alone_does_not_see(statement, agents):
    assert list(related_agents_in(statement)) == agents


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ann@example.org", "ann@example.org"),
        (" Ann@Example.ORG\n", "ann@example.org"),
        ("ann+fire@example.org", "ann+fire@example.org"),
        ("a.n.n@gmail.com", "a.n.n@gmail.com"),
        ("jürg@bücher.example", "jürg@xn--bcher-kva.example"),
        ("JU\u0308RG@example.org", "jürg@example.org"),
        ("root@localhost", "root@localhost"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_email_has_one_spelling(text, email):
    assert canonical_email(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@bo@example.org",
        "ann bo@example.org",
        "Ann <ann@example.org>",
        "ann@example.org, bo@example.org",
        "ann@.org",
        "ann@exa mple.org",
        "mailto:ann@example.org",
        "ann@" + "x" * 64 + ".org",
        "ann\0@example.org",
        "n/a",
    ],
)
def test_anything_else_is_no_email(text):
    with pytest.raises(ValueError, match="is not an e-mail address"):
        canonical_email(text)


@given(st.text(max_size=6), st.text(max_size=6))
def test_the_spelling_of_an_email_is_stable(local, domain):
    try:
        email = canonical_email(f"{local}@{domain}")
    except ValueError:
        return
    assert canonical_email(email) == email
