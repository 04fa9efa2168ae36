"""What is wrong with a statement, said so that its sender can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule.

    pointer: JSON pointer (RFC 6901) to the value, "" for the whole statement. rule: a stable word
    for programs. message: a sentence for people. section: the section of the xAPI specification,
    part 2 ("Data 2.4.2.3").
    """

    pointer: str
    rule: str
    message: str
    section: str

    def __str__(self) -> str:
        where = self.pointer or "the statement"
        return f"{where}: {self.message} ({self.section})"


class InvalidStatement(Exception):
    """A statement breaks the standard. Carries every problem; *index* is its place in a batch."""

    def __init__(self, problems: Sequence[Problem], index: int | None = None) -> None:
        if not problems:
            raise ValueError("an invalid statement has at least one problem")
        self.problems = tuple(problems)
        self.index = index
        super().__init__(self.problems, index)

    def __str__(self) -> str:
        which = "The statement" if self.index is None else f"Statement {self.index} of the batch"
        return f"{which} is not valid: " + "; ".join(str(problem) for problem in self.problems)
