"""From what an admin typed to the keys of statements: learners, verbs, activities, courses.

Names are looked up in the tables of learners, verbs and activities, never in statements. What fits
several learners or activities is not guessed: they are offered, unless one is called just that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.browser import authorities
from hub.browser.authorities import Authority
from hub.browser.finding import Keys, Search
from hub.browser.forms import FilterForm
from hub.browser.wording import Names, chosen, verb_name
from hub.catalog.models import Activity, Course
from hub.errors import HubError, Invalid
from hub.findable import findable
from hub.learners.models import Learner, Link
from hub.learners.query import surviving_id
from hub.lrs import payload
from hub.lrs.keys import Kind
from hub.lrs.models import Actor, Verb
from hub.transcript.service import learner_of_email, search_learners
from hub.transcript.words import title_text

OFFERED = 20
"""Learners or activities that are offered when several fit."""
VERBS = 500
"""Verbs whose words are looked through; others are found by their IRI."""
MOST_KEYS = 300
"""Identifiers of one learner, or activities of one course, that are searched for."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One of several things that what was typed may mean: its text, a detail, and its filters."""

    title: str
    detail: str
    filters: dict[str, str]


@dataclass(slots=True)
class Choice:
    """What was understood of a form: the search, or what has to be chosen first.

    problems tells what was not understood, by field. learner, course and activity are those that
    are filtered by, for the page to name.
    """

    search: Search = field(default_factory=Search)
    offers: dict[str, list[Offer]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    learner: Learner | None = None
    course: Course | None = None
    activity_title: str = ""

    @property
    def complete(self) -> bool:
        return not self.offers and not self.problems


class _Several(Exception):
    def __init__(self, offers: list[Offer]) -> None:
        super().__init__()
        self.offers = offers


def choose(
    session: Session,
    form: FilterForm,
    known: Sequence[Authority],
    *,
    newest: int | None,
    after: int | None,
) -> Choice:
    """Read a form that is valid by itself. *known* are all authorities there are."""
    choice = Choice()
    filters: list[Keys] = []
    authority: Authority | None = None
    for name, find in _FILTERS:
        try:
            keys = find(session, form, choice)
        except _Several as several:
            choice.offers[name] = several.offers
        except HubError as error:
            choice.problems[name] = f"{error.message} {error.hint}".strip()
        else:
            filters += [keys] if keys is not None else []
    if form.by.data:
        authority = next(one for one in known if one.key == form.by.data)
        filters.append(authorities.keys_of(session, authority))
    since, until = form.since.data, form.until.data
    if since and until and since > until:
        choice.problems["until"] = "It lies before Stored from, so that nothing is in between."
    choice.search = Search(
        filters=tuple(filters),
        authority_id=authority.id if authority else None,
        since=_midnight(since) if since else None,
        before=_midnight(until) + timedelta(days=1) if until else None,
        voided=form.voided.data,
        newest=newest,
        after=after,
    )
    return choice


def verb_words(session: Session, names: Names) -> list[str]:
    """The words of the verbs there are, to choose from."""
    verbs = _verbs(session)
    return sorted({chosen(display, names) or verb_name(iri) for _, iri, display in verbs})


def _learner(session: Session, form: FilterForm, choice: Choice) -> Keys | None:
    text = (form.learner.data or "").strip()
    learner = _learner_by_id(session, form.learner_id.data)
    if learner is not None and form.learner.raw_data and text != label(learner):
        learner = None  # something else was typed over the name
    if learner is None and not text:
        return None
    learner = learner or _learner_by_text(session, text)
    choice.learner = learner
    form.learner.data = label(learner)
    actors = (
        select(Actor.id)
        .join(Link, Link.identifier_id == Actor.identifier_id)
        .where(Link.learner_id == learner.id, Link.valid_to.is_(None))
        .order_by(Actor.id)
        .limit(MOST_KEYS)
    )
    return Keys((Kind.AGENT,), tuple(session.scalars(actors)))


def label(learner: Learner) -> str:
    """What stands in the form for a learner who was chosen."""
    return learner.name or f"Learner {learner.id}"


def _learner_by_id(session: Session, text: str | None) -> Learner | None:
    learner_id = _uuid(text)
    return session.get(Learner, surviving_id(session, learner_id)) if learner_id else None


def _learner_by_text(session: Session, text: str) -> Learner:
    exact = _learner_by_id(session, text) or learner_of_email(session, text)
    if exact is not None:
        return exact
    found = search_learners(session, text, OFFERED + 1)
    if not found:
        raise Invalid(
            f"No learner has a name or an identifier that holds “{text}”.",
            hint="Try a shorter part of it.",
        )
    named = [one for one, _ in found if (one.name or "").casefold() == text.casefold()]
    if len(found) == 1 or len(named) == 1:
        return named[0] if named else found[0][0]
    raise _Several(
        [
            Offer(label(one), mail, {"learner": label(one), "learner_id": str(one.id)})
            for one, mail in found
        ]
    )


def _verb(session: Session, form: FilterForm, _: Choice) -> Keys | None:
    text = (form.verb.data or "").strip()
    if not text:
        return None
    exact = session.scalars(select(Verb.id).where(Verb.iri == findable(text))).one_or_none()
    ids = [exact] if exact is not None else []
    if not ids:
        wanted = text.casefold()
        ids = [row_id for row_id, iri, said in _verbs(session) if wanted in _words(iri, said)]
    if not ids:
        raise Invalid(
            f"No statement has a verb that reads “{text}”.",
            hint="Choose one that the field suggests, or give the IRI.",
        )
    return Keys((Kind.VERB,), tuple(ids))


def _verbs(session: Session) -> list[tuple[int, str, dict[str, Any]]]:
    """Id, IRI and display of the verbs that came first."""
    rows = session.execute(select(Verb.id, Verb.iri, Verb.display).order_by(Verb.id).limit(VERBS))
    return [(row_id, iri, payload.decode(kept) if kept else {}) for row_id, iri, kept in rows]


def _words(iri: str, display: dict[str, Any]) -> set[str]:
    """Everything that a verb is called, in any language."""
    return {word.casefold() for word in (verb_name(iri), *display.values())}


def _activity(session: Session, form: FilterForm, choice: Choice) -> Keys | None:
    text = (form.activity.data or "").strip()
    if not text:
        return None
    exact = session.execute(
        select(Activity.id, Activity.title).where(Activity.iri == findable(text))
    ).one_or_none()
    if exact is None:
        exact = _activity_by_text(session, text)
    choice.activity_title = title_text(exact.title or text, "activity")
    return Keys(_kinds(form), (exact.id,))


def _activity_by_text(session: Session, text: str) -> Any:
    held = [
        func.lower(column).contains(text.lower(), autoescape=True)
        for column in (Activity.title, Activity.iri)
    ]
    found = session.execute(
        select(Activity.id, Activity.iri, Activity.title)
        .where(or_(*held))
        .order_by(Activity.title, Activity.id)
        .limit(OFFERED + 1)
    ).all()
    if not found:
        raise Invalid(
            f"No activity has a title or an IRI that holds “{text}”.",
            hint="Try a shorter part of it.",
        )
    titled = [row for row in found if (row.title or "").casefold() == text.casefold()]
    if len(found) == 1 or len(titled) == 1:
        return titled[0] if titled else found[0]
    raise _Several(
        [
            Offer(title_text(row.title or row.iri, "activity"), row.iri, {"activity": row.iri})
            for row in found
        ]
    )


def _course(session: Session, form: FilterForm, choice: Choice) -> Keys | None:
    """Everything about a course and its parts; which of these are evidence does not matter."""
    if not form.course.data:
        return None
    course_id = _uuid(form.course.data)
    choice.course = session.get(Course, course_id) if course_id else None
    if choice.course is None:
        raise Invalid("There is no such course.", hint="Open it from a transcript again.")
    ids = (
        select(Activity.id)
        .where(Activity.course_id == choice.course.id)
        .order_by(Activity.parent_id.is_not(None), Activity.id)
        .limit(MOST_KEYS)
    )
    return Keys((Kind.ACTIVITY,), tuple(session.scalars(ids)))


_FILTERS = (("learner", _learner), ("activity", _activity), ("course", _course), ("verb", _verb))


def _kinds(form: FilterForm) -> tuple[Kind, ...]:
    return (Kind.ACTIVITY, Kind.RELATED_ACTIVITY) if form.mentions.data else (Kind.ACTIVITY,)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), UTC)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
