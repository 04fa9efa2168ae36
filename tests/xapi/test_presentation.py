"""Statements as ids and in the canonical format: nothing invented, nothing else lost."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.cases import ACCOUNT, FULL, UUID_TEXT
from xapi.languages import accepted
from xapi.presentation import as_canonical, as_ids

VERB = "http://adlnet.gov/expapi/verbs/passed"
QUIZ = "https://lms.example.org/mod/quiz/7"
ENGLISH = accepted("en")

TEXTS = st.dictionaries(st.sampled_from(["en", "de", "fr"]), st.text(max_size=3), max_size=3)
NAMES = st.fixed_dictionaries({}, optional={"name": st.text(max_size=3)})
IFIS = st.sampled_from(
    [
        {"mbox": "mailto:ann@example.org"},
        {"mbox_sha1sum": "a" * 40},
        {"openid": "https://ann.example.org"},
        {"account": ACCOUNT},
    ]
)
AGENTS = st.builds(
    lambda ifi, name, kind: {**kind, **name, **ifi},
    IFIS,
    NAMES,
    st.sampled_from([{}, {"objectType": "Agent"}]),
)
GROUPS = st.builds(
    lambda ifi, name, members: {
        "objectType": "Group",
        **name,
        **ifi,
        **({"member": members} if members or not ifi else {}),
    },
    IFIS | st.just({}),
    NAMES,
    st.lists(AGENTS, min_size=1, max_size=2),
)
ACTORS = AGENTS | GROUPS
COMPONENTS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("ab")}, optional={"description": TEXTS}),
    max_size=2,
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "description": TEXTS,
        "type": st.just("https://x.org/type"),
        "interactionType": st.just("choice"),
        "choices": COMPONENTS,
        "extensions": st.just({"https://x.org/ext": {"en": 1, "de": 2}}),
    },
)
ACTIVITIES = st.builds(
    lambda iri, kind, body: {**kind, "id": f"https://x.org/{iri}", **body},
    st.sampled_from("abc"),
    st.sampled_from([{}, {"objectType": "Activity"}]),
    st.fixed_dictionaries({}, optional={"definition": BODIES}),
)
VERBS = st.fixed_dictionaries(
    {"id": st.sampled_from(["https://x.org/did", VERB])}, optional={"display": TEXTS}
)
CONTEXTS = st.fixed_dictionaries(
    {},
    optional={
        "registration": st.just(UUID_TEXT),
        "instructor": ACTORS,
        "team": GROUPS,
        "contextActivities": st.dictionaries(
            st.sampled_from(["parent", "grouping", "category", "other"]),
            ACTIVITIES | st.lists(ACTIVITIES, max_size=2),
        ),
        "contextAgents": st.lists(
            st.fixed_dictionaries({"objectType": st.just("contextAgent"), "agent": AGENTS}),
            max_size=2,
        ),
        "contextGroups": st.lists(
            st.fixed_dictionaries({"objectType": st.just("contextGroup"), "group": GROUPS}),
            max_size=2,
        ),
    },
)
ATTACHMENTS = st.lists(
    st.fixed_dictionaries(
        {"sha2": st.just("0" * 64), "display": TEXTS}, optional={"description": TEXTS}
    ),
    max_size=2,
)
REFERENCES = st.just({"objectType": "StatementRef", "id": UUID_TEXT})
PEOPLE = ACTORS.map(lambda actor: {"objectType": "Agent", **actor})


def bodies(objects, **required):
    return st.fixed_dictionaries(
        {"actor": ACTORS, "verb": VERBS, "object": objects, **required},
        optional={"context": CONTEXTS, "attachments": ATTACHMENTS},
    )


SUBSTATEMENTS = bodies(ACTIVITIES | PEOPLE | REFERENCES, objectType=st.just("SubStatement"))
STATEMENTS = bodies(
    ACTIVITIES | PEOPLE | REFERENCES | SUBSTATEMENTS, id=st.just(UUID_TEXT), authority=ACTORS
)
DEFINITIONS = st.dictionaries(st.sampled_from(["https://x.org/a", "https://x.org/z"]), BODIES)
DISPLAYS = st.dictionaries(st.just("https://x.org/did"), TEXTS)
LANGUAGES = st.sampled_from([None, "en", "de, en;q=0.5", "*", "de;q=0", "ja"]).map(accepted)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    """Every scalar with its place; places in arrays are numbers."""
    if isinstance(value, dict):
        return {leaf for key, item in value.items() for leaf in leaves(item, (*path, key))}
    if isinstance(value, list):
        return {leaf for i, item in enumerate(value) for leaf in leaves(item, (*path, i))}
    return {(*path, value)}


def arrayed(statement):
    """The same statement with arrays where a single context activity stands."""
    changed = deepcopy(statement)
    for body in (changed, changed["object"]):
        places = body.get("context", {}).get("contextActivities", {})
        for name, items in places.items():
            places[name] = items if isinstance(items, list) else [items]
    return changed


def without_texts(value: Any) -> Any:
    """All but the language maps."""
    if isinstance(value, dict):
        return {
            key: "texts" if key in {"display", "description"} else without_texts(item)
            for key, item in value.items()
            if not (key == "name" and isinstance(item, dict))
        }
    return [without_texts(item) for item in value] if isinstance(value, list) else value


@given(STATEMENTS)
def test_ids_never_invents(statement):
    assert leaves(as_ids(statement)) <= leaves(arrayed(statement))


@given(STATEMENTS)
def test_ids_of_ids_is_the_same(statement):
    assert as_ids(as_ids(statement)) == as_ids(statement)


@given(STATEMENTS, LANGUAGES)
def test_canonical_by_the_statement_alone_keeps_all_but_languages(statement, languages):
    shown = as_canonical(statement, languages, {}, {})
    assert without_texts(shown) == without_texts(arrayed(statement))
    assert leaves(shown) <= leaves(arrayed(statement))


@given(STATEMENTS, LANGUAGES, DEFINITIONS, DISPLAYS)
def test_canonical_of_canonical_is_the_same(statement, languages, definitions, displays):
    once = as_canonical(statement, languages, definitions, displays)
    assert as_canonical(once, languages, definitions, displays) == once


@given(STATEMENTS, LANGUAGES, DEFINITIONS, DISPLAYS)
def test_presenting_leaves_its_input_alone(statement, languages, definitions, displays):
    before = deepcopy((statement, definitions, displays))
    as_ids(statement)
    as_canonical(statement, languages, definitions, displays)
    assert (statement, definitions, displays) == before


def test_ids_of_a_full_statement():
    ids = as_ids(FULL)
    assert ids["actor"] == {"account": ACCOUNT}
    assert ids["verb"] == {"id": VERB}
    assert ids["object"] == {"id": QUIZ}
    assert ids["context"]["contextActivities"]["other"] == [
        FULL["context"]["contextActivities"]["other"]
    ]
    unchanged = ("id", "result", "timestamp", "stored")
    assert [ids[name] for name in unchanged] == [FULL[name] for name in unchanged]


@pytest.mark.parametrize(
    ("actor", "reduced"),
    [
        (
            {"objectType": "Group", "name": "Crew", "mbox": "mailto:crew@x.org", "member": []},
            {"objectType": "Group", "mbox": "mailto:crew@x.org"},
        ),
        (
            {"objectType": "Group", "name": "Crew", "member": [{"name": "Ann", "openid": "o:1"}]},
            {"objectType": "Group", "member": [{"openid": "o:1"}]},
        ),
        ({"objectType": "Agent", "name": "Ann", "openid": "o:1"}, {"openid": "o:1"}),
    ],
    ids=["identified group", "anonymous group", "agent"],
)
def test_ids_of_an_actor(actor, reduced):
    assert as_ids({**FULL, "actor": actor})["actor"] == reduced


def test_ids_keeps_the_type_of_an_agent_that_is_the_object():
    agent = {"objectType": "Agent", "name": "Ann", "openid": "o:1"}
    assert as_ids({**FULL, "object": agent})["object"] == {"objectType": "Agent", "openid": "o:1"}


def test_ids_reaches_into_a_substatement():
    inner = {key: FULL[key] for key in ("actor", "verb", "object", "context")}
    shown = as_ids({**FULL, "object": {"objectType": "SubStatement", **inner}})["object"]
    assert shown["objectType"] == "SubStatement"
    assert shown["actor"] == {"account": ACCOUNT}
    assert shown["object"] == {"id": QUIZ}


def test_each_map_is_chosen_by_itself():
    statement = {
        **FULL,
        "verb": {"id": VERB, "display": {"de": "bestanden", "en": "passed"}},
        "object": {
            "id": QUIZ,
            "definition": {
                "name": {"fr": "Feu", "de": "Feuer"},
                "description": {"fr": "x", "fi": "y"},
                "choices": [{"id": "a", "description": {"de": "Nord", "en": "North"}}],
            },
        },
        "attachments": [{"display": {"fr": "Photo", "en": "Picture"}}],
    }
    shown = as_canonical(statement, accepted("en, de;q=0.5"), {}, {})
    assert shown["verb"]["display"] == {"en": "passed"}
    assert shown["object"]["definition"] == {
        "name": {"de": "Feuer"},
        "description": {"fr": "x"},
        "choices": [{"id": "a", "description": {"en": "North"}}],
    }
    assert shown["attachments"] == [{"display": {"en": "Picture"}}]


def test_canonical_takes_what_the_store_knows():
    definitions = {QUIZ: {"name": {"en": "Quiz", "de": "Prüfung"}, "type": "https://x.org/t"}}
    shown = as_canonical(FULL, ENGLISH, definitions, {VERB: {"en": "did pass"}})
    assert shown["object"] == {
        "objectType": "Activity",
        "id": QUIZ,
        "definition": {"name": {"en": "Quiz"}, "type": "https://x.org/t"},
    }
    assert shown["verb"] == {"id": VERB, "display": {"en": "did pass"}}
    assert shown["actor"] == FULL["actor"]


def test_canonical_defines_what_the_statement_only_named():
    bare = {**FULL, "object": {"id": QUIZ}, "verb": {"id": VERB}}
    shown = as_canonical(bare, ENGLISH, {QUIZ: {"name": {"de": "P"}}}, {VERB: {"en": "p"}})
    assert shown["object"] == {"id": QUIZ, "definition": {"name": {"de": "P"}}}
    assert shown["verb"] == {"id": VERB, "display": {"en": "p"}}
