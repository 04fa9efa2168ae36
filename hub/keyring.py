"""The deployment's secret keys: what encrypts secrets, hashes machine keys and signs sessions.

The file holds {"keys": [{"id", "key"}...], "pepper", "session"}; the first key encrypts, all of
them decrypt. It is never in the database.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import HubError

_NONCE_BYTES = 12


class KeysUnusable(HubError):
    """The key file is missing, unreadable by the rules, or does not open a secret."""

    status = 500
    code = "keys_unusable"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


class Keyring:
    """Encrypts with AES-256-GCM. The context (the row's identity) is authenticated with it."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._keys: dict[str, bytes] = {
            entry["id"]: base64.urlsafe_b64decode(entry["key"]) for entry in description["keys"]
        }
        self._first: str = description["keys"][0]["id"]
        self._pepper = base64.urlsafe_b64decode(description["pepper"])
        self.session_secret: str = description["session"]

    def __repr__(self) -> str:
        return f"Keyring({len(self._keys)} keys)"

    def encrypt(self, plain: bytes, *, context: str) -> bytes:
        """``<key id>:<nonce + ciphertext>``; opens only with the same context."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        associated = f"{self._first}|{context}".encode()
        sealed: bytes = AESGCM(self._keys[self._first]).encrypt(nonce, plain, associated)
        return self._first.encode() + b":" + base64.urlsafe_b64encode(nonce + sealed)

    def decrypt(self, token: bytes, *, context: str) -> bytes:
        """The plain bytes. Raises KeysUnusable when key or context do not fit."""
        key_id, _, body = token.partition(b":")
        key = self._keys.get(key_id.decode())
        if key is None:
            raise KeysUnusable(
                "A stored secret was encrypted with a key that is not in the key file.",
                hint="Restore the key file that belongs to this database.",
            )
        data = base64.urlsafe_b64decode(body)
        associated = f"{key_id.decode()}|{context}".encode()
        try:
            return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], associated)
        except InvalidTag as error:
            raise KeysUnusable(
                "A stored secret does not open with the keys of this deployment.",
                hint="Restore the key file that belongs to this database.",
            ) from error

    def mac(self, value: bytes, *, purpose: str) -> bytes:
        """Keyed hash of a machine key, 32 bytes. The keys are random, so a fast hash is right."""
        return hmac.digest(self._pepper, purpose.encode() + b"\0" + value, hashlib.sha256)


def create_keyring(path: Path) -> Keyring:
    """Write a new key file that only its owner can read. Raises FileExistsError."""
    description = {
        "keys": [{"id": secrets.token_hex(4), "key": _b64(secrets.token_bytes(32))}],
        "pepper": _b64(secrets.token_bytes(32)),
        "session": secrets.token_urlsafe(32),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(description, file, indent=1)
    return Keyring(description)


def load_keyring(path: Path) -> Keyring:
    """Read the key file. Raises KeysUnusable with what to do about it."""
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeysUnusable(
                f"The key file {path} can be read by others than its owner.",
                hint=f"Run: chmod 600 {path}",
            )
        return Keyring(json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise KeysUnusable(
            f"There is no key file at {path}.",
            hint="Run `hub init` for a new hub, or restore the file that belongs to this database.",
        ) from error
    except (json.JSONDecodeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise KeysUnusable(
            f"The key file {path} is damaged.",
            hint="Restore the file that belongs to this database.",
        ) from error
