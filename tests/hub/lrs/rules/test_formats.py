"""exact, ids and canonical over HTTP (xAPI Communication 2.1.3, "Details").

What each format makes of a statement is proved at xapi.presentation; here is what the store adds:
that exact stays as it was received, and that canonical knows what later statements said.
"""

import json
from uuid import uuid4

import pytest

from tests.hub.lrs.rules.asking import bystander, group, person, sub_statement
from tests.hub.lrs.speaking import COMPLETED, mbox, refusal, statement

COURSE = "https://lms.example.org/course/1"


def course(**definition):
    return {"objectType": "Activity", "id": COURSE, "definition": definition}


def asked(vendor, language=None, **query):
    headers = {} if language is None else {"Accept-Language": language}
    answer = vendor.ask("GET", query_string=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_exact_is_what_was_received_whatever_is_said_later(vendor):
    first = statement(
        id=str(uuid4()),
        verb={"id": COMPLETED, "display": {"en": "did"}},
        object=course(name={"en": "Fire"}, extensions={"https://x.org/n": None}),
    )
    bare = statement(id=str(uuid4()), object={"id": COURSE})
    vendor.store(first, bare)
    vendor.store(
        statement(
            verb={"id": COMPLETED, "display": {"en": "completed", "de": "schloss ab"}},
            object=course(name={"en": "Fire safety"}, description={"en": "All of it"}),
        )
    )

    for sent in (first, bare):
        for query in ({"statementId": sent["id"]}, {"statementId": sent["id"], "format": "exact"}):
            found = asked(vendor, "de", **query)
            assert {name: found[name] for name in sent} == sent
    listed = {found["id"]: found for found in asked(vendor, "de")["statements"]}
    assert listed[first["id"]]["object"] == first["object"]
    assert listed[bare["id"]]["object"] == bare["object"]


def test_numbers_and_texts_of_exact_come_back_as_they_were_sent(vendor):
    odd = {"https://x.org/e": [2**63, 10**99, -0.5, 1e-7, "\u2028", "😀", "\\u0000", None, {}]}
    sent = statement(id=str(uuid4()), context={"extensions": odd})
    vendor.store(sent)

    assert json.loads(vendor.get(statementId=sent["id"]).data)["context"] == sent["context"]


def test_canonical_knows_what_every_statement_said(vendor):
    bare = statement(id=str(uuid4()), object={"id": COURSE})
    vendor.store(bare)
    vendor.store(statement(object=course(name={"en": "Fire"}, type="https://x.org/course")))
    vendor.store(statement(object=course(name={"de": "Feuer"}, description={"fr": "Tout"})))

    found = asked(vendor, "de, en;q=0.5", statementId=bare["id"], format="canonical")
    assert found["object"]["definition"] == {
        "name": {"de": "Feuer"},
        "description": {"fr": "Tout"},
        "type": "https://x.org/course",
    }


def test_each_map_is_in_one_language_and_chosen_by_itself(vendor):
    sent = statement(
        id=str(uuid4()),
        verb={"id": COMPLETED, "display": {"en-US": "completed", "fr": "terminé"}},
        object=course(
            name={"de-CH": "Feuer", "en": "Fire"},
            description={"fr": "Tout", "en": "All", "ja": "全"},
            interactionType="choice",
            choices=[{"id": "a", "description": {"de": "Tür", "en": "Door"}}],
        ),
    )
    vendor.store(sent)

    def texts(language):
        found = asked(vendor, language, statementId=sent["id"], format="canonical")
        definition = found["object"]["definition"]
        maps = [
            found["verb"]["display"],
            definition["name"],
            definition["description"],
            definition["choices"][0]["description"],
        ]
        assert all(len(one) == 1 for one in maps)
        return [next(iter(one.values())) for one in maps]

    assert texts("en") == ["completed", "Fire", "All", "Door"]
    assert texts("de, fr;q=0.9, en;q=0.1") == ["terminé", "Feuer", "Tout", "Tür"]
    assert texts("en;q=0.1, ja;q=0.2, de;q=0.3")[1:] == ["Feuer", "全", "Tür"]
    for strange in (None, "", "*", "xx", ";;q=", "x" * 5000):
        assert len(texts(strange)) == 4


def test_canonical_says_that_its_answer_depends_on_the_language(vendor):
    (stored,) = vendor.store(statement())

    for query in ({"statementId": stored}, {}):
        assert "Accept-Language" in vendor.get(**query, format="canonical").headers["Vary"]


def test_a_definition_of_who_may_not_define_is_in_exact_and_not_in_canonical(vendor, new_vendor):
    vendor.store(statement(object=course(name={"en": "Fire"})))
    (other,) = new_vendor("statements/write").store(statement(object=course(name={"en": "Ice"})))

    canonical = asked(vendor, statementId=other, format="canonical")
    assert canonical["object"]["definition"]["name"] == {"en": "Fire"}
    assert vendor.one(other)["object"]["definition"]["name"] == {"en": "Ice"}


def test_ids_names_and_does_not_describe(vendor):
    vendor.version = "2.0.0"
    named = {"name": "A name"}
    sent = bystander(
        actor=group("ann", "bo", **named, mbox="mailto:team@example.org"),
        verb={"id": COMPLETED, "display": {"en": "completed"}},
        object=sub_statement(
            actor={"objectType": "Group", "member": [{**person("cy"), **named}], **named},
            object=course(name={"en": "Fire"}),
        ),
        context={
            "instructor": {**person("ina"), **named},
            "contextActivities": {"parent": [course(name={"en": "Fire"})]},
            "contextAgents": [
                {"objectType": "contextAgent", "agent": {**mbox("dan@example.org"), **named}}
            ],
        },
    )
    vendor.store(sent)

    for found in (
        asked(vendor, statementId=sent["id"], format="ids"),
        asked(vendor, format="ids")["statements"][0],
    ):
        assert found["actor"] == {"objectType": "Group", "mbox": "mailto:team@example.org"}
        assert found["verb"] == {"id": COMPLETED}
        inside = found["object"]
        assert inside["actor"] == {"objectType": "Group", "member": [person("cy")]}
        assert inside["object"] == {"id": COURSE}
        context = found["context"]
        assert context["instructor"] == person("ina")
        assert context["contextActivities"] == {"parent": [{"id": COURSE}]}
        assert context["contextAgents"][0]["agent"] == mbox("dan@example.org")
        assert set(found["authority"]) <= {"objectType", "account"}


@pytest.mark.parametrize("name", ["", "Exact", "full", "ids,exact"])
def test_another_format_is_refused(vendor, name):
    assert "format" in refusal(vendor.get(format=name), 400)


def test_definitions_of_several_statements_are_merged_in_activities(vendor):
    """From statements to the resource: in objects, contexts and SubStatements."""
    vendor.store(
        statement(object=course(name={"en": "Fire"})),
        statement(context={"contextActivities": {"parent": [course(name={"de": "Feuer"})]}}),
        statement(object=sub_statement(object=course(moreInfo="https://x.org/more"))),
    )

    found = vendor.get("/xapi/activities", activityId=COURSE).json
    assert found == {
        "objectType": "Activity",
        "id": COURSE,
        "definition": {
            "name": {"en": "Fire", "de": "Feuer"},
            "moreInfo": "https://x.org/more",
        },
    }
    unknown = "https://nobody.example.org/"
    assert vendor.get("/xapi/activities", activityId=unknown).json == {
        "objectType": "Activity",
        "id": unknown,
    }
