import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import json
from xapi.json import BadJson

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert json.loads(json.dumps(value)) == value
    assert json.loads(json.canonical(value)) == value


REFUSED = {
    "bytes that are not UTF-8": (b'{"a": "\xff"}', "not_utf8"),
    "an encoded surrogate": (b'"\xed\xa0\x80"', "not_utf8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not_utf8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "bom"),
    "nothing": (b"", "empty"),
    "white space": (b" \r\n\t", "empty"),
    "half an object": (b'{"a": 1', "syntax"),
    "two values": (b"{} {}", "syntax"),
    "a raw control character": (b'"\x01"', "syntax"),
    "a comment": (b"{} // x", "syntax"),
    "a duplicate key": (b'{"a": 1, "b": 2, "a": 1}', "duplicate_key"),
    "a duplicate key, escaped": (b'{"a": 1, "\\u0061": 1}', "duplicate_key"),
    "a duplicate key deep inside": (b'[{"x": {"a": 1, "a": 2}}]', "duplicate_key"),
    "NaN": (b"[NaN]", "nan"),
    "Infinity": (b"-Infinity", "nan"),
    "a high surrogate alone": (b'{"a": "\\ud83d"}', "lone_surrogate"),
    "a low surrogate alone": (b'"\\uDE00x"', "lone_surrogate"),
    "a surrogate in a key": (b'{"\\ud83d": 1}', "lone_surrogate"),
    "U+0000": (b'{"a": "b\\u0000"}', "nul_character"),
    "U+0000 in a key": (b'{"\\u0000": 1}', "nul_character"),
    "U+0000 in an array": (b'{"a": ["\\u0000"]}', "nul_character"),
    "65 levels": (b"[" * 65 + b"]" * 65, "too_deep"),
    "levels that never end": (b'{"a":' * 100_000, "too_deep"),
    "a fraction beyond doubles": (b"[1e400]", "number_too_large"),
    "a thousand digits": (b"9" * 1000, "number_too_large"),
    "ten thousand digits": (b"9" * 10_000, "number_too_large"),
}


@pytest.mark.parametrize(("data", "rule"), REFUSED.values(), ids=REFUSED)
def test_refuses(data, rule):
    with pytest.raises(BadJson) as caught:
        json.loads(data)
    assert caught.value.rule == rule
    assert str(caught.value).endswith(".")


def test_the_answer_names_the_duplicate_key():
    with pytest.raises(BadJson, match='"actor" occurs twice'):
        json.loads(b'{"actor": {}, "actor": {}}')


def test_the_answer_names_the_property_with_the_unstorable_character():
    with pytest.raises(BadJson, match='The property "name"'):
        json.loads(b'{"actor": {"name": "\\u0000"}}')


def test_a_surrogate_pair_is_one_character():
    assert json.loads(b'"\\ud83d\\ude00"') == "😀"


def test_an_escaped_backslash_before_u0000_is_plain_text():
    assert json.loads(b'"\\\\u0000"') == "\\u0000"


def test_brackets_inside_strings_do_not_count_as_levels():
    assert json.loads(b'["' + b"[" * 100 + b'\\"' + b"{" * 100 + b'"]') == [
        "[" * 100 + '"' + "{" * 100
    ]


def test_many_values_side_by_side_are_not_deep():
    assert json.loads(b"[" + b",".join([b"[{}]"] * 100) + b"]") == [[{}]] * 100


def test_the_depth_is_the_callers_choice():
    assert json.loads(b"[[1]]", depth=2) == [[1]]
    with pytest.raises(BadJson, match="deeper than 1 levels"):
        json.loads(b"[[1]]", depth=1)


def test_large_integers_stay_exact():
    assert json.loads(json.dumps(2**100)) == 2**100


def test_keys_keep_their_order_unless_canonical():
    value = {"b": 1, "a": "ü"}
    assert json.dumps(value) == '{"b":1,"a":"ü"}'.encode()
    assert json.canonical(value) == '{"a":"ü","b":1}'.encode()


def test_nan_is_never_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json.dumps(float("nan"))
