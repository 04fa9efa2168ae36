"""Guessing passwords becomes slow."""

from datetime import UTC, datetime, timedelta

import time_machine

from hub.accounts.throttle import MOST_KEYS, PER_ACCOUNT, PER_ADDRESS, WINDOW, Throttle

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_an_account_is_guessed_at_only_so_often_from_wherever():
    throttle = Throttle()
    with time_machine.travel(NOON, tick=False):
        waits = [throttle.attempt("ada", f"10.0.0.{n}") for n in range(PER_ACCOUNT + 1)]

        assert waits == [0] * PER_ACCOUNT + [WINDOW.total_seconds()]
        assert throttle.attempt("bob", "10.0.0.1") == 0


def test_an_address_guesses_only_so_often_at_whomever():
    throttle = Throttle()
    with time_machine.travel(NOON, tick=False):
        waits = [throttle.attempt(f"user{n}", "10.0.0.1") for n in range(PER_ADDRESS + 1)]

    assert waits == [0] * PER_ADDRESS + [WINDOW.total_seconds()]


def test_after_the_time_that_it_says_the_next_attempt_is_let_through():
    throttle = Throttle()
    with time_machine.travel(NOON, tick=False):
        for _ in range(PER_ACCOUNT):
            throttle.attempt("ada", "10.0.0.1")
    late = NOON + timedelta(minutes=10)
    with time_machine.travel(late, tick=False):
        wait = throttle.attempt("ada", "10.0.0.1")
    assert wait == 5 * 60
    with time_machine.travel(late + timedelta(seconds=wait), tick=False):
        assert throttle.attempt("ada", "10.0.0.1") == 0


def test_attempts_that_are_turned_away_do_not_lengthen_the_wait():
    throttle = Throttle()
    with time_machine.travel(NOON, tick=False):
        for _ in range(PER_ACCOUNT + 30):
            throttle.attempt("ada", "10.0.0.1")
    with time_machine.travel(NOON + WINDOW, tick=False):
        assert throttle.attempt("ada", "10.0.0.1") == 0


def test_the_right_password_clears_the_account():
    throttle = Throttle()
    for _ in range(PER_ACCOUNT):
        throttle.attempt("ada", "10.0.0.1")

    throttle.forget("ada", "10.0.0.1")

    assert throttle.attempt("ada", "10.0.0.1") == 0


def test_a_whole_company_may_sign_in_from_one_address():
    throttle = Throttle()
    for number in range(PER_ADDRESS * 2):
        assert throttle.attempt(f"user{number}", "10.0.0.1") == 0
        throttle.forget(f"user{number}", "10.0.0.1")

    assert throttle.attempt("ada", "10.0.0.1") == 0


def test_memory_is_bounded_however_many_names_are_tried():
    throttle = Throttle()
    for number in range(MOST_KEYS + 100):
        throttle.attempt(f"user{number}", f"address{number}")

    assert len(throttle._attempts) == MOST_KEYS
