"""Merged definitions in the database: read and written in a few statements, whatever their number."""

import pytest
from sqlalchemy import event, insert, select

from hub.catalog.definitions import definitions_of, merge
from hub.catalog.models import Activity
from hub.lrs.models import Verb
from hub.lrs.verbs import displays_of, merge_displays

IRIS = [f"https://lms.example.org/course/{number}" for number in range(3)]


@pytest.fixture
def ids(hub):
    """Ids of three activities by IRI."""
    with hub.database.transaction() as session:
        session.add_all([Activity(iri=iri) for iri in IRIS])
        session.flush()
        return dict(session.execute(select(Activity.iri, Activity.id)).all())


@pytest.fixture
def said(hub):
    """The SQL that was sent."""
    statements = []
    event.listen(
        hub.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: statements.append(statement.split()[0]),
    )
    return statements


def keep(hub, arrived):
    with hub.database.transaction() as session:
        merge(session, arrived)


def known(hub):
    with hub.database.reading() as session:
        return definitions_of(session, [*IRIS, "https://nobody.example.org"])


def test_definitions_are_merged_with_what_is_known(hub, ids):
    one, other, _ = IRIS
    keep(hub, {ids[one]: [{"name": {"en": "Fire"}}, {"name": {"de": "Feuer"}}]})
    keep(hub, {ids[one]: [{"name": {"en": "Water"}}], ids[other]: [{"type": "https://x.org/t"}]})
    assert known(hub) == {
        one: {"name": {"en": "Fire", "de": "Feuer"}},
        other: {"type": "https://x.org/t"},
    }


def test_many_definitions_take_one_question_and_one_update(hub, ids, said):
    keep(hub, {row: [{"name": {"en": "Fire"}}] for row in ids.values()})
    assert said.count("SELECT") == 1
    assert said.count("UPDATE") == 1


def test_a_definition_that_is_known_writes_nothing(hub, ids, said):
    arrived = {row: [{"name": {"en": "Fire"}}] for row in ids.values()}
    keep(hub, arrived)
    said.clear()
    keep(hub, arrived)
    assert said.count("UPDATE") == 0


def test_reading_activities_leaves_their_definitions_behind(hub, ids, said):
    statements = []
    event.listen(
        hub.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: statements.append(statement),
    )
    with hub.database.reading() as session:
        session.scalars(select(Activity)).all()
    assert not any("definition" in statement for statement in statements)


def test_more_activities_than_a_query_takes_are_all_answered(hub):
    iris = [f"https://lms.example.org/many/{number}" for number in range(1000)]
    with hub.database.transaction() as session:
        session.execute(
            insert(Activity),
            [
                {"iri": iri, "declared": False, "decides": False, "position": 0, "cancelled": False}
                for iri in iris
            ],
        )
        rows = session.scalars(select(Activity.id)).all()
        merge(session, {row: [{"name": {"en": str(row)}}] for row in rows})
        assert definitions_of(session, iris).keys() == set(iris)


def test_displays_of_verbs_are_merged(hub):
    iri = "https://x.org/did"
    with hub.database.transaction() as session:
        session.add(Verb(iri=iri))
        session.flush()
        row = session.scalars(select(Verb.id)).one()
        merge_displays(session, {row: [{"en": "did"}]})
        merge_displays(session, {row: [{"en": "made"}, {"de": "tat"}]})
        assert displays_of(session, [iri, "https://x.org/none"]) == {
            iri: {"en": "did", "de": "tat"}
        }
