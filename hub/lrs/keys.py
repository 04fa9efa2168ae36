"""What a statement is found by: (kind, key) pairs, one range of rows in the order of storing.

A related kind is what only the related_ filters of the standard match; together with its strict
kind it is all that they match (xAPI Communication 2.1.3).
"""

from enum import IntEnum
from hashlib import blake2b
from uuid import UUID


class Kind(IntEnum):
    """The filters of the standard. The numbers are stored."""

    AGENT = 1
    RELATED_AGENT = 2
    VERB = 3
    ACTIVITY = 4
    RELATED_ACTIVITY = 5
    REGISTRATION = 6


Key = tuple[int, int]
"""Kind and key."""


def registration_key(registration: UUID) -> int:
    """64 bits of a registration. Who reads by it compares the registration itself as well."""
    return int.from_bytes(blake2b(registration.bytes, digest_size=8).digest(), signed=True)
