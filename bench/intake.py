"""CPU time of the intake path per statement, without HTTP and without a database.

Reads, validates, digests and writes 20,000 statements in batches of 500, as a server process does,
and prints microseconds of CPU per statement for each step. CPU time, not time on the clock: what
else runs on the machine does not count.

    python -m bench.intake [statements]
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson

from bench.population import statement
from hub.lrs.prepare import prepare
from xapi import json as xapi_json
from xapi.compare import equality_digest
from xapi.validate import validate

BATCH = 500


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    bodies = [
        orjson.dumps([statement(number) for number in range(start, start + BATCH)])
        for start in range(0, count, BATCH)
    ]
    size = sum(map(len, bodies)) / count
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    print(f"{count} statements of {size:.0f} bytes in batches of {BATCH}")
    raw = _measured("orjson alone: read", bodies, orjson.loads)
    whole = sum(_measured(name, bodies, step, before) for name, before, step in STEPS)
    print(f"{'read, validate, digest, write':32} {whole:6.1f} µs, {whole / raw:.1f} × orjson alone")
    _measured("prepare (validate, digest, keys)", bodies, _prepare_all, xapi_json.loads)


def _measured(
    name: str,
    bodies: list[bytes],
    step: Callable[[Any], object],
    before: Callable[[bytes], object] = bytes,
) -> float:
    """Microseconds of CPU per statement of a step, in the quickest quarter of the batches.

    What happens *before* it is not counted. The slower batches tell of neighbours on the machine.
    """
    spent = []
    for body in bodies:
        value = before(body)
        start = time.process_time()
        step(value)
        spent.append(time.process_time() - start)
    quickest = sorted(spent)[: max(1, len(spent) // 4)]
    each = sum(quickest) / len(quickest) / BATCH * 1e6
    print(f"{name:32} {each:6.1f} µs")
    return each


def _validate_all(statements: list[Any]) -> None:
    for item in statements:
        assert not validate(item)


def _digest_all(statements: list[Any]) -> None:
    for item in statements:
        equality_digest(item)


def _write_all(statements: list[Any]) -> None:
    for item in statements:
        xapi_json.dumps(item)


def _prepare_all(statements: list[Any]) -> None:
    for item in statements:
        prepare(item, new_id=uuid4(), version="1.0.3")


STEPS: tuple[tuple[str, Callable[[bytes], object], Callable[[Any], object]], ...] = (
    ("read", bytes, xapi_json.loads),
    ("validate", xapi_json.loads, _validate_all),
    ("digest", xapi_json.loads, _digest_all),
    ("write", xapi_json.loads, _write_all),
)

if __name__ == "__main__":
    main()
