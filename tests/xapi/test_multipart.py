"""multipart/mixed: whatever bytes are attached come back, and what is no multipart is named."""

from hashlib import sha256, sha384, sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.multipart import BadMultipart, Part, boundary_of, build, parse

TYPE = "multipart/mixed; boundary=b"
JSON = b'{"id":1}'


def part(content=b"content", kind="text/plain", *, by=sha256):
    return Part(by(content).hexdigest(), kind, content, {})


def head(content=b"content", **more):
    """Headers of an attachment; None leaves one out."""
    headers = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha256(content).hexdigest(),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return [f"{name}: {value}" for name, value in headers.items() if value is not None]


def body(*parts, boundary="b"):
    """A body from lists of header lines and contents."""
    written = b""
    for headers, content in parts:
        lines = "".join(line + "\r\n" for line in [f"--{boundary}", *headers, ""])
        written += lines.encode() + content + b"\r\n"
    return written + f"--{boundary}--\r\n".encode()


STATEMENTS = (["Content-Type: application/json"], JSON)


def refused(text, content_type=TYPE, **limits):
    with pytest.raises(BadMultipart) as caught:
        parse(text, content_type, **limits)
    return caught.value


NASTY = st.lists(
    st.sampled_from(
        [b"\r\n", b"\n", b"\r", b"--", b"--b", b"b", b"\x00", b"\xff", b"X-Experience-API-Hash: "]
    )
    | st.binary(max_size=20)
).map(b"".join)


@given(first=NASTY, contents=st.lists(NASTY, max_size=5))
def test_what_is_built_is_parsed_to_the_same_bytes(first, contents):
    parts = [part(content) for content in contents]
    found = parse(*build(first, parts))
    assert found.statements == first
    assert [(p.sha2, p.content_type, p.content) for p in found.parts] == [
        (p.sha2, p.content_type, p.content) for p in parts
    ]


@given(content=st.binary(max_size=200))
def test_a_boundary_is_chosen_that_no_part_contains(content):
    _, content_type = build(content, [])
    boundary = boundary_of(content_type)
    spoilt = content + b"\r\n--" + boundary + b"--\r\n"
    found = parse(*build(content, [part(spoilt)]))
    assert [p.content for p in found.parts] == [spoilt]


@given(text=st.binary(max_size=300) | NASTY)
def test_any_bytes_are_parsed_or_refused_by_name(text):
    try:
        outcome = parse(text, TYPE).statements
    except BadMultipart as error:
        outcome = error.rule
    assert outcome in {"no_part", "line_ends", "not_closed", "header", "first_part"}


def test_an_answer_without_attachments_has_the_statements_alone():
    text, content_type = build(JSON, [])
    assert content_type.startswith("multipart/mixed; boundary=")
    assert parse(text, content_type).parts == ()


def test_a_part_whose_type_is_unknown_stays_without_one():
    (found,) = parse(*build(JSON, [part(kind=None)])).parts
    assert found.content_type is None
    assert "content-type" not in found.headers


def test_a_content_type_that_would_add_a_header_is_not_written():
    with pytest.raises(ValueError, match="one line"):
        build(JSON, [part(kind="text/plain\r\nX-Evil: yes")])


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed; boundary=b",
        'multipart/mixed; boundary="b"',
        r'multipart/mixed; boundary="\b"',
        "Multipart/Mixed;BOUNDARY=b",
        'multipart/mixed; charset="a;b" ; boundary = b ;',
    ],
)
def test_a_boundary_may_be_quoted_or_bare(content_type):
    assert boundary_of(content_type) == b"b"


def test_a_quoted_boundary_may_have_every_character_that_the_standard_shows():
    assert boundary_of('multipart/mixed; boundary="a b\'()+_,-./:=?9"') == b"a b'()+_,-./:=?9"


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed",
        "multipart/mixed; boundary=",
        'multipart/mixed; boundary="b',
        "multipart/mixed; boundary=b; boundary=c",
        'multipart/mixed; boundary="b "',
        "multipart/mixed; boundary=" + "b" * 71,
        "multipart/mixed; boundary=ä",
        "multipart/mixed; boundary",
    ],
)
def test_a_content_type_without_one_usable_boundary_is_refused(content_type):
    assert refused(body(STATEMENTS), content_type).rule == "boundary"


def test_another_content_type_is_refused():
    assert refused(b"", "multipart/form-data; boundary=b").rule == "not_multipart"


def test_what_stands_before_and_after_the_parts_is_passed_over():
    text = b"preamble\r\n--bad\r\n" + body(STATEMENTS) + b"epilogue\r\n--b\r\n"
    assert parse(text, TYPE).statements == JSON


def test_the_last_boundary_needs_no_line_end_and_the_first_may_have_one_before():
    text = b"\r\n" + body(STATEMENTS).removesuffix(b"\r\n")
    assert parse(text, TYPE).statements == JSON


def test_spaces_after_a_boundary_belong_to_no_part():
    text = body(STATEMENTS).replace(b"--b\r\n", b"--b \t\r\n").replace(b"--b--\r\n", b"--b-- ")
    assert parse(text, TYPE).statements == JSON


def test_a_line_that_only_begins_like_the_boundary_is_content():
    content = b"\r\n--bb\r\n--b-\r\n --b\r\n--b--x\r\n"
    (found,) = parse(body(STATEMENTS, (head(content), content)), TYPE).parts
    assert found.content == content


def test_an_attachment_may_be_empty():
    (found,) = parse(body(STATEMENTS, (head(b""), b"")), TYPE).parts
    assert found.content == b""


def test_line_ends_of_the_content_belong_to_it():
    content = b"\r\ntext\r\n"
    (found,) = parse(body(STATEMENTS, (head(content), content)), TYPE).parts
    assert found.content == content


def test_names_of_headers_and_hashes_are_compared_without_case():
    content = b"content"
    headers = [
        "CONTENT-TRANSFER-ENCODING:Binary",
        f"x-experience-api-hash:{sha256(content).hexdigest().upper()}",
    ]
    (found,) = parse(body(STATEMENTS, (headers, content)), TYPE).parts
    assert found.sha2 == sha256(content).hexdigest()
    assert found.content_type is None


def test_a_header_may_go_on_in_the_next_line():
    headers = [*head(Content_Type=None), "Content-Type: text/plain;", "  charset=ascii"]
    (found,) = parse(body(STATEMENTS, (headers, b"content")), TYPE).parts
    assert found.content_type == "text/plain;   charset=ascii"


def test_a_missing_transfer_encoding_means_binary():
    headers = head(Content_Transfer_Encoding=None)
    assert len(parse(body(STATEMENTS, (headers, b"content")), TYPE).parts) == 1


@pytest.mark.parametrize("algorithm", [sha256, sha384, sha512])
def test_every_sha_2_names_a_content(algorithm):
    found = parse(*build(JSON, [part(by=algorithm)]))
    assert found.parts[0].sha2 == algorithm(b"content").hexdigest()


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        (head(X_Experience_API_Hash=None), "hash_missing"),
        (head(X_Experience_API_Hash="abc"), "hash_format"),
        (head(b"other"), "hash_mismatch"),
        (head(Content_Transfer_Encoding="base64"), "transfer_encoding"),
        (head(Content_Length="8"), "content_length"),
        (head(Content_Length="007"), "content_length"),
        ([*head(), "content-type: text/html"], "header"),
        ([*head(), "no header"], "header"),
        ([*head(), "X-Name: \x00"], "header"),
        ([*head(), "X-Long: " + "x" * 9000], "header"),
    ],
)
def test_a_part_that_breaks_a_rule_is_named(headers, rule):
    error = refused(body(STATEMENTS, (head(), b"content"), (headers, b"content")))
    assert (error.rule, error.part) == (rule, 3)
    assert str(error).startswith("Part 3: ")
    assert not error.too_large


@pytest.mark.parametrize(
    "first",
    [
        (["Content-Type: text/plain"], JSON),
        ([], JSON),
        (["Content-Type: application/json", "Content-Transfer-Encoding: base64"], JSON),
    ],
)
def test_the_first_part_is_json(first):
    error = refused(body(first, (head(), b"content")))
    assert (error.rule, error.part) in {("first_part", 1), ("transfer_encoding", 1)}


def test_statements_before_the_first_boundary_are_no_part():
    text = body(STATEMENTS, (head(), b"content")).removeprefix(b"--b\r\n")
    assert refused(text).rule == "first_part"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b"", "no_part"),
        (b"--b--\r\n", "no_part"),
        (body(STATEMENTS, boundary="c"), "no_part"),
        (body(STATEMENTS).replace(b"\r\n", b"\n"), "line_ends"),
        (body(STATEMENTS).removesuffix(b"--\r\n"), "not_closed"),
        (body(STATEMENTS).replace(b"--b--", b""), "not_closed"),
    ],
)
def test_a_body_that_is_no_multipart_is_refused(text, rule):
    assert refused(text).rule == rule


def glued(*contents):
    """A body as TinCanJS sends it: no line end between an attachment and the next boundary."""
    text = body(STATEMENTS, *((head(content), content) for content in contents))
    for content in contents[:-1]:
        text = text.replace(content + b"\r\n--b", content + b"--b")
    return text


def test_a_boundary_without_a_line_end_counts_where_the_hash_proves_it():
    contents = [b"alpha", b"beta\n", b"--b gamma", b"delta--b"]
    found = parse(glued(*contents), TYPE).parts
    assert [one.content for one in found] == contents


def test_a_boundary_without_a_line_end_is_content_where_the_hash_says_so():
    content = b"alpha--b\r\nbeta--b\r\n"
    (found,) = parse(body(STATEMENTS, (head(content), content)), TYPE).parts
    assert found.content == content


def test_a_boundary_without_a_line_end_helps_no_wrong_hash():
    text = glued(b"alpha", b"beta").replace(b"alpha", b"alphA")
    assert refused(text).rule == "hash_mismatch"


def test_parts_without_a_line_end_between_them_are_counted_and_measured():
    text = glued(b"alpha", b"beta")
    assert refused(text, most_parts=1).rule == "too_many_parts"
    assert refused(text, most_bytes=4).part == 2
    assert len(parse(text, TYPE, most_parts=2, most_bytes=5).parts) == 2


def test_more_parts_than_allowed_are_too_large():
    text = body(STATEMENTS, (head(), b"content"), (head(), b"content"))
    assert len(parse(text, TYPE, most_parts=2).parts) == 2
    error = refused(text, most_parts=1)
    assert (error.rule, error.too_large) == ("too_many_parts", True)


def test_a_part_with_more_bytes_than_allowed_is_too_large():
    text = body(STATEMENTS, (head(), b"content"))
    assert len(parse(text, TYPE, most_bytes=7).parts) == 1
    error = refused(text, most_bytes=6)
    assert (error.rule, error.part, error.too_large) == ("too_many_bytes", 2, True)
