"""Cursors: only ours, only for the question that they were written for."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import Settings
from hub.api.openapi import PREFIX
from hub.api.paging import BadCursor, position
from hub.database import Database
from hub.extensions import Hub

QUERY = {"limit": 2, "cursor": None, "status": None}


@pytest.fixture
def bare_app(keyring, tmp_path):
    """An application with keys and without a database."""
    app = Flask(__name__)
    app.extensions["hub"] = Hub(Settings(), Database(f"sqlite:///{tmp_path}/unused.db"), keyring)
    return app


@pytest.fixture
def cursor(bare_app):
    """A cursor of the list "rows" after the row ("b",)."""
    with bare_app.test_request_context(PREFIX):
        page = position("rows", QUERY, key_length=1).page(["a", "b", "c"], lambda row: (row,))
    assert (list(page.data), page.has_more) == (["a", "b"], True)
    return page.next_cursor


def begin(app, name="rows", **query):
    with app.test_request_context(PREFIX):
        return position(name, QUERY | query, key_length=1)


def test_a_cursor_goes_on_after_the_last_row_that_was_sent(bare_app, cursor):
    assert begin(bare_app, cursor=cursor).after == ("b",)


def test_the_limit_may_change_from_page_to_page(bare_app, cursor):
    assert begin(bare_app, cursor=cursor, limit=7).after == ("b",)


def test_a_cursor_of_another_question_is_refused(bare_app, cursor):
    with pytest.raises(BadCursor, match="another question"):
        begin(bare_app, cursor=cursor, status="passed")
    with pytest.raises(BadCursor, match="another question"):
        begin(bare_app, "others", cursor=cursor)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cursor_with_one_changed_character_is_refused(bare_app, cursor, data):
    place = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.characters(codec="utf-8").filter(lambda c: c != cursor[place]))

    with pytest.raises(BadCursor):
        begin(bare_app, cursor=cursor[:place] + character + cursor[place + 1 :])


def test_an_answer_to_a_wrong_cursor_is_a_400_problem_that_points_at_it(ask):
    for text in ("", ".", "x", "W10.x", "é", "a" * 5000):
        answer = ask("/api/v1/progress", cursor=text)

        assert answer.status_code == 400
        assert answer.json["type"].endswith(":invalid_cursor")
        assert answer.json["errors"][0]["pointer"] == "/query/cursor"


def test_a_cursor_shows_no_values(ask, add_learner, add_course, add_progress):
    course = add_course()
    for _ in range(2):
        add_progress(add_learner(), course)

    cursor = ask("/api/v1/progress", limit=1).json["next_cursor"]

    assert str(course) not in cursor
