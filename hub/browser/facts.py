"""Everything a statement says, as the rows of a table, and what other statements say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.browser import wording
from hub.browser.authorities import Authority
from hub.browser.finding import COLUMNS, Row
from hub.browser.names import Told, names_in, tell
from hub.browser.wording import Names
from hub.errors import NotFound
from hub.lrs.attachment_models import Attachment, StatementAttachment
from hub.lrs.models import Statement
from hub.web.times import moment
from xapi import json as xapi_json
from xapi.languages import Languages
from xapi.vocabulary import VOIDED

REFERRING = 50
"""Statements that refer to one and are named on its page."""

_GROUPS = {"parent": "Part of", "grouping": "Grouped under", "category": "Category"}
_SCORES = (("scaled", "scaled"), ("raw", "raw"), ("min", "lowest"), ("max", "highest"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a fact: its text, what it is of, a code such as an IRI, and where it leads."""

    text: str = ""
    label: str = ""
    code: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of the table."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment as the statement names it. kept: bytes that the hub has; None without any."""

    name: str
    content_type: str
    stated: int
    kept: int | None
    address: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is connected with a statement by reference.

    target: what it refers to, if that is stored. referring: what refers to it, at most REFERRING.
    voiding: those of them that void it.
    """

    target: Told | None
    referring: tuple[Told, ...]
    voiding: tuple[Told, ...]


def statement_by_id(session: Session, statement_id: UUID) -> Row:
    """Also a voided one. Raises NotFound."""
    found = session.execute(select(*COLUMNS).where(Statement.id == statement_id)).one_or_none()
    if found is None:
        raise NotFound(
            f"There is no statement with the id {statement_id}.",
            hint="The id stands in the statement itself, as `id`.",
        )
    return Row(*found)


def around(session: Session, told: Told, languages: Languages) -> Around:
    """The statements that this one refers to, and those that refer to it, newest first."""
    target = told.statement["object"]
    rows = []
    if target.get("objectType") == "StatementRef":
        rows = list(session.execute(select(*COLUMNS).where(Statement.id == UUID(target["id"]))))
    newest = Statement.seq.desc()
    referring = session.execute(
        select(*COLUMNS).where(Statement.target_id == told.row.id).order_by(newest).limit(REFERRING)
    )
    said = tell(session, [Row(*row) for row in referring], languages)
    voiding = [one for one in said if one.statement["verb"]["id"] == VOIDED.id]
    targets = tell(session, [Row(*row) for row in rows], languages)
    return Around(
        targets[0] if targets else None,
        tuple(said),
        tuple(voiding) if told.row.voided else (),
    )


def attachments_of(session: Session, told: Told, languages: Languages) -> list[Kept]:
    """The attachments that the statement or its SubStatement names, with what the hub has."""
    target = told.statement["object"]
    named = [
        *told.statement.get("attachments", ()),
        *(target.get("attachments", ()) if target.get("objectType") == "SubStatement" else ()),
    ]
    rows = session.execute(
        select(StatementAttachment.sha2, Attachment.length)
        .join(Attachment, Attachment.sha256 == StatementAttachment.sha256)
        .where(StatementAttachment.seq == told.row.seq)
    )
    lengths: dict[str, int] = dict(rows.all())
    names = Names(languages=languages)
    return [
        Kept(
            name=wording.chosen(one.get("display"), names) or "Without a name",
            content_type=one["contentType"],
            stated=one["length"],
            kept=lengths.get(one["sha2"].lower()),
            address=one.get("fileUrl", ""),
        )
        for one in named
    ]


def facts(session: Session, told: Told, authority: Authority, languages: Languages) -> list[Fact]:
    """The rows, those without content left out."""
    statement = told.statement
    names = names_in(session, [statement], languages)
    rows: list[tuple[str, Iterator[Line]]] = [
        ("Who", _actor(told)),
        ("Did", _verb(statement["verb"], names)),
        ("What", _object(statement["object"], names)),
        ("Result", _result(statement.get("result", {}))),
        ("Context", _context(statement.get("context", {}), names)),
        ("When", _when(told)),
        ("Stated by", _authority(statement, authority)),
        ("Statement", _identity(told)),
    ]
    kept = [Fact(title, tuple(lines)) for title, lines in rows]
    return [fact for fact in kept if fact.lines]


def _actor(told: Told) -> Iterator[Line]:
    actor = told.statement["actor"]
    url = url_for("transcript.learner", learner_id=told.learner.id) if told.learner else ""
    yield Line(told.sentence.actor, url=url)
    yield from _agent_detail(actor, told.sentence.actor)


def _agent_detail(agent: Mapping[str, Any], shown: str) -> Iterator[Line]:
    identifier = wording.identifier_text(agent)
    if identifier and identifier != shown:
        yield Line(code=identifier)
    if agent.get("objectType") == "Group":
        members = [wording.agent_text(member) for member in agent.get("member", ())]
        yield Line(", ".join(members) or "not told", label="Members")
    if agent.get("name") and agent["name"] != shown:
        yield Line(agent["name"], label="Called there")


def _verb(verb: Mapping[str, Any], names: Names) -> Iterator[Line]:
    url = url_for("browser.listed", verb=verb["id"])
    yield Line(wording.verb_text(verb, names), code=verb["id"], url=url)


def _object(target: Mapping[str, Any], names: Names) -> Iterator[Line]:
    kind = target.get("objectType", "Activity")
    text = wording.object_text(target, names)
    if kind == "Activity":
        yield _activity(target, names)
        definition = target.get("definition", {})
        description = wording.chosen(definition.get("description"), names)
        if description:
            yield Line(description, label="Description")
        for name, label in (("type", "Type"), ("moreInfo", "More")):
            if name in definition:
                yield Line(label=label, code=definition[name])
    elif kind == "StatementRef":
        url = url_for("browser.statement", statement_id=UUID(target["id"]))
        yield Line("Another statement", code=target["id"], url=url)
    else:
        yield Line(text)
        if kind in ("Agent", "Group"):
            yield from _agent_detail(target, text)


def _activity(activity: Mapping[str, Any], names: Names, label: str = "") -> Line:
    iri = activity["id"]
    url = url_for("browser.listed", activity=iri, mentions="y" if label else None)
    return Line(wording.activity_text(activity, names), label=label, code=iri, url=url)


def _result(result: Mapping[str, Any]) -> Iterator[Line]:
    score = result.get("score", {})
    figures = [f"{label} {score[name]:g}" for name, label in _SCORES if name in score]
    if figures:
        yield Line(", ".join(figures), label="Score")
    for name, label, words in (
        ("success", "Success", ("yes", "no")),
        ("completion", "Completion", ("yes", "no")),
    ):
        if name in result:
            yield Line(words[0] if result[name] else words[1], label=label)
    if "duration" in result:
        text = wording.duration_text(result["duration"])
        yield Line(text, label="Duration", code=result["duration"])
    if "response" in result:
        yield Line(result["response"], label="Response")
    yield from _extensions(result)


def _context(context: Mapping[str, Any], names: Names) -> Iterator[Line]:
    for name in ("registration", "platform", "language", "revision"):
        if name in context:
            yield Line(context[name], label=name.capitalize())
    for name in ("instructor", "team"):
        if name in context:
            yield Line(wording.agent_text(context[name]), label=name.capitalize())
    for entry in (*context.get("contextAgents", ()), *context.get("contextGroups", ())):
        agent = entry.get("agent") or entry["group"]
        yield Line(wording.agent_text(agent), label="Concerns")
    for group, activities in context.get("contextActivities", {}).items():
        label = _GROUPS.get(group, "See also")
        for activity in activities if isinstance(activities, list) else [activities]:
            yield _activity(activity, names, label)
    if "statement" in context:
        target = context["statement"]["id"]
        url = url_for("browser.statement", statement_id=UUID(target))
        yield Line("Another statement", label="Belongs to", code=target, url=url)
    yield from _extensions(context)


def _extensions(holder: Mapping[str, Any]) -> Iterator[Line]:
    for iri, value in holder.get("extensions", {}).items():
        label = wording.verb_name(iri).capitalize()
        if isinstance(value, str):
            yield Line(wording.shortened(value, 500), label=label)
        else:
            text = xapi_json.dumps(value).decode()
            yield Line(label=label, code=wording.shortened(text, 500))


def _when(told: Told) -> Iterator[Line]:
    yield Line(moment(told.row.timestamp), label="It happened")
    yield Line(moment(told.row.stored), label="Stored here")


def _authority(statement: Mapping[str, Any], authority: Authority) -> Iterator[Line]:
    yield Line(authority.title, url=authority.url)
    said = wording.agent_text(statement["authority"])
    if authority.kind == "import" and said != authority.name:
        yield Line(said, label="On the word of")


def _identity(told: Told) -> Iterator[Line]:
    yield Line(label="Id", code=str(told.row.id))
    yield Line(told.statement["version"], label="xAPI version")
    yield Line(f"{told.row.seq:,}", label="Place in the order of storing")


def counted(around: Around) -> Sequence[Told]:
    """What refers to a statement, without what voids it."""
    return [one for one in around.referring if one not in around.voiding]
