from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from tests.xapi.cases import AGENT, FULL, UUID_TEXT
from xapi import vocabulary as v
from xapi.build import statement
from xapi.compare import equality_digest
from xapi.errors import InvalidStatement
from xapi.validate import validate

COURSE = {"objectType": "Activity", "id": "https://lms.example.org/course/view.php?id=2"}
WHEN = datetime(2026, 3, 18, 18, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=1)))
PARTS = ("actor", "object", "result", "context")


def test_a_small_statement_has_nothing_that_was_not_said():
    assert statement(actor=AGENT, verb=v.COMPLETED, object=COURSE) == {
        "actor": {"objectType": "Agent", **AGENT},
        "verb": {"id": v.COMPLETED.id, "display": {"en": "completed"}},
        "object": COURSE,
    }


def test_a_full_statement_means_what_was_given():
    built = statement(
        verb=v.PASSED, id=UUID(UUID_TEXT), timestamp=WHEN, **{name: FULL[name] for name in PARTS}
    )
    assert validate(built) == validate(built, version="2.0.0") == []
    given = {name: FULL[name] for name in PARTS}
    given |= {"verb": {"id": v.PASSED.id}, "timestamp": "2026-03-18T18:00:00.5+01:00"}
    assert equality_digest(built) == equality_digest(given)
    assert built["id"] == UUID_TEXT
    assert built["timestamp"] == "2026-03-18T17:00:00.500000Z"


def test_the_arguments_stay_as_they_were():
    parts = {name: deepcopy(FULL[name]) for name in PARTS}
    statement(verb=v.PASSED, **parts)
    assert parts == {name: FULL[name] for name in PARTS}


@pytest.mark.parametrize("duration", ["PT36H", "P1Y2M10D", "PT0S", "PT5M12.1234567S", "P2W"])
def test_a_duration_is_not_respelled(duration):
    built = statement(actor=AGENT, verb=v.TERMINATED, object=COURSE, result={"duration": duration})
    assert built["result"] == {"duration": duration}


def test_whole_numbers_stay_whole():
    built = statement(
        actor=AGENT, verb=v.SCORED, object=COURSE, result={"score": {"raw": 92, "max": 100}}
    )
    assert repr(built["result"]) == "{'score': {'raw': 92, 'max': 100}}"


def test_a_null_in_an_extension_stays():
    extensions = {v.EXT_SOURCE: None, v.EXT_FLAGS: [None, {"objectType": 1}]}
    built = statement(
        actor=AGENT, verb=v.COMPLETED, object=COURSE, context={"extensions": extensions}
    )
    assert built["context"]["extensions"] == extensions


def test_false_and_zero_are_not_empty():
    result = {"success": False, "completion": False, "score": {"scaled": 0}}
    built = statement(actor=AGENT, verb=v.FAILED, object=COURSE, result=result)
    assert built["result"] == result


def test_empty_parts_are_left_out():
    built = statement(
        actor=AGENT,
        verb=v.COMPLETED,
        object=COURSE,
        result={"score": {}, "duration": None},
        context={"platform": "", "contextActivities": {"parent": []}, "language": "en"},
    )
    assert "result" not in built
    assert built["context"] == {"language": "en"}


@pytest.mark.parametrize(
    "target", [UUID_TEXT, UUID_TEXT.upper(), "0190f7a0-7b1c-7def-8000-0123456789ab"]
)
def test_any_statement_can_be_voided(target):
    reference = {"objectType": "StatementRef", "id": target}
    assert statement(actor=AGENT, verb=v.VOIDED, object=reference)["object"] == reference


def test_a_registration_may_be_a_uuid_of_any_version():
    registration = "0190f7a0-7b1c-7def-8000-0123456789AB"
    built = statement(
        actor=AGENT, verb=v.REGISTERED, object=COURSE, context={"registration": registration}
    )
    assert built["context"] == {"registration": registration}


def test_what_xapi_forbids_is_not_built():
    with pytest.raises(InvalidStatement, match="scaled must lie between -1 and 1"):
        statement(actor=AGENT, verb=v.PASSED, object=COURSE, result={"score": {"scaled": 92}})


def test_a_naive_timestamp_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        statement(
            actor=AGENT,
            verb=v.PASSED,
            object=COURSE,
            timestamp=datetime(2026, 3, 18, tzinfo=UTC).replace(tzinfo=None),
        )
