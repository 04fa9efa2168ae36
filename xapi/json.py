"""JSON as xAPI needs it: refuses what other parsers let through and nobody can store safely.

Python's parser keeps the last of two equal keys, reads NaN and lone surrogates, and stops with
RecursionError. A statement read like that is not the statement that was sent.

Reading has two ways to one result: orjson for what is beyond doubt, and a strict parser, five times
slower, that decides everything else and words the errors. orjson refuses NaN and lone surrogates
itself; it says nothing of equal keys, reads integers beyond 64 bits as fractions, and goes deeper
and further (U+0000) than databases.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import orjson

DEPTH = 64
"""How deep objects and arrays may be nested unless told otherwise."""

_DIGITS = 300
"""More digits than any number has; Python itself stops at 4300."""


class BadJson(Exception):
    """The bytes are not JSON that can be stored. rule: a stable word; detail: a sentence."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(rule, detail)
        self.rule = rule
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


def loads(data: bytes, *, depth: int = DEPTH) -> object:
    """Return the value of a JSON text (RFC 8259) in UTF-8.

    Raises BadJson: not_utf8, bom, empty, syntax, duplicate_key, nan, lone_surrogate,
    nul_character, too_deep, number_too_large.
    """
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _strictly(data, depth)
    if b"\\u0000" in data:
        return _strictly(data, depth)
    # What follows never errs on the lax side. Without white space every key is followed by ":
    # so there are at least as many of these as members were sent, and more only where a string
    # looks like it; a lost duplicate leaves fewer members than that. An integer that is too large
    # has more than 18 digits.
    bare = data.translate(_ALL_DIGITS_0, b" \t\r\n")
    if bare.count(b'":') != _members(value, depth) or _LONG_NUMBER in bare:
        return _strictly(data, depth)
    return value


def dumps(value: object) -> bytes:
    """Return compact JSON in UTF-8 with the keys in their own order. Raises ValueError for NaN."""
    try:
        text = orjson.dumps(value, option=_AS_PYTHON)
    except orjson.JSONEncodeError:  # integers beyond 64 bits, keys that are not strings
        return _encode(value).encode()
    # orjson writes NaN as null
    return _encode(value).encode() if b"null" in text else text


def canonical(value: object) -> bytes:
    """Return compact JSON in UTF-8 with sorted keys: one text for equal values."""
    try:
        text = orjson.dumps(value, option=_AS_PYTHON | orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return _encode_sorted(value).encode()
    return _encode_sorted(value).encode() if b"null" in text else text


def _members(value: object, depth: int) -> int:
    """Count the members of all objects; -1 when the value is nested deeper than *depth* levels."""
    if not isinstance(value, (dict, list)):
        return 0
    count = 0
    level = [value]
    for _ in range(depth):
        below: list[dict[str, Any] | list[Any]] = []
        for item in level:
            inner: Iterable[Any] = item
            if type(item) is dict:
                count += len(item)
                inner = item.values()
            for part in inner:
                kind = type(part)
                if kind is dict or kind is list:
                    below.append(part)
        if not below:
            return count
        level = below
    return -1


def _strictly(data: bytes, depth: int) -> object:
    """Read with Python's parser and every check there is. Raises BadJson."""
    text = _text_of(data)
    _check_depth(data, depth)
    value: object
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(
            "syntax",
            f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
        ) from error
    if _SUSPECT.search(text):
        _check_characters(value)
    return value


def _text_of(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise BadJson("bom", "The text starts with a byte order mark, which JSON does not allow.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadJson(
            "not_utf8", f"The text is not UTF-8: byte {error.start} starts no character."
        ) from error
    if not text.strip(" \t\r\n"):
        raise BadJson("empty", "There is no JSON: the text is empty.")
    return text


def _check_depth(data: bytes, limit: int) -> None:
    """Count brackets outside strings. Done before parsing, which recurses."""
    if data.count(b"{") + data.count(b"[") <= limit:
        return
    if b"\\" in data:  # in JSON a backslash stands in strings only, so no bracket is lost
        data = _ESCAPE.sub(b"", data)
    depth = 0
    for bracket in b"".join(data.split(b'"')[::2]).translate(None, _NO_BRACKETS):
        if bracket in b"}]":
            depth -= 1
        else:
            depth += 1
            if depth > limit:
                raise BadJson("too_deep", f"The JSON is nested deeper than {limit} levels.")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise BadJson(
                    "duplicate_key", f"The property {_shown(key)} occurs twice in one object."
                )
            seen.add(key)
    return value


def _no_constant(name: str) -> None:
    raise BadJson("nan", f"{name} is not a JSON number.")


def _integer(text: str) -> int:
    if len(text) > _DIGITS:
        raise BadJson("number_too_large", f"A number of {len(text)} digits is too large to store.")
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BadJson("number_too_large", f"The number {text[:40]} is too large to store.")
    return value


def _check_characters(value: object) -> None:
    """Refuse U+0000 and halves of surrogate pairs, which databases and UTF-8 cannot hold."""
    if isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, "A property name")
            if isinstance(item, str):
                _check_text(item, f"The property {_shown(key)}")
            else:
                _check_characters(item)
    elif isinstance(value, list):
        for item in value:
            _check_characters(item)
    elif isinstance(value, str):
        _check_text(value, "A text")


def _check_text(text: str, what: str) -> None:
    if "\0" in text:
        raise BadJson("nul_character", f"{what} contains the character U+0000.")
    if _SURROGATE.search(text):
        raise BadJson("lone_surrogate", f"{what} contains half of a surrogate pair.")


def _shown(key: str) -> str:
    return json.dumps(key[:80])


_ALL_DIGITS_0 = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * 19
_AS_PYTHON = (
    orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
"""orjson writes more types than JSON has; these are left to Python's writer, which refuses them."""
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_duplicates,
    parse_constant=_no_constant,
    parse_int=_integer,
    parse_float=_fraction,
)
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_encode_sorted = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
).encode
