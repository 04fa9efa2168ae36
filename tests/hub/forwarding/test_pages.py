"""Forwarding on the pages, as an admin does it."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from hub.accounts.models import AuditEntry
from hub.forwarding import service
from hub.forwarding.tasks import forward_next
from tests.hub.forwarding.conftest import CANARY
from tests.hub.web.conftest import PASSWORD, Browser, signed_in, web_app  # noqa: F401

NEW = "/admin/forwarding/new"


@pytest.fixture
def admin(signed_in):  # noqa: F811
    return signed_in("admin")


@pytest.fixture
def values(other_address):
    return {
        "name": "Group LRS",
        "field_endpoint": f"{other_address}/xapi/statements/",
        "field_key": "hub",
        "field_secret": CANARY,
        "field_version": "1.0.3",
    }


@pytest.fixture
def page_of(forwarding):
    return f"/admin/forwarding/{forwarding.row.id}"


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def actions(hub):
    with hub.database.reading() as session:
        return [entry.action for entry in session.scalars(select(AuditEntry))]


def test_an_empty_page_says_what_forwarding_is(admin):
    assert "Nothing is forwarded" in admin.get("/admin/forwarding/").text


@pytest.mark.parametrize("role", ["reporting", "learner"])
def test_the_pages_are_for_admins(signed_in, role, page_of):  # noqa: F811
    browser = signed_in(role)
    for path in ("/admin/forwarding/", NEW, page_of, f"{page_of}/settings"):
        assert browser.get(path).status_code == 403
    assert browser.post("/signin", {}, to=f"{page_of}/pause").status_code in {400, 403}


def test_a_saved_store_stands_on_the_list_and_in_the_audit_log(admin, hub, values):
    answer = admin.post(NEW, {**values, "save": "yes"}, follow_redirects=True)
    assert answer.status_code == 200
    with hub.database.reading() as session:
        row = service.get_forwarder(session, "Group LRS")
        assert row.config["endpoint"].endswith("/xapi")
        assert service.secret_of(row, hub.keyring) == CANARY
    page = text_of(admin.get("/admin/forwarding/"))
    assert "Group LRS" in page
    assert "Up to date Nothing waits" in page
    assert "forwarder.add" in actions(hub)


def test_every_mistake_is_named_and_nothing_is_saved(admin, hub):
    values = {
        "name": "Group LRS",
        "field_endpoint": "lrs",
        "field_verbs": "completed",
        "field_since": "yesterday",
        "save": "yes",
    }
    answer = admin.post(NEW, values)
    assert answer.status_code == 422
    page = text_of(answer)
    for words in ("beginning with https://", "This is needed.", "“completed” is no IRI",
                  "Write a day as"):  # fmt: skip
        assert words in page
    with hub.database.reading() as session:
        assert service.list_forwarders(session) == []


def test_an_unknown_source_is_refused_with_those_there_are(admin, values, door):
    answer = admin.post(NEW, {**values, "field_only_from": "vendor: nobody", "save": "yes"})
    assert answer.status_code == 422
    assert f"There are: vendor: {door.vendor.name}." in text_of(answer)


def test_the_hub_does_not_forward_to_itself(admin, hub, values):
    own = hub.settings.public_url + "/xapi"
    answer = admin.post(NEW, {**values, "field_endpoint": own, "save": "yes"})
    assert "This is the address of this hub itself." in text_of(answer)


def test_a_test_asks_what_the_other_store_speaks_and_sends_nothing(admin, values, other):
    answer = admin.post(NEW, {**values, "test": "yes"})
    page = text_of(answer)
    assert "The connection works" in page
    assert "Speaks xAPI 1.0.3" in page
    assert [request.method for request in other.requests] == ["GET", "GET"]


def test_a_test_of_a_saved_store_says_why_it_does_not_work(admin, other, page_of):
    other.answer = lambda request: type(other)._json(other, '{"version": ["0.9"]}')
    page = text_of(admin.post(page_of, {}, to=f"{page_of}/test"))
    assert "The connection does not work" in page
    assert "It says: 0.9." in page


def test_the_page_says_how_far_behind_and_what_is_wrong(admin, hub, other, push, page_of):
    push(3)
    page = text_of(admin.get(page_of))
    assert "3 statements behind, the oldest waits" in page
    other.judge = lambda batch: (403, "no badge, no entry")
    forward_next(hub)
    page = text_of(admin.get(page_of))
    assert "Needs attention" in page
    assert (
        "does not let this credential write statements (status 403): “no badge, no entry”" in page
    )
    assert "statements/write" in page
    assert "Try again" in page


def test_dead_letters_are_listed_with_the_words_of_the_other_store(
    admin, hub, forwarding, other, push, page_of
):
    ids = push(2)
    other.judge = lambda batch: (400, "<b>bad</b> &amp; ugly") if ids[0] in str(batch) else None
    forwarding.run()
    page = text_of(admin.get(page_of))
    assert ids[0] in page
    assert "Refused “bad & ugly”" in page
    other.judge = lambda batch: None
    (letter,) = forwarding.letters
    again = f"{page_of}/letters/again"
    admin.post(page_of, {"letter": str(letter.id)}, to=again)
    assert "Is sent again" in text_of(admin.get(page_of))
    forwarding.run()
    assert other.ids == [ids[1], ids[0]]
    assert "forwarder.letters_again" in actions(hub)


def test_a_letter_of_another_forwarder_is_out_of_reach(
    admin, hub, forwarding, other, push, other_address
):
    push(1)
    other.judge = lambda batch: (400, "bad")
    forwarding.run()
    with hub.database.transaction() as session:
        texts = {"endpoint": f"{other_address}/xapi", "key": "hub", "secret": CANARY}
        second = service.add(session, hub.keyring, hub.settings, name="Second", texts=texts)
    page = f"/admin/forwarding/{second.id}"
    admin.post(page, {"letter": str(forwarding.letters[0].id)}, to=f"{page}/letters/drop")
    assert len(forwarding.letters) == 1


def test_pause_resume_and_retry_are_buttons(admin, hub, forwarding, page_of):
    admin.post(page_of, {}, to=f"{page_of}/pause")
    assert forwarding.row.paused_at is not None
    assert "Paused" in text_of(admin.get(page_of))
    admin.post(page_of, {}, to=f"{page_of}/resume")
    admin.post(page_of, {}, to=f"{page_of}/retry")
    assert forwarding.row.paused_at is None
    assert {"forwarder.pause", "forwarder.resume", "forwarder.retry"} <= set(actions(hub))


def test_settings_keep_a_secret_that_is_left_empty_and_lift_a_stop(
    admin, hub, forwarding, other, push, page_of, values
):
    other.judge = lambda batch: (401, "who are you")
    push(1)
    forwarding.run()
    form = admin.get(f"{page_of}/settings").text
    assert CANARY not in form
    changed = {**values, "field_secret": "", "field_key": "other", "save": "yes"}
    admin.post(f"{page_of}/settings", changed)
    row = forwarding.row
    assert (row.config["key"], row.stopped_at) == ("other", None)
    assert service.secret_of(row, hub.keyring) == CANARY


def test_removing_needs_the_name(admin, hub, forwarding, other, push, page_of):
    push(1)
    other.judge = lambda batch: (400, "bad")
    forwarding.run()
    admin.post(page_of, {"name": "group"}, to=f"{page_of}/remove")
    assert forwarding.row
    admin.post(page_of, {"name": "Group LRS"}, to=f"{page_of}/remove")
    assert "Nothing is forwarded" in admin.get("/admin/forwarding/").text


def test_the_secret_is_on_no_page_and_in_no_log(admin, forwarding, other, push, page_of, capfd):
    other.judge = lambda batch: (400, f"wrong: {CANARY}")
    push(2)
    forwarding.run()
    admin.post(page_of, {}, to=f"{page_of}/test")
    for path in ("/admin/forwarding/", page_of, f"{page_of}/settings"):
        assert CANARY not in admin.get(path).text
    out, err = capfd.readouterr()
    assert CANARY not in out + err
