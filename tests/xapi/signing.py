"""Signatures for tests to check: JWS in compact serialization, and certificates."""

import base64
import json
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

HASHES = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}


def certificate(key, signer=None):
    """A certificate in base64 that has expired: the standard leaves dates to the reader."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(signer or key, SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def text64(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def jws(payload, key, *, alg="RS256", **header):
    """A JWS in compact serialization; *payload* is JSON, or bytes as they are."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = text64(json.dumps({"alg": alg, **header}).encode()) + b"." + text64(raw)
    signature = key.sign(signed, PKCS1v15(), HASHES.get(alg, SHA256()))
    return signed + b"." + text64(signature)
