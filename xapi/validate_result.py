"""Results and scores (xAPI Data 2.4.5), and the metadata of attachments (Data 2.4.11)."""

import math
from typing import Any

from xapi.checks import (
    Problems,
    boolean,
    extensions,
    formatted,
    iri,
    is_object,
    language_map,
    require,
    text,
    wrong_type,
)
from xapi.durations import is_duration
from xapi.errors import Problem
from xapi.formats import is_media_type, is_sha2

_RESULT = frozenset({"score", "success", "completion", "response", "duration", "extensions"})
_SCORE = frozenset({"scaled", "raw", "min", "max"})
_ATTACHMENT_REQUIRED = ("usageType", "display", "contentType", "length", "sha2")
_ATTACHMENT = frozenset({*_ATTACHMENT_REQUIRED, "description", "fileUrl"})

_S_RESULT = "Data 2.4.5"
_S_SCORE = "Data 2.4.5.1"
_S_ATTACHMENT = "Data 2.4.11"


def check_result(value: object, at: str, problems: Problems) -> None:
    """Check a result."""
    if not is_object(value, at, _RESULT, _S_RESULT, problems):
        return
    assert isinstance(value, dict)
    if "score" in value:
        _check_score(value["score"], at + "/score", problems)
    if "success" in value:
        boolean(value["success"], at + "/success", _S_RESULT, problems)
    if "completion" in value:
        boolean(value["completion"], at + "/completion", _S_RESULT, problems)
    if "response" in value:
        text(value["response"], at + "/response", _S_RESULT, problems)
    if "duration" in value:
        wanted = 'an ISO 8601 duration such as "PT1H30M"'
        formatted(
            value["duration"],
            at + "/duration",
            is_duration,
            "not_duration",
            wanted,
            "Data 4.6",
            problems,
        )
    if "extensions" in value:
        extensions(value["extensions"], at + "/extensions", problems)


def _check_score(value: object, at: str, problems: Problems) -> None:
    if not is_object(value, at, _SCORE, _S_SCORE, problems):
        return
    assert isinstance(value, dict)
    numbers: dict[str, float] = {}
    for name in value.keys() & _SCORE:
        number = value[name]
        # type() and not isinstance(): to Python true is the number 1
        finite = type(number) is int or (type(number) is float and math.isfinite(number))
        if not finite:
            wrong_type(number, f"{at}/{name}", "a number", _S_SCORE, problems)
        else:
            numbers[name] = number
    scaled, raw = numbers.get("scaled"), numbers.get("raw")
    low, high = numbers.get("min"), numbers.get("max")
    if scaled is not None and not -1 <= scaled <= 1:
        message = f"scaled must lie between -1 and 1; it is {scaled}."
        problems.append(Problem(at + "/scaled", "score_range", message, _S_SCORE))
    if low is not None and high is not None and low >= high:
        message = f"min ({low}) must be less than max ({high})."
        problems.append(Problem(at + "/min", "score_range", message, _S_SCORE))
    if raw is not None and low is not None and raw < low:
        message = f"raw ({raw}) must not be less than min ({low})."
        problems.append(Problem(at + "/raw", "score_range", message, _S_SCORE))
    if raw is not None and high is not None and raw > high:
        message = f"raw ({raw}) must not be more than max ({high})."
        problems.append(Problem(at + "/raw", "score_range", message, _S_SCORE))


def check_attachments(value: object, at: str, problems: Problems) -> None:
    """Check what a statement says of its attachments. Whether their bytes came is not seen here."""
    if type(value) is not list:
        wrong_type(value, at, "an array of attachments", _S_ATTACHMENT, problems)
        return
    for index, attachment in enumerate(value):
        here = f"{at}/{index}"
        if is_object(attachment, here, _ATTACHMENT, _S_ATTACHMENT, problems):
            _check_attachment(attachment, here, problems)


def _check_attachment(value: dict[str, Any], at: str, problems: Problems) -> None:
    require(value, _ATTACHMENT_REQUIRED, at, _S_ATTACHMENT, problems)
    for name in value.keys() & {"usageType", "fileUrl"}:
        iri(value[name], f"{at}/{name}", _S_ATTACHMENT, problems)
    for name in value.keys() & {"display", "description"}:
        language_map(value[name], f"{at}/{name}", _S_ATTACHMENT, problems)
    if "contentType" in value:
        formatted(
            value["contentType"],
            at + "/contentType",
            is_media_type,
            "not_media_type",
            'a media type such as "application/pdf"',
            _S_ATTACHMENT,
            problems,
        )
    if "sha2" in value:
        formatted(
            value["sha2"],
            at + "/sha2",
            is_sha2,
            "not_sha2",
            "a SHA-2 hash in hexadecimal digits",
            _S_ATTACHMENT,
            problems,
        )
    if "length" in value and (type(value["length"]) is not int or value["length"] < 0):
        wanted = "a whole number of octets, 0 or more"
        wrong = value["length"]
        if type(wrong) in (int, float):
            message = f"This must be {wanted}, not {wrong}."
            problems.append(Problem(at + "/length", "not_length", message, _S_ATTACHMENT))
        else:
            wrong_type(wrong, at + "/length", wanted, _S_ATTACHMENT, problems)
