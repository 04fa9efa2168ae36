"""Hypothesis strategies for valid statements of xAPI 1.0.3 and 2.0.0.

`statements(version)` has every kind of actor, object and optional part; `whole_statements(version)`
is a statement about an activity that has every optional part, for tests that change one place.
"""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import strategies as st

from xapi.vocabulary import VOIDED

VERSIONS = ("1.0.3", "2.0.0")
HOSTS = st.sampled_from(["example.org", "lms.example.org", "学习.example", "bücher.example"])

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=0, max_size=20
)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789", min_size=1, max_size=8)
SEGMENTS = st.text("abcXYZ019-._~%20äß漢'()*+,;=:@!$&", min_size=1, max_size=12)
IRIS = st.one_of(
    st.builds(lambda host, path: f"https://{host}/{path}", HOSTS, SEGMENTS),
    st.builds(lambda host, path: f"http://{host}/x?id={path}#top", HOSTS, SEGMENTS),
    st.builds(lambda path: f"urn:example:{path}", SEGMENTS),
    st.builds(lambda word: f"tag:example.org,2026:{word}", WORDS),
)
UUIDS = st.builds(
    lambda value, upper: str(value).upper() if upper else str(value), st.uuids(), st.booleans()
)
LANGUAGE_TAGS = st.sampled_from(
    [
        "en",
        "en-US",
        "de-CH-1996",
        "zh-Hant-TW",
        "und",
        "i-klingon",
        "x-private",
        "sl-rozaj",
        "PT-br",
    ]
)
LANGUAGE_MAPS = st.dictionaries(LANGUAGE_TAGS, TEXTS, max_size=3)
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
EXTENSIONS = st.dictionaries(IRIS, JSON_VALUES, max_size=3)

MAILTOS = st.builds(lambda name, host: f"mailto:{name}@{host}", WORDS, HOSTS)
IFIS: dict[str, st.SearchStrategy[Any]] = {
    "mbox": MAILTOS,
    "mbox_sha1sum": st.text("0123456789abcdefABCDEF", min_size=40, max_size=40),
    "openid": st.builds(lambda host, word: f"https://{host}/{word}", HOSTS, WORDS),
    "account": st.fixed_dictionaries({"homePage": IRIS, "name": TEXTS}),
}


def _named(ifi: str, **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({ifi: IFIS[ifi], **more}, optional={"name": TEXTS})


AGENTS = st.one_of(
    *(_named(ifi) for ifi in IFIS),
    *(_named(ifi, objectType=st.just("Agent")) for ifi in IFIS),
)
AGENT_OBJECTS = st.one_of(*(_named(ifi, objectType=st.just("Agent")) for ifi in IFIS))
GROUP_TYPE = st.just("Group")
GROUPS = st.one_of(
    st.fixed_dictionaries(
        {"objectType": GROUP_TYPE, "member": st.lists(AGENTS, min_size=1, max_size=3)},
        optional={"name": TEXTS},
    ),
    *(
        st.fixed_dictionaries(
            {"objectType": GROUP_TYPE, ifi: IFIS[ifi]},
            optional={"name": TEXTS, "member": st.lists(AGENTS, max_size=2)},
        )
        for ifi in IFIS
    ),
)
ACTORS = AGENTS | GROUPS
VERBS = st.fixed_dictionaries(
    {"id": IRIS.filter(lambda iri: iri != VOIDED.id)}, optional={"display": LANGUAGE_MAPS}
)
REFERENCES = st.fixed_dictionaries({"objectType": st.just("StatementRef"), "id": UUIDS})

COMPONENT_LISTS = {
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}


def _components(least: int = 0) -> st.SearchStrategy[Any]:
    one = st.fixed_dictionaries({"id": WORDS}, optional={"description": LANGUAGE_MAPS})
    return st.lists(one, min_size=least, max_size=3, unique_by=lambda component: component["id"])


_DESCRIBED: dict[str, st.SearchStrategy[Any]] = {
    "name": LANGUAGE_MAPS,
    "description": LANGUAGE_MAPS,
    "type": IRIS,
    "moreInfo": IRIS,
    "extensions": EXTENSIONS,
}


def _interactions(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    lists = dict.fromkeys(COMPONENT_LISTS[kind], _components())
    patterns = {"correctResponsesPattern": st.lists(TEXTS, max_size=2)}
    return st.fixed_dictionaries(
        {"interactionType": st.just(kind)}, optional={**_DESCRIBED, **patterns, **lists}
    )


DEFINITIONS = st.fixed_dictionaries({}, optional=_DESCRIBED) | st.sampled_from(
    sorted(COMPONENT_LISTS)
).flatmap(_interactions)
ACTIVITIES = st.fixed_dictionaries(
    {"id": IRIS}, optional={"objectType": st.just("Activity"), "definition": DEFINITIONS}
)

DURATIONS = st.one_of(
    st.builds("PT{}H{}M{}S".format, st.integers(0, 99), st.integers(0, 59), st.integers(0, 59)),
    st.builds("P{}Y{}M{}DT{}S".format, *[st.integers(0, 20)] * 4),
    st.builds("PT{}.{:03}S".format, st.integers(0, 9999), st.integers(0, 999)),
    st.builds("P{}W".format, st.integers(0, 52)),
    st.just("P1DT0.5H") | st.just("PT16559.14S"),
)


@st.composite
def scores(draw: st.DrawFn) -> dict[str, Any]:
    """Each of the four numbers or none, min < max and raw between them."""
    low, middle, high = sorted(draw(st.lists(st.integers(-1000, 1000), min_size=3, max_size=3)))
    every = {
        "scaled": draw(st.floats(-1, 1) | st.sampled_from([0, 1, -1])),
        "min": low,
        "raw": middle + draw(st.sampled_from([0, 0.5])) if middle < high else middle,
        "max": high if high > low else low + 1,
    }
    kept = draw(st.sets(st.sampled_from(sorted(every))))
    return {name: value for name, value in every.items() if name in kept}


_RESULT: dict[str, st.SearchStrategy[Any]] = {
    "score": scores(),
    "success": st.booleans(),
    "completion": st.booleans(),
    "response": TEXTS,
    "duration": DURATIONS,
    "extensions": EXTENSIONS,
}
RESULTS = st.fixed_dictionaries({}, optional=_RESULT)
ACTIVITY_LISTS = st.lists(ACTIVITIES, max_size=2)
_AROUND = dict.fromkeys(("parent", "grouping", "category", "other"), ACTIVITY_LISTS)
_CONTEXT: dict[str, st.SearchStrategy[Any]] = {
    "registration": UUIDS,
    "instructor": ACTORS,
    "team": GROUPS,
    "contextActivities": st.fixed_dictionaries(
        {}, optional={name: items | ACTIVITIES for name, items in _AROUND.items()}
    ),
    "language": LANGUAGE_TAGS,
    "statement": REFERENCES,
    "extensions": EXTENSIONS,
}
_ABOUT_ACTIVITY: dict[str, st.SearchStrategy[Any]] = {"revision": TEXTS, "platform": TEXTS}
_TYPES = {"relevantTypes": st.lists(IRIS, min_size=1, max_size=2)}


def _related(least: int = 0) -> dict[str, st.SearchStrategy[Any]]:
    def entries(kind: str, who: str, people: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        one = {"objectType": st.just(kind), who: people}
        return st.lists(st.fixed_dictionaries(one, optional=_TYPES), min_size=least, max_size=2)

    return {
        "contextAgents": entries("contextAgent", "agent", AGENTS),
        "contextGroups": entries("contextGroup", "group", GROUPS),
    }


def _attachments(least: int = 0) -> st.SearchStrategy[Any]:
    one = {
        "usageType": IRIS,
        "display": LANGUAGE_MAPS,
        "contentType": st.sampled_from(["text/plain", "text/plain; charset=utf-8", "a/b+xml"]),
        "length": st.integers(0, 10**12),
        "sha2": st.text("0123456789abcdef", min_size=64, max_size=64),
        "fileUrl": IRIS,  # without one its content must come along
    }
    described = st.fixed_dictionaries(one, optional={"description": LANGUAGE_MAPS})
    return st.lists(described, min_size=least, max_size=2)


@st.composite
def timestamps(draw: st.DrawFn, version: str) -> str:
    """A timestamp in one of its spellings; RFC 3339 for 2.0.0."""
    moment = draw(
        st.datetimes(datetime(1970, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    )
    hours = draw(st.integers(-12, 14))
    local = moment.astimezone(
        timezone(timedelta(hours=hours, minutes=draw(st.sampled_from([0, 30]))))
    )
    precision = draw(st.sampled_from(["seconds", "milliseconds", "microseconds"]))
    if draw(st.booleans()):
        return moment.isoformat(timespec=precision).replace("+00:00", "Z")
    text = local.isoformat(timespec=precision)
    if version == "1.0.3" and draw(st.booleans()):
        return text[:-3] + text[-2:]  # the basic form of an offset
    return text


def _body(version: str, *, about_activity: bool) -> dict[str, st.SearchStrategy[Any]]:
    """The optional parts that statements and SubStatements have in common."""
    parts = {
        **_CONTEXT,
        **(_ABOUT_ACTIVITY if about_activity else {}),
        **(_related() if version == "2.0.0" else {}),
    }
    return {
        "result": RESULTS,
        "context": st.fixed_dictionaries({}, optional=parts),
        "timestamp": timestamps(version),
        "attachments": _attachments(),
    }


def _own(version: str) -> dict[str, st.SearchStrategy[Any]]:
    versions = ["1.0.0", "1.0.3", "1.0"] if version == "1.0.3" else ["2.0.0", "1.0.3"]
    return {
        "stored": timestamps(version),
        "authority": AGENTS,
        "version": st.sampled_from(versions),
    }


_OBJECTS = (
    (ACTIVITIES, True),
    (AGENT_OBJECTS, False),
    (GROUPS, False),
    (REFERENCES, False),
)


def _about(
    version: str, target: st.SearchStrategy[Any], *, activity: bool, **required: Any
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"actor": ACTORS, "verb": VERBS, "object": target, **required},
        optional=_body(version, about_activity=activity),
    )


def sub_statements(version: str) -> st.SearchStrategy[dict[str, Any]]:
    """SubStatements about everything but a SubStatement."""
    kind = {"objectType": st.just("SubStatement")}
    return st.one_of(
        *(_about(version, target, activity=activity, **kind) for target, activity in _OBJECTS)
    )


@st.composite
def statements(draw: st.DrawFn, version: str) -> dict[str, Any]:
    """Valid statements with an id; voiding ones among them."""
    return draw(_statements(version))


@st.composite
def whole_statements(draw: st.DrawFn, version: str) -> dict[str, Any]:
    """Statements about a multiple choice question that have every optional part, filled."""
    return draw(_whole_statements(version))


@cache
def _statements(version: str) -> st.SearchStrategy[dict[str, Any]]:
    void = st.fixed_dictionaries(
        {
            "id": st.uuids().map(str),
            "actor": ACTORS,
            "verb": st.just({"id": VOIDED.id}),
            "object": REFERENCES,
        }
    )
    targets = (*_OBJECTS, (sub_statements(version), False))
    return st.one_of(
        *(
            st.fixed_dictionaries(
                {"id": UUIDS, "actor": ACTORS, "verb": VERBS, "object": target},
                optional={**_body(version, about_activity=activity), **_own(version)},
            )
            for target, activity in targets
        ),
        void,
    )


@cache
def _whole_statements(version: str) -> st.SearchStrategy[dict[str, Any]]:
    activities = st.fixed_dictionaries({"id": IRIS, "objectType": st.just("Activity")})
    around = dict.fromkeys(_AROUND, st.lists(activities, min_size=1, max_size=2))
    context = {
        **_CONTEXT,
        **_ABOUT_ACTIVITY,
        **(_related(1) if version == "2.0.0" else {}),
        "contextActivities": st.fixed_dictionaries(around),
        "instructor": AGENTS,
        "team": st.fixed_dictionaries(
            {"objectType": GROUP_TYPE, "member": st.lists(AGENTS, min_size=1, max_size=2)}
        ),
    }
    definition = {
        **_DESCRIBED,
        "interactionType": st.just("choice"),
        "correctResponsesPattern": st.lists(TEXTS, min_size=1, max_size=2),
        "choices": _components(1),
    }
    account = st.fixed_dictionaries({"homePage": IRIS, "name": WORDS})
    return st.fixed_dictionaries(
        {
            "id": UUIDS,
            "actor": st.fixed_dictionaries(
                {"objectType": st.just("Agent"), "account": account, "name": TEXTS}
            ),
            "verb": st.fixed_dictionaries({"id": IRIS, "display": LANGUAGE_MAPS}),
            "object": st.fixed_dictionaries(
                {
                    "objectType": st.just("Activity"),
                    "id": IRIS,
                    "definition": st.fixed_dictionaries(definition),
                }
            ),
            **_body(version, about_activity=True),
            "result": st.fixed_dictionaries({**_RESULT, "score": st.just({"scaled": 0.5})}),
            "context": st.fixed_dictionaries(context),
            "attachments": _attachments(1),
            **_own(version),
        }
    )
