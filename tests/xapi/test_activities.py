import pytest

from tests.xapi.cases import AGENT, MINIMAL
from xapi.activities import activities_in, verbs_in

COURSE = {"id": "https://lms.example.org/course"}
QUIZ = {"id": "https://lms.example.org/quiz", "definition": {"name": {"en": "Quiz"}}}
SITE = {"id": "https://lms.example.org"}


def around(statement, **activities):
    return {**statement, "context": {"contextActivities": activities}}


def test_the_object_is_named_with_its_definition():
    assert list(activities_in({**MINIMAL, "object": QUIZ})) == [
        (QUIZ["id"], QUIZ["definition"], "object")
    ]


@pytest.mark.parametrize("place", ["parent", "grouping", "category", "other"])
def test_activities_of_the_context_are_related(place):
    statement = around({**MINIMAL, "object": COURSE}, **{place: [QUIZ, SITE]})
    assert list(activities_in(statement)) == [
        (COURSE["id"], None, "object"),
        (QUIZ["id"], QUIZ["definition"], "related"),
        (SITE["id"], None, "related"),
    ]


def test_a_single_activity_in_the_context_needs_no_array():
    statement = around({**MINIMAL, "object": COURSE}, parent=SITE)
    assert list(activities_in(statement))[1:] == [(SITE["id"], None, "related")]


def test_activities_of_a_substatement_are_related():
    inner = around({**MINIMAL, "objectType": "SubStatement", "object": QUIZ}, parent=[COURSE])
    statement = around({**MINIMAL, "object": inner}, other=[SITE])
    assert list(activities_in(statement)) == [
        (QUIZ["id"], QUIZ["definition"], "related"),
        (COURSE["id"], None, "related"),
        (SITE["id"], None, "related"),
    ]


@pytest.mark.parametrize(
    "target",
    [{"objectType": "Agent", **AGENT}, {"objectType": "StatementRef", "id": "some id"}],
    ids=["agent", "reference"],
)
def test_an_object_that_is_no_activity_names_none(target):
    assert list(activities_in({**MINIMAL, "object": target})) == []


def test_verbs_are_named_with_their_display_also_in_a_substatement():
    display = {"en": "promised"}
    inner = {**MINIMAL, "objectType": "SubStatement", "verb": {"id": "https://x.org/promise"}}
    statement = {
        **MINIMAL,
        "verb": {"id": "https://x.org/said", "display": display},
        "object": inner,
    }
    assert list(verbs_in(statement)) == [
        ("https://x.org/said", display),
        ("https://x.org/promise", None),
    ]
