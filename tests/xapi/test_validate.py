"""One legal and one illegal case, at least, for every rule that the validator claims."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.xapi.cases import (
    ACCOUNT,
    ACTIVITY,
    AGENT,
    FULL,
    MINIMAL,
    REMOVED,
    SUB,
    UUID_TEXT,
    changed,
)
from xapi.validate import validate

RECORDED = Path(__file__).parents[1] / "data" / "moodle" / "logstore_xapi"
DEFINITION = "object/definition"
GROUP = {"objectType": "Group"}


def with_interaction(kind: str, **lists: Any) -> dict[str, Any]:
    return changed(
        MINIMAL, "object", {**ACTIVITY, "definition": {"interactionType": kind, **lists}}
    )


def with_actor(**parts: Any) -> dict[str, Any]:
    return changed(MINIMAL, "actor", parts)


def with_score(**parts: Any) -> dict[str, Any]:
    return changed(MINIMAL, "result", {"score": parts})


def with_context(**parts: Any) -> dict[str, Any]:
    return changed(MINIMAL, "context", parts)


def about(target: dict[str, Any], **context: Any) -> dict[str, Any]:
    statement = changed(MINIMAL, "object", target)
    return changed(statement, "context", context) if context else statement


REF = {"objectType": "StatementRef", "id": UUID_TEXT}

LEGAL = {
    "the three required parts": MINIMAL,
    "every part": FULL,
    "an upper case id": changed(FULL, "id", UUID_TEXT.upper()),
    "a UUID of version 7": changed(FULL, "id", "0190f7a0-7b1c-7def-8000-0123456789ab"),
    "a very long IRI": changed(MINIMAL, "verb/id", "https://example.org/" + "x" * 5000),
    "an IRI with unicode": changed(MINIMAL, "verb/id", "https://example.org/prüfung/測試"),
    "an IRI that is a urn": changed(MINIMAL, "verb/id", "urn:example:verb"),
    "an agent by account": with_actor(account=ACCOUNT),
    "an agent by hash": with_actor(mbox_sha1sum="EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"),
    "an agent by openid": with_actor(openid="https://ann.example.org/"),
    "a group without identifier": with_actor(**GROUP, member=[AGENT, {"openid": "https://b.org"}]),
    "a group with identifier": with_actor(**GROUP, mbox="mailto:team@example.org"),
    "an identified group without anybody": with_actor(**GROUP, account=ACCOUNT, member=[]),
    "an agent as object": about({"objectType": "Agent", **AGENT}),
    "a group as object": about({**GROUP, "member": [AGENT]}),
    "a reference as object": about(REF),
    "a SubStatement": SUB,
    "a voiding statement": changed(about(REF), "verb/id", "http://adlnet.gov/expapi/verbs/voided"),
    "the OAuth pair as authority": changed(
        FULL, "authority", {**GROUP, "member": [AGENT, {"account": ACCOUNT}]}
    ),
    "scaled at its edges": with_score(scaled=-1),
    "raw at its edges": with_score(raw=0, min=0, max=1),
    "raw without range": with_score(raw=-7.5),
    "null inside an extension": with_context(extensions={"https://e.org/x": None}),
    "empty extensions": with_context(extensions={}),
    "likert": with_interaction("likert", scale=[{"id": "1"}]),
    "matching": with_interaction("matching", source=[{"id": "1"}], target=[{"id": "1"}]),
    "performance": with_interaction("performance", steps=[{"id": "1"}]),
    "sequencing": with_interaction("sequencing", choices=[{"id": "1"}]),
    "numeric": with_interaction("numeric", correctResponsesPattern=["1[:]2"]),
    "true-false": with_interaction("true-false", correctResponsesPattern=["true"]),
    "a whole version": changed(FULL, "version", "1.0"),
    "a later patch version": changed(FULL, "version", "1.0.9"),
}


@pytest.mark.parametrize("statement", LEGAL.values(), ids=LEGAL)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_accepts(statement, version):
    assert validate(statement, version=version) == []


ILLEGAL = {
    # Data 2.2: types, nulls, unknown properties
    "an array": ([MINIMAL], "", "wrong_type"),
    "a string": ("completed", "", "wrong_type"),
    "null": (None, "", "null"),
    "no actor": (changed(MINIMAL, "actor", REMOVED), "", "missing"),
    "no verb": (changed(MINIMAL, "verb", REMOVED), "", "missing"),
    "no object": (changed(MINIMAL, "object", REMOVED), "", "missing"),
    "an unknown property": (changed(MINIMAL, "colour", 1), "/colour", "unknown_property"),
    "another case": (changed(MINIMAL, "Version", "1.0.0"), "/Version", "unknown_property"),
    "objectType on a statement": (
        changed(MINIMAL, "objectType", "Statement"),
        "/objectType",
        "unknown_property",
    ),
    "a null actor": (changed(MINIMAL, "actor", None), "/actor", "null"),
    "a null result": (changed(MINIMAL, "result", None), "/result", "null"),
    "a null in a language map": (
        changed(MINIMAL, "verb/display", {"en": None}),
        "/verb/display/en",
        "null",
    ),
    "a slash in a pointer": (changed(MINIMAL, "a~1b", 1), "/a~1b", "unknown_property"),
    # Data 2.4.1
    "an id in braces": (changed(FULL, "id", "{" + UUID_TEXT + "}"), "/id", "not_uuid"),
    "an id as urn": (changed(FULL, "id", "urn:uuid:" + UUID_TEXT), "/id", "not_uuid"),
    "an id without dashes": (changed(FULL, "id", UUID_TEXT.replace("-", "")), "/id", "not_uuid"),
    "an id as number": (changed(FULL, "id", 7), "/id", "wrong_type"),
    # Data 2.4.2
    "an actor as string": (changed(MINIMAL, "actor", "ann"), "/actor", "wrong_type"),
    "no identifier": (with_actor(name="Ann"), "/actor", "no_identifier"),
    "two identifiers": (with_actor(**AGENT, account=ACCOUNT), "/actor", "several_identifiers"),
    "two identifiers of a group": (
        with_actor(**GROUP, **AGENT, openid="https://a.org"),
        "/actor",
        "several_identifiers",
    ),
    "an unknown kind of actor": (
        with_actor(**AGENT, objectType="Person"),
        "/actor/objectType",
        "object_type",
    ),
    "agent in lower case": (
        with_actor(**AGENT, objectType="agent"),
        "/actor/objectType",
        "object_type",
    ),
    "members of an agent": (with_actor(**AGENT, member=[]), "/actor/member", "unknown_property"),
    "a name as number": (with_actor(**AGENT, name=1), "/actor/name", "wrong_type"),
    "an mbox without mailto": (with_actor(mbox="ann@example.org"), "/actor/mbox", "not_mailto"),
    "an mbox without address": (with_actor(mbox="mailto:ann"), "/actor/mbox", "not_mailto"),
    "an empty mbox": (with_actor(mbox=""), "/actor/mbox", "not_mailto"),
    "a short hash": (with_actor(mbox_sha1sum="abc"), "/actor/mbox_sha1sum", "not_sha1"),
    "an openid that is no URI": (with_actor(openid="ann"), "/actor/openid", "not_iri"),
    "an account without homePage": (
        with_actor(account={"name": "5"}),
        "/actor/account",
        "missing",
    ),
    "an account without name": (
        with_actor(account={"homePage": "https://a.org"}),
        "/actor/account",
        "missing",
    ),
    "a homePage without scheme": (
        with_actor(account={**ACCOUNT, "homePage": "lms.example.org"}),
        "/actor/account/homePage",
        "not_iri",
    ),
    "an account name as number": (
        with_actor(account={**ACCOUNT, "name": 5}),
        "/actor/account/name",
        "wrong_type",
    ),
    "more in an account": (
        with_actor(account={**ACCOUNT, "id": 5}),
        "/actor/account/id",
        "unknown_property",
    ),
    "an empty anonymous group": (with_actor(**GROUP, member=[]), "/actor", "no_member"),
    "an anonymous group": (with_actor(**GROUP), "/actor", "no_member"),
    "members that are no array": (
        with_actor(**GROUP, member=AGENT),
        "/actor/member",
        "wrong_type",
    ),
    "a group in a group": (
        with_actor(**GROUP, member=[{**GROUP, **AGENT}]),
        "/actor/member/0",
        "group_in_group",
    ),
    "a member without identifier": (
        with_actor(**GROUP, member=[{"name": "Ann"}]),
        "/actor/member/0",
        "no_identifier",
    ),
    # Data 2.4.3
    "a verb as string": (changed(MINIMAL, "verb", "completed"), "/verb", "wrong_type"),
    "a verb without id": (changed(MINIMAL, "verb", {}), "/verb", "missing"),
    "a verb without scheme": (changed(MINIMAL, "verb/id", "completed"), "/verb/id", "not_iri"),
    "a scheme with odd characters": (
        changed(MINIMAL, "verb/id", "ab=c://example.org"),
        "/verb/id",
        "not_iri",
    ),
    "an IRI with a space": (
        changed(MINIMAL, "verb/id", "https://a.org/a b"),
        "/verb/id",
        "not_iri",
    ),
    "an IRI with a bracket": (
        changed(MINIMAL, "verb/id", "https://a.org/<b>"),
        "/verb/id",
        "not_iri",
    ),
    "more in a verb": (changed(MINIMAL, "verb/name", "x"), "/verb/name", "unknown_property"),
    "a display as string": (
        changed(MINIMAL, "verb/display", "done"),
        "/verb/display",
        "wrong_type",
    ),
    "a language with underscore": (
        changed(MINIMAL, "verb/display", {"en_US": "done"}),
        "/verb/display/en_US",
        "not_language_tag",
    ),
    # Data 2.4.4
    "an object as string": (changed(MINIMAL, "object", "x"), "/object", "wrong_type"),
    "an unknown kind of object": (
        changed(MINIMAL, "object/objectType", "Course"),
        "/object/objectType",
        "object_type",
    ),
    "an activity without id": (changed(MINIMAL, "object", {}), "/object", "missing"),
    "an activity id without scheme": (
        changed(MINIMAL, "object/id", "course/2"),
        "/object/id",
        "not_iri",
    ),
    "more in an activity": (
        changed(MINIMAL, "object/name", "x"),
        "/object/name",
        "unknown_property",
    ),
    "a definition as string": (
        changed(MINIMAL, DEFINITION, "x"),
        "/object/definition",
        "wrong_type",
    ),
    "a type that is no IRI": (
        changed(FULL, DEFINITION + "/type", "course"),
        "/object/definition/type",
        "not_iri",
    ),
    "a name that is no map": (
        changed(FULL, DEFINITION + "/name", "x"),
        "/object/definition/name",
        "wrong_type",
    ),
    "a description that is no map": (
        changed(FULL, DEFINITION + "/description", ["x"]),
        "/object/definition/description",
        "wrong_type",
    ),
    "moreInfo that is no IRL": (
        changed(FULL, DEFINITION + "/moreInfo", "about"),
        "/object/definition/moreInfo",
        "not_iri",
    ),
    "more in a definition": (
        changed(FULL, DEFINITION + "/duration", "PT1H"),
        "/object/definition/duration",
        "unknown_property",
    ),
    "an extension key that is no IRI": (
        changed(FULL, DEFINITION + "/extensions", {"level": 1}),
        "/object/definition/extensions/level",
        "not_iri",
    ),
    "extensions that are no object": (
        changed(FULL, DEFINITION + "/extensions", []),
        "/object/definition/extensions",
        "wrong_type",
    ),
    "an unknown interaction": (
        with_interaction("multiple-choice"),
        "/object/definition/interactionType",
        "interaction_type",
    ),
    "a pattern without interactionType": (
        changed(FULL, DEFINITION + "/interactionType", REMOVED),
        "/object/definition",
        "missing",
    ),
    "a pattern that is no array": (
        with_interaction("numeric", correctResponsesPattern="1"),
        "/object/definition/correctResponsesPattern",
        "wrong_type",
    ),
    "a pattern that is no string": (
        with_interaction("numeric", correctResponsesPattern=[1]),
        "/object/definition/correctResponsesPattern/0",
        "wrong_type",
    ),
    "the list of another interaction": (
        with_interaction("true-false", choices=[{"id": "a"}]),
        "/object/definition/choices",
        "component_unfit",
    ),
    "choices that are no array": (
        with_interaction("choice", choices={"id": "a"}),
        "/object/definition/choices",
        "wrong_type",
    ),
    "a choice without id": (
        with_interaction("choice", choices=[{"description": {"en": "x"}}]),
        "/object/definition/choices/0",
        "missing",
    ),
    "a choice with a number as id": (
        with_interaction("choice", choices=[{"id": 1}]),
        "/object/definition/choices/0/id",
        "wrong_type",
    ),
    "a choice with more": (
        with_interaction("choice", choices=[{"id": "1", "text": "x"}]),
        "/object/definition/choices/0/text",
        "unknown_property",
    ),
    "a choice described by a string": (
        with_interaction("choice", choices=[{"id": "1", "description": "x"}]),
        "/object/definition/choices/0/description",
        "wrong_type",
    ),
    "two choices with one id": (
        with_interaction("choice", choices=[{"id": "a"}, {"id": "a"}]),
        "/object/definition/choices/1/id",
        "duplicate_id",
    ),
    # Data 2.4.4.2, 2.4.4.3
    "an agent as object without objectType": (
        about(AGENT),
        "/object/mbox",
        "unknown_property",
    ),
    "a reference without id": (about({"objectType": "StatementRef"}), "/object", "missing"),
    "a reference to no UUID": (about({**REF, "id": "7"}), "/object/id", "not_uuid"),
    "more in a reference": (
        about({**REF, "definition": {}}),
        "/object/definition",
        "unknown_property",
    ),
    "a SubStatement with id": (
        changed(SUB, "object/id", UUID_TEXT),
        "/object/id",
        "unknown_property",
    ),
    "a SubStatement with stored": (
        changed(SUB, "object/stored", "2026-03-18T17:00:00Z"),
        "/object/stored",
        "unknown_property",
    ),
    "a SubStatement with authority": (
        changed(SUB, "object/authority", AGENT),
        "/object/authority",
        "unknown_property",
    ),
    "a SubStatement with version": (
        changed(SUB, "object/version", "1.0.0"),
        "/object/version",
        "unknown_property",
    ),
    "a SubStatement in a SubStatement": (
        changed(SUB, "object/object", SUB["object"]),
        "/object/object",
        "nested_sub_statement",
    ),
    "a SubStatement without verb": (changed(SUB, "object/verb", REMOVED), "/object", "missing"),
    "a SubStatement with a bad result": (
        changed(SUB, "object/result", {"success": "yes"}),
        "/object/result/success",
        "wrong_type",
    ),
    # Data 2.3.2
    "a voiding statement about an activity": (
        changed(MINIMAL, "verb/id", "http://adlnet.gov/expapi/verbs/voided"),
        "/object",
        "voids_no_statement",
    ),
    # Data 2.4.5
    "a result as array": (changed(MINIMAL, "result", []), "/result", "wrong_type"),
    "success as string": (
        changed(MINIMAL, "result", {"success": "true"}),
        "/result/success",
        "wrong_type",
    ),
    "completion as number": (
        changed(MINIMAL, "result", {"completion": 1}),
        "/result/completion",
        "wrong_type",
    ),
    "a response as number": (
        changed(MINIMAL, "result", {"response": 4}),
        "/result/response",
        "wrong_type",
    ),
    "a duration in words": (
        changed(MINIMAL, "result", {"duration": "1 hour"}),
        "/result/duration",
        "not_duration",
    ),
    "a duration as number": (
        changed(MINIMAL, "result", {"duration": 60}),
        "/result/duration",
        "wrong_type",
    ),
    "more in a result": (
        changed(MINIMAL, "result", {"grade": "A"}),
        "/result/grade",
        "unknown_property",
    ),
    "a result extension that is no IRI": (
        changed(MINIMAL, "result", {"extensions": {"a/b": 1}}),
        "/result/extensions/a~1b",
        "not_iri",
    ),
    "a score as number": (
        changed(MINIMAL, "result", {"score": 1}),
        "/result/score",
        "wrong_type",
    ),
    "scaled as percent": (with_score(scaled=92), "/result/score/scaled", "score_range"),
    "scaled below -1": (with_score(scaled=-1.01), "/result/score/scaled", "score_range"),
    "scaled as string": (with_score(scaled="0.9"), "/result/score/scaled", "wrong_type"),
    "raw as boolean": (with_score(raw=True), "/result/score/raw", "wrong_type"),
    "raw as null": (with_score(raw=None), "/result/score/raw", "null"),
    "raw below min": (with_score(raw=1, min=2), "/result/score/raw", "score_range"),
    "raw above max": (with_score(raw=11, max=10), "/result/score/raw", "score_range"),
    "min equal to max": (with_score(min=1, max=1), "/result/score/min", "score_range"),
    "more in a score": (
        with_score(percent=1),
        "/result/score/percent",
        "unknown_property",
    ),
    # Data 2.4.6
    "a context as string": (changed(MINIMAL, "context", "x"), "/context", "wrong_type"),
    "a registration that is no UUID": (
        with_context(registration="17"),
        "/context/registration",
        "not_uuid",
    ),
    "an instructor without identifier": (
        with_context(instructor={"name": "Bo"}),
        "/context/instructor",
        "no_identifier",
    ),
    "a team that is an agent": (
        with_context(team={"objectType": "Agent", **AGENT}),
        "/context/team/objectType",
        "object_type",
    ),
    "a team without objectType": (with_context(team=AGENT), "/context/team", "object_type"),
    "contextActivities as array": (
        with_context(contextActivities=[ACTIVITY]),
        "/context/contextActivities",
        "wrong_type",
    ),
    "an unknown contextActivities": (
        with_context(contextActivities={"course": [ACTIVITY]}),
        "/context/contextActivities/course",
        "unknown_property",
    ),
    "an agent among contextActivities": (
        with_context(
            contextActivities={"parent": [{"objectType": "Agent", "id": "https://a.org"}]}
        ),
        "/context/contextActivities/parent/0/objectType",
        "object_type",
    ),
    "contextActivities without id": (
        with_context(contextActivities={"parent": {}}),
        "/context/contextActivities/parent",
        "missing",
    ),
    "revision as number": (with_context(revision=1), "/context/revision", "wrong_type"),
    "platform about an agent": (
        about({"objectType": "Agent", **AGENT}, platform="Moodle"),
        "/context/platform",
        "not_about_activity",
    ),
    "revision about a reference": (
        about(REF, revision="1"),
        "/context/revision",
        "not_about_activity",
    ),
    "platform inside a SubStatement about an agent": (
        changed(
            changed(SUB, "object/object", {"objectType": "Agent", **AGENT}),
            "object/context",
            {"platform": "x"},
        ),
        "/object/context/platform",
        "not_about_activity",
    ),
    "a language name": (
        with_context(language="English language"),
        "/context/language",
        "not_language_tag",
    ),
    "a context statement without objectType": (
        with_context(statement={"id": UUID_TEXT}),
        "/context/statement",
        "missing",
    ),
    "a context statement of another kind": (
        with_context(statement={"objectType": "Statement", "id": UUID_TEXT}),
        "/context/statement/objectType",
        "object_type",
    ),
    "a context extension that is no IRI": (
        with_context(extensions={"x": 1}),
        "/context/extensions/x",
        "not_iri",
    ),
    "more in a context": (with_context(group="x"), "/context/group", "unknown_property"),
    # Data 2.4.7 - 2.4.10
    "a date as timestamp": (
        changed(MINIMAL, "timestamp", "2026-03-18"),
        "/timestamp",
        "not_timestamp",
    ),
    "a number as timestamp": (changed(MINIMAL, "timestamp", 1), "/timestamp", "wrong_type"),
    "a stored that is no timestamp": (
        changed(MINIMAL, "stored", "yesterday"),
        "/stored",
        "not_timestamp",
    ),
    "an authority without identifier": (
        changed(MINIMAL, "authority", {"name": "x"}),
        "/authority",
        "no_identifier",
    ),
    "an authority of three": (
        changed(MINIMAL, "authority", {**GROUP, "member": [AGENT] * 3}),
        "/authority",
        "authority_group",
    ),
    "an identified group as authority": (
        changed(MINIMAL, "authority", {**GROUP, **AGENT, "member": [AGENT] * 2}),
        "/authority",
        "authority_group",
    ),
    "version 0.9": (changed(MINIMAL, "version", "0.9.5"), "/version", "version"),
    "version 1.1": (changed(MINIMAL, "version", "1.1.0"), "/version", "version"),
    "version 1.00": (changed(MINIMAL, "version", "1.00"), "/version", "version"),
    "version as number": (changed(MINIMAL, "version", 1.0), "/version", "wrong_type"),
    # Data 2.4.11
    "attachments as object": (
        changed(MINIMAL, "attachments", {}),
        "/attachments",
        "wrong_type",
    ),
    "an attachment as string": (
        changed(MINIMAL, "attachments", ["x"]),
        "/attachments/0",
        "wrong_type",
    ),
    "an attachment without usageType": (
        changed(FULL, "attachments/0/usageType", REMOVED),
        "/attachments/0",
        "missing",
    ),
    "an attachment without display": (
        changed(FULL, "attachments/0/display", REMOVED),
        "/attachments/0",
        "missing",
    ),
    "an attachment without contentType": (
        changed(FULL, "attachments/0/contentType", REMOVED),
        "/attachments/0",
        "missing",
    ),
    "an attachment without length": (
        changed(FULL, "attachments/0/length", REMOVED),
        "/attachments/0",
        "missing",
    ),
    "an attachment without sha2": (
        changed(FULL, "attachments/0/sha2", REMOVED),
        "/attachments/0",
        "missing",
    ),
    "a usageType that is no IRI": (
        changed(FULL, "attachments/0/usageType", "pdf"),
        "/attachments/0/usageType",
        "not_iri",
    ),
    "a fileUrl that is no IRL": (
        changed(FULL, "attachments/0/fileUrl", "a.pdf"),
        "/attachments/0/fileUrl",
        "not_iri",
    ),
    "a display that is no map": (
        changed(FULL, "attachments/0/display", "x"),
        "/attachments/0/display",
        "wrong_type",
    ),
    "an attachment described by a string": (
        changed(FULL, "attachments/0/description", "x"),
        "/attachments/0/description",
        "wrong_type",
    ),
    "a contentType without slash": (
        changed(FULL, "attachments/0/contentType", "pdf"),
        "/attachments/0/contentType",
        "not_media_type",
    ),
    "a length as string": (
        changed(FULL, "attachments/0/length", "5"),
        "/attachments/0/length",
        "wrong_type",
    ),
    "a negative length": (
        changed(FULL, "attachments/0/length", -1),
        "/attachments/0/length",
        "not_length",
    ),
    "half a length": (
        changed(FULL, "attachments/0/length", 1.5),
        "/attachments/0/length",
        "not_length",
    ),
    "a hash of no SHA-2": (
        changed(FULL, "attachments/0/sha2", "abc"),
        "/attachments/0/sha2",
        "not_sha2",
    ),
    "more in an attachment": (
        changed(FULL, "attachments/0/fileURL", "https://a.org"),
        "/attachments/0/fileURL",
        "unknown_property",
    ),
}


@pytest.mark.parametrize(("statement", "pointer", "rule"), ILLEGAL.values(), ids=ILLEGAL)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_refuses(statement, pointer, rule, version):
    assert (pointer, rule) in [
        (problem.pointer, problem.rule) for problem in validate(statement, version=version)
    ]


ENTRY = {"objectType": "contextAgent", "agent": AGENT}
GROUP_ENTRY = {"objectType": "contextGroup", "group": {**GROUP, "member": [AGENT]}}

SECOND_ILLEGAL = {
    "an object": ({"contextAgents": ENTRY}, "/context/contextAgents", "wrong_type"),
    "another objectType": (
        {"contextAgents": [{**ENTRY, "objectType": "Agent"}]},
        "/context/contextAgents/0/objectType",
        "object_type",
    ),
    "no objectType": ({"contextAgents": [{"agent": AGENT}]}, "/context/contextAgents/0", "missing"),
    "no agent": (
        {"contextAgents": [{"objectType": "contextAgent"}]},
        "/context/contextAgents/0",
        "missing",
    ),
    "an agent without identifier": (
        {"contextAgents": [{**ENTRY, "agent": {"name": "Bo"}}]},
        "/context/contextAgents/0/agent",
        "no_identifier",
    ),
    "no relevant type": (
        {"contextAgents": [{**ENTRY, "relevantTypes": []}]},
        "/context/contextAgents/0/relevantTypes",
        "empty",
    ),
    "relevantTypes as string": (
        {"contextAgents": [{**ENTRY, "relevantTypes": "https://a.org"}]},
        "/context/contextAgents/0/relevantTypes",
        "wrong_type",
    ),
    "a relevant type that is no IRI": (
        {"contextGroups": [{**GROUP_ENTRY, "relevantTypes": ["abc"]}]},
        "/context/contextGroups/0/relevantTypes/0",
        "not_iri",
    ),
    "an agent as group": (
        {"contextGroups": [{**GROUP_ENTRY, "group": AGENT}]},
        "/context/contextGroups/0/group",
        "object_type",
    ),
    "more in an entry": (
        {"contextGroups": [{**GROUP_ENTRY, "agent": AGENT}]},
        "/context/contextGroups/0/agent",
        "unknown_property",
    ),
}


@pytest.mark.parametrize(
    ("context", "pointer", "rule"), SECOND_ILLEGAL.values(), ids=SECOND_ILLEGAL
)
def test_xapi_2_refuses_context_agents_with(context, pointer, rule):
    problems = validate(with_context(**context), version="2.0.0")
    assert (pointer, rule) in [(problem.pointer, problem.rule) for problem in problems]


def test_context_agents_exist_in_xapi_2_only():
    statement = with_context(
        contextAgents=[{**ENTRY, "relevantTypes": ["https://a.org/role"]}],
        contextGroups=[GROUP_ENTRY],
    )
    assert validate(statement, version="2.0.0") == []
    assert [problem.pointer for problem in validate(statement, version="1.0.3")] == [
        "/context/contextAgents",
        "/context/contextGroups",
    ]


def test_xapi_2_accepts_statements_of_both_versions_and_xapi_1_does_not():
    statement = changed(FULL, "version", "2.0.0")
    assert validate(statement, version="2.0.0") == []
    assert [problem.rule for problem in validate(statement)] == ["version"]


@pytest.mark.parametrize(
    "timestamp", ["2026-03-18T17:00:00", "2026-03-18T17:00Z", "2026-03-18T17:00:00+0100"]
)
def test_xapi_2_wants_rfc_3339_where_xapi_1_takes_iso_8601(timestamp):
    statement = changed(MINIMAL, "timestamp", timestamp)
    assert validate(statement) == []
    assert [problem.rule for problem in validate(statement, version="2.0.0")] == ["not_timestamp"]


def test_reports_all_problems_of_a_statement_at_once():
    statement = changed(changed(MINIMAL, "actor", {}), "result", {"success": 1, "score": []})
    assert {problem.pointer for problem in validate(statement)} == {
        "/actor",
        "/result/success",
        "/result/score",
    }


def test_a_misspelt_case_is_answered_with_the_right_spelling():
    (problem,) = validate(changed(MINIMAL, "Result", {}))
    assert '"result"' in problem.message


def test_a_version_of_xapi_that_nobody_knows_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match=r"1\.0\.x"):
        validate(MINIMAL, version="3.0.0")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_score_is_finite(number):
    assert [problem.pointer for problem in validate(with_score(raw=number))] == [
        "/result/score/raw"
    ]


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_what_moodle_pushes_is_valid(path):
    statements = json.loads(path.read_bytes())["body"]
    assert statements
    assert [validate(statement) for statement in statements] == [[] for _ in statements]
