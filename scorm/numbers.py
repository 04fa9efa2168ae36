"""Numbers as content writes them: `92`, `87,5`, `85%`, and the empty string that is no number."""

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)


def number_of(text: str) -> tuple[float | None, tuple[str, ...]]:
    """The number that `text` says, or None, and flags about how it was written.

    Empty text is None without a flag; "0" is 0. Flags: `decimal_comma`, `percent_sign`,
    `number_invalid`.
    """
    plain = text.strip()
    found = []
    if plain.endswith("%"):
        plain = plain[:-1].rstrip()
        found.append("percent_sign")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
        found.append("decimal_comma")
    if not plain and not found:
        return None, ()
    if not _NUMBER.fullmatch(plain) or not math.isfinite(float(plain)):
        return None, ("number_invalid",)
    return float(plain), tuple(sorted(found))
