"""When two names are the same, and when two sets of names cannot be one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Identifier
from hub.learners.rules import contradiction, name_of, names_of

LMS, TMS = "https://lms.example.org", "https://tms.example.org"
ONE, TWO, THREE = (("account", LMS, number) for number in "123")
ELSEWHERE = ("account", TMS, "9")
MAIL = ("mbox", "", "ada@example.org")
STAFF, STAFF_TOO = ("employee_id", "", "77"), ("employee_id", "", "78")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Identifier("mbox", "Ada@Example.org"), Identifier("mbox", " ada@EXAMPLE.ORG ")),
        (Identifier("account", "5", LMS + "/"), Identifier("account", "5", LMS)),
        (Identifier("mbox_sha1sum", "AB"), Identifier("mbox_sha1sum", "ab")),
    ],
)
def test_two_spellings_of_one_name(one, other):
    assert name_of(one).key == name_of(other).key
    assert len(names_of([one, other])) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Identifier("account", "ada", LMS), Identifier("account", "Ada", LMS)),
        (Identifier("account", "5", LMS), Identifier("account", "5", TMS)),
        (Identifier("mbox", "ada+x@example.org"), Identifier("mbox", "ada@example.org")),
        (Identifier("openid", LMS), Identifier("account", LMS, LMS)),
    ],
)
def test_two_names(one, other):
    assert name_of(one).key != name_of(other).key


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_name_is_none(value):
    with pytest.raises(ValueError, match="an empty account"):
        name_of(Identifier("account", value, LMS))


@pytest.mark.parametrize(
    ("one", "other", "together", "contradicts"),
    [
        ([ONE], [TWO], [], True),
        ([ONE, MAIL], [TWO, MAIL], [TWO, MAIL], True),
        ([ONE], [ELSEWHERE], [], False),
        ([ONE], [MAIL], [], False),
        ([STAFF], [STAFF_TOO], [], True),
        ([STAFF, ONE], [STAFF, ELSEWHERE], [], False),
        ([ONE], [TWO], [ONE, TWO], False),
        # What was believed once is not judged again when a third thing is said.
        ([ONE, TWO], [ONE, MAIL], [ONE, MAIL], False),
        ([ONE, TWO], [THREE], [MAIL, THREE], True),
        ([ONE, TWO], [THREE], [ONE, THREE], False),
        ([], [ONE], [], False),
    ],
)
def test_a_person_has_one_account_in_a_system(one, other, together, contradicts):
    assert bool(contradiction(one, other, stated_together=frozenset(together))) is contradicts


def test_the_reason_names_both_accounts():
    reason = contradiction([ONE], [TWO], stated_together=frozenset())
    assert reason == f"two of kind account in {LMS}: 1, 2"


keys = st.frozensets(st.sampled_from([ONE, TWO, THREE, ELSEWHERE, MAIL, STAFF, STAFF_TOO]))


@given(keys, keys, keys)
def test_a_contradiction_has_no_direction(one, other, together):
    assert contradiction(one, other, stated_together=together) == contradiction(
        other, one, stated_together=together
    )
    assert contradiction(one, one, stated_together=together) is None
