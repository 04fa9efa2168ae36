"""How a reader wants statements (xAPI Communication 2.1.3)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Form:
    """How statements are wanted. languages is an Accept-Language header."""

    format: Literal["exact", "ids", "canonical"] = "exact"
    attachments: bool = False
    languages: str = ""
