"""Ways to break a statement that has every part: one rule each, with the place that is to blame.

Sources: xAPI 1.0.3 part two (Data), IEEE 9274.1.1 for what 2.0.0 adds.
"""

from dataclasses import dataclass
from typing import Any

from tests.xapi.cases import REMOVED, UUID_TEXT

AGENT = {"mbox": "mailto:ann@example.org"}
REF = {"objectType": "StatementRef", "id": UUID_TEXT}
BOTH = ("1.0.3", "2.0.0")
SECOND = ("2.0.0",)
FIRST = ("1.0.3",)
SHARED = {"actor", "verb", "object", "result", "context", "timestamp", "attachments"}
"""What a SubStatement has too."""


@dataclass(frozen=True)
class Mutation:
    """Put *value* at *path* (in the manner of cases.changed); *pointer* breaks *rule* then."""

    path: str
    value: Any
    rule: str
    pointer: str
    versions: tuple[str, ...] = BOTH

    @property
    def fits_sub_statement(self) -> bool:
        return self.path.split("/")[0] in SHARED

    def __str__(self) -> str:
        shown = "removed" if self.value is REMOVED else repr(self.value)[:60]
        return f"{self.path} {shown}"


def m(path, rule, *values, at=None, versions=BOTH):
    pointer = f"/{path}" if at is None else at
    return [Mutation(path, value, rule, pointer, versions) for value in values]


NUMBER, LIST, TRUE = 7, [], True
BAD_IRIS = ("no scheme", "example.org/x", "https://exa mple.org", "", "https://x.org/<a>")
BAD_UUIDS = (
    "",
    "7",
    "{" + UUID_TEXT + "}",
    "urn:uuid:" + UUID_TEXT,
    UUID_TEXT.replace("-", ""),
    UUID_TEXT[:-1] + "g",
)
BAD_TIMESTAMPS = (
    "2026-03-18",
    "2026-03-18 17:00:00Z",
    "2026-02-30T17:00:00Z",
    "2026-03-18T25:00:00Z",
    "2026-03-18T17:00:00-00:00",
    "2026-03-18T17:00:00-0000",
    "2026-03-18T17:00:00-00",
    "17:00:00",
    "",
)
NOT_RFC3339 = ("2026-03-18T17:00:00+0200", "2026-03-18T17:00:00", "2026-03-18T17:00Z")
BAD_DURATIONS = ("P", "PT", "P1W2D", "1H", "PT1H1H", "P1S", "pt1h", "")
BAD_TAGS = ("en_US", "", "e", "12", "en-")
DEFINITION = "object/definition"
AROUND = "context/contextActivities"

MUTATIONS: list[Mutation] = [
    # Data 2.2: types, null, unknown properties, case
    *m("colour", "unknown_property", 1),
    *m("Actor", "unknown_property", AGENT),
    *m("objectType", "unknown_property", "Statement"),
    *m("actor/colour", "unknown_property", 1),
    *m("actor/member", "unknown_property", [AGENT]),
    *m("actor/account/colour", "unknown_property", 1),
    *m("verb/Display", "unknown_property", {}),
    *m("object/name", "unknown_property", "x"),
    *m(DEFINITION + "/colour", "unknown_property", 1),
    *m("result/colour", "unknown_property", 1),
    *m("result/score/percent", "unknown_property", 1),
    *m("context/colour", "unknown_property", 1),
    *m(AROUND + "/child", "unknown_property", []),
    *m("attachments/0/name", "unknown_property", "x"),
    *m("context/statement/name", "unknown_property", "x"),
    *m("context/contextAgents", "unknown_property", [], versions=FIRST),
    *m("context/contextGroups", "unknown_property", [], versions=FIRST),
    *(
        one
        for path in (
            *("actor", "verb", "object", "result", "context", "timestamp", "attachments"),
            *("id", "stored", "authority", "version", "actor/name", "actor/account"),
            *("verb/display", "result/score", "result/score/scaled", "result/success"),
            *("result/duration", "result/response", "result/extensions", "context/registration"),
            *("context/language", "context/team", "context/platform", AROUND),
            *(DEFINITION, DEFINITION + "/name", "attachments/0", "attachments/0/length"),
        )
        for one in m(path, "null", None)
    ),
    # Data 2.4: what is required
    *m("actor", "missing", REMOVED, at=""),
    *m("verb", "missing", REMOVED, at=""),
    *m("object", "missing", REMOVED, at=""),
    *m("verb/id", "missing", REMOVED, at="/verb"),
    *m("object/id", "missing", REMOVED, at="/object"),
    *m("actor/account/name", "missing", REMOVED, at="/actor/account"),
    *m("actor/account/homePage", "missing", REMOVED, at="/actor/account"),
    *m("context/statement/id", "missing", REMOVED, at="/context/statement"),
    *m("context/statement/objectType", "missing", REMOVED, at="/context/statement"),
    *(
        one
        for name in ("usageType", "display", "contentType", "length", "sha2")
        for one in m(f"attachments/0/{name}", "missing", REMOVED, at="/attachments/0")
    ),
    *m(DEFINITION + "/interactionType", "missing", REMOVED, at="/object/definition"),
    *m(DEFINITION + "/choices/0/id", "missing", REMOVED, at="/object/definition/choices/0"),
    # Data 2.4.1, 4.4: ids
    *m("id", "not_uuid", *BAD_UUIDS),
    *m("id", "wrong_type", NUMBER, LIST, TRUE),
    *m("context/registration", "not_uuid", *BAD_UUIDS),
    *m("context/statement/id", "not_uuid", *BAD_UUIDS),
    *m("object", "not_uuid", *({**REF, "id": bad} for bad in BAD_UUIDS), at="/object/id"),
    # Data 2.4.2: actors
    *m("actor", "wrong_type", "ann", LIST, NUMBER),
    *m("actor", "no_identifier", {"name": "Ann"}, {"objectType": "Agent"}),
    *m("actor/mbox", "several_identifiers", AGENT["mbox"], at="/actor"),
    *m("actor/openid", "several_identifiers", "https://ann.example.org/", at="/actor"),
    *m("actor/objectType", "object_type", "agent", "Person", "Activity"),
    *m("actor/name", "wrong_type", NUMBER, {"en": "Ann"}),
    *m("actor/account/homePage", "not_iri", *BAD_IRIS),
    *m("actor/account/name", "wrong_type", NUMBER),
    *m("actor", "not_mailto", {"mbox": "ann@x.org"}, {"mbox": "mailto:ann"}, at="/actor/mbox"),
    *m("actor", "not_sha1", {"mbox_sha1sum": "a" * 39}, at="/actor/mbox_sha1sum"),
    *m("actor", "not_iri", {"openid": "ann"}, at="/actor/openid"),
    *m("actor", "no_member", {"objectType": "Group"}, {"objectType": "Group", "member": []}),
    *m("actor", "wrong_type", {"objectType": "Group", "member": AGENT}, at="/actor/member"),
    *m(
        "actor",
        "group_in_group",
        {"objectType": "Group", "member": [AGENT, {"objectType": "Group", **AGENT}]},
        at="/actor/member/1",
    ),
    *m("context/team", "object_type", {"objectType": "Agent", **AGENT}, at="/context/team/objectType"),
    *m("context/team", "object_type", AGENT),
    *m("context/team/member/0", "no_identifier", {"name": "Ann"}),
    *m("context/instructor", "no_identifier", {"name": "Ann"}),
    # Data 2.4.3, 4.1: verbs and IRIs
    *m("verb/id", "not_iri", *BAD_IRIS),
    *m("verb/id", "wrong_type", NUMBER),
    *m("verb", "wrong_type", "http://adlnet.gov/expapi/verbs/passed"),
    *m("verb/display", "wrong_type", "passed", LIST),
    *m("verb/display/en_US", "not_language_tag", "passed"),
    *m("verb/display/en", "wrong_type", NUMBER, {"text": "passed"}),
    *m("verb/display/en", "null", None),
    # Data 2.4.4: objects
    *m("object", "wrong_type", "https://x.org", LIST),
    *m("object/objectType", "object_type", "activity", "Course", ""),
    *m("object/id", "not_iri", *BAD_IRIS),
    *m(DEFINITION + "/type", "not_iri", *BAD_IRIS),
    *m(DEFINITION + "/moreInfo", "not_iri", *BAD_IRIS),
    *m(DEFINITION + "/name", "wrong_type", "Course"),
    *m(DEFINITION + "/description/en_GB", "not_language_tag", "x"),
    *m(DEFINITION + "/extensions/plain", "not_iri", 1),
    *m(DEFINITION + "/extensions", "wrong_type", LIST, "x"),
    *m(DEFINITION + "/interactionType", "interaction_type", "quiz", "Choice", NUMBER),
    *m(DEFINITION + "/correctResponsesPattern", "wrong_type", "a", {"0": "a"}),
    *m(DEFINITION + "/correctResponsesPattern/0", "wrong_type", NUMBER),
    *m(DEFINITION + "/scale", "component_unfit", [{"id": "1"}]),
    *m(DEFINITION + "/steps", "component_unfit", []),
    *m(
        DEFINITION + "/choices",
        "duplicate_id",
        [{"id": "a"}, {"id": "b"}, {"id": "a"}],
        at="/object/definition/choices/2/id",
    ),
    *m(DEFINITION + "/choices", "wrong_type", {"id": "a"}),
    *m(DEFINITION + "/choices/0/id", "wrong_type", NUMBER),
    *m(DEFINITION + "/choices/0/description", "wrong_type", "North"),
    *m("object", "unknown_property", {**REF, "name": "x"}, at="/object/name"),
    # Data 2.4.5: results and scores
    *m("result", "wrong_type", LIST, "passed"),
    *m("result/success", "wrong_type", "true", 1),
    *m("result/completion", "wrong_type", "true", 0),
    *m("result/response", "wrong_type", NUMBER, TRUE),
    *m("result/duration", "not_duration", *BAD_DURATIONS),
    *m("result/duration", "wrong_type", NUMBER),
    *m("result/score", "wrong_type", NUMBER),
    *m("result/score/scaled", "score_range", 1.01, -1.5, 100),
    *m("result/score/raw", "wrong_type", "92", TRUE, LIST),
    *m("result/score", "score_range", {"raw": 5, "max": 4}, at="/result/score/raw"),
    *m("result/score", "score_range", {"raw": 1, "min": 2}, at="/result/score/raw"),
    *m(
        "result/score", "score_range", {"min": 2, "max": 2}, {"min": 3, "max": 2},
        at="/result/score/min",
    ),
    *m("result/extensions/plain", "not_iri", 1),
    # Data 2.4.6: contexts
    *m("context", "wrong_type", LIST, "x"),
    *m("context/revision", "wrong_type", NUMBER),
    *m("context/platform", "wrong_type", NUMBER),
    *m("context/language", "not_language_tag", *BAD_TAGS),
    *m("context/statement/objectType", "object_type", "Statement"),
    *m("context/extensions/plain", "not_iri", 1),
    *m(AROUND, "wrong_type", LIST),
    *m(AROUND + "/parent/0", "wrong_type", "https://x.org"),
    *m(AROUND + "/grouping/0/id", "not_iri", *BAD_IRIS),
    *m(AROUND + "/category/0/objectType", "object_type", "Agent"),
    *m(AROUND + "/other/0/id", "missing", REMOVED, at="/context/contextActivities/other/0"),
    # IEEE 9274.1.1, 4.2.5: contextAgents, contextGroups
    *m("context/contextAgents", "wrong_type", AGENT, versions=SECOND),
    *m("context/contextAgents/0/objectType", "object_type", "Agent", versions=SECOND),
    *m(
        "context/contextAgents/0/agent", "missing", REMOVED,
        at="/context/contextAgents/0", versions=SECOND,
    ),
    *m("context/contextAgents/0/relevantTypes", "empty", [], versions=SECOND),
    *m(
        "context/contextAgents/0/relevantTypes", "not_iri", ["plain"],
        at="/context/contextAgents/0/relevantTypes/0", versions=SECOND,
    ),
    *m("context/contextGroups/0/group", "no_member", {"objectType": "Group"}, versions=SECOND),
    *m("context/contextGroups/0/group", "object_type", AGENT, versions=SECOND),
    # Data 2.4.7, 2.4.8, 4.5: timestamps
    *m("timestamp", "not_timestamp", *BAD_TIMESTAMPS),
    *m("timestamp", "not_timestamp", *NOT_RFC3339, versions=SECOND),
    *m("timestamp", "wrong_type", NUMBER),
    *m("stored", "not_timestamp", *BAD_TIMESTAMPS),
    # Data 2.4.9, 2.4.10: authority, version
    *m("authority", "no_identifier", {"name": "LRS"}),
    *m("authority", "authority_group", {"objectType": "Group", "member": [AGENT]}),
    *m("authority", "authority_group", {"objectType": "Group", "member": [AGENT] * 3}),
    *m("version", "version", "0.95", "1.1.0", "2.1.0", "", "1", "10.0"),
    *m("version", "version", "2.0.0", versions=FIRST),
    *m("version", "wrong_type", 1.0),
    # Data 2.4.11: attachments
    *m("attachments", "wrong_type", {}, "x"),
    *m("attachments/0/usageType", "not_iri", *BAD_IRIS),
    *m("attachments/0/fileUrl", "not_iri", *BAD_IRIS),
    *m("attachments/0/display", "wrong_type", "x"),
    *m("attachments/0/contentType", "not_media_type", "pdf", "", "/pdf"),
    *m("attachments/0/length", "not_length", -1, 1.5),
    *m("attachments/0/length", "wrong_type", "1024", TRUE),
    *m("attachments/0/sha2", "not_sha2", "a" * 63, "z" * 64, ""),
]  # fmt: skip
