"""What the store takes and refuses where stores are known to differ (xAPI Data 2.2 to 4.6).

Every rule with its pointer is proved at xapi.validate; here the answers over HTTP.
"""

import json
from hashlib import sha256

import pytest

from tests.hub.lrs.rules.asking import group, reference, sub_statement
from tests.hub.lrs.speaking import COMPLETED, mbox, refusal, statement
from tests.xapi.cases import UUID_TEXT
from xapi import json as xapi_json

COURSE = "https://lms.example.org/course/1"


def scored(**score):
    return statement(result={"score": score})


def lasting(duration):
    return statement(result={"duration": duration})


def shown(tag):
    return statement(verb={"id": COMPLETED, "display": {tag: "x"}})


def at(timestamp):
    return statement(timestamp=timestamp)


def question(kind, **lists):
    definition = {"interactionType": kind, **lists}
    return statement(object={"id": COURSE, "definition": definition})


def in_context(**parts):
    return statement(context=parts)


LEGAL = {
    "null and any JSON in an extension": in_context(
        extensions={"https://x.org/e": None, "urn:x": {"a": [None, {}, True]}}
    ),
    "a timestamp with microseconds": at("2026-03-18T17:00:00.123456Z"),
    "a timestamp with +00:00": at("2026-03-18T17:00:00+00:00"),
    "a leap day": at("2024-02-29T00:00:00Z"),
    "unicode in an IRI": statement(object={"id": "https://x.org/日本/ü"}),
    "another scheme": statement(object={"id": "tag:x.org,2026:course"}),
    "a long IRI": statement(object={"id": "https://x.org/" + "a" * 1900}),
    "a long name": statement(actor=mbox(name="n" * 5000)),
    "a long account name": statement(
        actor={"account": {"homePage": "https://x.org", "name": "n" * 1500}}
    ),
    "an empty account name": statement(
        actor={"account": {"homePage": "https://x.org", "name": ""}}
    ),
    "a script in a language": shown("zh-Hant-TW"),
    "no language": shown("und"),
    "an old tag": shown("i-klingon"),
    "a duration in weeks": lasting("P2W"),
    "a duration with a fraction": lasting("PT0.5S"),
    "scores at their edges": scored(scaled=-1, raw=0, min=0, max=10),
    "a component without description": question("choice", choices=[{"id": "a"}]),
    "an identified group without member": statement(
        actor={"objectType": "Group", **mbox("team@example.org")}
    ),
    "platform with an activity": in_context(platform="Moodle", revision="3"),
}
ILLEGAL = {
    "an unknown property": statement(colour=1),
    "a property in another case": statement(Result={}),
    "null": statement(context={"registration": None}),
    "null in a language map": statement(verb={"id": COMPLETED, "display": {"en": None}}),
    "true as a number": scored(raw=True),
    "false as scaled": scored(scaled=False),
    "a number as text": scored(raw="1"),
    "a text as boolean": statement(result={"success": "true"}),
    "an id in braces": statement(id="{" + UUID_TEXT + "}"),
    "an id of 32 digits": statement(id=UUID_TEXT.replace("-", "")),
    "an id as urn": statement(id="urn:uuid:" + UUID_TEXT),
    "a date alone": at("2026-03-18"),
    "a space for T": at("2026-03-18 17:00:00Z"),
    "the offset -00": at("2026-03-18T17:00:00-00"),
    "the offset -0000": at("2026-03-18T17:00:00-0000"),
    "the offset -00:00": at("2026-03-18T17:00:00-00:00"),
    "30 February": at("2026-02-30T17:00:00Z"),
    "hour 25": at("2026-02-20T25:00:00Z"),
    "an IRI without scheme": statement(object={"id": "x.org/course"}),
    "an IRI with a space": statement(object={"id": "https://x.org/a b"}),
    "an underscore in a language": shown("en_US"),
    "no tag as language": shown(""),
    "the duration P": lasting("P"),
    "the duration PT": lasting("PT"),
    "weeks with days": lasting("P1W2D"),
    "a negative duration": lasting("-PT1S"),
    "scaled above 1": scored(scaled=1.01),
    "min at max": scored(min=1, max=1),
    "raw below min": scored(raw=0, min=1),
    "raw above max": scored(raw=2, max=1),
    "components with one id": question("choice", choices=[{"id": "a"}, {"id": "a"}]),
    "components of another kind": question("choice", scale=[{"id": "a"}]),
    "an id in a SubStatement": statement(object={**sub_statement(), "id": UUID_TEXT}),
    "stored in a SubStatement": statement(
        object={**sub_statement(), "stored": "2026-03-18T17:00:00Z"}
    ),
    "a version in a SubStatement": statement(object={**sub_statement(), "version": "1.0.0"}),
    "an authority in a SubStatement": statement(object={**sub_statement(), "authority": mbox()}),
    "a SubStatement in another": statement(object=sub_statement(object=sub_statement())),
    "platform without an activity": statement(
        object=reference(UUID_TEXT), context={"platform": "Moodle"}
    ),
    "revision with an agent": statement(
        object={"objectType": "Agent", **mbox()}, context={"revision": "1"}
    ),
    "an anonymous group without member": statement(actor={"objectType": "Group"}),
    "a group in a group": statement(
        actor={"objectType": "Group", "member": [group("ann", mbox="mailto:t@example.org")]}
    ),
    "members of an agent": statement(actor={**mbox(), "member": [mbox()]}),
    "two identifiers": statement(actor={**mbox(), "openid": "https://ann.example.org/"}),
    "no identifier": statement(actor={"name": "Ann"}),
    "extension keys that are no IRI": in_context(extensions={"level": 1}),
    "a voiding of an activity": statement(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}),
}


def send(vendor, body):
    return vendor.ask("POST", data=xapi_json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_is_legal_is_stored(vendor, version):
    vendor.version = version
    for name, sent in LEGAL.items():
        answer = send(vendor, sent)
        assert answer.status_code == 200, (name, answer.text)
        found = vendor.one(answer.json[0])
        assert {part: found[part] for part in sent if part != "timestamp"} == {
            part: value for part, value in sent.items() if part != "timestamp"
        }


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_is_illegal_is_refused_with_its_place_and_section(vendor, version):
    vendor.version = version
    for name, sent in ILLEGAL.items():
        answer = send(vendor, [statement(), sent])
        assert answer.status_code == 400, (name, answer.text)
        assert "Statement 2 of 2" in refusal(answer, 400), name
        for problem in answer.json["problems"]:
            assert problem["statement"] == 1
            assert problem["rule"]
            assert problem["section"]
    assert vendor.find() == []


def test_a_single_context_activity_is_taken_and_returned_as_an_array(vendor):
    (stored,) = vendor.store(in_context(contextActivities={"parent": {"id": COURSE}}))

    assert vendor.one(stored)["context"]["contextActivities"] == {"parent": [{"id": COURSE}]}


def test_only_1_0_3_takes_the_short_offset_of_iso_8601(vendor):
    short = at("2026-03-18T17:00:00+0200")
    vendor.store(short)
    vendor.version = "2.0.0"

    refusal(vendor.post(short), 400)


def test_context_agents_are_known_to_2_alone(vendor):
    sent = in_context(contextAgents=[{"objectType": "contextAgent", "agent": mbox()}])
    refusal(vendor.post(sent), 400)
    vendor.version = "2.0.0"

    vendor.store(sent)


def test_the_same_key_twice_is_refused_wherever_it_stands(vendor):
    text = json.dumps(in_context(extensions={"https://x.org/e": {"a": 1}}))
    for once, twice in (
        ('"a": 1', '"a": 1, "a": 1'),
        ('"mbox"', '"mbox": "mailto:x@example.org", "mbox"'),
        ('"verb"', '"verb": {}, "verb"'),
        ('"a": 1', '"a": 1, "\\u0061": 2'),
    ):
        answer = vendor.ask("POST", data=text.replace(once, twice), content_type="application/json")
        refusal(answer, 400)
        assert answer.json["problems"][0]["rule"] == "duplicate_key"


def test_an_attachment_without_link_needs_its_content_in_json_and_put_too(vendor):
    attachment = {
        "usageType": "https://x.org/u",
        "display": {"en": "x"},
        "contentType": "text/plain",
        "length": 1,
        "sha2": sha256(b"x").hexdigest(),
    }
    sent = statement(attachments=[attachment])

    refusal(vendor.post(sent), 400)
    refusal(vendor.put(sent, UUID_TEXT), 400)
    refusal(vendor.post(statement(object=sub_statement(attachments=[attachment]))), 400)
    assert vendor.find() == []
