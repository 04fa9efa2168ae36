"""How Moodle's REST server reads arguments and words its errors and its XML.

PHP-style argument names, every argument declared (an undeclared one is an error), errors as a
200 answer with an object (docs.moodle.org, "Creating a web service client"; lib/externallib).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from html import escape
from typing import Any

_NAME = re.compile(r"([A-Za-z_]\w*)((?:\[\w*\])*)")
_LIST_STEP = re.compile(r"\[(\w*)\]")

Arguments = Mapping[str, Any]


class MoodleError(Exception):
    """What a caller reads instead of an answer."""

    def __init__(self, exception: str, errorcode: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.errorcode = errorcode
        self.message = message

    def body(self) -> dict[str, str]:
        return {
            "exception": self.exception,
            "errorcode": self.errorcode,
            "message": self.message,
        }


def failure(errorcode: str, message: str) -> MoodleError:
    """An error of Moodle's general class."""
    return MoodleError("core\\exception\\moodle_exception", errorcode, message)


def no_record(table: str) -> MoodleError:
    """An id that is in no row of *table*."""
    return MoodleError(
        "dml_missing_record_exception",
        "invalidrecord",
        f"Can't find data record in database table {table}.",
    )


def no_permission(capability: str) -> MoodleError:
    """The caller lacks *capability* (words as Moodle shows them to people)."""
    return MoodleError(
        "core\\exception\\required_capability_exception",
        "nopermissions",
        f"Sorry, but you do not currently have permissions to do that ({capability}).",
    )


def bad_parameter() -> MoodleError:
    return MoodleError(
        "core\\exception\\invalid_parameter_exception",
        "invalidparameter",
        "Invalid parameter value detected",
    )


class Kind(Enum):
    """The shapes of arguments."""

    INT = auto()
    TEXT = auto()
    BOOL = auto()
    INTS = auto()
    TEXTS = auto()
    OPTIONS = auto()
    """A list of {name, value}: read into one mapping."""
    CRITERIA = auto()
    """A list of {key, value}."""
    TREE = auto()
    """Nested, read by the function itself."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared argument; without a default it is required."""

    kind: Kind
    default: Any = None
    required: bool = False


def read_arguments(sent: Mapping[str, str], declared: Mapping[str, Parameter]) -> dict[str, Any]:
    """The arguments by name, typed. Raises MoodleError invalidparameter, as Moodle does."""
    trees: dict[str, Any] = {}
    for name, value in sent.items():
        found = _NAME.fullmatch(name)
        if found is None or found[1] not in declared:
            raise bad_parameter()
        _put(trees, [found[1], *_LIST_STEP.findall(found[2])], value)
    arguments = {}
    for name, parameter in declared.items():
        if name in trees:
            arguments[name] = _typed(trees[name], parameter.kind)
        elif parameter.required:
            raise bad_parameter()
        else:
            arguments[name] = parameter.default
    return arguments


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        branch = tree.setdefault(step, {})
        if not isinstance(branch, dict):
            raise bad_parameter()
        tree = branch
    tree[path[-1] or str(len(tree))] = value


def _typed(tree: Any, kind: Kind) -> Any:
    if kind in {Kind.INT, Kind.TEXT, Kind.BOOL}:
        return _scalar(tree, kind)
    if not isinstance(tree, dict):
        raise bad_parameter()
    if kind is Kind.TREE:
        return tree
    if kind is Kind.INTS:
        return [_scalar(value, Kind.INT) for value in tree.values()]
    if kind is Kind.TEXTS:
        return [_scalar(value, Kind.TEXT) for value in tree.values()]
    key = "name" if kind is Kind.OPTIONS else "key"
    pairs = []
    for entry in tree.values():
        if not isinstance(entry, dict) or set(entry) != {key, "value"}:
            raise bad_parameter()
        pairs.append((_scalar(entry[key], Kind.TEXT), _scalar(entry["value"], Kind.TEXT)))
    return dict(pairs) if kind is Kind.OPTIONS else pairs


def _scalar(value: Any, kind: Kind) -> Any:
    if not isinstance(value, str):
        raise bad_parameter()
    if kind is Kind.TEXT:
        return value
    if not re.fullmatch(r"-?\d{1,18}", value) or (kind is Kind.BOOL and value not in {"0", "1"}):
        raise bad_parameter()
    return bool(int(value)) if kind is Kind.BOOL else int(value)


def number(value: float) -> int | float:
    """A number as PHP writes it in JSON: 92, 55.5, never 92.0."""
    return int(value) if value == int(value) else value


def xml_answer(value: Any) -> str:
    """An answer for a caller who did not ask for JSON."""
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n{_xml(value)}</RESPONSE>\n'


def xml_error(error: MoodleError) -> str:
    """An error for a caller who did not ask for JSON."""
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        f'<EXCEPTION class="{escape(error.exception)}">\n'
        f"<ERRORCODE>{escape(error.errorcode)}</ERRORCODE>\n"
        f"<MESSAGE>{escape(error.message, quote=False)}</MESSAGE>\n"
        "</EXCEPTION>\n"
    )


def _xml(value: Any) -> str:
    if isinstance(value, list):
        return "<MULTIPLE>\n" + "".join(map(_xml, value)) + "</MULTIPLE>\n"
    if isinstance(value, dict):
        keys = (f'<KEY name="{escape(name)}">{_xml(one)}</KEY>\n' for name, one in value.items())
        return "<SINGLE>\n" + "".join(keys) + "</SINGLE>\n"
    if value is None:
        return '<VALUE null="null"/>\n'
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"<VALUE>{escape(text, quote=False)}</VALUE>\n"
