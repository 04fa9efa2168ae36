import json as python_json

import pytest
from hypothesis import example, given, settings
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


SPACE = st.sampled_from(["", "", "", " ", "\n\t", "\r "])
CHARACTERS = st.sampled_from('ab:{}[],"é😀\x7f\u2028\0\x01')
ESCAPES = st.sampled_from([r"\"", r"\\", r"\/", r"\n", r"\u0061", r"\u003a", r"\u0000", r"\x"])
HALVES = st.sampled_from([r"\ud83d", r"\ude00"])
PIECES = CHARACTERS | ESCAPES | HALVES | st.sampled_from([" :", "0" * 19])
STRINGS = st.lists(PIECES, max_size=3).map(lambda parts: f'"{"".join(parts)}"')
NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(2**62, 2**65).map(str),
    st.integers(-(2**65), -(2**62)).map(str),
    st.floats().map(repr),
    st.from_regex(r"-?[0-9]{1,21}(\.[0-9]{1,22})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(
        ["-0", "-0.0", "01", "1.", ".5", "+1", "1e400", "-1e400", "1e-400", "0x1", "-"]
    ),
)
WORDS = st.sampled_from(["null", "true", "false", "NaN", "-Infinity", "nul", "", "\u00a0"])


def around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of arrays and objects, keys at times twice, spaced anyhow."""
    member = st.tuples(SPACE, STRINGS, SPACE, SPACE, inner, SPACE).map(
        lambda part: f"{part[0]}{part[1]}{part[2]}:{part[3]}{part[4]}{part[5]}"
    )
    return st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]") | st.lists(
        member, max_size=3
    ).map(lambda parts: f"{{{','.join(parts)}}}")


TEXTS = st.recursive(STRINGS | NUMBERS | WORDS, around, max_leaves=8)


def exactly(value):
    """A form in which 1 and 1.0, 0.0 and -0.0 differ, and so does the order of keys."""
    return python_json.dumps(value)


def verdict(read, *arguments):
    try:
        return exactly(read(*arguments))
    except BadJson as error:
        return error.rule, error.detail


@given(TEXTS, st.sampled_from([1, 2, 64]))
@settings(max_examples=1500)
@example('{"a" :1,"a":":x"}', 64)
@example('{"a" :1,"a":2}', 64)
@example('{"a":1,"a":"\\":"}', 64)
@example('{"a":1,"\\u0061":"\\u003a"}', 64)
@example("18446744073709551616", 64)
@example("-9223372036854775809", 64)
@example("1e0000000000000000000000", 64)
def test_the_quick_way_reads_and_refuses_exactly_like_the_strict_one(text, depth):
    data = text.encode()
    shallow = verdict(lambda: json.loads(data, depth=depth))
    assert shallow == verdict(json._strictly, data, depth)


@given(st.binary(max_size=12))
def test_any_bytes_are_judged_like_the_strict_way_judges_them(data):
    assert verdict(json.loads, data) == verdict(json._strictly, data, json.DEPTH)


@given(TEXTS, st.integers(0, 40), st.sampled_from(['"', ":", "{", "}", "\\", "9", " ", ","]))
@settings(max_examples=500)
def test_a_text_with_one_character_too_many_is_judged_like_the_strict_way_judges_it(
    text, place, odd
):
    data = f"{text[:place]}{odd}{text[place:]}".encode()
    assert verdict(json.loads, data) == verdict(json._strictly, data, json.DEPTH)


@given(VALUES)
def test_writing_keeps_what_pythons_writer_keeps(value):
    plain = python_json.dumps(value)
    assert exactly(python_json.loads(json.dumps(value))) == plain
    ordered = python_json.dumps(value, sort_keys=True)
    assert exactly(python_json.loads(json.canonical(value))) == ordered


@pytest.mark.parametrize("write", [json.dumps, json.canonical])
@pytest.mark.parametrize(
    "value", [float("inf"), {"a": [float("nan")]}, {"a": None, "b": -float("inf")}]
)
def test_what_is_no_json_number_is_never_written(write, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write(value)


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_what_is_no_json_is_never_written(value):
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(value)
