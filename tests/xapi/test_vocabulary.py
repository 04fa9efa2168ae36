import pytest

from xapi import vocabulary as v
from xapi.formats import is_iri
from xapi.vocabulary import Verb, canonical_verb

VERBS = {name: value for name, value in vars(v).items() if isinstance(value, Verb)}
IRIS = {
    name: value for name, value in vars(v).items() if name.startswith(("TYPE_", "EXT_", "BASE"))
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_verb_that_we_write_is_its_own_canonical_form(verb):
    assert is_iri(verb.id)
    assert canonical_verb(verb.id) == verb.id


@pytest.mark.parametrize("iri", IRIS.values(), ids=IRIS)
def test_types_and_extensions_are_iris(iri):
    assert is_iri(iri)


def test_no_iri_has_two_names():
    every = [verb.id for verb in VERBS.values()] + list(IRIS.values())
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("iri", "verb"),
    [
        ("https://adlnet.gov/expapi/verbs/completed", v.COMPLETED),
        ("https://w3id.org/xapi/tla/verbs/attended", v.ATTENDED),
        ("https://w3id.org/xapi/adb/verbs/attended", v.ATTENDED),
        ("http://activitystrea.ms/attend", v.ATTENDED),
        ("http://activitystrea.ms/schema/1.0/request", v.REQUESTED),
        ("https://activitystrea.ms/request", v.REQUESTED),
        ("https://w3id.org/xapi/tla/verbs/registered", v.REGISTERED),
        ("http://adlnet.gov/expapi/verbs/satisfied", v.SATISFIED),
        ("https://adlnet.gov/expapi/verbs/waived", v.WAIVED),
        ("http://w3id.org/xapi/adl/verbs/abandoned", v.ABANDONED),
        ("https://id.tincanapi.com/verb/earned", v.EARNED),
        ("https://w3id.org/xapi/tla/verbs/forfeited", v.REVOKED),
    ],
)
def test_a_twin_is_read_as_the_verb_that_we_write(iri, verb):
    assert canonical_verb(iri) == verb.id


@pytest.mark.parametrize(
    "iri", ["http://id.tincanapi.com/verb/viewed", "http://adlnet.gov/expapi/verbs/Completed", ""]
)
def test_a_verb_without_twin_stays_as_it_is(iri):
    assert canonical_verb(iri) == iri


def test_a_course_is_known_in_every_spelling():
    assert {
        "http://adlnet.gov/expapi/activities/course",
        "https://adlnet.gov/expapi/activities/course",
        "https://w3id.org/xapi/cmi5/activitytype/course",
    } == v.COURSE_TYPES
