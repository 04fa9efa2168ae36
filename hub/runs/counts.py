"""The numbers of a run, and the law that they obey. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one record."""

    NEW = "new"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    IGNORED = "ignored"


@dataclass(slots=True)
class Counts:
    """Records by outcome; statements stored and voided are counted apart."""

    fetched: int = 0
    new: int = 0
    unchanged: int = 0
    superseded: int = 0
    rejected: int = 0
    ignored: int = 0
    statements: int = 0
    voided: int = 0

    @classmethod
    def read(cls, stored: Mapping[str, int]) -> "Counts":
        """From the JSON of a run."""
        return cls(**{item.name: stored.get(item.name, 0) for item in fields(cls)})

    def as_json(self) -> dict[str, int]:
        return asdict(self)

    def note(self, outcome: Outcome) -> None:
        """Count one record."""
        self.fetched += 1
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)

    def add(self, other: "Counts") -> None:
        """Add the numbers of a page to those of its run."""
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))

    @property
    def add_up(self) -> bool:
        """True when fetched = new + unchanged + superseded + rejected + ignored."""
        parts = self.new + self.unchanged + self.superseded + self.rejected + self.ignored
        return self.fetched == parts
