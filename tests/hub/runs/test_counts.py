"""The law that the numbers of a run obey, and what is said at its end."""

from hypothesis import given
from hypothesis import strategies as st

from hub.runs.counts import Counts, Outcome
from hub.runs.pull import judge


@given(st.lists(st.sampled_from(Outcome)))
def test_what_is_noted_adds_up(outcomes):
    counts = Counts()
    for outcome in outcomes:
        counts.note(outcome)
    assert counts.add_up
    assert counts.fetched == len(outcomes)


@given(st.lists(st.lists(st.sampled_from(Outcome))))
def test_pages_add_up_to_their_run_and_survive_storing(pages):
    total = Counts()
    for page in pages:
        counts = Counts()
        for outcome in page:
            counts.note(outcome)
        total.add(Counts.read(counts.as_json()))
    assert total.add_up
    assert total.fetched == sum(len(page) for page in pages)


def test_numbers_that_do_not_add_up_are_never_a_success():
    state, message, hint = judge(Counts(fetched=3, new=2))
    assert state == "failed"
    assert message == "The numbers of this run do not add up to the 3 records fetched."
    assert "Nothing that is shown is lost" in hint


def test_nothing_new_is_said():
    assert judge(Counts(fetched=2, unchanged=2)) == (
        "succeeded",
        "Nothing new: 0 statements stored.",
        "",
    )


def test_records_that_were_set_aside_are_a_warning():
    state, message, hint = judge(Counts(fetched=2, new=1, rejected=1, statements=1))
    assert (state, message) == (
        "succeeded_with_warnings",
        "1 statement stored. 1 of 2 records set aside.",
    )
    assert hint == "See Needs attention for the reason of each."
