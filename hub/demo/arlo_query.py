"""Arlo's query options on collections: filter, orderby, skip, top, expand (no `$` in the names).

Operators eq ne gt ge lt le, AND, OR, parentheses; literals datetime('...') and
datetimeoffset('...') with at most three fractional digits, numbers, quoted texts
(developer.arlo.co, "Filtering and ordering").
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from hub.demo.arlo_world import ticks

MAXIMUM_TOP = 250
_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))"
    r"|(?P<literal>datetime(?:offset)?\('[^']*'\)|'(?:[^']|'')*'|-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_]\w*))"
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?P<fraction>\d+))?(?:Z|[+-]\d\d:\d\d)")
_CALL = re.compile(r"datetime(?:offset)?\('([^']*)'\)")
_OPERATORS = {"eq": eq, "ne": ne, "gt": gt, "ge": ge, "lt": lt, "le": le}
_OPTIONS = frozenset({"expand", "filter", "orderby", "skip", "top"})

Properties = Callable[[Any], Mapping[str, Any]]
"""Row -> the values that it can be filtered and ordered by; instants as ticks."""


class BadQuery(Exception):
    """A query option that Arlo would answer with 400."""


@dataclass(frozen=True, slots=True)
class Query:
    """The options of one request. top: rows per page, already limited."""

    expand: tuple[tuple[str, ...], ...]
    filter: str
    orderby: str
    skip: int
    top: int


def read_query(
    options: Mapping[str, str], *, page_size: int, largest_page: int = MAXIMUM_TOP
) -> Query:
    """Raises BadQuery for an unknown option or a number that is none."""
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise BadQuery(f"Unknown query option '{unknown[0]}'.")
    names = [name.strip() for name in options.get("expand", "").split(",") if name.strip()]
    return Query(
        expand=tuple(tuple(name.split("/")) for name in names),
        filter=options.get("filter", ""),
        orderby=options.get("orderby", ""),
        skip=_whole(options, "skip", 0),
        top=min(_whole(options, "top", page_size), largest_page),
    )


def _whole(options: Mapping[str, str], name: str, default: int) -> int:
    text = options.get(name, str(default))
    if not text.isdecimal() or (name == "top" and int(text) == 0):
        raise BadQuery(f"'{text}' is not a valid value for '{name}'.")
    return int(text)


def selected(rows: Sequence[Any], query: Query, properties: Properties) -> list[Any]:
    """The rows that pass the filter, in order. Raises BadQuery."""
    kept = list(rows)
    if query.filter:
        test = _Filter(query.filter).test
        kept = [row for row in kept if test(properties(row))]
    for name, descending in reversed(_order(query.orderby)):
        kept.sort(key=lambda row: _property(properties(row), name), reverse=descending)
    return kept


def _order(text: str) -> list[tuple[str, bool]]:
    order = []
    for part in (one.split() for one in text.split(",") if one.strip()):
        if len(part) > 2 or (len(part) == 2 and part[1].upper() not in {"ASC", "DESC"}):
            raise BadQuery(f"'{' '.join(part)}' is not a valid ordering.")
        order.append((part[0], len(part) == 2 and part[1].upper() == "DESC"))
    return order


def _property(values: Mapping[str, Any], name: str) -> Any:
    if name not in values:
        raise BadQuery(f"'{name}' is not a property that can be queried.")
    return values[name]


Test = Callable[[Mapping[str, Any]], bool]


class _Filter:
    """A filter expression, read once into one test."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = 0
        self.test = self._alternatives()
        if self._place < len(self._tokens):
            raise BadQuery(f"Unexpected '{self._tokens[self._place]}' in the filter.")

    def _next(self) -> str:
        if self._place == len(self._tokens):
            raise BadQuery("The filter ends too early.")
        self._place += 1
        return self._tokens[self._place - 1]

    def _at(self, word: str) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place].upper() == word

    def _alternatives(self) -> Test:
        tests = [self._conditions()]
        while self._at("OR"):
            self._next()
            tests.append(self._conditions())
        return lambda values: any(test(values) for test in tests)

    def _conditions(self) -> Test:
        tests = [self._condition()]
        while self._at("AND"):
            self._next()
            tests.append(self._condition())
        return lambda values: all(test(values) for test in tests)

    def _condition(self) -> Test:
        name = self._next()
        if name == "(":
            inner = self._alternatives()
            if self._next() != ")":
                raise BadQuery("A parenthesis is not closed.")
            return inner
        word = self._next()
        operator = _OPERATORS.get(word)
        if operator is None:
            raise BadQuery(f"'{word}' is not an operator.")
        token = self._next()
        literal = _literal(token)

        def holds(values: Mapping[str, Any]) -> bool:
            value = _property(values, name)
            # Instants are numbers in here, not in a filter.
            instant = name.endswith("DateTime")
            if type(value) is not type(literal) or instant != token.startswith("datetime"):
                raise BadQuery(f"'{name}' cannot be compared with that literal.")
            return bool(operator(value, literal))

        return holds


def _tokens(text: str) -> list[str]:
    tokens = []
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise BadQuery(f"The filter cannot be read at '{text[place:][:20]}'.")
        tokens.append(found.group().strip())
        place = found.end()
    return tokens


def _literal(token: str) -> int | str:
    """Instants as ticks: a value with seven digits seldom equals one with three."""
    instant = _CALL.fullmatch(token)
    if instant is not None:
        return _instant(instant[1])
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if not re.fullmatch(r"-?\d{1,18}", token):
        raise BadQuery(f"'{token}' is not a literal.")
    return int(token)


def _instant(text: str) -> int:
    found = _INSTANT.fullmatch(text)
    if found is None or len(found["fraction"] or "") > 3:
        raise BadQuery(f"'{text}' is not a valid date and time.")
    try:
        return ticks(datetime.fromisoformat(text).astimezone(UTC))
    except (ValueError, OverflowError):
        raise BadQuery(f"'{text}' is not a valid date and time.") from None
