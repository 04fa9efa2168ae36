"""Figures of a benchmark, as JSON lines for machines and as a Markdown table for people."""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench import machine


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. database: the column; name: the row; text: how a person reads it."""

    database: str
    name: str
    value: float
    text: str
    more: dict[str, float | str] = field(default_factory=dict)


class Report:
    """Prints each figure when it is there, and keeps it."""

    def __init__(self, out: Path | None) -> None:
        self._out = out
        self.figures: list[Figure] = []
        self.began = datetime.now(UTC)
        self.load_before = machine.load_average()

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(f"{figure.database:12} {figure.name:44} {figure.text}", flush=True)
        if self._out is not None:
            with self._out.open("a") as lines:
                when = {"began": self.began.isoformat(timespec="seconds")}
                lines.write(json.dumps(when | asdict(figure)) + "\n")

    def value(self, database: str, name: str) -> float:
        return next(
            figure.value
            for figure in self.figures
            if (figure.database, figure.name) == (database, name)
        )

    def markdown(self) -> str:
        """A table with a column for each database."""
        databases = _once(figure.database for figure in self.figures)
        texts = {(figure.database, figure.name): figure.text for figure in self.figures}
        python, load = platform.python_version(), f"load {self.load_before:.1f} before"
        lines = [
            f"{self.began:%Y-%m-%d}, {machine.processor()}, Python {python}, {load}:",
            "",
            f"| | {' | '.join(databases)} |",
            f"|---|{'---|' * len(databases)}",
        ]
        for name in _once(figure.name for figure in self.figures):
            cells = (texts.get((database, name), "–") for database in databases)
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return "\n".join([*lines, ""])


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
