"""What holds for every connector in the registry. How to add one: see contract.py."""

import json
import socket

import pytest

from connectors.base import Kind, Tier
from connectors.errors import ConnectorError, NeedsAttention, Unavailable
from connectors.records import Record
from connectors.registry import broken_connectors, connectors
from tests.connectors.contract import cases
from tests.connectors.simulator import Answer, serve

CASES = cases()
SECRET_WORDS = ("token", "password", "secret", "api_key", "private_key")
every_connector = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
over_http = pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if case.config_at],
    ids=[key for key, case in CASES.items() if case.config_at],
)


def the_class(case):
    return connectors()[case.key]


def streams(case):
    return [stream.name for stream in the_class(case).streams]


def assert_helpful(error, case):
    assert isinstance(error, ConnectorError)
    assert error.message.endswith((".", "”"))
    assert error.hint
    told = " ".join([error.message, error.hint, str(error), repr(error), repr(error.args)])
    for secret in case.secrets:
        assert secret not in told


def test_every_connector_of_the_registry_has_a_case():
    assert set(connectors()) == set(CASES)
    assert broken_connectors() == ()


@every_connector
def test_a_connector_says_what_it_is(case):
    found = the_class(case)
    assert found.title
    assert found.about.endswith(".")
    assert isinstance(found.kind, Kind)
    assert isinstance(found.tier, Tier)
    names = streams(case)
    assert names
    assert len(names) == len(set(names))


@every_connector
def test_every_configuration_field_has_a_title_and_a_description(case):
    for name, field in the_class(case).Config().fields.items():
        assert field.metadata.get("title"), name
        assert field.metadata.get("description"), name


@every_connector
def test_secrets_are_never_dumped(case):
    fields = the_class(case).Config().fields
    for name, field in fields.items():
        if any(word in name for word in SECRET_WORDS):
            assert field.load_only, name
    with case.opened() as entered:
        schema = the_class(case).Config()
        dumped = json.dumps(schema.dump(schema.load(dict(entered))), default=str)
    for secret in case.secrets:
        assert secret not in dumped


@every_connector
def test_the_check_names_the_system_and_proves_each_grant(case):
    with case.opened() as entered:
        result = case.connector(entered).check()
    assert result.system
    assert [grant for grant in result.grants if grant.ok is False] == []
    assert result.ok


@over_http
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, NeedsAttention),
        (403, NeedsAttention),
        (404, NeedsAttention),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_check_that_fails_says_why_and_what_to_do(case, status, expected):
    def refuse(asked):
        echo = f"You sent {asked.form} {asked.headers} {' '.join(case.secrets)}"
        return Answer(status, f"<html><p>{echo}</p></html>".encode())

    with serve(refuse) as site, pytest.raises(expected) as caught:
        case.connector(case.config_at(site.base_url)).check()
    assert_helpful(caught.value, case)


@over_http
def test_a_wait_that_the_system_asks_for_reaches_the_run(case):
    with (
        serve(lambda asked: Answer(429, headers={"Retry-After": "900"})) as site,
        pytest.raises(Unavailable) as caught,
    ):
        case.connector(case.config_at(site.base_url)).check()
    assert caught.value.retry_after == 900.0


@over_http
@pytest.mark.parametrize(
    "ask",
    [
        lambda connector, stream: connector.check(),
        lambda connector, stream: list(connector.read(stream, None, None)),
    ],
    ids=["check", "read"],
)
def test_a_web_page_is_never_taken_for_an_empty_answer(case, ask):
    page = Answer(200, b"<!DOCTYPE html><html><title>Log in</title></html>")
    with serve(lambda asked: page) as site:
        connector = case.connector(case.config_at(site.base_url))
        with pytest.raises((NeedsAttention, Unavailable)) as caught:
            ask(connector, streams(case)[0])
    assert_helpful(caught.value, case)


@over_http
def test_a_system_that_stays_silent_is_unavailable(case):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unavailable) as caught:
            case.connector(case.config_at(base_url), timeout=(0.5, 0.05)).check()
    assert_helpful(caught.value, case)


def test_there_is_something_to_read_for_every_connector():
    for case in CASES.values():
        with case.opened() as entered:
            connector = case.connector(entered)
            assert any(
                page.records
                for stream in streams(case)
                for page in connector.read(stream, None, None)
            )


@every_connector
def test_keys_are_unique_and_reading_twice_gives_the_same(case):
    with case.opened() as entered:
        for stream in streams(case):
            reads = [
                [
                    r
                    for page in case.connector(entered).read(stream, None, None)
                    for r in page.records
                ]
                for _ in range(2)
            ]
            assert reads[0] == reads[1]
            assert all(isinstance(record, Record) and record.key for record in reads[0])
            keys = [(type(record), record.key) for record in reads[0]]
            assert len(keys) == len(set(keys))


@every_connector
def test_a_read_resumed_after_any_page_gives_the_rest_of_the_same_records(case, monkeypatch):
    case.small_pages(monkeypatch)
    with case.opened() as entered:
        for stream in streams(case):
            pages = list(case.connector(entered).read(stream, None, None))
            for number, page in enumerate(pages[:-1], start=1):
                resume = json.loads(json.dumps(page.resume))
                rest = case.connector(entered).read(stream, None, resume)
                expected = [record for later in pages[number:] for record in later.records]
                assert [record for later in rest for record in later.records] == expected
