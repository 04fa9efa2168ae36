from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.ids import registration_id, statement_id

NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
PARTS = {
    "source": "moodle-1",
    "stream": "scorm_attempts",
    "record_key": "scorm:7|user:5|attempt:1",
    "fact": "completed",
    "version": 2,
    "digest": "9f86d081",
}


def test_statement_ids_never_change_between_releases():
    """A new value here means that every pull of every customer stores everything once more."""
    assert statement_id(NAMESPACE, **PARTS) == UUID("a1b47e38-c677-5492-96c6-cc7058e64866")
    assert registration_id(NAMESPACE, "arlo", "17", "50%") == UUID(
        "44d4dab3-1b13-5104-88ac-21e766a3a6a4"
    )


@pytest.mark.parametrize("name", PARTS)
def test_every_part_makes_another_id(name):
    other = {**PARTS, name: 3 if name == "version" else "other"}
    assert statement_id(NAMESPACE, **other) != statement_id(NAMESPACE, **PARTS)


def test_every_deployment_has_its_own_ids():
    assert statement_id(UUID(int=1), **PARTS) != statement_id(UUID(int=2), **PARTS)


texts = st.text(alphabet="a|%257C", max_size=4)


@given(st.lists(texts, min_size=1, max_size=4), st.lists(texts, min_size=1, max_size=4))
def test_different_parts_never_meet_in_one_id(left, right):
    same = registration_id(NAMESPACE, *left) == registration_id(NAMESPACE, *right)
    assert same == (left == right)


def test_a_registration_has_parts():
    with pytest.raises(ValueError, match="at least one part"):
        registration_id(NAMESPACE)
