"""Whether the attachments that statements declare and the contents that came with them fit.

The standard matches them by hash alone (Communication 1.5.2). Refused: an attachment without
fileUrl whose content did not come, a content that no statement declares, statements of its length
or type that contradict each other, and a signature that is none (Data 2.6).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xapi.errors import InvalidStatement, Problem
from xapi.multipart import BadMultipart, Part, media_type
from xapi.signatures import CONTENT_TYPE, SIGNATURE, BadSignature, check_signature

_S_CONTENT = "Communication 1.5.2"
_S_SIGNED = "Data 2.6"


def attachments_in(statement: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each attachment of a valid statement and of its SubStatement, with its JSON pointer."""
    for index, attachment in enumerate(statement.get("attachments", ())):
        yield f"/attachments/{index}", attachment
    inner = statement["object"]
    if inner.get("objectType") == "SubStatement":
        for index, attachment in enumerate(inner.get("attachments", ())):
            yield f"/object/attachments/{index}", attachment


def hashes_in(statement: Mapping[str, Any]) -> tuple[str, ...]:
    """The hashes of a valid statement's attachments in lower case, each once."""
    return tuple(dict.fromkeys(item["sha2"].lower() for _, item in attachments_in(statement)))


def check_attachments(
    statements: Sequence[Mapping[str, Any]], parts: Sequence[Part], *, version: str
) -> None:
    """Check that valid statements and the contents sent with them belong together.

    *parts* is empty for a request in application/json. Raises InvalidStatement for the first
    statement at fault, with its index and every problem of it; BadMultipart (unclaimed) for a
    content that no statement declares.
    """
    sent = {part.sha2: part for part in parts}
    claimed: set[str] = set()
    for index, statement in enumerate(statements):
        problems: list[Problem] = []
        for pointer, attachment in attachments_in(statement):
            sha2 = attachment["sha2"].lower()
            claimed.add(sha2)
            problems += _problems(pointer, attachment, sent.get(sha2))
        if not problems:
            problems += _unsound(statement, sent, version)
        if problems:
            raise InvalidStatement(problems, index=index)
    for number, part in enumerate(parts, start=2):
        if part.sha2 not in claimed:
            raise BadMultipart(
                "unclaimed",
                f"No statement of the request has an attachment with the hash {part.sha2}.",
                part=number,
            )


def _problems(at: str, attachment: Mapping[str, Any], part: Part | None) -> Iterator[Problem]:
    if part is None:
        if "fileUrl" not in attachment:
            message = (
                "An attachment without fileUrl needs its content in the same request, as a part of "
                f"multipart/mixed with the hash {attachment['sha2']}; there is no such part."
            )
            yield Problem(at, "content_missing", message, _S_CONTENT)
        return
    # What both sides state must match (1.5.2, "Where parameters have a corresponding property").
    # A part without Content-Length states none: the hash alone says that the content is the one.
    stated, length = part.headers.get("content-length"), attachment["length"]
    if stated is not None and int(stated) != length:
        message = f"The length is {length}, but the content has {stated} bytes."
        yield Problem(at + "/length", "content_length", message, _S_CONTENT)
    kind = attachment["contentType"]
    if part.content_type is not None and media_type(part.content_type) != media_type(kind):
        message = f'The contentType is "{kind}", but the content came as "{part.content_type}".'
        yield Problem(at + "/contentType", "content_type", message, _S_CONTENT)


def _unsound(
    statement: Mapping[str, Any], sent: Mapping[str, Part], version: str
) -> Iterator[Problem]:
    """What is wrong with the signatures of a statement whose contents fit."""
    for index, attachment in enumerate(statement.get("attachments", ())):
        if attachment["usageType"] != SIGNATURE:
            continue
        at = f"/attachments/{index}"
        kind = attachment["contentType"]
        part = sent.get(attachment["sha2"].lower())
        if media_type(kind) != CONTENT_TYPE:
            message = f'A signature has the contentType {CONTENT_TYPE}; this one has "{kind}".'
            yield Problem(at + "/contentType", "signature_type", message, _S_SIGNED)
        elif part is None:
            message = "A signature must come with the statement: it is checked before storing."
            yield Problem(at, "signature_missing", message, _S_SIGNED)
        else:
            try:
                check_signature(statement, part.content, version=version)
            except BadSignature as error:
                yield Problem(at, error.rule, error.detail, _S_SIGNED)
