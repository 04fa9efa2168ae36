"""Signed statements: the signature must be one, and of this statement."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.xapi.cases import FULL, MINIMAL, UUID_TEXT
from tests.xapi.signing import certificate, jws, text64
from xapi.signatures import SIGNATURE, BadSignature, check_signature

SIGNED = {**MINIMAL, "id": UUID_TEXT, "timestamp": "2026-03-18T17:00:00Z"}
ATTACHMENT = {
    "usageType": SIGNATURE,
    "display": {"en": "Signature"},
    "contentType": "application/octet-stream",
    "length": 1,
    "sha2": "0" * 64,
}


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def other_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sent(statement=SIGNED, *more):
    return {**statement, "attachments": [*more, ATTACHMENT]}


def refused(statement, signature, version="1.0.3"):
    with pytest.raises(BadSignature) as caught:
        check_signature(statement, signature, version=version)
    return caught.value.rule


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_a_signature_with_a_certificate_is_verified(key, alg):
    signature = jws(SIGNED, key, alg=alg, x5c=[certificate(key)])
    assert check_signature(sent(), signature, version="1.0.3") is True


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_a_signature_without_a_certificate_is_taken_unverified(key, alg):
    assert check_signature(sent(), jws(SIGNED, key, alg=alg), version="1.0.3") is False


def test_the_first_certificate_of_the_chain_is_the_signers(key, other_key):
    chain = [certificate(key, other_key), certificate(other_key)]
    assert check_signature(sent(), jws(SIGNED, key, x5c=chain), version="1.0.3")
    assert refused(sent(), jws(SIGNED, key, x5c=chain[::-1])) == "signature_wrong"


def test_a_signature_by_another_key_is_wrong(key, other_key):
    assert refused(sent(), jws(SIGNED, other_key, x5c=[certificate(key)])) == "signature_wrong"


def test_a_signature_by_another_algorithm_than_its_header_says_is_wrong(key):
    head, payload, _ = jws(SIGNED, key, alg="RS256", x5c=[certificate(key)]).split(b".")
    other = jws(SIGNED, key, alg="RS512", x5c=[certificate(key)]).split(b".")[2]
    assert refused(sent(), b".".join([head, payload, other])) == "signature_wrong"


@pytest.mark.parametrize("alg", ["HS256", "ES256", "PS256", "none", "rs256", None, ["RS256"]])
def test_other_algorithms_are_refused(key, alg):
    signature = (
        text64(json.dumps({"alg": alg}).encode()) + b"." + jws(SIGNED, key).split(b".", 1)[1]
    )
    assert refused(sent(), signature) == "signature_algorithm"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda jws: b"",
        lambda jws: jws + b"\n",
        lambda jws: jws.replace(b".", b"", 1),
        lambda jws: jws + b".e30",
        lambda jws: jws + b"=",
        lambda jws: jws.rsplit(b".", 1)[0] + b".",
        lambda jws: jws.rsplit(b".", 1)[0] + b".abcde",
        lambda jws: b'{"payload":"","signatures":[]}',
    ],
)
def test_what_is_no_compact_jws_is_refused(key, spoil):
    assert refused(sent(), spoil(jws(SIGNED, key))) == "signature_form"


@pytest.mark.parametrize("header", [b"[]", b"{", b'{"alg":"RS256","alg":"RS512"}', b"\xff"])
def test_a_header_that_is_no_json_object_is_refused(key, header):
    rest = jws(SIGNED, key).split(b".", 1)[1]
    assert refused(sent(), text64(header) + b"." + rest) == "signature_header"


def test_a_header_that_demands_extensions_is_refused(key):
    assert refused(sent(), jws(SIGNED, key, crit=["b64"], b64=True)) == "signature_header"


@pytest.mark.parametrize("chain", [[], "MII", [1], ["no base64!"], ["AAAA"], None])
def test_a_certificate_that_cannot_be_read_is_refused(key, chain):
    assert refused(sent(), jws(SIGNED, key, x5c=chain)) == "signature_certificate"


def test_a_certificate_of_another_kind_of_key_is_refused(key):
    curve = ec.generate_private_key(ec.SECP256R1())
    signature = jws(SIGNED, key, x5c=[certificate(curve)])
    assert refused(sent(), signature) == "signature_certificate"


@pytest.mark.parametrize(
    "payload",
    [b"{'id'", b"", b'{"a":1,"a":2}', b"[]", b"{}", {**SIGNED, "verb": {}}],
)
def test_a_payload_that_is_no_statement_is_refused(key, payload):
    expected = "signature_form" if payload == b"" else "signature_payload"
    assert refused(sent(), jws(payload, key)) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"actor": {"mbox": "mailto:bob@example.org"}},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}},
        {"id": "00000000-0000-4000-8000-000000000000"},
        {"timestamp": "2026-03-18T17:00:01Z"},
        {"result": {"success": True}},
    ],
)
def test_a_payload_that_is_another_statement_is_refused(key, change):
    assert refused(sent(), jws({**SIGNED, **change}, key)) == "signature_differs"


@pytest.mark.parametrize(
    "payload",
    [
        {**SIGNED, "id": UUID_TEXT.upper()},
        {**SIGNED, "timestamp": "2026-03-18T18:00:00.000+01:00"},
        {**SIGNED, "version": "1.0.0"},
        {**SIGNED, "stored": "2026-03-18T17:00:00Z", "authority": {"mbox": "mailto:a@b.example"}},
        {**SIGNED, "verb": {**SIGNED["verb"], "display": {"en": "completed"}}},
        {**SIGNED, "actor": {**SIGNED["actor"], "objectType": "Agent"}},
        {name: value for name, value in SIGNED.items() if name not in ("id", "timestamp")},
    ],
)
def test_what_the_store_assigns_and_other_spellings_make_no_difference(key, payload):
    assert check_signature(sent(), jws(payload, key), version="1.0.3") is False


@pytest.mark.parametrize("name", ["id", "timestamp"])
def test_what_was_signed_and_then_left_out_would_be_assigned_anew(key, name):
    bare = {other: value for other, value in SIGNED.items() if other != name}
    assert refused(sent(bare), jws(SIGNED, key)) == "signature_differs"


def test_other_attachments_are_part_of_what_is_signed(key):
    essay = {**ATTACHMENT, "usageType": "https://example.org/essay", "sha2": "a" * 64}
    whole = {**SIGNED, "attachments": [essay]}
    assert check_signature(sent(SIGNED, essay), jws(whole, key), version="1.0.3") is False
    assert refused(sent(SIGNED, essay), jws(SIGNED, key)) == "signature_differs"


def test_in_xapi_2_durations_are_compared_to_the_hundredth_of_a_second(key):
    statement = {**SIGNED, "result": {"duration": "PT1.234S"}}
    signature = jws({**SIGNED, "result": {"duration": "PT1.23999S"}}, key)
    assert check_signature(sent(statement), signature, version="2.0.0") is False
    assert refused(sent(statement), signature, "1.0.3") == "signature_differs"


def test_a_statement_with_everything_can_be_signed(key):
    bare = {name: value for name, value in FULL.items() if name != "attachments"}
    signature = jws(bare, key, x5c=[certificate(key)])
    assert check_signature(sent(bare), signature, version="1.0.3")
