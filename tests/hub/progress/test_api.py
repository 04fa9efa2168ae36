"""What a reporting tool reads about progress."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import time_machine

from hub.accounts.vendors import create_vendor
from hub.progress.models import Progress
from hub.runs.models import Run
from hub.sources.models import Source

SPRING = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NAMES = [
    "learner",
    "course",
    "title",
    "modality",
    "status",
    "completion",
    "success",
    "score",
    "percent",
    "registered_at",
    "started_at",
    "completed_at",
    "satisfied_at",
    "valid_until",
    "due_at",
    "attempts",
    "seconds",
    "flags",
    "sources",
    "last_result",
    "parts",
    "updated_at",
]


def add_source(hub, name="Moodle", connector="moodle"):
    with hub.database.transaction() as session:
        source = Source(
            connector=connector,
            name=name,
            config={},
            secrets={},
            created_at=SPRING,
            changed_at=SPRING,
        )
        session.add(source)
        session.flush()
        return source.id


def add_run(hub, source_id, state, started_at):
    with hub.database.transaction() as session:
        run = Run(
            source_id=source_id,
            state=state,
            requested_by="test",
            requested_at=started_at,
            started_at=started_at,
            ended_at=started_at + timedelta(minutes=5),
            counts={},
        )
        session.add(run)
        session.flush()
        return run.id


def pages(ask, path, **query):
    """All answers of a list, one after the other."""
    answers = [ask(path, **query).json]
    while answers[-1]["has_more"]:
        answers.append(ask(path, **query, cursor=answers[-1]["next_cursor"]).json)
    return answers


def test_a_record_has_exactly_the_promised_names(ask, add_learner, add_course, add_progress):
    add_progress(add_learner(), add_course())

    (record,) = ask("/api/v1/progress").json["data"]

    assert sorted(record) == sorted(NAMES)


def test_a_record_says_what_the_row_says(hub, ask, add_learner, add_course, add_progress):
    learner, course = add_learner(), add_course("Fire safety")
    source = add_source(hub)
    with hub.database.transaction() as session:
        vendor, _, _ = create_vendor(session, hub.keyring, "Acme LMS")
    gone = uuid4()
    add_progress(
        learner,
        course,
        status="passed",
        modality="self-paced",
        completion=True,
        success=True,
        score_scaled=0.87,
        score_raw=87.0,
        score_min=0.0,
        score_max=100.0,
        percent=100,
        started_at=SPRING,
        satisfied_at=SPRING + timedelta(microseconds=7),
        attempts=2,
        seconds=61.5,
        last_result="passed",
        flags=["scaled_assumed_100"],
        sources=[f"source:{source}", f"vendor:{vendor.id}", f"source:{gone}"],
        parts=[{"title": "Lesson 1", "status": "passed"}],
    )

    (record,) = ask("/api/v1/progress").json["data"]

    assert record == {
        "learner": str(learner),
        "course": str(course),
        "title": "Fire safety",
        "modality": "self-paced",
        "status": "passed",
        "completion": True,
        "success": True,
        "score": {"scaled": 0.87, "raw": 87.0, "min": 0.0, "max": 100.0},
        "percent": 100,
        "registered_at": None,
        "started_at": "2026-03-01T09:30:00Z",
        "completed_at": None,
        "satisfied_at": "2026-03-01T09:30:00.000007Z",
        "valid_until": None,
        "due_at": None,
        "attempts": 2,
        "seconds": 61.5,
        "flags": ["scaled_assumed_100"],
        "sources": [
            {"id": str(source), "name": "Moodle", "kind": "source"},
            {"id": str(vendor.id), "name": "Acme LMS", "kind": "vendor"},
            {"id": str(gone), "name": None, "kind": "source"},
        ],
        "last_result": "passed",
        "parts": [{"title": "Lesson 1", "status": "passed"}],
        "updated_at": "2026-03-01T09:30:00Z",
    }


def test_no_score_is_null_and_a_score_of_zero_is_not(ask, add_learner, add_course, add_progress):
    learner = add_learner()
    add_progress(learner, add_course(), updated_at=SPRING)
    add_progress(learner, add_course(), score_raw=0.0, updated_at=SPRING + timedelta(seconds=1))

    absent, zero = ask("/api/v1/progress").json["data"]

    assert absent["score"] is None
    assert zero["score"] == {"scaled": None, "raw": 0.0, "min": None, "max": None}


def test_unknown_is_null_and_not_false(ask, add_learner, add_course, add_progress):
    add_progress(add_learner(), add_course(), success=False)

    (record,) = ask("/api/v1/progress").json["data"]

    assert (record["completion"], record["success"]) == (None, False)


def test_expired_and_overdue_follow_the_clock_without_a_write(
    hub, token, api_app, add_learner, add_course, add_progress
):
    add_progress(
        add_learner(), add_course(), satisfied_at=SPRING, valid_until=SPRING + timedelta(days=10)
    )
    add_progress(add_learner(), add_course(), due_at=SPRING + timedelta(days=10))
    client, headers = api_app.test_client(), {"Authorization": f"Bearer {token()}"}

    def flags(at):
        with time_machine.travel(at, tick=False):
            answer = client.get("/api/v1/progress", headers=headers).json
        return sorted(record["flags"] for record in answer["data"])

    assert flags(SPRING + timedelta(days=9)) == [[], []]
    assert flags(SPRING + timedelta(days=11)) == [["expired"], ["overdue"]]


def test_pages_have_every_record_once_in_the_order_of_change(
    ask, add_learner, add_course, add_progress
):
    course = add_course()
    learners = [add_learner() for _ in range(7)]
    for number, learner in enumerate(learners):
        # Several records of the same instant: a page can end between them.
        add_progress(learner, course, updated_at=SPRING + timedelta(seconds=number // 3))

    answers = pages(ask, "/api/v1/progress", limit=2)

    assert [len(answer["data"]) for answer in answers] == [2, 2, 2, 1]
    rows = [row for answer in answers for row in answer["data"]]
    assert sorted(row["learner"] for row in rows) == sorted(map(str, learners))
    keys = [(row["updated_at"], row["learner"], row["course"]) for row in rows]
    assert keys == sorted(keys)
    assert answers[-1]["next_cursor"] is None


def test_a_page_that_is_exactly_full_says_that_there_is_no_more(
    ask, add_learner, add_course, add_progress
):
    course = add_course()
    for _ in range(2):
        add_progress(add_learner(), course)

    answer = ask("/api/v1/progress", limit=2).json

    assert (len(answer["data"]), answer["has_more"], answer["next_cursor"]) == (2, False, None)


def test_a_record_that_changes_while_somebody_pages_is_seen_in_its_new_state(
    hub, ask, add_learner, add_course, add_progress
):
    course = add_course()
    first, second = add_learner(), add_learner()
    add_progress(first, course, updated_at=SPRING)
    add_progress(second, course, updated_at=SPRING + timedelta(seconds=1))
    answer = ask("/api/v1/progress", limit=1).json
    with hub.database.transaction() as session:
        row = session.get(Progress, (first, course))
        row.status, row.updated_at = "passed", SPRING + timedelta(seconds=2)

    rest = ask("/api/v1/progress", cursor=answer["next_cursor"]).json["data"]

    assert [(row["learner"], row["status"]) for row in rest] == [
        (str(second), "not_started"),
        (str(first), "passed"),
    ]


def test_updated_since_is_inclusive(ask, add_learner, add_course, add_progress):
    course = add_course()
    for seconds in (0, 1, 2):
        add_progress(add_learner(), course, updated_at=SPRING + timedelta(seconds=seconds))

    answer = ask("/api/v1/progress", updated_since="2026-03-01T09:30:01Z").json

    assert [row["updated_at"] for row in answer["data"]] == [
        "2026-03-01T09:30:01Z",
        "2026-03-01T09:30:02Z",
    ]


def test_pages_of_what_changed_since_stay_with_what_changed_since(
    ask, add_learner, add_course, add_progress
):
    course = add_course()
    for seconds in range(6):
        add_progress(add_learner(), course, updated_at=SPRING + timedelta(seconds=seconds))

    answers = pages(ask, "/api/v1/progress", limit=2, updated_since="2026-03-01T09:30:01Z")

    seconds = [row["updated_at"][-3:-1] for answer in answers for row in answer["data"]]
    assert seconds == ["01", "02", "03", "04", "05"]


def test_as_of_misses_nothing_that_was_stamped_but_not_committed_yet(
    api_app, token, add_learner, add_course, add_progress
):
    client, headers = api_app.test_client(), {"Authorization": f"Bearer {token()}"}
    with time_machine.travel(SPRING + timedelta(seconds=30), tick=False):
        as_of = client.get("/api/v1/progress", headers=headers).json["as_of"]
    # Stamped before that answer, committed after it.
    add_progress(add_learner(), add_course(), updated_at=SPRING)

    answer = client.get(
        "/api/v1/progress", query_string={"updated_since": as_of}, headers=headers
    ).json

    assert len(answer["data"]) == 1


def test_as_of_stays_that_of_the_first_page(api_app, token, add_learner, add_course, add_progress):
    course = add_course()
    for _ in range(2):
        add_progress(add_learner(), course)
    client, headers = api_app.test_client(), {"Authorization": f"Bearer {token()}"}

    def ask_at(at, **query):
        with time_machine.travel(at, tick=False):
            return client.get("/api/v1/progress", query_string=query, headers=headers).json

    first = ask_at(SPRING, limit=1)
    last = ask_at(SPRING + timedelta(hours=1), limit=1, cursor=first["next_cursor"])

    assert last["as_of"] == first["as_of"]


def test_filters_narrow_the_list(ask, add_learner, add_course, add_progress):
    alice, bob = add_learner("Alice"), add_learner("Bob")
    fire, water = add_course("Fire"), add_course("Water")
    add_progress(alice, fire, status="passed")
    add_progress(alice, water)
    add_progress(bob, fire)

    def found(**query):
        rows = ask("/api/v1/progress", **query).json["data"]
        return {(row["learner"], row["title"]) for row in rows}

    assert found(learner=str(alice)) == {(str(alice), "Fire"), (str(alice), "Water")}
    assert found(course=str(fire)) == {(str(alice), "Fire"), (str(bob), "Fire")}
    assert found(status="passed") == {(str(alice), "Fire")}
    assert found(learner=str(bob), course=str(water)) == set()


def test_filtering_by_a_learner_that_nobody_knows_finds_nothing(ask):
    answer = ask("/api/v1/progress", learner=str(uuid4()))

    assert (answer.status_code, answer.json["data"]) == (200, [])


def test_progress_of_a_learner_that_nobody_knows_is_a_404_that_says_how_to_find_ids(ask):
    answer = ask(f"/api/v1/learners/{uuid4()}/progress")

    assert answer.status_code == 404
    assert "/api/v1/learners?identifier=" in answer.json["detail"]


def test_the_old_id_of_a_merged_learner_finds_the_records_of_the_survivor(
    ask, add_learner, add_course, add_progress
):
    survivor = add_learner("Alice")
    middle = add_learner("A. Smith", status="merged", merged_into=survivor)
    oldest = add_learner("Alice S.", status="merged", merged_into=middle)
    add_progress(survivor, add_course())

    by_path = ask(f"/api/v1/learners/{oldest}/progress").json["data"]
    by_filter = ask("/api/v1/progress", learner=str(oldest)).json["data"]

    assert [row["learner"] for row in by_path] == [str(survivor)]
    assert by_filter == by_path


def test_a_wrong_parameter_is_refused_by_name(ask):
    for name, value in (
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "many"),
        ("updated_since", "yesterday"),
        ("updated_since", "2026-03-01T00:00:00"),
        ("updated_since", "0001-01-01T00:00:00+14:00"),
        ("learner", "alice"),
        ("course", "7"),
        ("status", "done"),
        ("offset", "3"),
    ):
        answer = ask("/api/v1/progress", **{name: value})

        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json["errors"]] == [f"/query/{name}"]


def test_sources_say_as_of_when_their_data_is(hub, ask):
    moodle, _arlo = add_source(hub, "Moodle"), add_source(hub, "Arlo", "arlo")
    add_run(hub, moodle, "succeeded", SPRING)
    good = add_run(hub, moodle, "succeeded_with_warnings", SPRING + timedelta(days=1))
    add_run(hub, moodle, "failed", SPRING + timedelta(days=2))

    arlo, answer = ask("/api/v1/sources").json["data"]

    assert (arlo["name"], arlo["last_success"], arlo["data_as_of"]) == ("Arlo", None, None)
    assert answer == {
        "id": str(moodle),
        "name": "Moodle",
        "connector": "moodle",
        "paused_at": None,
        "data_as_of": "2026-03-02T09:30:00Z",
        "last_success": {
            "id": str(good),
            "state": "succeeded_with_warnings",
            "started_at": "2026-03-02T09:30:00Z",
            "ended_at": "2026-03-02T09:35:00Z",
        },
    }
