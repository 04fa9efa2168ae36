"""The way out: what is sent, what is tried again, what is refused, and the words for failure."""

import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from connectors.address_guard import AddressGuard
from connectors.errors import NeedsAttention, Unavailable
from connectors.http import HttpSession, Response, said
from connectors.response import redacted
from connectors.waiting import asked_wait, jittered_wait
from tests.connectors.simulator import LOOPBACK, Answer, in_turn, serve

OK = Answer(body=b'{"ok": true}', headers={"Content-Type": "application/json"})
SECRET = "canary-7f3a/+ secret"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def session(base_url, **settings):
    slept = settings.setdefault("slept", [])
    del settings["slept"]
    settings = {"allow_networks": LOOPBACK, "sleep": slept.append} | settings
    return HttpSession(base_url, **settings)


def test_a_relative_address_is_below_the_base_address():
    with serve(in_turn(OK)) as site:
        answer = session(f"{site.base_url}/moodle").request(
            "GET", "webservice/rest", params={"a": 1}
        )
        assert answer.json() == {"ok": True}
        assert site.asked[0].path == "/moodle/webservice/rest"
        assert site.asked[0].form == {"a": "1"}


def test_credentials_are_sent_in_utf_8():
    with serve(in_turn(OK)) as site:
        session(site.base_url).request("GET", "", auth=("ž", "ł"))
        assert site.asked[0].headers["Authorization"] == "Basic xb46xYI="


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_failure_that_may_pass_is_tried_again(status):
    slept = []
    with serve(in_turn(Answer(status), OK)) as site:
        assert session(site.base_url, slept=slept).request("POST", "x", data={"a": 1}).status == 200
        assert len(site.asked) == 2
        assert site.asked[0].form == site.asked[1].form
    assert len(slept) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_what_a_status_means_is_left_to_the_connector(status):
    with serve(in_turn(Answer(status, b"no"))) as site:
        answer = session(site.base_url).request("GET", "x")
        assert (answer.status, answer.text) == (status, "no")
        assert len(site.asked) == 1


@pytest.mark.parametrize(
    "broken", [Answer(hang_up=True), Answer(200, b'{"half": ', declared=400)], ids=["hung", "cut"]
)
def test_a_broken_connection_is_tried_again(broken):
    with serve(in_turn(broken, OK)) as site:
        assert session(site.base_url).request("GET", "x").json() == {"ok": True}


def test_an_answer_that_stays_cut_short_is_never_taken_for_data():
    with serve(in_turn(Answer(200, b"[]", declared=400))) as site:
        with pytest.raises(Unavailable, match="broke off the connection"):
            session(site.base_url).request("GET", "x")
        assert len(site.asked) == 5


def test_the_last_failure_is_told_in_the_words_of_the_system():
    body = b"<html><style>p{}</style><p>Down for &amp; <b>maintenance</b></p></html>"
    with serve(in_turn(Answer(503, body))) as site, pytest.raises(Unavailable) as caught:
        session(site.base_url).request("GET", "x")
    assert caught.value.message == (
        "127.0.0.1 could not answer (status 503): “Down for & maintenance”."
    )
    assert caught.value.hint


def test_the_wait_that_the_system_asks_for_is_kept():
    slept = []
    with serve(in_turn(Answer(429, headers={"Retry-After": "7"}), OK)) as site:
        session(site.base_url, slept=slept).request("GET", "x")
    assert slept == [7.0]


def test_a_wait_that_is_too_long_is_handed_back_instead_of_slept():
    slept = []
    with (
        serve(in_turn(Answer(429, headers={"Retry-After": "120"}))) as site,
        pytest.raises(Unavailable, match="asked us to slow down") as caught,
    ):
        session(site.base_url, slept=slept).request("GET", "x")
    assert (caught.value.retry_after, slept) == (120.0, [])


def test_waits_are_counted_together():
    slept = []
    with (
        serve(in_turn(Answer(429, headers={"Retry-After": "20"}))) as site,
        pytest.raises(Unavailable),
    ):
        session(site.base_url, slept=slept).request("GET", "x")
    assert slept == [20.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "90"}, 90.0),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90.0),
        ({"Retry-After": "2026-11-23T12:01:30Z"}, 90.0),
        ({"Retry-After": "2026-11-23T13:01:30+01:00"}, 90.0),
        ({"Retry-After": "2026-11-23T11:00:00Z"}, 0.0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 90)}, 90.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_a_wait_is_read_in_every_form_that_systems_use(headers, seconds):
    assert asked_wait(headers, NOW) == seconds


@given(st.text())
def test_no_header_breaks_the_reading_of_a_wait(text):
    found = asked_wait({"Retry-After": text, "X-RateLimit-Reset": text}, NOW)
    assert found is None or found >= 0


@given(st.integers(1, 40))
def test_jitter_stays_below_its_growing_limit(tries):
    assert 0 <= jittered_wait(tries) <= min(60, 2 ** (tries - 1))


def test_a_redirect_on_the_same_host_is_followed_with_its_body():
    moved = Answer(308, headers={"Location": "/new"})
    with serve(in_turn(moved, OK)) as site:
        session(site.base_url).request("POST", "old", data={"a": "1"}, auth=("u", "p"))
        assert [(a.method, a.path, a.form) for a in site.asked] == [
            ("POST", "/old", {"a": "1"}),
            ("POST", "/new", {"a": "1"}),
        ]


def test_a_redirect_to_another_host_is_refused_and_nothing_is_sent_there():
    with serve(in_turn(OK)) as elsewhere:
        moved = Answer(302, headers={"Location": f"{elsewhere.base_url}/login"})
        with serve(in_turn(moved)) as site, pytest.raises(NeedsAttention) as caught:
            session(site.base_url).request("GET", "x", auth=("u", SECRET))
        assert elsewhere.asked == []
        assert site.base_url in caught.value.message
        assert elsewhere.base_url in caught.value.message


def test_a_redirect_loop_ends():
    with serve(in_turn(Answer(302, headers={"Location": "/again"}))) as site:
        with pytest.raises(NeedsAttention, match="more than 5 times"):
            session(site.base_url).request("GET", "x")
        assert len(site.asked) == 6


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/x",
        "//elsewhere.example/x",
        "http://moodle.example/x",
        "https://moodle.example:8443/x",
        "https://moodle.example@elsewhere.example/x",
        "https://user:pass@moodle.example/x",
        "file:///etc/passwd",
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(url):
    with pytest.raises(NeedsAttention, match="Nothing was sent"):
        session("https://moodle.example/base").request("GET", url)


@pytest.mark.parametrize(
    "url", ["https://moodle.example:443/next", "HTTPS://Moodle.Example/next", "/next"]
)
def test_a_link_on_the_same_host_is_followed(url):
    assert session("https://moodle.example/base").link(url).lower().endswith("/next")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "0.0.0.0",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "64:ff9b::10.0.0.1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address):
    assert not AddressGuard().permits(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::8.8.8.8"])
def test_a_public_address_is_permitted(address):
    assert AddressGuard().permits(address)


def test_the_operator_can_allow_a_private_network():
    guard = AddressGuard(["10.2.0.0/16", "fd00::/8"])
    assert guard.permits("10.2.3.4")
    assert guard.permits("::ffff:10.2.3.4")
    assert guard.permits("fd00::1")
    assert not guard.permits("10.3.0.1")


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"])
def test_link_local_addresses_stay_refused_whatever_is_allowed(address):
    assert not AddressGuard(["0.0.0.0/0", "::/0", "169.254.0.0/16"]).permits(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001"])
def test_loopback_is_refused_however_it_is_spelled(host):
    with serve(in_turn(OK)) as site:
        port = site.base_url.rpartition(":")[2]
        with pytest.raises(NeedsAttention, match="not on the public internet"):
            session(f"http://{host}:{port}", allow_networks=()).request("GET", "x")
        assert site.asked == []


def test_a_body_beyond_the_limit_is_not_read():
    with (
        serve(in_turn(Answer(200, b"x" * 3_000_000))) as site,
        pytest.raises(Unavailable, match="larger than 1 MiB"),
    ):
        session(site.base_url, max_bytes=1024 * 1024).request("GET", "x")


def test_a_port_where_nobody_listens_is_told_so():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unavailable, match=f"refused the connection on port {port}"):
        session(f"http://127.0.0.1:{port}").request("GET", "x")


def test_a_name_that_does_not_exist_is_told_so():
    with pytest.raises((NeedsAttention, Unavailable), match=r"reach nowhere\.invalid"):
        session("https://nowhere.invalid").request("GET", "x")


def test_a_system_that_takes_the_request_and_stays_silent_is_told_so():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unavailable, match=r"did not answer within 0\.05 seconds"):
            session(f"http://127.0.0.1:{port}", timeout=(1, 0.05), tries=2).request("GET", "x")


def test_https_to_a_plain_server_is_told_so():
    with (
        serve(in_turn(OK)) as site,
        pytest.raises(NeedsAttention, match="No secure connection"),
    ):
        session(site.base_url.replace("http:", "https:")).request("GET", "x")


def test_one_request_at_a_time_is_sent_to_a_host():
    inside, most = [], []

    def answer(asked):
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.01)
        inside.pop()
        return OK

    with serve(answer) as site:
        work = [
            threading.Thread(target=session(site.base_url).request, args=("GET", "x"))
            for _ in range(6)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    assert (len(most), max(most)) == (6, 1)


def test_a_web_page_is_not_taken_for_data():
    page = Answer(200, b"<!DOCTYPE html><title>Log in</title>", {"Content-Type": "text/html"})
    with serve(in_turn(page)) as site:
        answer = session(site.base_url).request("GET", "x")
    with pytest.raises(Unavailable, match="answers with a web page, not with data") as caught:
        answer.json()
    assert "Log in" in caught.value.message


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"<xml/>", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_told_so(body):
    with pytest.raises(Unavailable):
        Response(200, "https://x.example/", {}, body).json()


def test_a_quote_is_short_and_without_markup():
    words = said(Response(400, "", {}, b"<p>" + b"word &lt;b&gt; " * 100 + b"</p>"))
    assert len(words) <= 200
    assert "<p>" not in words


@given(st.binary())
def test_any_answer_can_be_quoted(body):
    assert len(said(Response(400, "", {}, body))) <= 200


def test_no_secret_is_in_a_message_or_a_repr():
    echo = Answer(503, f"bad token {SECRET}".encode())
    with serve(in_turn(echo)) as site:
        http = session(site.base_url, secrets=(SECRET,))
        with pytest.raises(Unavailable) as caught:
            http.request("GET", "x", params={"token": SECRET})
    assert "canary" not in str(caught.value) + repr(caught.value) + caught.value.hint
    with serve(in_turn(Answer(400, f"bad {SECRET}".encode()))) as site:
        answer = session(site.base_url).request("GET", "x", auth=("me", SECRET))
    assert said(answer) == "bad ***"
    assert "canary" not in repr(answer)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("host moodle.example refused x", "host moodle.example refused ***"),
        ("GET /?wstoken=x&id=1", "GET /?wstoken=***&id=1"),
        ("“x” (x)", "“***” (***)"),
        ("xx 1x x1", "xx 1x x1"),
    ],
)
def test_a_short_secret_is_masked_where_it_stands_alone_and_leaves_words_whole(text, masked):
    assert redacted(text, ("x",)) == masked


def test_a_short_secret_of_punctuation_and_a_long_one_are_masked_everywhere():
    assert redacted("abc+!b and %2B%21", ("+!",)) == "abc***b and ***"
    assert redacted("prefixcanary-12suffix", ("canary-12",)) == "prefix***suffix"


def test_an_authorization_that_is_echoed_is_not_quoted():
    def echo(asked):
        return Answer(400, f"You sent {asked.headers['Authorization']}".encode())

    with serve(echo) as site:
        answer = session(site.base_url).request("GET", "x", auth=("me", SECRET))
    assert said(answer) == "You sent Basic ***"


def test_a_file_of_authorities_that_is_missing_is_named():
    with pytest.raises(NeedsAttention, match="does not exist: /nowhere/ca") as caught:
        session("https://moodle.example", ca_file="/nowhere/ca.pem").request("GET", "x")
    assert caught.value.field == "ca_file"


@pytest.fixture(scope="module")
def own_authority(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody has signed, and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Example Internal CA")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "site.pem"
    file.write_bytes(secret + certificate.public_bytes(pem))
    return file


@pytest.fixture
def tls(own_authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_authority)
    return context


def test_a_certificate_that_is_not_trusted_is_told_so(tls):
    with (
        serve(in_turn(OK), tls) as site,
        pytest.raises(NeedsAttention, match=r"is not trusted: “.*self.signed") as caught,
    ):
        session(site.base_url).request("GET", "x")
    assert "CA file" in caught.value.hint


def test_a_certificate_of_ones_own_authority_can_be_trusted(tls, own_authority):
    with serve(in_turn(OK), tls) as site:
        answer = session(site.base_url, ca_file=str(own_authority)).request("GET", "x")
        assert answer.json() == {"ok": True}


def test_an_unencrypted_detour_is_refused(tls, own_authority):
    with serve(in_turn(OK)) as plain:
        detour = Answer(302, headers={"Location": plain.base_url})
        with serve(in_turn(detour), tls) as site, pytest.raises(NeedsAttention):
            session(site.base_url, ca_file=str(own_authority)).request("GET", "x")
        assert plain.asked == []
