"""Responses in xAPI's form."""

import pytest

from scorm.answers import in_xapi_form


@pytest.mark.parametrize(
    ("kind", "text", "version", "expected"),
    [
        ("choice", "a,b", "1.2", ("choice", "a[,]b")),
        ("choice", "{a,b}", "1.2", ("choice", "a[,]b")),
        ("choice", "a", "1.2", ("choice", "a")),
        ("choice", "a[,]b", "2004", ("choice", "a[,]b")),
        ("sequencing", "b,a", "1.2", ("sequencing", "b[,]a")),
        ("matching", "1.a,2.b", "1.2", ("matching", "1[.]a[,]2[.]b")),
        ("matching", "1a", "1.2", ("other", "1a")),
        ("matching", "1[.]a", "2004", ("matching", "1[.]a")),
        ("numeric", "1:5", "1.2", ("numeric", "1[:]5")),
        ("numeric", "4.5", "1.2", ("numeric", "4.5")),
        ("numeric", "four", "1.2", ("other", "four")),
        ("numeric", "1[:]5", "2004", ("numeric", "1[:]5")),
        ("true-false", "0", "1.2", ("true-false", "false")),
        ("true-false", "T", "1.2", ("true-false", "true")),
        ("true-false", "maybe", "2004", ("other", "maybe")),
        ("fill-in", "a, b and c", "1.2", ("fill-in", "a, b and c")),
        ("performance", "jumped", "1.2", ("other", "jumped")),
        ("hotspot", "12,13", "1.2", ("other", "12,13")),
        ("choice", "a,,b", "1.2", ("other", "a,,b")),
    ],
)
def test_a_response_is_translated_or_left_as_it_is(kind, text, version, expected):
    kind_said, (said,) = in_xapi_form(kind, (text,), version=version)
    assert (kind_said, said) == expected


def test_one_unreadable_pattern_leaves_all_texts_as_they_are():
    assert in_xapi_form("true-false", ("t", "maybe"), version="1.2") == ("other", ("t", "maybe"))


def test_a_missing_response_stays_missing():
    assert in_xapi_form("true-false", ("", "t"), version="1.2") == ("true-false", ("", "true"))
