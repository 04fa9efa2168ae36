"""Signed statements (Data 2.6): the JSON Web Signature that a statement carries as an attachment.

Checks what a record store must: the form (RFC 7515, compact serialization), an algorithm of RSA
with SHA-2, a payload that is the statement, and the signature where the header brings the
certificate. That catches mistakes and proves no identity: the standard leaves trust in a
certificate, its chain and its dates to whoever reads the statement.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from xapi import json as xapi_json
from xapi.compare import equality_digest
from xapi.validate import validate

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
"""The usageType of an attachment that is a signature."""

CONTENT_TYPE = "application/octet-stream"

_ALGORITHMS: dict[str, HashAlgorithm] = {
    "RS256": SHA256(),
    "RS384": SHA384(),
    "RS512": SHA512(),
}


class BadSignature(Exception):
    """The attachment is no signature of the statement. rule: a stable word; detail: a sentence."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(rule, detail)
        self.rule = rule
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


def check_signature(statement: Mapping[str, Any], jws: bytes, *, version: str) -> bool:
    """Check a JWS against the valid statement that carries it, in a request of *version*.

    Returns whether the signature was verified with a certificate (`x5c`): without one the standard
    gives nothing to verify it with. Raises BadSignature: signature_form, signature_header,
    signature_algorithm, signature_certificate, signature_wrong, signature_payload,
    signature_differs.
    """
    pieces = jws.split(b".")
    if len(pieces) != 3 or not all(_BASE64URL.fullmatch(piece) for piece in pieces):
        raise BadSignature(
            "signature_form",
            "The signature is no JWS in compact serialization: three texts in base64url without "
            "padding, with a dot between them (RFC 7515, 7.1).",
        )
    head, payload, signature = map(_decoded, pieces)
    header = _header(head)
    algorithm = _algorithm(header)
    verified = "x5c" in header
    if verified:
        _verify(_key(header["x5c"]), signature, pieces[0] + b"." + pieces[1], algorithm)
    _check_payload(statement, payload, version)
    return verified


def _decoded(piece: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(piece + b"=" * (-len(piece) % 4))
    except binascii.Error as error:
        raise BadSignature(
            "signature_form", "A part of the signature ends within a byte; was it cut off?"
        ) from error


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = xapi_json.loads(text)
    except xapi_json.BadJson as error:
        raise BadSignature(
            "signature_header", f"The header of the signature is not JSON: {error.detail}"
        ) from error
    if not isinstance(header, dict):
        raise BadSignature("signature_header", "The header of the signature is no JSON object.")
    if "crit" in header:  # RFC 7515, 4.1.11: who does not understand what is listed must refuse
        raise BadSignature(
            "signature_header", "The header of the signature demands extensions (crit)."
        )
    return header


def _algorithm(header: Mapping[str, Any]) -> HashAlgorithm:
    name = header.get("alg")
    algorithm = _ALGORITHMS.get(name) if isinstance(name, str) else None
    if algorithm is None:
        shown = xapi_json.dumps(name).decode()[:40]
        raise BadSignature(
            "signature_algorithm",
            f"The algorithm (alg) must be {', '.join(_ALGORITHMS)}; it is {shown}.",
        )
    return algorithm


def _key(chain: object) -> RSAPublicKey:
    """The key of the signer: that of the chain's first certificate (RFC 7515, 4.1.6)."""
    first = chain[0] if isinstance(chain, list) and chain else None
    if not isinstance(first, str):
        raise BadSignature("signature_certificate", "x5c must be a list of certificates in base64.")
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(first, validate=True)).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadSignature(
            "signature_certificate",
            f"The first certificate of x5c cannot be read: “{error}”.",
        ) from error
    if not isinstance(key, RSAPublicKey):
        raise BadSignature(
            "signature_certificate", "The key of the first certificate of x5c is no RSA key."
        )
    return key


def _verify(key: RSAPublicKey, signature: bytes, signed: bytes, algorithm: HashAlgorithm) -> None:
    try:
        key.verify(signature, signed, PKCS1v15(), algorithm)
    except InvalidSignature as error:
        raise BadSignature(
            "signature_wrong",
            "The signature was not made with the key of the first certificate of x5c.",
        ) from error


def _check_payload(statement: Mapping[str, Any], text: bytes, version: str) -> None:
    try:
        payload = xapi_json.loads(text)
    except xapi_json.BadJson as error:
        raise BadSignature(
            "signature_payload", f"What was signed is not JSON: {error.detail}"
        ) from error
    problems = validate(payload, version=version)
    if problems:
        raise BadSignature(
            "signature_payload", f"What was signed is not a valid statement: {problems[0]}"
        )
    assert isinstance(payload, dict)
    received = _unsigned(statement)
    if not _same_id(payload, received) or not _same(payload, received, version):
        raise BadSignature(
            "signature_differs",
            "What was signed is another statement than the one that was sent.",
        )


def _unsigned(statement: Mapping[str, Any]) -> dict[str, Any]:
    """The statement before its signatures were added."""
    rest = [item for item in statement.get("attachments", ()) if item["usageType"] != SIGNATURE]
    bare = {name: value for name, value in statement.items() if name != "attachments"}
    return {**bare, "attachments": rest} if rest else bare


def _same_id(payload: Mapping[str, Any], received: Mapping[str, Any]) -> bool:
    """A signed id is the id; where none was signed, sender or store may give one."""
    return "id" not in payload or payload["id"].lower() == received.get("id", "").lower()


def _same(payload: dict[str, Any], received: dict[str, Any], version: str) -> bool:
    """Compare as statements are compared; a timestamp that was not signed may be the store's."""
    ignore = "timestamp" not in payload
    return equality_digest(
        _unsigned(payload), version=version, ignore_timestamp=ignore
    ) == equality_digest(received, version=version, ignore_timestamp=ignore)


_BASE64URL = re.compile(rb"[0-9A-Za-z_-]+")
