"""Pages on which an admin makes users and keys."""

import re

from hub.accounts.tokens import find_token


def test_a_token_is_shown_once_and_works(admin, hub):
    answer = admin.post("/admin/tokens", {"name": "Power BI", "scopes": ["progress:read"]})
    text = re.search(r"hub_[0-9a-f]{12}_[\w-]+", answer.text)[0]
    with hub.database.reading() as session:
        assert find_token(session, hub.keyring, text).name == "Power BI"
    assert text not in admin.get("/admin/tokens").text


def test_a_name_that_is_taken_is_blamed_at_its_field(admin):
    admin.post("/admin/tokens", {"name": "Power BI", "scopes": ["progress:read"]})
    answer = admin.post("/admin/tokens", {"name": "Power BI", "scopes": ["progress:read"]})
    assert answer.status_code == 422
    assert "There is a token" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_new_user_can_sign_in(admin, stranger):
    answer = admin.post(
        "/admin/users", {"email": "Lea@Example.org", "role": "learner", "password": "12345678"}
    )
    assert answer.status_code == 302
    signed = stranger.post("/signin", {"email": "lea@example.org", "password": "12345678"})
    assert signed.status_code == 302


def test_a_short_password_is_refused_and_never_sent_back(admin):
    answer = admin.post(
        "/admin/users", {"email": "lea@example.org", "role": "learner", "password": "tiny!"}
    )
    assert answer.status_code == 422
    assert "8 to 1024 characters" in answer.text
    assert "tiny!" not in answer.text
