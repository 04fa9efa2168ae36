"""The checks that every part of a statement shares: type, null, format, known properties.

Each takes the value, its JSON pointer, the section of the standard, and the list that problems are
appended to. They run for every statement that arrives, so a message is only built when one fails.
"""

from collections.abc import Callable, Iterable
from typing import Any

from xapi.errors import Problem
from xapi.formats import is_iri, is_language_tag

Problems = list[Problem]

_NAMES = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}


def pointer(parent: str, key: str) -> str:
    """Return the JSON pointer of a member; "~" and "/" in its key are escaped (RFC 6901)."""
    return f"{parent}/{key.replace('~', '~0').replace('/', '~1')}"


def named(value: object) -> str:
    """Say what kind of JSON value this is: "a string"."""
    if value is None:
        return "null"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "a number"
    return _NAMES.get(type(value), type(value).__name__)


def wrong_type(value: object, at: str, wanted: str, section: str, problems: Problems) -> None:
    """Report that *value* is not what is *wanted*; null has a rule of its own (Data 2.2)."""
    if value is None:
        problems.append(Problem(at, "null", f"null is not allowed; give {wanted}.", section))
    else:
        problems.append(
            Problem(at, "wrong_type", f"This must be {wanted}, not {named(value)}.", section)
        )


def is_object(
    value: object, at: str, allowed: frozenset[str], section: str, problems: Problems
) -> bool:
    """Check for an object without unknown properties. True when its members can be looked at."""
    if type(value) is not dict:
        wrong_type(value, at, "an object", section, problems)
        return False
    if not allowed.issuperset(value):
        for key in value:
            if key not in allowed:
                problems.append(_unknown(pointer(at, key), key, allowed, section))
    return True


def _unknown(at: str, key: str, allowed: Iterable[str], section: str) -> Problem:
    twin = next((name for name in allowed if name.lower() == key.lower()), None)
    if twin is not None:
        text = f'The standard spells this property "{twin}"; case matters.'
    else:
        text = f'The standard knows no property "{key}" here.'
    return Problem(at, "unknown_property", text, section)


def require(
    value: dict[str, Any], keys: tuple[str, ...], at: str, section: str, problems: Problems
) -> None:
    """Check that these properties are present."""
    for key in keys:
        if key not in value:
            problems.append(Problem(at, "missing", f'"{key}" is required.', section))


def formatted(
    value: object,
    at: str,
    fits: Callable[[str], object],
    rule: str,
    wanted: str,
    section: str,
    problems: Problems,
) -> None:
    """Check a string for its format."""
    if type(value) is not str:
        wrong_type(value, at, wanted, section, problems)
    elif not fits(value):
        problems.append(Problem(at, rule, f"{_shown(value)} is not {wanted}.", section))


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= 80 else f'"{text[:77]}..."'


def iri(value: object, at: str, section: str, problems: Problems) -> None:
    """Check an IRI, IRL or URI."""
    if type(value) is not str or not is_iri(value):
        formatted(
            value,
            at,
            is_iri,
            "not_iri",
            "an IRI with a scheme, such as https://…",
            section,
            problems,
        )


def text(value: object, at: str, section: str, problems: Problems) -> None:
    """Check a string without a format."""
    if type(value) is not str:
        wrong_type(value, at, "a string", section, problems)


def boolean(value: object, at: str, section: str, problems: Problems) -> None:
    """Check for true or false."""
    if type(value) is not bool:
        wrong_type(value, at, "true or false", section, problems)


def language_map(value: object, at: str, section: str, problems: Problems) -> None:
    """Check a language map (Data 4.2): language tags to strings."""
    if type(value) is not dict:
        wrong_type(value, at, "a language map", section, problems)
        return
    for tag, string in value.items():
        if not is_language_tag(tag):
            problems.append(
                Problem(
                    pointer(at, tag),
                    "not_language_tag",
                    f'{_shown(tag)} is not a language tag such as "en" or "pt-BR".',
                    "Data 4.2",
                )
            )
        if type(string) is not str:
            wrong_type(string, pointer(at, tag), "a string", "Data 4.2", problems)


def extensions(value: object, at: str, problems: Problems) -> None:
    """Check extensions (Data 4.1): the keys are IRIs, the values are anything, null included."""
    if type(value) is not dict:
        wrong_type(value, at, "an object with IRIs as keys", "Data 4.1", problems)
        return
    for key in value:
        if not is_iri(key):
            problems.append(
                Problem(
                    pointer(at, key),
                    "not_iri",
                    f"The key of an extension must be an IRI; {_shown(key)} is not.",
                    "Data 4.1",
                )
            )
