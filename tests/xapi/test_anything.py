"""Whatever is sent, the answer is a list of problems and never an exception."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.cases import FULL, REMOVED, SUB, UUID_TEXT, changed
from xapi.actors import agents_in, ifi_of
from xapi.compare import equality_digest
from xapi.validate import validate

OAUTH = changed(SUB, "authority", {"objectType": "Group", "member": [FULL["actor"]] * 2})


def places(value: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if path:
        yield "/".join(path)
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in members:
        here = (*path, str(key).replace("/", "~1"))
        if isinstance(item, (dict, list)) and item:
            yield from places(item, here)
        else:
            yield "/".join(here)


CHANGES = [(start, place) for start in (FULL, SUB, OAUTH) for place in places(start)]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.sampled_from(
        ["Group", "Agent", "SubStatement", "StatementRef", UUID_TEXT, "en", "a:b", 10**400]
    )
)
VALUES = st.just(REMOVED) | st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["objectType", "id", "name", "member", "mbox", "account", "a:b", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


@given(st.sampled_from(CHANGES), VALUES, st.sampled_from(["1.0.3", "2.0.0"]))
def test_a_statement_with_one_odd_place_is_judged(change, value, version):
    statement = changed(*change, value)
    if validate(statement, version=version):
        return
    assert len(equality_digest(statement, version=version)) == 16
    assert [ifi_of(agent) for agent in agents_in(statement)]


@given(VALUES.filter(lambda value: value is not REMOVED))
def test_anything_but_a_statement_is_refused(value):
    assert validate(value)
