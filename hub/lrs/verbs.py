"""Keeps the merged display of each verb, which statements add to as they arrive.

The same manners as hub.catalog.definitions: in the writer's transaction, and remembering nothing.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from hub.catalog.definitions import json_of, merge_json
from hub.lrs.models import Verb
from xapi.definitions import merge_displays as merged


def merge_displays(session: Session, arrived: Mapping[int, Iterable[Mapping[str, str]]]) -> None:
    """Add displays to verbs by their id; those of one verb in order of arrival."""
    merge_json(session, Verb, Verb.display, arrived, merged)


def displays_of(session: Session, iris: Iterable[str]) -> dict[str, dict[str, str]]:
    """The merged displays of these verbs; those without one are absent."""
    return json_of(session, Verb.iri, Verb.display, iris)
