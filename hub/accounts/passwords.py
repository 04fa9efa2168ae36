"""Hashes of human passwords: argon2id with the library's recommended costs, and nothing else."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The encoded hash to store; it names its own parameters and salt."""
    return _HASHER.hash(password)


def password_fits(stored: str, password: str) -> bool:
    """Whether *password* is the one that was hashed. Raises InvalidHashError for a damaged hash."""
    try:
        return _HASHER.verify(stored, password)
    except VerifyMismatchError:
        return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def hash_of_nobody() -> str:
    """A hash that is checked when there is no such user, so that both answers take as long."""
    return _HASHER.hash("there is no user with this password")
