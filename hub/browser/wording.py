"""A statement in plain words, as one sentence and in its parts. Pure.

Unknown stays unsaid. What a sender typed is shortened, never interpreted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from hub.transcript.words import score_text, time_text, title_text
from xapi.actors import ifi_of
from xapi.durations import is_duration, seconds_of
from xapi.languages import Languages, in_one_language
from xapi.vocabulary import (
    COMPLETED,
    EXT_PROGRESS,
    EXT_VOIDING_REASON,
    FAILED,
    PASSED,
    canonical_verb,
)

LONGEST = 160
"""Characters of a text that a sender typed, in a sentence."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the hub calls activities and verbs by IRI, and the languages that the reader reads."""

    activities: Mapping[str, str] = field(default_factory=dict)
    verbs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    languages: Languages = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """Who did what: "Ann Example completed Fire safety basics", and more: "score 87 %"."""

    actor: str
    verb: str
    object: str
    more: tuple[str, ...]

    @property
    def short(self) -> str:
        return f"{self.actor} {self.verb} {self.object}"

    @property
    def text(self) -> str:
        return ", ".join((self.short, *self.more))


def sentence(statement: Mapping[str, Any], names: Names, actor: str | None = None) -> Sentence:
    """*actor* is what the hub calls who acts; without it, what the statement says."""
    return Sentence(
        actor or agent_text(statement["actor"]),
        verb_text(statement["verb"], names),
        object_text(statement["object"], names),
        tuple(_result(statement)),
    )


def agent_text(agent: Mapping[str, Any]) -> str:
    """The name of an agent or group; without one, what identifies it."""
    if agent.get("name"):
        return shortened(agent["name"])
    ifi = ifi_of(agent)
    if ifi is not None:
        return shortened(f"{ifi.value} at {ifi.home_page}" if ifi.home_page else ifi.value)
    members = [agent_text(member) for member in agent.get("member", ())]
    if not members:
        return "a group"
    others = f" and {len(members) - 1} more" if len(members) > 1 else ""
    return f"a group of {members[0]}{others}"


def identifier_text(agent: Mapping[str, Any]) -> str:
    """What identifies an agent, as its system spells it; "" for an anonymous group."""
    ifi = ifi_of(agent)
    if ifi is None:
        return ""
    return f"{ifi.value} at {ifi.home_page}" if ifi.home_page else ifi.value


def verb_text(verb: Mapping[str, Any], names: Names) -> str:
    """Like "completed"."""
    shown = chosen(verb.get("display"), names) or chosen(names.verbs.get(verb["id"]), names)
    return shortened(shown) if shown else verb_name(verb["id"])


def verb_name(iri: str) -> str:
    """What can be read in a verb's IRI: its last part."""
    last = unquote(iri.rstrip("/#").rpartition("/")[2]).rpartition("#")[2]
    return last.replace("-", " ").replace("_", " ").strip() or iri


def object_text(target: Mapping[str, Any], names: Names) -> str:
    """What it was done to: the title of an activity, a person, a statement."""
    match target.get("objectType", "Activity"):
        case "Activity":
            return activity_text(target, names)
        case "StatementRef":
            return "a statement"
        case "SubStatement":
            said = sentence(target, names)
            return f"“{said.text}”"
        case _:
            return agent_text(target)


def activity_text(activity: Mapping[str, Any], names: Names) -> str:
    """The hub's title of an activity, else the one in the statement, else what its IRI tells."""
    iri = activity["id"]
    said = activity.get("definition", {}).get("name")
    title = names.activities.get(iri) or chosen(said, names) or iri
    return shortened(title_text(title, "activity"))


def chosen(texts: Mapping[str, str] | None, names: Names) -> str:
    """The entry of a language map that the reader can read best; "" for none."""
    return next(iter(in_one_language(texts or {}, names.languages).values()), "")


def duration_text(duration: str) -> str:
    """Like "1 h 20 min"; "" for what is no duration."""
    return time_text(seconds_of(duration)) if is_duration(duration) else ""


def reason_text(statement: Mapping[str, Any]) -> str:
    """Why a voiding statement voids, where the hub or the sender said it; else ""."""
    reason = statement.get("context", {}).get("extensions", {}).get(EXT_VOIDING_REASON)
    return reason if isinstance(reason, str) else ""


def size_text(count: int) -> str:
    """Bytes as people read them: "640 bytes", "1.2 MB"."""
    if count < 1000:
        return "1 byte" if count == 1 else f"{count} bytes"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000 or unit == "GB":
            break
    return f"{size:.0f} {unit}" if size >= 100 else f"{size:.1f} {unit}"


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text in one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _result(statement: Mapping[str, Any]) -> list[str]:
    verb = canonical_verb(statement["verb"]["id"])
    said = [say(statement.get("result", {})) for say in _SAYINGS]
    reason = reason_text(statement)
    usual = {PASSED.id: ("passed",), FAILED.id: ("failed",), COMPLETED.id: ("completed",)}
    known = usual.get(verb, ())
    return [text for text in said if text and text not in known] + (
        [f"reason: {shortened(reason)}"] if reason else []
    )


def _score(result: Mapping[str, Any]) -> str:
    text = score_text(result.get("score"))
    return f"score {text}" if text else ""


def _success(result: Mapping[str, Any]) -> str:
    return {True: "passed", False: "failed"}.get(result.get("success"), "")  # type: ignore[arg-type]


def _completion(result: Mapping[str, Any]) -> str:
    return {True: "completed", False: "not completed"}.get(result.get("completion"), "")  # type: ignore[arg-type]


def _progress(result: Mapping[str, Any]) -> str:
    progress = result.get("extensions", {}).get(EXT_PROGRESS)
    is_number = isinstance(progress, int | float) and not isinstance(progress, bool)
    return f"progress {progress:g} %" if is_number else ""


def _duration(result: Mapping[str, Any]) -> str:
    text = duration_text(result.get("duration", ""))
    return f"took {text}" if text else ""


def _response(result: Mapping[str, Any]) -> str:
    response = result.get("response", "")
    return f"answered “{shortened(response, 60)}”" if response else ""


_SAYINGS: tuple[Callable[[Mapping[str, Any]], str], ...] = (
    _score,
    _success,
    _completion,
    _progress,
    _duration,
    _response,
)
