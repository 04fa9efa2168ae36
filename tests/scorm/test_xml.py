"""What the one XML parser takes and what it refuses."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorm.errors import BadXml
from scorm.xml import MAX_BYTES, MAX_MARKUP, parse

DOCTYPE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def refusal(data: bytes) -> str:
    with pytest.raises(BadXml) as refused:
        parse(data)
    assert refused.value.detail
    return refused.value.code


@pytest.mark.parametrize(
    "data",
    [
        "<a>é“</a>".encode(),
        "\ufeff<a>é“</a>".encode(),
        '<?xml version="1.0" encoding="UTF-8"?><a>é“</a>'.encode(),
        '<?xml version="1.0" encoding="UTF-16"?><a>é“</a>'.encode("utf-16"),
        "<a>é“</a>".encode("utf-16"),
        "\ufeff<a>é“</a>".encode("utf-16-be"),
        "<?xml version='1.0' encoding='windows-1252'?><a>é“</a>".encode("cp1252"),
        b'<?xml version="1.0" encoding="US-ASCII"?><a>&#233;&#8220;</a>',
    ],
)
def test_accepted_encodings_give_the_same_text(data):
    assert parse(data).text == "é“"


def test_latin_1_is_accepted():
    assert (
        parse('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1")).text == "é"
    )


@pytest.mark.parametrize(
    "data",
    [
        DOCTYPE.encode(),
        DOCTYPE.encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + DOCTYPE).encode("utf-16"),
        ("\ufeff" + DOCTYPE).encode("utf-16-be"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?>\n<!-- c -->\n<?p i?>" + DOCTYPE).encode(),
        b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1/x.dtd"><html/>',
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a d="&c;"/>',
        b"<!-- -> --><!DOCTYPE a><a/>",
    ],
)
def test_a_doctype_is_refused_in_every_encoding(data):
    assert refusal(data) == "doctype"


def test_a_doctype_that_is_only_text_is_no_doctype():
    assert parse(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
        b'<?xml version="1.0" encoding="IBM037"?><a/>',
        b'<?xml version="1.0" encoding="Shift_JIS"?><a/>',
        "<a/>".encode("utf-16-le"),
        "<a/>".encode("utf-32"),
        "<a/>".encode("utf-32-be"),
        b"<a>\xe9</a>",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
    ],
)
def test_an_odd_or_wrongly_declared_encoding_is_refused(data):
    assert refusal(data) == "encoding"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<a>", "malformed"),
        (b"<a>&x;</a>", "malformed"),
        (b"<a>fish & chips</a>", "malformed"),
        (b"<a/>\x00\x00", "malformed"),
        (b"<!-- never closed", "malformed"),
        (b'{"error": "not XML"}', "malformed"),
        (b"<a>" * 300 + b"</a>" * 300, "too_deep"),
        (b"<a>" + b"<b/>" * MAX_MARKUP + b"</a>", "too_large"),
        (b" " * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_what_cannot_be_trusted_is_refused_by_name(data, code):
    assert refusal(data) == code


def test_the_five_entities_of_xml_and_character_references_are_text():
    assert parse(b"<a>&lt;&amp;&gt;&quot;&apos;&#65;</a>").text == "<&>\"'A"


@given(st.binary() | st.text().map(lambda text: f"<a>{text}</a>".encode("utf-8", "replace")))
def test_any_bytes_give_a_tree_or_a_refusal(data):
    with contextlib.suppress(BadXml):
        assert parse(data).tag
