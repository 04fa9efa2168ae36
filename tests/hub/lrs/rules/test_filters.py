"""Which statements a filter means, place by place (xAPI Communication 2.1.3)."""

import json
from uuid import uuid4

import pytest

from tests.hub.lrs.rules.asking import (
    ELSEWHERE,
    EXPERIENCED,
    agent,
    bystander,
    group,
    person,
    sub_statement,
)
from tests.hub.lrs.speaking import COMPLETED, statement

COURSE = "https://lms.example.org/course/1"
BO = person("bo")

STRICT = {
    "actor": {"actor": BO},
    "actor's member": {"actor": group("ann", "bo")},
    "member of an identified group": {"actor": group("bo", mbox="mailto:team@example.org")},
    "object": {"object": {"objectType": "Agent", **BO}},
    "object's member": {"object": group("bo")},
}
RELATED = {
    "instructor": {"context": {"instructor": BO}},
    "instructor's member": {"context": {"instructor": group("bo")}},
    "team's member": {"context": {"team": group("ann", "bo")}},
    "SubStatement's actor": {"object": sub_statement(actor=BO)},
    "SubStatement's member": {"object": sub_statement(actor=group("bo"))},
    "SubStatement's object": {"object": sub_statement(object={"objectType": "Agent", **BO})},
    "SubStatement's instructor": {"object": sub_statement(context={"instructor": BO})},
    "SubStatement's team": {"object": sub_statement(context={"team": group("bo")})},
}
RELATED_IN_2 = {
    "contextAgents": {"context": {"contextAgents": [{"objectType": "contextAgent", "agent": BO}]}},
    "contextGroups": {
        "context": {"contextGroups": [{"objectType": "contextGroup", "group": group("bo")}]}
    },
    "SubStatement's contextAgents": {
        "object": sub_statement(
            context={"contextAgents": [{"objectType": "contextAgent", "agent": BO}]}
        )
    },
}
NEVER = {
    "another person": {"actor": person("bob")},
    "a name alone": {"actor": {**person("ann"), "name": "bo@example.org"}},
    "an account with that name": {
        "actor": {"account": {"homePage": "https://example.org", "name": "bo@example.org"}}
    },
    "an extension": {"context": {"extensions": {"https://x.org/who": BO}}},
}


def test_agent_means_actor_and_object_and_related_agents_every_other_place(vendor):
    vendor.version = "2.0.0"
    strict = vendor.store(*(bystander(**parts) for parts in STRICT.values()))
    related = vendor.store(*(bystander(**parts) for parts in {**RELATED, **RELATED_IN_2}.values()))
    vendor.store(*(bystander(**parts) for parts in NEVER.values()))

    assert sorted(vendor.find(agent=agent("bo"))) == sorted(strict)
    assert sorted(vendor.find(agent=agent("bo"), related_agents="false")) == sorted(strict)
    assert sorted(vendor.find(agent=agent("bo"), related_agents="true")) == sorted(strict + related)


def test_places_of_1_0_3_are_found_in_1_0_3(vendor):
    related = vendor.store(*(bystander(**parts) for parts in RELATED.values()))

    assert vendor.find(agent=agent("bo")) == []
    assert sorted(vendor.find(agent=agent("bo"), related_agents="true")) == sorted(related)


def test_an_authority_is_a_related_agent_and_only_that(vendor, new_vendor):
    (stored,) = vendor.store(statement())
    new_vendor("statements/write").store(statement())
    authority = json.dumps(vendor.one(stored)["authority"])

    assert vendor.find(agent=authority) == []
    assert vendor.find(agent=authority, related_agents="true") == [stored]


def test_an_authority_that_a_sender_claims_is_found_nowhere(vendor):
    vendor.store(statement(authority=BO))

    assert vendor.find(agent=agent("bo"), related_agents="true") == []


@pytest.mark.parametrize("kind", ["mbox_sha1sum", "openid"])
def test_another_kind_of_identifier_is_another_agent(vendor, kind):
    value = {"mbox_sha1sum": "ab" * 20, "openid": "https://bo.example.org/"}[kind]
    (stored,) = vendor.store(bystander(actor={kind: value}))
    vendor.store(bystander(actor=BO))

    assert vendor.find(agent=json.dumps({kind: value, "name": "whoever"})) == [stored]


RELATED_PLACES = {
    place: {"context": {"contextActivities": {place: [{"id": ELSEWHERE}, {"id": COURSE}]}}}
    for place in ("parent", "grouping", "category", "other")
}
RELATED_PLACES |= {
    "single": {"context": {"contextActivities": {"parent": {"id": COURSE}}}},
    "SubStatement": {"object": sub_statement(object={"id": COURSE})},
    "SubStatement's context": {
        "object": sub_statement(context={"contextActivities": {"other": [{"id": COURSE}]}})
    },
}


def test_activity_means_the_object_and_related_activities_every_other_place(vendor):
    (strict,) = vendor.store(bystander(object={"id": COURSE}))
    related = vendor.store(*(bystander(**parts) for parts in RELATED_PLACES.values()))
    vendor.store(
        bystander(object={"id": COURSE + "0"}),
        bystander(context={"extensions": {COURSE: {"id": COURSE}}}),
    )

    assert vendor.find(activity=COURSE) == [strict]
    assert vendor.find(activity=COURSE, related_activities="false") == [strict]
    assert sorted(vendor.find(activity=COURSE, related_activities="true")) == sorted(
        [strict, *related]
    )


def test_a_statement_that_matches_in_several_places_is_found_once(vendor):
    everywhere = bystander(
        actor=BO,
        object={"id": COURSE},
        context={
            "instructor": BO,
            "team": group("bo"),
            "contextActivities": {"parent": [{"id": COURSE}], "other": [{"id": COURSE}]},
        },
    )
    ids = vendor.store(everywhere, bystander(context=everywhere["context"]))
    both = {"related_agents": "true", "related_activities": "true"}

    assert vendor.find(agent=agent("bo"), activity=COURSE, **both) == ids[::-1]
    assert vendor.find(agent=agent("bo"), **both, limit=2) == ids[::-1]


def test_verb_and_registration_of_a_sub_statement_are_not_those_of_the_statement(vendor):
    registration = str(uuid4())
    inside = sub_statement(verb={"id": COMPLETED}, context={"registration": registration})
    vendor.store(bystander(object=inside))

    assert vendor.find(verb=COMPLETED) == []
    assert vendor.find(registration=registration) == []


def test_filters_together_mean_what_meets_all_of_them(vendor):
    registration = str(uuid4())
    whole = {
        "actor": BO,
        "verb": {"id": COMPLETED},
        "object": {"id": COURSE},
        "context": {"registration": registration},
    }
    (wanted,) = vendor.store(bystander(**whole))
    vendor.store(
        *(
            bystander(**{name: part for name, part in whole.items() if name != missing})
            for missing in whole
        )
    )
    query = {
        "agent": agent("bo"),
        "verb": COMPLETED,
        "activity": COURSE,
        "registration": registration,
    }

    assert vendor.find(**query) == [wanted]
    for left_out in query:
        rest = {name: value for name, value in query.items() if name != left_out}
        assert len(vendor.find(**rest)) == 2, left_out
        assert wanted in vendor.find(**rest)


def test_a_uuid_is_the_same_in_capital_letters_wherever_it_stands(vendor):
    registration = str(uuid4())
    (stored,) = vendor.store(bystander(context={"registration": registration.upper()}))

    assert vendor.find(registration=registration) == [stored]
    assert vendor.find(registration=registration.upper()) == [stored]
    assert vendor.get(statementId=stored.upper()).json["id"] == stored
    assert vendor.one(stored)["context"]["registration"].lower() == registration


def test_what_nothing_has_is_found_nowhere_and_is_no_error(vendor):
    vendor.store(statement())

    for query in (
        {"agent": agent("nobody")},
        {"agent": agent("nobody"), "related_agents": "true"},
        {"verb": EXPERIENCED},
        {"activity": "https://nobody.example.org/"},
        {"registration": str(uuid4())},
    ):
        assert vendor.find(**query) == []
        assert vendor.find(**{"verb": COMPLETED, **query}, ascending="true") == []
