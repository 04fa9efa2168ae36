"""Configuration as text and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from hub.sources.values import input_of, secret_fields, text_of, texts_of


class Config(Schema):
    base_url = fields.String(required=True)
    token = fields.String(required=True, load_only=True)
    roles = fields.List(fields.String(), load_default=lambda: ["student"])
    words = fields.Dict(load_default=dict)
    hidden = fields.Boolean(load_default=True)
    size = fields.Integer(load_default=10)


def test_an_empty_text_leaves_the_default_in_force():
    assert input_of(Config, {"base_url": "x", "roles": "", "size": ""}) == {"base_url": "x"}


def test_a_list_is_one_value_per_line_or_between_commas():
    assert input_of(Config, {"roles": "student, guest\n\nauditor\n"})["roles"] == [
        "student",
        "guest",
        "auditor",
    ]


def test_a_mapping_is_one_pair_per_line_and_a_value_may_be_empty_or_hold_an_equals_sign():
    texts = {"words": "da = attended\nweg =\nx = a=b\n"}
    assert input_of(Config, texts)["words"] == {"da": "attended", "weg": "", "x": "a=b"}


@pytest.mark.parametrize("text", ["attended", "= x", "{not json"])
def test_a_line_that_is_no_pair_is_named(text):
    with pytest.raises(ValidationError) as caught:
        input_of(Config, {"words": text})
    assert "words" in caught.value.messages


def test_texts_of_a_source_hold_no_secret():
    texts = texts_of(Config, {"base_url": "https://x", "token": "hidden"})
    assert "token" not in texts
    assert texts["roles"] == "student"
    assert texts["hidden"] == "true"
    assert secret_fields(Config) == ("token",)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True),
                       st.from_regex(r"[a-z0-9 ]{0,8}", fullmatch=True).map(str.strip)))  # fmt: skip
def test_a_mapping_survives_being_written_and_read(pairs):
    text = text_of(pairs)
    assert input_of(Config, {"words": text}).get("words", {}) == pairs
