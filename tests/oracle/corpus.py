"""Writes legal and illegal statements with our verdict, one JSON object a line, for other validators.

Nearly every statement would differ for one of a few reasons that docs/validation.md explains, so
legal statements are respelled without these; --as-drawn leaves them as they are.

Usage: python -m tests.oracle.corpus > corpus.ndjson
"""

import json
import re
import sys
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.xapi.cases import changed
from tests.xapi.mutations import MUTATIONS
from tests.xapi.statement_strategies import statements, whole_statements
from xapi.json import dumps
from xapi.validate import validate

LEGAL, BASES = 300, 6
VERSION = "1.0.3"


def drawn(strategy: Any, many: int) -> list[dict[str, Any]]:
    """The same statements in every run."""
    found: list[dict[str, Any]] = []

    @seed(3)
    @given(strategy)
    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def draw(statement: dict[str, Any]) -> None:
        found.append(statement)

    draw()
    return found


_RESPELLED = (
    (r'"([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-)\w(\w{3}-)\w(\w{3}-[0-9a-fA-F]{12})"', r'"\g<1>4\g<2>a\3"'),
    (r"(bücher|学习)\.example", "b.example"),
    ("a/b\\+xml", "text/plain"),
    (r'(T\d\d:\d\d:\d\d(?:\.\d+)?)[+-]\d\d:?\d\d"', r'\1Z"'),
    (r"P1DT0\.5H", "PT1H"),
)


def ordinary(statement: dict[str, Any]) -> Any:
    """The statement without unusual, but legal, UUIDs, hosts, media types, offsets, durations."""
    text = json.dumps(statement, ensure_ascii=False)
    for found, put in _RESPELLED:
        text = re.sub(found, put, text)
    return json.loads(text)


def main() -> None:
    """Write the corpus to standard output."""
    respell = (lambda one: one) if "--as-drawn" in sys.argv else ordinary
    bases = [respell(one) for one in drawn(whole_statements(VERSION), BASES)]
    corpus = [("legal", one) for one in bases]
    corpus += [("legal", respell(one)) for one in drawn(statements(VERSION), LEGAL)]
    fitting = [item for item in MUTATIONS if VERSION in item.versions]
    for number, item in enumerate(fitting):
        corpus.append((str(item), changed(bases[number % BASES], item.path, item.value)))
    for name, statement in corpus:
        ours = [f"{problem.pointer} {problem.rule}" for problem in validate(statement)]
        sys.stdout.buffer.write(dumps({"name": name, "ours": ours, "statement": statement}) + b"\n")


if __name__ == "__main__":
    main()
