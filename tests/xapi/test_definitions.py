"""What definitions add up to: the first one is believed, later ones add."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.definitions import LARGEST, merge_definitions, merge_displays

TEXTS = st.dictionaries(
    st.sampled_from(["en", "EN", "de", "und"]), st.sampled_from(["", "a", "b"]), max_size=3
)
COMPONENTS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("xyz")}, optional={"description": TEXTS}),
    unique_by=lambda item: item["id"],
    max_size=3,
)
INTERACTIONS = st.fixed_dictionaries(
    {"interactionType": st.sampled_from(["choice", "sequencing"])},
    optional={
        "correctResponsesPattern": st.lists(st.sampled_from("xyz"), max_size=2),
        "choices": COMPONENTS,
    },
)
DEFINITIONS = st.builds(
    lambda plain, interaction: plain | interaction,
    st.fixed_dictionaries(
        {},
        optional={
            "name": TEXTS,
            "description": TEXTS,
            "type": st.sampled_from(["https://x.org/1", "https://x.org/2"]),
            "moreInfo": st.sampled_from(["https://x.org/3", "https://x.org/4"]),
            "extensions": st.dictionaries(st.sampled_from(["e:1", "e:2"]), st.integers(0, 1)),
        },
    ),
    st.one_of(st.just({}), INTERACTIONS),
)


def merged(*definitions):
    return merge_definitions(None, definitions)


def question(kind="choice", **more):
    return {"interactionType": kind, **more}


def test_what_nobody_has_defined_has_no_definition():
    assert merged() is None
    assert merged({}) is None
    assert merge_displays(None, [{}]) is None


def test_languages_are_added():
    first, later = {"name": {"en": "Fire"}}, {"name": {"de": "Feuer"}, "description": {"en": "x"}}
    assert merged(first, later) == {
        "name": {"en": "Fire", "de": "Feuer"},
        "description": {"en": "x"},
    }
    assert merge_displays({"en": "did"}, [{"de": "tat"}]) == {"en": "did", "de": "tat"}


def test_a_language_is_one_in_any_case():
    assert merge_displays(None, [{"en-US": "did"}, {"en-us": "made"}]) == {"en-US": "did"}


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ({"name": {"en": "Fire"}}, {"name": {"en": "Water"}}),
        ({"type": "https://x.org/course"}, {"type": "https://x.org/quiz"}),
        ({"moreInfo": "https://x.org/a"}, {"moreInfo": "https://x.org/b"}),
        ({"extensions": {"e:1": 1}}, {"extensions": {"e:1": 2}}),
        (
            question(correctResponsesPattern=["a"]),
            question(correctResponsesPattern=["b"]),
        ),
        (question("choice"), question("fill-in", correctResponsesPattern=["b"])),
        (question("choice"), question("likert", scale=[{"id": "1"}])),
        (
            question(choices=[{"id": "a", "description": {"en": "North"}}]),
            question(choices=[{"id": "a", "description": {"en": "South"}}, {"id": "b"}]),
        ),
    ],
)
def test_what_is_known_is_not_changed(first, later):
    assert merged(first, later) == first


def test_what_is_missing_is_added():
    first = {"name": {"en": "Exit"}, "extensions": {"e:1": 1}}
    later = {
        "type": "https://x.org/quiz",
        "moreInfo": "https://x.org/a",
        "extensions": {"e:2": 2},
        **question(correctResponsesPattern=["a"], choices=[{"id": "a"}]),
    }
    assert merged(first, later) == {**first, **later, "extensions": {"e:1": 1, "e:2": 2}}


def test_a_known_question_gets_its_missing_answer_and_descriptions():
    first = question(choices=[{"id": "a"}, {"id": "b", "description": {"en": "South"}}])
    later = question(
        correctResponsesPattern=["a"],
        choices=[
            {"id": "b", "description": {"de": "Süd"}},
            {"id": "a", "description": {"en": "N"}},
        ],
    )
    assert merged(first, later) == question(
        correctResponsesPattern=["a"],
        choices=[
            {"id": "a", "description": {"en": "N"}},
            {"id": "b", "description": {"en": "South", "de": "Süd"}},
        ],
    )


def test_a_blank_text_gives_way():
    assert merged({"name": {"en": " "}}, {"name": {"en": "Fire"}}) == {"name": {"en": "Fire"}}
    assert merged({"name": {"en": "Fire"}}, {"name": {"en": " "}}) == {"name": {"en": "Fire"}}


def test_additions_end_where_a_definition_would_be_too_large():
    first, flood = {"name": {"en": "Fire"}}, {"extensions": {"e:1": "x" * LARGEST}}
    assert merged(first, flood, {"name": {"de": "Feuer"}}) == {
        "name": {"en": "Fire", "de": "Feuer"}
    }
    assert merged(flood) == flood
    assert merge_displays({"en": "did"}, [{"de": "x" * LARGEST}]) == {"en": "did"}


@given(st.lists(DEFINITIONS, max_size=4), st.data())
def test_a_definition_that_comes_again_changes_nothing(arrived, data):
    again = data.draw(st.lists(st.sampled_from(arrived), max_size=4)) if arrived else []
    assert merged(*arrived, *again) == merged(*arrived)


@given(st.lists(DEFINITIONS, max_size=4), st.integers(0, 4))
def test_it_is_all_one_in_how_many_batches_definitions_come(arrived, cut):
    stored = merge_definitions(None, arrived[:cut])
    assert merge_definitions(stored, arrived[cut:]) == merged(*arrived)


@given(st.lists(DEFINITIONS, max_size=4))
def test_merging_leaves_its_input_alone(arrived):
    before = deepcopy(arrived)
    merged(*arrived)
    assert arrived == before
