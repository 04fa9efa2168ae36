"""The rules that the cases do not reach, and what holds for any rows at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorm.cmi import Attempt, Context, Score
from scorm.normalize import normalize
from scorm.statements import facts_of

V12 = Context("1.2")
V2004 = Context("2004")


def read12(status: str = "completed", context: Context = V12, **more: str) -> Attempt:
    rows = {f"cmi.core.{key.replace('__', '.')}": value for key, value in more.items()}
    return normalize({"cmi.core.lesson_status": status} | rows, context)


def read2004(context: Context = V2004, **rows: str) -> Attempt:
    return normalize({f"cmi.{key.replace('__', '.')}": v for key, v in rows.items()}, context)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("p", "passed"),
        ("C", "completed"),
        ("f", "failed"),
        ("I", "in_progress"),
        ("b", "browsed"),
        ("n", "not_started"),
        ("NotAttempted", "not_started"),
        ("not-attempted", "not_started"),
        ("PASSED", "passed"),
        ("Completed ", "completed"),
    ],
)
def test_status_words_in_the_spellings_of_the_wild(status, state):
    attempt = read12(status)
    assert attempt.state == state
    assert "status_vocabulary" not in attempt.flags


def test_an_unknown_status_word_means_nothing_and_is_flagged():
    attempt = read12("done!")
    assert (attempt.state, attempt.completion, attempt.success) == ("not_started", None, None)
    assert attempt.flags == ("status_vocabulary",)


def test_an_exit_appended_to_the_status_counts_where_there_is_no_exit_row():
    attempt = read12("passed,suspend")
    assert (attempt.state, attempt.end) == ("passed", "suspended")


def test_failed_means_incomplete_where_the_source_is_known_to_mean_it():
    attempt = read12("failed", Context("1.2", failed_completion="incomplete"))
    assert (attempt.completion, attempt.success) == (False, False)


@pytest.mark.parametrize("mode", ["browse", "review", "B"])
def test_another_mode_than_normal_does_not_count(mode):
    attempt = read12("passed", lesson_mode=mode, score__raw="100", session_time="00:01:00")
    assert (attempt.completion, attempt.success, attempt.score) == (None, None, None)
    assert attempt.session_seconds == 60
    assert not attempt.counts


def test_no_credit_does_not_count_in_2004():
    attempt = read2004(completion_status="completed", credit="no-credit", progress_measure="1")
    assert (attempt.state, attempt.completion, attempt.progress) == ("browsed", None, None)


@pytest.mark.parametrize(
    ("rows", "score", "flags"),
    [
        ({"raw": "50", "min": "0", "max": "0"}, Score(50, None, None, 0.5), ("scaled_assumed_100", "score_range_invalid")),
        ({"raw": "12", "min": "0", "max": "10"}, Score(12, None, None, 1.0), ("raw_out_of_range", "scaled_derived")),
        ({"raw": "-2", "min": "0", "max": "10"}, Score(-2, None, None, 0.0), ("raw_out_of_range", "scaled_derived")),
        ({"raw": "-2", "max": "10"}, Score(-2, None, 10, None), ("raw_out_of_range", "scaled_unknown")),
        ({"raw": "abc"}, None, ("number_invalid",)),
        ({"raw": "nan"}, None, ("number_invalid",)),
        ({"raw": "1e999"}, None, ("number_invalid",)),
    ],
)  # fmt: skip
def test_scores_with_odd_ranges(rows, score, flags):
    attempt = read12("completed", **{f"score__{key}": value for key, value in rows.items()})
    assert (attempt.score, attempt.flags) == (score, flags)


def test_a_scale_is_not_assumed_where_the_source_says_so():
    attempt = read12("completed", Context("1.2", assume_100=False), score__raw="80")
    assert (attempt.score, attempt.flags) == (Score(raw=80), ("scaled_unknown",))


@pytest.mark.parametrize(
    ("semantics", "given_scaled", "scaled"),
    [("unit", "-0.5", -0.5), ("percent", "85", 0.85), ("minus_one_to_one", "0.5", 0.75)],
)
def test_the_scaled_score_is_read_as_its_source_means_it(semantics, given_scaled, scaled):
    attempt = read2004(Context("2004", scaled_semantics=semantics), score__scaled=given_scaled)
    assert attempt.score == Score(scaled=scaled)


NOT_APPLIED = Context("2004", lms_applies_thresholds=False)


def test_progress_is_compared_with_the_threshold_as_numbers():
    attempt = read2004(NOT_APPLIED, completion_threshold="0.10", progress_measure="0.9")
    assert attempt.completion is True
    assert attempt.flags == ("completion_by_threshold",)


def test_a_threshold_without_progress_leaves_the_reported_completion():
    attempt = read2004(NOT_APPLIED, completion_threshold="0.8", completion_status="completed")
    assert (attempt.completion, attempt.flags) == (True, ("threshold_without_progress",))


def test_a_passing_score_without_a_scaled_score_leaves_success_unknown():
    attempt = read2004(NOT_APPLIED, scaled_passing_score="0.8", success_status="passed")
    assert (attempt.success, attempt.flags) == (None, ("threshold_without_score",))


@pytest.mark.parametrize(("scaled", "success"), [("0.8", True), ("0.79", False)])
def test_a_passing_score_decides_where_the_lms_does_not(scaled, success):
    attempt = read2004(NOT_APPLIED, scaled_passing_score="0.8", score__scaled=scaled)
    assert attempt.success is success


def test_thresholds_are_left_alone_where_the_lms_applies_them():
    attempt = read2004(scaled_passing_score="0.8", score__scaled="0.9", completion_threshold="1")
    assert (attempt.completion, attempt.success) == (None, None)


def test_an_unfinished_lesson_below_mastery_is_not_failed():
    rows = {
        "cmi.core.lesson_status": "incomplete",
        "cmi.core.score.raw": "20",
        "cmi.student_data.mastery_score": "80",
    }
    attempt = normalize(rows, Context("1.2", lms_applies_thresholds=False))
    assert (attempt.state, attempt.success) == ("in_progress", None)


def test_a_session_over_a_day_and_a_total_below_it_are_kept_and_flagged():
    attempt = read12("completed", session_time="25:00:00", total_time="01:00:00")
    assert (attempt.session_seconds, attempt.total_seconds) == (90000, 3600)
    assert attempt.flags == ("implausible_session_time", "total_less_than_session")


def test_rows_of_the_other_version_are_read_as_what_they_are():
    attempt = normalize({"cmi.core.lesson_status": "passed"}, V2004)
    assert (attempt.version, attempt.state) == ("1.2", "passed")
    assert attempt.flags == ("version_mismatch",)


def test_old_moodle_keys_with_underscores_are_the_same_rows():
    old = {"cmi.interactions_0.id": "q", "cmi.interactions_0.correct_responses_0.pattern": "a"}
    new = {"cmi.interactions.0.id": "q", "cmi.interactions.0.correct_responses.0.pattern": "a"}
    assert normalize(old, V12) == normalize(new, V12)
    assert normalize(new, V12).interactions[0].correct_responses == ("a",)


def test_objectives_come_by_number_and_the_last_of_a_repeated_id_stands():
    rows = {"cmi.objectives.10.id": "b", "cmi.objectives.10.status": "passed"}
    rows |= {"cmi.objectives.2.id": "b", "cmi.objectives.2.status": "failed"}
    rows |= {"cmi.objectives.3.id": "a", "cmi.objectives.4.status": "passed"}
    attempt = normalize(rows, V12)
    assert [(o.index, o.id, o.success) for o in attempt.objectives] == [
        (3, "a", None),
        (10, "b", True),
    ]
    assert attempt.flags == ("objective_id_repeated",)


KEYS = st.sampled_from(
    [
        f"cmi.{core}{name}"
        for core in ("core.", "")
        for name in (
            "lesson_status", "completion_status", "success_status", "score.raw", "score.min",
            "score.max", "score.scaled", "session_time", "total_time", "exit", "credit", "mode",
            "lesson_mode", "progress_measure", "completion_threshold", "scaled_passing_score",
            "student_data.mastery_score", "objectives.0.id", "objectives.0.status",
            "objectives.0.score.raw", "interactions.0.id", "interactions.0.type",
            "interactions.0.student_response", "interactions.0.latency", "interactions_0.time",
        )
    ]
) | st.text().map("cmi.{}".format)  # fmt: skip
WORDS = ["passed", "failed", "completed", "incomplete", "unknown", "browse", "suspend", "matching"]
VALUES = (
    st.sampled_from([*WORDS, "00:10:00", "PT1H", "P1Y", "1e308", "-1e308", "{a,b}", "1.a"])
    | st.floats().map(str)
    | st.floats()
    | st.integers()
    | st.none()
    | st.text()
)
ROWS = st.dictionaries(KEYS, VALUES, max_size=12)
CONTEXTS = st.builds(
    Context,
    st.sampled_from(["1.2", "2004"]),
    failed_completion=st.sampled_from(["unknown", "complete", "incomplete"]),
    lms_applies_thresholds=st.booleans(),
    scaled_semantics=st.sampled_from(["unit", "percent", "minus_one_to_one"]),
)


@given(ROWS, CONTEXTS)
def test_any_rows_give_an_attempt_within_its_ranges(rows, context):
    attempt = normalize(rows, context)
    score = attempt.score or Score()
    assert score.scaled is None or -1 <= score.scaled <= 1
    assert attempt.progress is None or 0 <= attempt.progress <= 1
    if score.raw is not None:
        assert score.min is None or score.min <= score.raw
        assert score.max is None or score.raw <= score.max
    assert list(attempt.flags) == sorted(set(attempt.flags))
    assert attempt.session_seconds is None or attempt.session_seconds >= 0


@given(ROWS, CONTEXTS, st.randoms())
def test_the_order_of_the_rows_and_a_second_reading_change_nothing(rows, context, random):
    items = list(rows.items())
    random.shuffle(items)
    assert normalize(dict(items), context) == normalize(rows, context) == normalize(rows, context)


@given(ROWS, CONTEXTS)
def test_any_attempt_can_be_told_as_statements_whose_names_are_unique(rows, context):
    attempt = normalize(rows, context)
    found = facts_of(attempt, started_at=None, modified_at=None, interactions=True)
    json.dumps([fact.result for fact in found], allow_nan=False)
    assert len({fact.name for fact in found}) == len(found)


@given(ROWS, CONTEXTS)
def test_what_is_not_a_cmi_row_changes_nothing(rows, context):
    derived = {"status": "completed", "score_raw": 100, "x.start.time": "1795457381"}
    assert normalize(rows | derived, context) == normalize(rows, context)
