import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.languages import Range, accepted, in_one_language

TAGS = st.sampled_from(["en", "en-US", "en-GB", "EN-gb", "de", "de-CH", "zh-Hant-TW", "und", "fi"])
MAPS = st.dictionaries(TAGS, st.text(max_size=3), max_size=5)
HEADERS = st.lists(
    st.tuples(st.one_of(TAGS, st.just("*")), st.sampled_from(["", ";q=0", ";q=0.5", "; q=1"])).map(
        "".join
    ),
    max_size=4,
).map(", ".join)


def chosen(tags, header):
    (tag,) = in_one_language({tag: f"in {tag}" for tag in tags.split()}, accepted(header))
    return tag


def test_a_header_is_read_in_its_order_with_qualities():
    assert accepted("en-GB, de;q=0.8 ,*;q=0.1") == (
        Range("en-gb", 1.0),
        Range("de", 0.8),
        Range("*", 0.1),
    )


@pytest.mark.parametrize(
    "header", [None, "", ",", ";q=1", "en_US", "de;q=x", "de;level=1", "ä", "en-", "*-CH", "q=0.5"]
)
def test_what_is_no_language_range_is_skipped(header):
    assert accepted(header) == ()


def test_a_language_named_twice_counts_as_first_said():
    assert accepted("de;q=0.2, DE;q=0.9") == (Range("de", 0.2),)


def test_a_quality_is_never_above_one():
    assert accepted("de;q=1.9") == (Range("de", 1.0),)


@given(st.text())
def test_no_header_raises(header):
    assert all(0 <= item.quality <= 1 for item in accepted(header))


@pytest.mark.parametrize(
    ("tags", "header", "tag"),
    [
        ("en-US en-GB", "en-GB", "en-GB"),
        ("en-US de", "de;q=0.5, en;q=0.9", "en-US"),
        ("en-US de-CH", "de", "de-CH"),
        ("den en", "de, en", "en"),
        ("EN-us de", "en-US", "EN-us"),
        ("fr de", "de, fr", "de"),
        ("en-US en", "en", "en"),
        ("en-US en-GB", "en", "en-US"),
        ("en-GB en-US", "en, en-GB;q=0", "en-US"),
        ("fr de fi", "fr;q=0.5, *;q=0.8", "de"),
        ("fr de", "*", "fr"),
        ("fr de", "fr;q=0, *", "de"),
        ("fi en", "en-GB", "en"),
        ("fi en-US", "en-GB", "en-US"),
        ("fi en", "en-GB, en;q=0", "fi"),
        ("fr de", "ja", "fr"),
        ("fr de", "fr;q=0", "de"),
        ("fr de", "fr;q=0, de;q=0", "fr"),
        ("fr de", None, "fr"),
    ],
)
def test_the_reader_gets_the_language_that_suits_best(tags, header, tag):
    assert chosen(tags, header) == tag


@given(MAPS, HEADERS)
def test_a_map_keeps_exactly_one_of_its_entries(texts, header):
    one = in_one_language(texts, accepted(header))
    assert len(one) == min(len(texts), 1)
    assert one.items() <= texts.items()
