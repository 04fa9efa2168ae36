"""Sources: what is stored, what is refused, and that secrets stay secret."""

import pytest

from hub.errors import Conflict, Invalid, NotFound
from hub.keyring import KeysUnusable
from hub.sources import service
from hub.sources.checking import check_source, outcome_of

CANARY = "c4n4ry0f5ecret5"
MOODLE = {"base_url": "http://127.0.0.1:9", "token": CANARY}


@pytest.fixture
def academy(hub):
    with hub.database.transaction() as session:
        return service.add_source(
            session, hub.keyring, connector_key="moodle", name="academy", values=MOODLE
        )


def add(hub, **changes):
    wanted = {"connector_key": "moodle", "name": "academy", "values": MOODLE} | changes
    with hub.database.transaction() as session:
        return service.add_source(session, hub.keyring, **wanted)


def test_a_secret_is_nowhere_in_the_row_and_opens_only_for_its_source_and_field(hub, academy):
    assert CANARY not in str(academy.config)
    assert CANARY not in str(academy.secrets)
    assert service.secrets_of(academy, hub.keyring) == {"token": CANARY}
    other = add(hub, name="other")
    other.secrets = academy.secrets
    with pytest.raises(KeysUnusable):
        service.secrets_of(other, hub.keyring)


def test_a_connector_gets_its_configuration_with_the_secret_in_it(hub, academy):
    connector = service.connector_for(academy, hub.keyring, hub.settings)
    assert connector.config["token"] == CANARY
    assert connector.config["student_roles"] == ["student"]
    connector.http.close()


@pytest.mark.parametrize("name", ["", "a b", "ä", "a/b", "x" * 61, "a\n"])
def test_a_name_that_is_no_name_is_refused_with_the_rule(hub, name):
    with pytest.raises(Invalid) as caught:
        add(hub, name=name)
    assert caught.value.field == "name"
    assert "letters, digits" in caught.value.hint


def test_a_name_is_taken_once(hub, academy):
    with pytest.raises(Conflict):
        add(hub)


def test_an_unknown_connector_is_refused_with_those_there_are(hub):
    with pytest.raises(NotFound) as caught:
        add(hub, connector_key="mooodle")
    assert "moodle" in caught.value.hint


def test_every_broken_rule_is_told_with_the_field_that_breaks_it(hub):
    with pytest.raises(service.BadConfiguration) as caught:
        add(hub, values={"base_url": "nowhere", "page_size": "many", "colour": "red"})
    assert set(caught.value.problems) == {"base_url", "page_size", "colour", "token"}
    assert "Token: This is needed." in caught.value.message


def test_a_secret_without_text_keeps_its_value(hub, academy):
    with hub.database.transaction() as session:
        source = service.get_source(session, "academy")
        service.change_source(
            session, hub.keyring, source, {"base_url": "http://127.0.0.1:10", "token": ""}
        )
        assert source.config["base_url"] == "http://127.0.0.1:10"
        assert service.secrets_of(source, hub.keyring) == {"token": CANARY}


def test_a_check_that_reaches_nothing_is_remembered_with_cause_and_no_secret(hub, academy):
    outcome = check_source(hub.database, hub.keyring, hub.settings, academy.id)
    assert not outcome.ok
    assert "127.0.0.1" in outcome.message
    with hub.database.reading() as session:
        source = service.get_source(session, "academy")
    assert outcome_of(source.last_check) == outcome
    assert CANARY not in str(source.last_check)


def test_pausing_twice_keeps_the_first_time(hub, academy):
    with hub.database.transaction() as session:
        first = service.pause(session, service.get_source(session, "academy")).paused_at
    with hub.database.transaction() as session:
        assert service.pause(session, service.get_source(session, "academy")).paused_at == first
        assert service.resume(session, service.get_source(session, "academy")).paused_at is None
