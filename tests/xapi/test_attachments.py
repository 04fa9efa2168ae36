"""What statements declare and what came with them must fit, by hash alone."""

from hashlib import sha256, sha512

import pytest

from tests.xapi.cases import MINIMAL
from xapi.attachments import check_attachments, hashes_in
from xapi.errors import InvalidStatement
from xapi.multipart import BadMultipart, Part
from xapi.signatures import SIGNATURE

ESSAY = "https://example.org/usage/essay"


def attachment(content=b"essay", *, by=sha256, **more):
    return {
        "usageType": ESSAY,
        "display": {"en": "Essay"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": by(content).hexdigest(),
        **more,
    }


def part(content=b"essay", *, by=sha256, kind="text/plain", **headers):
    return Part(by(content).hexdigest(), kind, content, headers)


def statement(*attachments):
    return {**MINIMAL, "attachments": list(attachments)}


def around(*attachments):
    """A statement whose SubStatement has attachments."""
    inner = {"objectType": "SubStatement", **MINIMAL, "attachments": list(attachments)}
    return {**MINIMAL, "object": inner}


def check(statements, parts=()):
    check_attachments(statements, parts, version="1.0.3")


def problem_of(statements, parts=()):
    """Statement, pointer and rule of the one thing that is wrong."""
    with pytest.raises(InvalidStatement) as caught:
        check(statements, parts)
    (problem,) = caught.value.problems
    return caught.value.index, problem.pointer, problem.rule


def test_statements_without_attachments_need_nothing():
    check([MINIMAL, statement()])


@pytest.mark.parametrize("make", [statement, around])
def test_an_attachment_with_a_link_needs_no_content(make):
    check([make(attachment(fileUrl="https://example.org/essay.txt"))])


def test_an_attachment_without_a_link_needs_its_content():
    good = statement(attachment())
    bad = statement(attachment(), attachment(b"other"))
    check([good], [part()])
    assert problem_of([good, bad], [part()]) == (1, "/attachments/1", "content_missing")


def test_an_attachment_of_a_sub_statement_needs_its_content_too():
    check([around(attachment())], [part()])
    assert problem_of([around(attachment())]) == (0, "/object/attachments/0", "content_missing")


def test_a_content_for_an_attachment_with_a_link_is_welcome():
    check([statement(attachment(fileUrl="https://example.org/essay.txt"))], [part()])


def test_one_content_may_serve_several_attachments_and_statements():
    check([statement(attachment(), attachment()), statement(attachment())], [part()])


def test_a_content_may_be_sent_twice():
    check([statement(attachment())], [part(), part()])


def test_the_order_of_contents_is_free():
    check([statement(attachment(b"1"), attachment(b"2"))], [part(b"2"), part(b"1")])


def test_the_case_of_a_hash_makes_no_difference():
    check([statement(attachment(sha2=attachment()["sha2"].upper()))], [part()])


def test_a_content_is_found_by_the_hash_that_was_declared():
    check([statement(attachment(by=sha512))], [part(by=sha512)])
    assert problem_of([statement(attachment(by=sha512))], [part()])[2] == "content_missing"


def test_a_content_that_nobody_declares_is_refused_by_its_place():
    with pytest.raises(BadMultipart) as caught:
        check([statement(attachment())], [part(), part(b"other")])
    assert (caught.value.rule, caught.value.part) == ("unclaimed", 3)


def test_a_length_that_both_sides_state_must_be_the_same():
    declared = statement(attachment(length=6))
    sent = part(**{"content-length": "5"})
    assert problem_of([declared], [sent]) == (0, "/attachments/0/length", "content_length")


def test_where_the_part_states_no_length_the_hash_alone_decides():
    check([statement(attachment(length=6))], [part()])


def test_a_type_that_both_sides_state_must_be_the_same_but_for_its_parameters():
    check([statement(attachment(contentType="Text/Plain; charset=ascii"))], [part()])
    check([statement(attachment(contentType="text/html"))], [part(kind=None)])
    wrong = problem_of([statement(attachment(contentType="text/html"))], [part()])
    assert wrong == (0, "/attachments/0/contentType", "content_type")


def signature(**more):
    return attachment(usageType=SIGNATURE, contentType="application/octet-stream", **more)


def test_a_signature_is_checked():
    sent = [part(kind="application/octet-stream")]
    assert problem_of([statement(signature())], sent) == (0, "/attachments/0", "signature_form")


def test_a_signature_must_be_sent_and_not_linked():
    linked = statement(signature(fileUrl="https://example.org/signature"))
    assert problem_of([linked]) == (0, "/attachments/0", "signature_missing")


def test_a_signature_has_the_type_of_the_standard():
    declared = statement(attachment(usageType=SIGNATURE))
    wrong = (0, "/attachments/0/contentType", "signature_type")
    assert problem_of([declared], [part()]) == wrong


def test_the_hashes_of_a_statement_are_those_of_its_sub_statement_too():
    one, two = attachment(b"1"), attachment(b"2")
    upper = {**one, "sha2": one["sha2"].upper()}
    whole = {**around(two), "attachments": [upper, one]}
    assert hashes_in(whole) == (one["sha2"], two["sha2"])
