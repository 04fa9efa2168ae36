"""What a learner reads on the own page, and an admin on the same one."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

MARCH = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def lea(add_learner, add_course, add_progress):
    learner = add_learner("Léa Martin", ("mbox", "", "Lea@Example.org"))
    add_progress(
        learner,
        add_course("Fire safety"),
        status="passed",
        score_scaled=0.92,
        seconds=4800,
        completed_at=MARCH,
        modality="self-paced",
        sources=[f"source:{uuid4()}"],
        parts=[
            {
                "activity": "https://m.example/1", "title": "Evacuation", "kind": "module",
                "status": "passed", "completion": True, "success": True, "score": None,
                "attempts": 1, "seconds": 60, "started_at": None,
                "completed_at": "2026-03-03T09:00:00Z", "last_result": "passed", "flags": [],
                "parts": [],
            }
        ],
    )  # fmt: skip
    return learner


def test_a_learner_sees_the_courses_that_belong_to_the_own_email(signed_in, lea):
    page = signed_in("learner", "lea@example.org").get("/me").text
    for words in ("Léa Martin", "Fire safety", "Passed", "92 %", "1 h 20 min", "3 March 2026",
                  "Self-paced", "Evacuation", "a removed system"):  # fmt: skip
        assert words in page


def test_a_learner_sees_nobody_else(signed_in, lea):
    browser = signed_in("learner", "bo@example.org")
    page = browser.get("/me").text
    assert "Fire safety" not in page
    assert "No learning recorded yet" in page
    assert browser.get(f"/admin/learners/{lea}").status_code == 403


def test_a_part_of_an_address_does_not_open_another_persons_page(signed_in, lea):
    assert "Fire safety" not in signed_in("learner", "xlea@example.org").get("/me").text


@pytest.mark.parametrize("text", ["léa", "LEA@example", "martin"])
def test_an_admin_finds_a_learner_by_name_or_email(admin, lea, text):
    answer = admin.client.get("/admin/learners", query_string={"q": text})
    assert f"/admin/learners/{lea}" in answer.text


@pytest.mark.parametrize("text", ["%", "_", "nobody", "<script>"])
def test_a_search_takes_every_character_as_it_is(admin, lea, text):
    answer = admin.client.get("/admin/learners", query_string={"q": text})
    assert "Nobody found" in answer.text
    assert "<script>" not in answer.text.replace("<script src=", "")


def test_an_admin_sees_the_same_transcript(admin, lea):
    page = admin.get(f"/admin/learners/{lea}").text
    assert "Fire safety" in page
    assert "92 %" in page


def test_a_name_from_a_source_is_text_and_never_markup(admin, add_learner):
    learner = add_learner("<img src=x onerror=alert(1)>", ("mbox", "", "x@example.org"))
    page = admin.get(f"/admin/learners/{learner}").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_an_iri_in_place_of_a_title_is_for_admins_only(
    admin, signed_in, add_learner, add_course, add_progress
):
    iri = "https://m.example/course/view.php?id=2"
    learner = add_learner("Léa Martin", ("mbox", "", "lea@example.org"))
    add_progress(learner, add_course(iri), status="registered")
    mine = signed_in("learner", "lea@example.org").get("/me").text
    assert "Untitled course (m.example)" in mine
    assert iri not in mine
    assert f'title="{iri}"' in admin.get(f"/admin/learners/{learner}").text
