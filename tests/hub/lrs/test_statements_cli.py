"""`hub statements`, as it is typed."""

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hub.accounts.models import AuditEntry
from hub.cli import main
from hub.lrs.cli import statements
from tests.hub.lrs.speaking import mbox, statement, voiding

BAD = statement(actor={"mbox": "ann"})


@pytest.fixture
def run(hub):
    def call(*words, given=""):
        return CliRunner().invoke(statements, words, obj=hub, input=given)

    return call


@pytest.fixture
def judged(tmp_path):
    """Validates the text of a file; returns the exit status and what was said about it."""

    def call(text, *words):
        path = tmp_path / "given.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = CliRunner().invoke(statements, ["validate", str(path), *words])
        return done.exit_code, done.stdout.replace(str(path), "FILE").splitlines(), done.stderr

    return call


def lines(*items):
    return "".join(json.dumps(item) + "\n" for item in items)


def test_a_valid_file_is_valid(judged):
    for text in (
        json.dumps(statement()),
        json.dumps(statement(), indent=1),
        json.dumps([statement(), statement()], indent=1),
        lines(statement(), statement()),
    ):
        assert judged(text)[:2] == (0, [])


def test_problems_of_ndjson_are_named_by_line(judged):
    status, said, told = judged(lines(statement(), BAD) + "\n" + '{"a": 1, "a": 2}\n{oops}\n')

    assert status == 1
    assert [line.split(": ")[:3] for line in said] == [
        ["FILE:2", "/actor/mbox not_mailto", '"ann" is not an address such as "mailto:ann@example.org". (Data 2.4.2.3)'],
        ["FILE:4", "/ duplicate_key", 'The property "a" occurs twice in one object. (Data 2.2)'],
        ["FILE:5", "/ syntax", "The text is not JSON"],
    ]  # fmt: skip
    assert told == "4 statements read, 3 problems.\n"


def test_problems_of_an_array_are_named_by_place(judged):
    status, said, _ = judged(json.dumps([statement(), BAD], indent=1))

    assert status == 1
    assert said[0].startswith("FILE[1]: /actor/mbox not_mailto: ")


def test_a_text_that_is_no_json_is_refused(judged):
    status, said, _ = judged("<html>")

    assert status == 1
    assert said[0].startswith("FILE: / syntax: ")


def test_the_version_can_be_chosen(judged):
    people = {"contextAgents": [{"objectType": "contextAgent", "agent": mbox()}]}
    text = json.dumps([statement(context=people)])

    assert judged(text)[0] == 1
    assert judged(text, "--xapi", "2.0.0")[0] == 0


def test_problems_can_be_read_by_programs(judged):
    _, said, _ = judged(lines(statement(), BAD), "--json")

    assert json.loads(said[0]) == {
        "file": "FILE",
        "line": 2,
        "statement": None,
        "pointer": "/actor/mbox",
        "rule": "not_mailto",
        "message": '"ann" is not an address such as "mailto:ann@example.org".',
        "section": "Data 2.4.2.3",
    }


def test_standard_input_is_read():
    done = CliRunner().invoke(statements, ["validate", "-"], input=lines(BAD))

    assert done.exit_code == 1
    assert done.stdout.startswith("<stdin>:1: /actor/mbox")


def test_validating_needs_no_hub(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.json").write_text(json.dumps(statement()))

    with pytest.raises(SystemExit) as ended:
        main(["statements", "validate", "one.json"])

    assert ended.value.code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]


def test_what_is_exported_can_be_imported(run, vendor, tmp_path):
    ids = vendor.store(statement(), statement())
    vendor.store(voiding(ids[0]))

    out = run("export", "--voided")

    assert next(json.loads(line)["id"] for line in out.stdout.splitlines()) == ids[0]
    assert out.stderr == "3 statements written, 1 of them voided.\n"
    again = run("import", "-", "--as", "old store", given=out.stdout)
    assert again.exit_code == 0
    assert again.stderr.endswith("3 read: 0 stored, 3 known already, 0 conflicts, 0 invalid.\n")


def test_the_filters_of_an_export_are_checked(run, vendor):
    vendor.store(statement(), statement(actor=mbox("ben@x.org")))

    assert len(run("export", "--agent", "ben@x.org").stdout.splitlines()) == 1
    assert len(run("export", "--agent", json.dumps(mbox("ben@x.org"))).stdout.splitlines()) == 1
    for words in (["--agent", "ben"], ["--agent", "{"], ["--verb", "read"], ["--since", "today"]):
        assert run("export", *words).exit_code == 2


def test_an_import_says_what_it_refused_and_is_audited(run, hub):
    done = run("import", "-", "--as", "old", given=lines(BAD, statement()))

    assert done.exit_code == 1
    assert "<stdin>:1: /actor/mbox not_mailto: " in done.stderr
    assert done.stderr.endswith("2 read: 1 stored, 0 known already, 0 conflicts, 1 invalid.\n")
    with hub.database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.detail["authority"]) == ("statements.import", "import:old")
    assert (entry.detail["stored"], entry.detail["invalid"]) == (1, 1)


def test_a_strict_import_stops(run):
    done = run("import", "-", "--strict", given=lines(BAD, statement()))

    assert done.exit_code == 1
    assert done.stderr.endswith(
        "Stopped, as --strict asks.\n1 read: 0 stored, 0 known already, 0 conflicts, 1 invalid.\n"
    )


def test_a_statement_is_voided_with_its_reason(run, vendor):
    (target,) = vendor.store(statement())

    done = run("void", target, "--reason", "a test account")

    assert done.exit_code == 0
    assert vendor.one(done.stdout.strip())["object"]["id"] == target
    assert vendor.get(voidedStatementId=target).status_code == 200


def test_voiding_needs_a_reason_and_a_statement(run):
    assert run("void", str(uuid4())).exit_code == 2
    assert run("void", "x", "--reason", "y").exit_code == 2
