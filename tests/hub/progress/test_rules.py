"""A record is a function of a set of evidence, and never contradicts itself."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.progress.evidence import Kind, Score
from hub.progress.rules import reduce
from tests.hub.progress.saying import course, day, part, said

PLACES = ("https://lms.example.org/course/1", "one", "a", "b", "two", "spring", "mon", "autumn")
PARTS = (
    part("module", "one"),
    part("lesson", "a", "one"),
    part("lesson", "b", "one"),
    part("module", "two"),
    part("run", "spring"),
    part("session", "mon", "spring"),
    part("run", "autumn"),
)
scores = st.none() | st.floats(-1, 1)


@st.composite
def evidence(draw, places=PLACES):
    """One thing said; few days and few attempts, so that many meet in one moment."""
    kind = draw(st.sampled_from(list(Kind)))
    number = draw(st.none() | st.integers(1, 3))
    fact = draw(st.none() | st.integers(1, 4))
    return said(
        kind,
        draw(st.integers(0, 2)),
        draw(st.sampled_from(places)),
        attempt=number,
        score=draw(scores),
        source=draw(st.sampled_from(["source:lms", "vendor:tms"])),
        registration=draw(st.sampled_from(["", "r1", "r2"])),
        fact=fact,
        version=0 if fact is None else draw(st.integers(1, 3)),
        progress=draw(st.none() | st.floats(0, 1)),
        seconds=draw(st.none() | st.integers(0, 100)),
        fraction=draw(st.none() | st.floats(0, 1)) if kind is Kind.ATTENDED else None,
        valid_until=draw(st.none() | st.integers(0, 9).map(day)),
        overridden=draw(st.booleans()),
    )


sets = st.lists(evidence(), max_size=8)
courses = st.tuples(
    st.booleans().map(lambda decides: course(decides=decides)),
    *(
        st.tuples(st.booleans(), st.sampled_from([None, True, False]), st.booleans()).map(
            lambda how, one=one: replace(one, declared=how[0], required=how[1], cancelled=how[2])
        )
        for one in PARTS
    ),
)


@settings(max_examples=150)
@given(sets, courses, st.data())
def test_neither_order_nor_repetition_matters(said_once, parts, data):
    again = data.draw(
        st.lists(st.sampled_from(said_once), max_size=4) if said_once else st.just([])
    )
    shuffled = data.draw(st.permutations(said_once + again))

    assert reduce(shuffled, parts) == reduce(said_once, parts)


def every_state(record):
    waiting = list(record.parts)
    yield (
        record.status,
        record.state.satisfied,
        record.percent,
        record.state.completed_at,
        record.state.score.scaled if record.state.score else None,
    )
    while waiting:
        one = waiting.pop()
        waiting.extend(one["parts"])
        scaled = one["score"]["scaled"] if one["score"] else None
        done = one["satisfied_at"] is not None
        yield one["status"], done, one["percent"], one["completed_at"], scaled


@settings(max_examples=150)
@given(sets, courses)
def test_a_record_never_contradicts_itself(said_once, parts):
    for status, satisfied, percent, completed_at, scaled in every_state(reduce(said_once, parts)):
        assert (percent == 100) is satisfied
        assert (status in {"passed", "completed"}) is satisfied
        assert 0 <= percent <= 100
        assert scaled is None or -1 <= scaled <= 1
        assert completed_at is None or satisfied


@settings(max_examples=200)
@given(sets, courses)
def test_what_is_satisfied_is_neither_failed_nor_taken_back(said_once, parts):
    state = reduce(said_once, parts).state
    if state.satisfied:
        assert state.success is not False
        assert state.completion is True or state.success is True
        assert not state.failed


@given(courses)
def test_without_evidence_nothing_is_known(parts):
    record = reduce([], parts)
    assert (record.status, record.percent, record.evidence_count) == ("not_started", 0, 0)
    assert record.as_of is None


@given(sets, evidence(), courses, st.data())
def test_a_newer_version_of_a_fact_speaks_alone(others, older, parts, data):
    """Whatever the order, and also where the newer version is about another activity."""
    older = replace(older, fact=77, version=1, statement="older")
    newer = replace(data.draw(evidence()), fact=77, version=2, statement="newer")
    both = data.draw(st.permutations([*others, older, newer]))

    assert reduce(both, parts) == reduce([*others, newer], parts)


@given(
    st.lists(evidence(places=["a"]).map(lambda e: replace(e, attempt="2", number=2)), min_size=1),
    st.integers(0, 9),
)
def test_a_failed_lower_attempt_that_arrives_later_overwrites_nothing(second, at):
    second = [replace(item, overridden=False) for item in second]
    late = said("failed", at, "a", attempt=1, score=-1.0)
    before = reduce(second, [course(), PARTS[0], PARTS[1]])
    after = reduce([*second, late], [course(), PARTS[0], PARTS[1]])

    if before.state.active:
        assert after.status == before.status
    assert after.state.score == before.state.score
    if before.state.result in {"passed", "failed", "completed"}:
        assert after.state.result == before.state.result


@given(sets, courses)
def test_an_attempt_at_the_course_that_was_passed_passes_it(said_once, parts):
    assert reduce([*said_once, said("passed", 1, attempt=9)], parts).status == "passed"


@given(st.lists(scores, min_size=1, max_size=5))
def test_the_mean_of_parts_stays_within_their_range(values):
    parts = [part("module", f"m{n}") for n, _ in enumerate(values)]
    state = reduce(
        [said("passed", n, f"m{n}", score=value) for n, value in enumerate(values)],
        [course(), *parts],
    ).state
    known = [value for value in values if value is not None]
    if not known:
        assert state.score is None
    elif len(known) == 1:
        assert state.score == Score(scaled=known[0])
    else:
        assert min(known) - 1e-4 <= state.score.scaled <= max(known) + 1e-4
