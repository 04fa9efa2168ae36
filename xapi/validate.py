"""Whether a value is a statement of xAPI 1.0.3 or 2.0.0: every rule of the standard, on plain JSON.

Reports all problems at once, for people who have to mend an exporter. It never changes the
statement, and never looks at anything but the statement: no attachment bytes, no clock.
"""

from typing import Any

from xapi.checks import (
    Problems,
    formatted,
    iri,
    is_object,
    language_map,
    require,
    wrong_type,
)
from xapi.errors import Problem
from xapi.formats import is_timestamp
from xapi.validate_activity import check_activity
from xapi.validate_actor import check_actor, check_authority
from xapi.validate_context import check_context, check_statement_ref, check_uuid
from xapi.validate_result import check_attachments, check_result
from xapi.vocabulary import VOIDED

_SUB_STATEMENT = frozenset(
    {"objectType", "actor", "verb", "object", "result", "context", "timestamp", "attachments"}
)
_STATEMENT = _SUB_STATEMENT - {"objectType"} | {"id", "stored", "authority", "version"}
_VERB = frozenset({"id", "display"})
_REQUIRED = ("actor", "verb", "object")
_OBJECT_TYPES = ("Activity", "Agent", "Group", "StatementRef", "SubStatement")

_S_STATEMENT = "Data 2.4"
_S_VERB = "Data 2.4.3"
_S_OBJECT = "Data 2.4.4"
_S_SUB = "Data 2.4.4.3"
_TIMESTAMP = 'an ISO 8601 timestamp such as "2026-03-18T17:00:00.000Z"'
_TIMESTAMP_2 = 'an RFC 3339 timestamp such as "2026-03-18T17:00:00.000Z"'


def validate(statement: object, *, version: str = "1.0.3") -> list[Problem]:
    """Return every rule that *statement* breaks; an empty list when it is valid.

    *version* is the xAPI version of the request ("1.0.x" or "2.0.x"). Raises ValueError for others.
    """
    second = _is_second(version)
    problems: Problems = []
    if is_object(statement, "", _STATEMENT, _S_STATEMENT, problems):
        assert isinstance(statement, dict)
        _check_body(statement, "", second=second, problems=problems)
        _check_own(statement, second=second, problems=problems)
    return problems


def _is_second(version: str) -> bool:
    if version == "2.0" or version.startswith("2.0."):
        return True
    if version == "1.0" or version.startswith("1.0."):
        return False
    raise ValueError(f"{version!r} is not a version of xAPI that is known here: 1.0.x, 2.0.x")


def _check_own(value: dict[str, Any], *, second: bool, problems: Problems) -> None:
    """Check what only a statement has, and a SubStatement has not."""
    if "id" in value:
        check_uuid(value["id"], "/id", "Data 2.4.1", problems)
    if "stored" in value:
        _check_timestamp(value["stored"], "/stored", second=second, problems=problems)
    if "authority" in value:
        check_authority(value["authority"], "/authority", problems)
    if "version" in value:
        _check_version(value["version"], second=second, problems=problems)
    verb, target = value.get("verb"), value.get("object")
    if (
        type(verb) is dict
        and verb.get("id") == VOIDED.id
        and type(target) is dict
        and target.get("objectType") != "StatementRef"
    ):
        message = "A voiding statement needs a StatementRef as its object."
        problems.append(Problem("/object", "voids_no_statement", message, "Data 2.3.2"))


def _check_body(value: dict[str, Any], at: str, *, second: bool, problems: Problems) -> None:
    """Check what statements and SubStatements have in common."""
    about_activity = True
    if "actor" in value:
        check_actor(value["actor"], at + "/actor", problems)
    if "verb" in value:
        _check_verb(value["verb"], at + "/verb", problems)
    if "object" in value:
        about_activity = _check_object(
            value["object"], at + "/object", nested=at != "", second=second, problems=problems
        )
    require(value, _REQUIRED, at, _S_STATEMENT, problems)
    if "result" in value:
        check_result(value["result"], at + "/result", problems)
    if "context" in value:
        check_context(
            value["context"],
            at + "/context",
            about_activity=about_activity,
            second=second,
            problems=problems,
        )
    if "timestamp" in value:
        _check_timestamp(value["timestamp"], at + "/timestamp", second=second, problems=problems)
    if "attachments" in value:
        check_attachments(value["attachments"], at + "/attachments", problems)


def _check_verb(value: object, at: str, problems: Problems) -> None:
    if not is_object(value, at, _VERB, _S_VERB, problems):
        return
    assert isinstance(value, dict)
    if "id" in value:
        iri(value["id"], at + "/id", _S_VERB, problems)
    else:
        require(value, ("id",), at, _S_VERB, problems)
    if "display" in value:
        language_map(value["display"], at + "/display", _S_VERB, problems)


def _check_object(
    value: object, at: str, *, nested: bool, second: bool, problems: Problems
) -> bool:
    """Check an object; return whether it is an activity."""
    if type(value) is not dict:
        wrong_type(value, at, "an object", _S_OBJECT, problems)
        return True
    kind = value.get("objectType", "Activity")
    if kind == "Activity":
        check_activity(value, at, problems)
        return True
    if kind in ("Agent", "Group"):
        check_actor(value, at, problems)
    elif kind == "StatementRef":
        check_statement_ref(value, at, problems)
    elif kind == "SubStatement" and nested:
        message = "A SubStatement cannot contain a SubStatement."
        problems.append(Problem(at, "nested_sub_statement", message, _S_SUB))
    elif kind == "SubStatement":
        if is_object(value, at, _SUB_STATEMENT, _S_SUB, problems):
            _check_body(value, at, second=second, problems=problems)
    else:
        message = f"The objectType must be one of {', '.join(_OBJECT_TYPES)}."
        problems.append(Problem(at + "/objectType", "object_type", message, _S_OBJECT))
        return True
    return False


def _check_timestamp(value: object, at: str, *, second: bool, problems: Problems) -> None:
    if type(value) is not str or not is_timestamp(value, rfc3339=second):
        formatted(
            value,
            at,
            lambda text: is_timestamp(text, rfc3339=second),
            "not_timestamp",
            _TIMESTAMP_2 if second else _TIMESTAMP,
            "Data 4.5",
            problems,
        )


def _check_version(value: object, *, second: bool, problems: Problems) -> None:
    known = ("1.0", "2.0") if second else ("1.0",)
    if type(value) is not str:
        wrong_type(value, "/version", "a string", "Data 2.4.10", problems)
    elif value not in known and not value.startswith(tuple(number + "." for number in known)):
        message = f'The version must start with "{" or ".join(known)}"; it is "{value}".'
        problems.append(Problem("/version", "version", message, "Data 2.4.10"))
