import json
from hashlib import blake2b

import pytest

from tests.xapi.cases import ACTIVITY, AGENT, FULL, MINIMAL, REMOVED, SUB, UUID_TEXT, changed
from xapi.compare import equality_digest
from xapi.validate import validate

BO = {"account": {"homePage": "https://a.org", "name": "bo"}}
GROUP = {"objectType": "Group", "member": [AGENT, BO]}
IN_GROUP = changed(MINIMAL, "actor", GROUP)
NAMED = "object/definition/name"
CONTEXT = "context/contextActivities"

SAME = {
    "another id": (FULL, changed(FULL, "id", UUID_TEXT.replace("3", "4"))),
    "no id": (FULL, changed(FULL, "id", REMOVED)),
    "no stored": (FULL, changed(FULL, "stored", REMOVED)),
    "another authority": (FULL, changed(FULL, "authority", AGENT)),
    "no version": (FULL, changed(FULL, "version", REMOVED)),
    "another order of properties": (FULL, dict(reversed(FULL.items()))),
    "another verb display": (FULL, changed(FULL, "verb/display", {"fr": "réussi"})),
    "no verb display": (FULL, changed(FULL, "verb/display", REMOVED)),
    "another definition": (FULL, changed(FULL, NAMED, {"en": "Exit"})),
    "no definition": (FULL, changed(FULL, "object/definition", REMOVED)),
    "a definition in the context": (
        FULL,
        changed(FULL, CONTEXT + "/parent/0/definition", {"name": {"en": "x"}}),
    ),
    "one activity instead of an array of one": (
        FULL,
        changed(FULL, CONTEXT + "/other", [ACTIVITY]),
    ),
    "another order of members": (IN_GROUP, changed(IN_GROUP, "actor/member", [BO, AGENT])),
    "another order in a team": (
        changed(MINIMAL, "context", {"team": GROUP}),
        changed(MINIMAL, "context", {"team": {**GROUP, "member": [BO, AGENT]}}),
    ),
    "another time zone": (FULL, changed(FULL, "timestamp", "2026-03-18T18:00:00+01:00")),
    "another precision": (FULL, changed(FULL, "timestamp", "2026-03-18T17:00:00Z")),
    "an upper case registration": (
        FULL,
        changed(FULL, "context/registration", UUID_TEXT.upper()),
    ),
    "an upper case reference": (
        FULL,
        changed(FULL, "context/statement/id", UUID_TEXT.upper()),
    ),
    "an upper case hash": (FULL, changed(FULL, "attachments/0/sha2", "A" * 64)),
    "an upper case mbox hash": (
        changed(MINIMAL, "actor", {"mbox_sha1sum": "a" * 40}),
        changed(MINIMAL, "actor", {"mbox_sha1sum": "A" * 40}),
    ),
    "an upper case mail domain": (
        MINIMAL,
        changed(MINIMAL, "actor", {"mbox": "mailto:ann@EXAMPLE.org"}),
    ),
    "an upper case language": (FULL, changed(FULL, "context/language", "EN-gb")),
    "the objectType that is implied": (
        MINIMAL,
        changed(changed(MINIMAL, "actor/objectType", "Agent"), "object/objectType", "Activity"),
    ),
    "92 and 92.0": (FULL, changed(FULL, "result/score/raw", 92.0)),
    "a verb display inside a SubStatement": (
        SUB,
        changed(SUB, "object/verb/display", {"en": "x"}),
    ),
}

DIFFERENT = {
    "another actor": (FULL, changed(FULL, "actor/account/name", "6")),
    "another name": (FULL, changed(FULL, "actor/name", "Anna")),
    "another case before the @": (
        MINIMAL,
        changed(MINIMAL, "actor", {"mbox": "mailto:Ann@example.org"}),
    ),
    "another account in upper case": (
        FULL,
        changed(FULL, "actor/account/homePage", "https://LMS.example.org"),
    ),
    "another verb": (FULL, changed(FULL, "verb/id", "http://adlnet.gov/expapi/verbs/failed")),
    "another object": (FULL, changed(FULL, "object/id", "https://lms.example.org/mod/quiz/8")),
    "another member": (IN_GROUP, changed(IN_GROUP, "actor/member/0", BO)),
    "another instant": (FULL, changed(FULL, "timestamp", "2026-03-18T17:00:00.001Z")),
    "another success": (FULL, changed(FULL, "result/success", False)),
    "another score": (FULL, changed(FULL, "result/score/raw", 93)),
    "the same duration in other units": (
        changed(MINIMAL, "result", {"duration": "PT60S"}),
        changed(MINIMAL, "result", {"duration": "PT1M"}),
    ),
    "no result": (FULL, changed(FULL, "result", REMOVED)),
    "a number as string in an extension": (
        changed(MINIMAL, "result", {"extensions": {"https://a.org": 1}}),
        changed(MINIMAL, "result", {"extensions": {"https://a.org": "1"}}),
    ),
    "true and 1 in an extension": (
        changed(MINIMAL, "result", {"extensions": {"https://a.org": True}}),
        changed(MINIMAL, "result", {"extensions": {"https://a.org": 1}}),
    ),
    "another order in an ordered list": (
        changed(MINIMAL, "result", {"extensions": {"https://a.org": [1, 2]}}),
        changed(MINIMAL, "result", {"extensions": {"https://a.org": [2, 1]}}),
    ),
    "another registration": (
        FULL,
        changed(FULL, "context/registration", UUID_TEXT.replace("3", "4")),
    ),
    "another platform": (FULL, changed(FULL, "context/platform", "moodle")),
    "another parent": (FULL, changed(FULL, CONTEXT + "/parent/0/id", "https://a.org")),
    "another attachment": (FULL, changed(FULL, "attachments/0/sha2", "b" * 64)),
    "a result inside a SubStatement": (SUB, changed(SUB, "object/result", {"success": True})),
    "a finer duration in xAPI 1.0": (
        changed(MINIMAL, "result", {"duration": "PT1.12S"}),
        changed(MINIMAL, "result", {"duration": "PT1.123S"}),
    ),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_is_the_same_statement_with(left, right):
    assert validate(left) == validate(right) == []
    assert equality_digest(left) == equality_digest(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_is_another_statement_with(left, right):
    assert validate(left) == validate(right) == []
    assert equality_digest(left) != equality_digest(right)


def test_a_timestamp_that_the_lrs_assigned_is_ignored():
    without = changed(FULL, "timestamp", REMOVED)
    assert equality_digest(FULL, ignore_timestamp=True) == equality_digest(without)
    assert equality_digest(FULL) != equality_digest(without)


def test_the_timestamp_of_a_sub_statement_is_never_ignored():
    other = changed(SUB, "object/timestamp", "2030-01-01T00:00:00Z")
    assert equality_digest(SUB, ignore_timestamp=True) != equality_digest(
        other, ignore_timestamp=True
    )


def test_xapi_2_cuts_durations_at_a_hundredth_of_a_second():
    digests = [
        equality_digest(changed(MINIMAL, "result", {"duration": text}), version="2.0.0")
        for text in ("P1DT12H36M0.12S", "P1DT12H36M0.1237S", "P1DT12H36M0.13S")
    ]
    assert digests[0] == digests[1] != digests[2]


def test_an_ordinary_statement_has_one_digest_in_both_versions():
    assert equality_digest(FULL) == equality_digest(FULL, version="2.0.0")


def test_context_groups_compare_like_groups():
    def around(members):
        entry = {"objectType": "contextGroup", "group": {**GROUP, "member": members}}
        return changed(MINIMAL, "context", {"contextGroups": [entry]})

    left, right = around([AGENT, BO]), around([BO, AGENT])
    assert equality_digest(left, version="2.0.0") == equality_digest(right, version="2.0.0")


def test_a_digest_is_16_bytes_and_the_statement_stays_as_it_was():
    before = changed(FULL, "id", UUID_TEXT)
    assert len(equality_digest(FULL)) == 16
    assert before == FULL


def test_a_digest_is_of_the_text_that_python_writes_whatever_the_number():
    """Digests are stored: they must be the same after an upgrade of whoever writes JSON."""
    odd = [0.1, -0.5, 1e-5, 2.5e-7, -1e-300, 1e15, 1e16, 1e22, 2**64, -(2**70), 0.30000000000000004]
    statement = changed(MINIMAL, "result", {"extensions": {"https://a.org/é": odd}})
    numbers = [int(number) if float(number).is_integer() else number for number in odd]
    normal = {
        "actor": {"objectType": "Agent", **MINIMAL["actor"]},
        "verb": MINIMAL["verb"]["id"],
        "object": {"objectType": "Activity", "id": MINIMAL["object"]["id"]},
        "result": {"extensions": {"https://a.org/é": numbers}},
    }
    text = json.dumps(normal, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert equality_digest(statement) == blake2b(text.encode(), digest_size=16).digest()
