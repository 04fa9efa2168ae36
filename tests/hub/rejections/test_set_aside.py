"""Records that are set aside: one row per record and reason, closed by the record itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from hub.keyring import KeysUnusable, create_keyring
from hub.rejections.models import Rejection
from hub.rejections.service import count_open, open_rejections, payload_of
from tests.hub.runs.scripted import NOON, attendance, rejected


def row(hub):
    with hub.database.reading() as session:
        return session.scalars(select(Rejection)).one()


def test_the_same_bad_record_is_one_row_with_a_counter(says, set_aside):
    for _ in range(3):
        says(rejected())
    assert set_aside() == [("9", "unknown_status", "open", 3)]


def test_another_reason_of_the_same_record_is_another_row(says, set_aside):
    says(rejected())
    says(rejected(code="no_learner"))
    assert [code for _, code, _, _ in set_aside()] == ["no_learner", "unknown_status"]


def test_a_record_that_passes_closes_its_rows(hub, says, set_aside):
    says(rejected())
    says(attendance("attended", at=NOON + timedelta(minutes=1)))
    assert set_aside() == [("9", "unknown_status", "fixed", 1)]
    with hub.database.reading() as session:
        assert open_rejections(session) == []


def test_a_record_that_fails_again_opens_its_row_again(says, set_aside):
    says(rejected())
    says(attendance("attended", at=NOON + timedelta(minutes=1)))
    says(rejected())
    assert set_aside() == [("9", "unknown_status", "open", 2)]


def test_a_record_that_passes_and_fails_in_one_page_stays_open(says, set_aside):
    says(rejected(), attendance("attended"))
    assert set_aside() == [("9", "unknown_status", "open", 1)]


def test_a_record_that_is_gone_after_everything_was_read_is_closed(says, set_aside):
    says(rejected(), attendance("attended", key="2"))
    says(attendance("attended", key="2"))
    assert set_aside() == [("9", "unknown_status", "open", 1)]
    says(attendance("attended", key="2"), full=True)
    assert set_aside() == [("9", "unknown_status", "fixed", 1)]


def test_the_payload_is_kept_and_nobody_reads_it_in_the_database(hub, says):
    says(rejected())
    assert b"c4n4ry-payload" in payload_of(hub.keyring, row(hub))
    with hub.database.reading() as session:
        (stored,) = session.execute(text("SELECT payload FROM rejection")).one()
    assert b"c4n4ry" not in bytes(stored)


def test_a_payload_opens_with_its_own_keys_and_in_its_own_place_only(hub, says, tmp_path):
    says(rejected())
    with pytest.raises(KeysUnusable, match="with a key that is not in the key file"):
        payload_of(create_keyring(tmp_path / "others.json"), row(hub))
    moved = row(hub)
    moved.record_key = "another"
    with pytest.raises(KeysUnusable, match="does not open"):
        payload_of(hub.keyring, moved)


def test_open_rows_are_counted_by_source(hub, says, source_id):
    says(rejected("1"), rejected("2"))
    with hub.database.reading() as session:
        assert count_open(session, [source_id]) == {source_id: 2}
