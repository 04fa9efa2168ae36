"""Signing in on the page, and who may see what."""

import pytest

from hub.accounts.service import add_user


def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_the_page(stranger, hub):
    with hub.database.transaction() as session:
        add_user(session, "ada@example.org", "admin", "correct horse")
    answer = stranger.get("/admin/learners")
    assert answer.status_code == 302
    assert answer.location.startswith("/signin?next=")
    back = stranger.post(answer.location, {"email": "ada@example.org", "password": "correct horse"})
    assert back.location == "/admin/learners"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\tx"],
)
def test_signing_in_never_leads_to_another_host(stranger, hub, target):
    with hub.database.transaction() as session:
        add_user(session, "ada@example.org", "admin", "correct horse")
    answer = stranger.client.get("/signin", query_string={"next": target})
    assert answer.status_code == 200
    token = answer.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    answer = stranger.client.post(
        "/signin",
        query_string={"next": target},
        data={"csrf_token": token, "email": "ada@example.org", "password": "correct horse"},
    )
    assert answer.location == "/"


def test_a_wrong_password_says_so_without_naming_which_of_the_two_is_wrong(stranger):
    answer = stranger.post("/signin", {"email": "nobody@example.org", "password": "x"})
    assert answer.status_code == 401
    assert "E-mail and password do not belong together" in answer.text


def test_guessing_passwords_is_slowed_down_with_a_time_to_wait(stranger):
    for _ in range(10):
        stranger.post("/signin", {"email": "ada@example.org", "password": "guess"})
    answer = stranger.post("/signin", {"email": "ada@example.org", "password": "guess"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "too many attempts" in answer.text


def test_a_form_without_its_security_mark_is_refused_with_a_way_out(stranger):
    answer = stranger.client.post("/signin", data={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 400
    assert "reload the page" in answer.text


@pytest.mark.parametrize(
    ("role", "home"), [("admin", "/admin/"), ("reporting", "/developers"), ("learner", "/me")]
)
def test_everybody_has_a_home_by_role(signed_in, role, home):
    browser = signed_in(role)
    assert browser.get("/").location == home
    assert browser.get(home).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/admin/sources/new", "/admin/attention", "/admin/users", "/admin/tokens",
     "/admin/vendors", "/admin/learners"],
)  # fmt: skip
def test_admin_pages_are_closed_to_learners_and_reporting(signed_in, path):
    assert signed_in("learner").get(path).status_code == 403
    assert signed_in("reporting").get(path).status_code == 403


def test_after_signing_out_the_page_is_closed(admin):
    assert admin.post("/admin/", {}, to="/signout").status_code == 302
    assert admin.get("/admin/").status_code == 302
