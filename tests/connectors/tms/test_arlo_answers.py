"""What Arlo's refusals become: the right class, a sentence with its words, and what to do."""

import pytest

from connectors.errors import NeedsAttention, Unavailable
from connectors.http import HttpSession
from connectors.tms.arlo import Arlo
from connectors.tms.arlo_config import ArloConfig
from tests.connectors.simulator import LOOPBACK, Answer, in_turn, serve

SECRET = "canary-p4ss word"


def refused(message):
    return f"<ApiException><Code>X</Code><Message>{message}</Message></ApiException>".encode()


def connector(base_url, slept=None, **settings):
    entered = {"base_url": base_url, "username": "hub", "password": SECRET, "pause": 0}
    sleep = (slept if slept is not None else []).append
    http = HttpSession(base_url, allow_networks=LOOPBACK, sleep=sleep)
    return Arlo(ArloConfig().load(entered | settings), http)


def contacts(source):
    return [record for page in source.read("people", None, None) for record in page.records]


@pytest.mark.parametrize(
    ("status", "field", "words"),
    [
        (401, "password", "multi-factor"),
        (403, "username", "“Administrator”"),
        (404, "base_url", "https://yourname.arlo.co"),
        (406, None, "newer version"),
        (400, None, "report"),
    ],
)
def test_a_refusal_names_the_field_the_words_and_the_cure(status, field, words):
    answer = in_turn(Answer(status, refused("Arlo’s own words")))
    with serve(answer) as site, pytest.raises(NeedsAttention) as caught:
        contacts(connector(site.base_url))
    assert "“Arlo’s own words”" in caught.value.message
    assert words in caught.value.hint
    assert caught.value.field == field


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_is_told_of_both_roles_and_of_mfa(status):
    with serve(in_turn(Answer(status))) as site, pytest.raises(NeedsAttention) as caught:
        contacts(connector(site.base_url))
    for words in ("“API User”", "“Administrator”", "MFA"):
        assert words in caught.value.hint


def test_a_limit_told_in_json_on_the_xml_api_ends_in_a_later_try():
    body = b'{"error":"rate_limit_exceeded","message":"Too many requests","retryAfter":60}'
    limited = Answer(429, body, {"Retry-After": "60", "Content-Type": "application/json"})
    with serve(in_turn(limited)) as site, pytest.raises(Unavailable) as caught:
        contacts(connector(site.base_url))
    assert caught.value.retry_after == 60
    assert "Too many requests" in caught.value.message


def test_a_short_limit_is_waited_for_and_the_read_goes_on():
    slept = []
    limited = Answer(429, b'{"error":"rate_limit_exceeded"}', {"Retry-After": "7"})
    with serve(in_turn(limited, Answer(200, b"<Contacts/>"))) as site:
        assert contacts(connector(site.base_url, slept)) == []
    assert slept == [7.0]


def test_a_json_error_is_quoted_by_its_message_only():
    body = b'{"error":"bad_request","message":"The filter is wrong"}'
    with serve(in_turn(Answer(400, body))) as site, pytest.raises(NeedsAttention) as caught:
        contacts(connector(site.base_url))
    assert "“The filter is wrong”" in caught.value.message


def test_an_internal_error_is_tried_again_later():
    with serve(in_turn(Answer(500, refused("Boom")))) as site, pytest.raises(Unavailable) as caught:
        contacts(connector(site.base_url))
    assert "Boom" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><title>Sign in</title></html>",
        b"<html><body>Sign in</body></html>",
    ],
)
def test_a_web_page_instead_of_data_is_said_to_be_one(body):
    with serve(in_turn(Answer(200, body))) as site, pytest.raises(Unavailable) as caught:
        contacts(connector(site.base_url))
    assert "web page" in caught.value.message
    assert "“Sign in”" in caught.value.message


@pytest.mark.parametrize("body", [b"", b"<Contacts><Link", b'{"a": 1}', b"\xff\xfe\x00"])
def test_an_answer_that_is_no_xml_is_tried_again_later(body):
    with serve(in_turn(Answer(200, body))) as site, pytest.raises(Unavailable) as caught:
        contacts(connector(site.base_url))
    assert "cannot be read as XML" in caught.value.message


def test_an_answer_with_a_doctype_is_refused_and_nothing_is_expanded():
    body = b"""<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><Contacts>&e;</Contacts>"""
    with serve(in_turn(Answer(200, body))) as site, pytest.raises(NeedsAttention) as caught:
        contacts(connector(site.base_url))
    assert "DOCTYPE" in caught.value.message


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example/api/2012-02-01/auth/resources/contacts/?skip=100",
        "//elsewhere.example/x",
        "/other/path/?skip=100",
    ],
)
def test_a_link_to_elsewhere_is_refused_and_the_password_not_sent(href):
    body = f'<Contacts><Link rel="next" href="{href}"/></Contacts>'.encode()
    with serve(in_turn(Answer(200, body))) as site, pytest.raises(NeedsAttention) as caught:
        contacts(connector(site.base_url))
    assert len(site.asked) == 1
    assert "Nothing was sent" in caught.value.message
    assert caught.value.field == "base_url"


def test_pages_that_lead_in_a_circle_are_not_turned_for_ever():
    body = b'<Contacts><Link rel="next" href="contacts/?skip=1"/></Contacts>'
    with serve(in_turn(Answer(200, body))) as site, pytest.raises(Unavailable) as caught:
        contacts(connector(site.base_url))
    assert "already read" in caught.value.message


@pytest.mark.parametrize("status", [401, 403, 400, 429, 500])
def test_no_error_holds_the_password(status):
    echo = Answer(status, refused(f"You sent {SECRET}"), {"Retry-After": "60"})
    with serve(in_turn(echo)) as site, pytest.raises((NeedsAttention, Unavailable)) as caught:
        contacts(connector(site.base_url))
    assert SECRET not in caught.value.message + caught.value.hint + repr(caught.value)


def test_every_request_asks_for_xml_with_the_credentials():
    with serve(in_turn(Answer(200, b"<Contacts/>"))) as site:
        contacts(connector(site.base_url))
    for asked in site.asked:
        assert asked.headers["Accept"] == "application/xml"
        assert asked.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"base_url": "http://acme.arlo.co"}, "base_url"),
        ({"base_url": "acme.arlo.co"}, "base_url"),
        ({"base_url": "https://u:p@acme.arlo.co"}, "base_url"),
        ({"page_size": 251}, "page_size"),
        ({"page_size": 99}, "page_size"),
        ({"password": ""}, "password"),
    ],
)
def test_what_cannot_work_is_refused_in_the_form(entered, field):
    good = {"base_url": "https://acme.arlo.co", "username": "hub", "password": "x"}
    assert ArloConfig().validate(good) == {}
    assert list(ArloConfig().validate(good | entered)) == [field]


def test_blanks_around_a_pasted_address_are_dropped():
    entered = {"base_url": " https://acme.arlo.co\n", "username": "hub", "password": " x "}
    loaded = ArloConfig().load(entered)
    assert (loaded["base_url"], loaded["password"]) == ("https://acme.arlo.co", " x ")


def test_every_field_of_the_form_is_described_and_the_password_never_shown():
    for field in ArloConfig().fields.values():
        assert field.metadata["title"]
        assert field.metadata["description"]
    assert ArloConfig().fields["password"].load_only
