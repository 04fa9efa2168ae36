"""Where a statement says that its object belongs."""

import pytest

from connectors.records import ActivityKind
from hub.catalog.rules import is_about_learning, seen_in
from xapi import vocabulary as v

ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
VIEWED = "http://id.tincanapi.com/verb/viewed"


def activity(iri, kind=None, **definition):
    if kind:
        definition["type"] = kind
    return {"id": iri} | ({"definition": definition} if definition else {})


def seen(target, *, is_evidence=True, **around):
    statement = {"object": target, "context": {"contextActivities": around}}
    return seen_in(statement, is_evidence=is_evidence)


def test_the_course_is_the_first_of_its_type_around_and_the_parent_what_is_next():
    found = seen(
        activity("sco", v.TYPE_LESSON),
        parent=[activity("module", v.TYPE_MODULE)],
        grouping=[activity("site"), activity("course", v.TYPE_COURSE)],
    )
    assert (found.parent.iri, found.course.iri) == ("module", "course")
    assert found.kind is ActivityKind.LESSON
    assert not found.own_course


def test_a_course_is_its_own_whatever_is_around_it():
    found = seen(activity("course", v.TYPE_COURSE), parent=[activity("other", v.TYPE_COURSE)])
    assert (found.own_course, found.course, found.parent) == (True, None, None)


def test_a_single_activity_around_needs_no_list():
    assert seen(activity("sco"), parent=activity("course", v.TYPE_COURSE)).course.iri == "course"


def test_an_activity_is_not_above_itself():
    assert (
        seen(activity("sco", v.TYPE_LESSON), grouping=[activity("sco", v.TYPE_LESSON)]).parent
        is None
    )


@pytest.mark.parametrize("kind", [v.TYPE_CERTIFICATE, v.TYPE_OBJECTIVE, v.TYPE_INTERACTION])
def test_what_is_about_a_course_is_none_itself(kind):
    assert not seen(activity("thing", kind)).own_course


def test_what_is_no_activity_has_no_place():
    reference = {"objectType": "StatementRef", "id": "0b8f6a3e-7f0a-4a3e-9d53-0e1f6a3e7f0a"}
    assert seen(reference) is None


@pytest.mark.parametrize(
    ("names", "title"),
    [
        ({"de": "Brandschutz", "en": "Fire"}, "Fire"),
        ({"de": "Brandschutz"}, "Brandschutz"),
        ({}, None),
    ],
)
def test_a_title_is_english_where_there_is_one(names, title):
    assert seen(activity("course", name=names)).title == title


@pytest.mark.parametrize(
    ("verb", "result", "about"),
    [
        (v.COMPLETED.id, {}, True),
        (v.REGISTERED.id, {}, True),
        ("https://w3id.org/xapi/tla/verbs/completed", {}, True),
        (VIEWED, {}, False),
        (VIEWED, {"score": {"raw": 1}}, False),
        (VIEWED, {"completion": True}, True),
        (ANSWERED, {"success": True}, False),
        (v.RESPONDED.id, {"completion": True, "success": True}, False),
    ],
)
def test_which_statements_are_about_taking_a_course(verb, result, about):
    assert is_about_learning({"verb": {"id": verb}, "result": result}) is about
