"""Several SCOs, one course."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorm.rollup import PartState, RolledUp, roll_up

T, F, U = True, False, None


@pytest.mark.parametrize(
    ("parts", "completion", "success"),
    [
        ([], U, U),
        ([(T, U)], T, U),
        ([(T, U), (T, U)], T, U),
        ([(T, U), (U, U)], U, U),
        ([(T, U), (F, U)], F, U),
        ([(U, U), (F, U)], F, U),
        ([(T, T), (T, T)], T, T),
        ([(T, T), (T, U)], T, T),
        ([(T, T), (U, U)], U, U),
        ([(T, T), (F, T)], F, U),
        ([(T, T), (T, F)], T, F),
        ([(U, F), (U, U)], U, F),
    ],
)
def test_completion_and_success_of_the_parts_give_those_of_the_course(parts, completion, success):
    rolled = roll_up([PartState(*part) for part in parts])
    assert (rolled.completion, rolled.success) == (completion, success)


@pytest.mark.parametrize(("rule", "score"), [("mean", 0.7), ("last", 0.5), ("max", 0.9)])
def test_the_score_rule_chooses_among_the_parts_that_have_a_score(rule, score):
    parts = [PartState(score=0.9), PartState(), PartState(score=0.5), PartState()]
    assert roll_up(parts, score_rule=rule).score == pytest.approx(score)


def test_no_score_and_no_time_anywhere_is_unknown_and_not_zero():
    assert roll_up([PartState(T)]) == RolledUp(T, U, None, None, 1, 1)


def test_a_score_of_zero_takes_part_in_the_mean():
    assert roll_up([PartState(score=0.0), PartState(score=1.0)]).score == 0.5


def test_a_part_that_is_not_required_adds_only_its_time():
    parts = [PartState(T, T, 0.8, 60), PartState(F, F, 0.0, 30, required=False)]
    assert roll_up(parts) == RolledUp(T, T, 0.8, 90, 1, 1)


def test_erin_did_two_of_nine_and_nobody_says_that_the_course_is_incomplete():
    parts = [PartState(T), PartState(T, T), *[PartState()] * 7]
    assert roll_up(parts) == RolledUp(U, U, None, None, 2, 9)


PARTS = st.lists(
    st.builds(
        PartState,
        st.sampled_from([T, F, U]),
        st.sampled_from([T, F, U]),
        st.none() | st.floats(-1, 1),
        st.none() | st.floats(0, 1e6),
        st.booleans(),
    )
)


@given(PARTS, st.randoms(), st.sampled_from(["mean", "max"]))
def test_the_order_of_the_parts_matters_only_to_the_last_score(parts, random, rule):
    shuffled = random.sample(parts, len(parts))
    assert roll_up(shuffled, score_rule=rule) == roll_up(parts, score_rule=rule)


@given(PARTS)
def test_a_course_is_complete_only_if_all_its_parts_are_done(parts):
    rolled = roll_up(parts)
    assert (rolled.completion is True) == (rolled.total > 0 and rolled.done == rolled.total)
    assert rolled.score is None or -1 <= rolled.score <= 1
