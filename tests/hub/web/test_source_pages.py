"""Connecting a system on the pages, as an admin does it."""

import io
import re
from uuid import UUID

import pytest

from hub.progress.projector import catch_up
from hub.rejections.models import Rejection
from hub.runs.pull import execute
from hub.runs.service import list_runs
from hub.sources.service import get_source, list_sources, secrets_of

MOODLE = "/admin/sources/new/moodle"
FILES = "/admin/sources/new/attendance_file"
CANARY = "c4n4ry0f5ecret5"
EXPORT = """course,session,email,name,status,date
First aid,Berlin March,lea@example.org,Léa Martin,attended,2026-03-03
First aid,Berlin March,bo@example.org,Bo Lind,absent,2026-03-03
"""


@pytest.fixture
def drop(tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def file_source(admin, hub, drop):
    values = {"name": "classroom", "field_folder": str(drop), "field_system_name": "SimpliTrain"}
    answer = admin.post(FILES, {**values, "save": "yes"})
    assert answer.status_code == 302
    with hub.database.reading() as session:
        return get_source(session, "classroom")


def test_an_empty_hub_says_what_to_do_first(admin):
    page = admin.get("/admin/").text
    assert "No systems connected" in page
    assert "/admin/sources/new" in page


def test_the_catalogue_shows_every_connector_with_what_it_knows(admin):
    page = admin.get("/admin/sources/new").text
    for words in ("Moodle", "Arlo", "Attendance file", "documented API"):
        assert words in page


def test_a_form_shows_each_field_with_title_and_explanation_and_hides_the_seldom_ones(admin):
    page = admin.get(MOODLE).text
    assert ">Address" in page.replace("\n", "").replace("  ", "")
    assert "Manage tokens" in page
    assert 'type="password"' in page
    assert page.index("<summary>Advanced") < page.index("Roles of learners")


def test_every_mistake_is_named_at_its_field_and_nothing_is_saved(admin, hub):
    answer = admin.post(MOODLE, {"name": "a b", "field_base_url": "moodle", "save": "yes"})
    assert answer.status_code == 422
    assert "beginning with https://" in answer.text
    assert "This is needed." in answer.text
    assert answer.text.count('aria-invalid="true"') >= 2
    with hub.database.reading() as session:
        assert list_sources(session) == []


def test_a_test_of_what_is_on_the_screen_saves_nothing_and_sends_no_secret_back(admin, hub):
    values = {
        "name": "academy",
        "field_base_url": "http://127.0.0.1:9",
        "field_token": CANARY,
        "test": "yes",
    }
    answer = admin.post(MOODLE, values)
    assert "The connection does not work yet" in answer.text
    assert "127.0.0.1" in answer.text
    assert CANARY not in answer.text
    with hub.database.reading() as session:
        assert list_sources(session) == []


def test_saving_also_tests_and_tells_why_it_does_not_work(admin, hub):
    values = {"name": "academy", "field_base_url": "http://127.0.0.1:9", "field_token": CANARY}
    answer = admin.post(MOODLE, {**values, "save": "yes"}, follow_redirects=True)
    assert "Needs attention" in answer.text
    assert "cannot be read as it is" in answer.text
    assert CANARY not in answer.text
    with hub.database.reading() as session:
        source = get_source(session, "academy")
    assert CANARY not in str(source.config)
    assert secrets_of(source, hub.keyring) == {"token": CANARY}


def test_a_secret_that_is_left_empty_in_the_settings_is_kept(admin, hub):
    values = {"field_base_url": "http://127.0.0.1:9", "field_token": CANARY}
    admin.post(MOODLE, {"name": "academy", **values, "save": "yes"})
    with hub.database.reading() as session:
        source_id = get_source(session, "academy").id
    page = f"/admin/sources/{source_id}/settings"
    assert CANARY not in admin.get(page).text
    admin.post(page, {"field_base_url": "http://127.0.0.1:10", "field_token": "", "save": "yes"})
    with hub.database.reading() as session:
        source = get_source(session, "academy")
    assert source.config["base_url"] == "http://127.0.0.1:10"
    assert secrets_of(source, hub.keyring) == {"token": CANARY}


def test_a_pull_is_queued_once_and_shown(admin, hub, file_source):
    page = f"/admin/sources/{file_source.id}"
    first = admin.post(page, {}, to=f"{page}/pull")
    second = admin.post(page, {}, to=f"{page}/pull")
    assert first.location == second.location
    shown = admin.get(first.location).text
    assert "Waiting" in shown
    assert "data-poll" in shown
    assert "Asked for by admin@example.org." in shown
    with hub.database.reading() as session:
        assert len(list_runs(session, file_source.id)) == 1


def test_a_paused_source_is_not_pulled_until_it_is_resumed(admin, file_source):
    page = f"/admin/sources/{file_source.id}"
    assert "paused" in admin.post(page, {}, to=f"{page}/pause", follow_redirects=True).text
    assert "Pull now" not in admin.get(page).text
    assert admin.post(page, {}, to=f"{page}/pull").status_code == 409
    assert "Pull now" in admin.post(page, {}, to=f"{page}/resume", follow_redirects=True).text


def test_an_upload_is_shown_as_transcript_rows_before_it_is_kept(admin, file_source, drop):
    page = f"/admin/sources/{file_source.id}/upload"
    seen = admin.post(page, {"file": (io.BytesIO(EXPORT.encode()), "march.csv")})
    assert "Léa Martin" in seen.text
    assert "Attended" in seen.text
    assert "Did not attend" in seen.text
    assert list(drop.iterdir()) == []
    held = re.search(r'name="held" value="([^"]+)"', seen.text)[1]
    admin.post(page, {"held": held}, to=f"{page}/confirm")
    assert (drop / "march.csv").read_text() == EXPORT


def test_an_upload_that_is_no_table_is_refused_with_what_to_send(admin, file_source):
    page = f"/admin/sources/{file_source.id}/upload"
    answer = admin.post(page, {"file": (io.BytesIO(b"%PDF"), "march.pdf")})
    assert answer.status_code == 422
    assert "neither a CSV nor an Excel file" in answer.text


def test_an_upload_cannot_leave_its_folder(admin, file_source, drop):
    page = f"/admin/sources/{file_source.id}/upload"
    seen = admin.post(page, {"file": (io.BytesIO(EXPORT.encode()), "../../evil.csv")})
    held = re.search(r'name="held" value="([^"]+)"', seen.text)[1]
    admin.post(page, {"held": held}, to=f"{page}/confirm")
    assert [path.name for path in drop.iterdir()] == ["evil.csv"]
    answer = admin.post(page, {"held": "../../hub.db"}, to=f"{page}/confirm")
    assert answer.status_code == 404


def test_what_was_set_aside_is_listed_by_reason(admin, hub, file_source):
    with hub.database.transaction() as session:
        now = file_source.created_at
        session.add(
            Rejection(
                source_id=file_source.id,
                stream="records",
                record_key="row/17",
                code="unknown_status",
                message="“vielleicht” is not a known attendance.",
                hint="Add it to the value mapping.",
                pointer="row 17, column Status",
                payload=b"",
                first_seen_at=now,
                last_seen_at=now,
            )
        )
    page = admin.get("/admin/attention").text
    for words in ("Unknown status", "vielleicht", "Add it to the value mapping", "row 17, column"):
        assert words in page


def test_a_source_that_is_not_there_is_a_404_page(admin):
    answer = admin.get("/admin/sources/00000000-0000-0000-0000-000000000000")
    assert answer.status_code == 404
    assert "There is no such source" in answer.text


def test_the_live_part_of_a_run_asks_for_more_only_while_the_run_is_under_way(
    admin, hub, file_source
):
    page = f"/admin/sources/{file_source.id}"
    run_page = admin.post(page, {}, to=f"{page}/pull").location
    fragment = admin.get(f"{run_page}/live").text
    assert "<html" not in fragment
    assert f'data-poll="{run_page}/live"' in fragment
    execute(hub, UUID(run_page.rsplit("/", 1)[1]))
    fragment = admin.get(f"{run_page}/live").text
    assert "data-poll" not in fragment
    assert "Succeeded" in fragment


def test_an_uploaded_file_is_pulled_into_a_transcript(admin, hub, file_source, drop):
    (drop / "march.csv").write_text(EXPORT)
    page = f"/admin/sources/{file_source.id}"
    run_page = admin.post(page, {}, to=f"{page}/pull").location
    execute(hub, UUID(run_page.rsplit("/", 1)[1]))
    catch_up(hub.database)
    assert "records read = " in admin.get(run_page).text
    found = admin.get("/admin/learners?q=lea%40example.org").text
    transcript = admin.get(re.search(r"/admin/learners/[0-9a-f-]{36}", found)[0]).text
    for words in ("Léa Martin", "First aid", "Completed", "3 March 2026", "classroom"):
        assert words in transcript
