"""Texts that rows are found by, of any length.

The standard sets no limit to IRIs and names (xAPI Data 2.2), but PostgreSQL indexes at most 2704
bytes. So a long text is kept in its column, and looked for, by its beginning and its SHA-256. What
is stored as received, such as the payload of a statement, keeps it whole.
"""

from hashlib import sha256

LONGEST = 1000
"""Bytes of a text that is its own key. Two of them, with what is beside them, fit into an index."""
KEPT = 900
"""Bytes of the beginning of a longer one."""


def findable(text: str) -> str:
    """The text itself, or what stands for a long one; the same again for what this has made."""
    if len(text) <= LONGEST // 4:  # a character has at most four bytes
        return text
    whole = text.encode()
    if len(whole) <= LONGEST:
        return text
    return f"{whole[:KEPT].decode(errors='ignore')}#{sha256(whole).hexdigest()}"
