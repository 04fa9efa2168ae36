"""Arguments in PHP's style, read as Moodle reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.demo.moodle_protocol import (
    Kind,
    MoodleError,
    Parameter,
    number,
    read_arguments,
    xml_answer,
)
from scorm.xml import parse

DECLARED = {
    "courseid": Parameter(Kind.INT, 0),
    "ids": Parameter(Kind.INTS, ()),
    "options": Parameter(Kind.OPTIONS),
    "criteria": Parameter(Kind.CRITERIA),
    "deep": Parameter(Kind.BOOL, default=False),
}


def test_lists_and_pairs_are_read_from_their_brackets():
    sent = {
        "ids[0]": "4",
        "ids[1]": "7",
        "options[0][name]": "limitfrom",
        "options[0][value]": "5",
        "criteria[0][key]": "email",
        "criteria[0][value]": "%%",
        "deep": "1",
    }
    assert read_arguments(sent, DECLARED) == {
        "courseid": 0,
        "ids": [4, 7],
        "options": {"limitfrom": "5"},
        "criteria": [("email", "%%")],
        "deep": True,
    }


@pytest.mark.parametrize(
    "sent",
    [
        {"courseid": "abc"},
        {"courseid[0]": "4"},
        {"ids": "4"},
        {"ids[0]": "x"},
        {"options[0][name]": "limitfrom"},
        {"options[0]": "limitfrom"},
        {"deep": "2"},
        {"bogus": "1"},
        {"courseid": "9" * 5000},
    ],
)
def test_what_was_not_declared_like_that_is_refused(sent):
    with pytest.raises(MoodleError) as refused:
        read_arguments(sent, DECLARED)
    assert refused.value.errorcode == "invalidparameter"


NAMES = st.one_of(
    st.text(max_size=12),
    st.builds(
        "{}{}".format,
        st.sampled_from(sorted(DECLARED)),
        st.sampled_from(["", "[]", "[0]", "[0][name]", "[0][value]", "[0][key]", "[", "[0][0][0]"]),
    ),
)


@given(st.dictionaries(NAMES, st.text(max_size=5), max_size=6))
def test_any_form_is_read_or_refused(sent):
    try:
        arguments = read_arguments(sent, DECLARED)
    except MoodleError:
        return
    assert set(arguments) == set(DECLARED)


@pytest.mark.parametrize(("value", "written"), [(92.0, 92), (55.5, 55.5), (0.0, 0)])
def test_numbers_are_written_as_php_writes_them(value, written):
    assert repr(number(value)) == repr(written)


def test_an_xml_answer_is_well_formed_whatever_is_in_it():
    root = parse(xml_answer({"a<b": ["x & y", None, True], "c": {}}).encode())
    assert root.find("SINGLE/KEY").get("name") == "a<b"
    assert [value.text for value in root.iter("VALUE")] == ["x & y", None, "1"]
