"""What a person sees when something is not there, not allowed, or our fault."""

import re

import pytest


def test_an_unknown_address_gets_a_page_with_a_way_out(stranger):
    answer = stranger.get("/nothing/here")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text
    assert 'href="/"' in answer.text


def test_a_mistake_of_ours_shows_a_reference_and_no_traceback(web_app):
    @web_app.get("/broken")
    def broken():
        raise RuntimeError("the secret word")

    answer = web_app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "Reference:" in answer.text
    assert "the secret word" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/signin", "/nothing", "/assets/hub.css"])
def test_every_answer_forbids_inline_scripts_and_framing(stranger, path):
    headers = stranger.get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/sources/new/moodle", "/admin/users"])
def test_no_page_loads_anything_from_another_host_or_holds_inline_code(admin, path):
    text = admin.client.get(path, follow_redirects=True).text
    assert "https://cdn" not in text
    assert "style=" not in text
    assert "<style" not in text
    assert "onclick" not in text
    assert "<script>" not in text


def test_an_address_of_a_button_explains_itself_when_it_is_opened(admin):
    assert admin.get("/signout").status_code == 405


def test_an_error_under_the_api_is_a_problem_and_not_a_page(stranger):
    answer = stranger.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_the_styles_of_a_page_are_at_addresses_that_answer(stranger):
    page = stranger.get("/signin").text
    styles = re.findall(r'<link[^>]*href="([^"]+\.css)"', page)
    assert "/bootstrap/static/css/bootstrap.min.css" in styles
    assert [stranger.get(address).status_code for address in styles] == [200] * len(styles)
