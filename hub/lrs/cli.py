"""`hub statements`: validate, export, import and void, from the command line.

What a program reads goes to standard output, what a person is told to standard error. `validate`
needs no hub: authors of exporters use it beside their own code.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click

from hub.accounts import audit
from hub.errors import HubError
from hub.extensions import Hub
from hub.jobs.queue import ring
from hub.lrs import checking, exporting
from hub.lrs.attachment_storage import storage_of
from hub.lrs.importing import BATCH, Import, Imported, Refused, Stopped, importer
from hub.lrs.reindex_cli import reindex_statements
from hub.lrs.sidecar import Sidecar
from hub.lrs.validation_api import VERSIONS
from hub.lrs.voiding import void
from xapi import json as xapi_json
from xapi.actors import IFI, ifi_of
from xapi.errors import Problem
from xapi.formats import instant_of, is_iri, is_timestamp
from xapi.validate_actor import check_actor

_PROGRESS_EVERY = 5000


def _name(file: BinaryIO) -> str:
    """What a file is called; standard input has a name or none, by where it comes from."""
    return getattr(file, "name", "<stdin>")


def _say(text: str) -> None:
    click.echo(text, err=True)


class Instant(click.ParamType[datetime]):
    """A timestamp as the standard writes it."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        if not is_timestamp(value):
            self.fail(f"{value!r} is no timestamp such as 2026-03-18T17:00:00Z.", param, ctx)
        return instant_of(value)


class Iri(click.ParamType[str]):
    """An IRI."""

    name = "iri"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if not is_iri(value):
            self.fail(f"{value!r} is no IRI with its scheme, such as https://…", param, ctx)
        return str(value)


class Agent(click.ParamType[IFI]):
    """An agent as JSON, or an e-mail address."""

    name = "agent"

    def convert(self, value: Any, param: Any, ctx: Any) -> IFI:
        agent: object = {"mbox": f"mailto:{value}"}
        if value.lstrip().startswith("{"):
            try:
                agent = xapi_json.loads(value.encode())
            except xapi_json.BadJson as error:
                self.fail(str(error), param, ctx)
        problems: list[Problem] = []
        check_actor(agent, "", problems)
        found = ifi_of(agent) if not problems and isinstance(agent, dict) else None
        if found is None:
            why = f" {problems[0]}" if problems else ""
            self.fail(f"{value!r} is no e-mail address and no agent with an IFI.{why}", param, ctx)
        return found


@click.group()
def statements() -> None:
    """Statements of xAPI: check files, move them in and out, void."""


statements.add_command(reindex_statements)


@statements.command("validate")
@click.argument("file", type=click.File("rb"))
@click.option("--xapi", "version", type=click.Choice(VERSIONS), help="Version of the standard.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: one problem a line.")
def validate(file: BinaryIO, version: str | None, *, as_json: bool) -> None:
    """Say everything that is wrong with the statements of a FILE ("-" is standard input).

    It holds a statement, a JSON array of them, or one statement a line (NDJSON). Exit status 1 when
    something is wrong. Without --xapi a line of NDJSON is judged by the version that it names, and
    everything else by 1.0.3.

    Example: hub statements validate export.ndjson --xapi 2.0.0
    """
    seen = wrong = 0
    first = file.readline(checking.LONGEST_LINE + 1)
    if checking.is_lines(first):
        for line in checking.read_lines(file, version, first=first):
            seen += 1
            wrong += len(line.problems)
            for problem in line.problems:
                _show(_name(file), problem, line=line.number, as_json=as_json)
    else:
        checked = _check_text(first + file.read(checking.LONGEST_TEXT), version or VERSIONS[0])
        seen, wrong = checked.statements, len(checked.findings)
        for finding in checked.findings:
            _show(_name(file), finding.problem, index=finding.statement, as_json=as_json)
    _say(f"{seen:,} statements read, {wrong:,} problems.")
    if wrong:
        sys.exit(1)


def _check_text(text: bytes, version: str) -> checking.Checked:
    if len(text) > checking.LONGEST_TEXT:
        return checking.Checked(0, (checking.too_large(checking.LONGEST_TEXT),))
    return checking.check_text(text, version)


def _show(
    name: str,
    problem: Problem,
    *,
    line: int | None = None,
    index: int | None = None,
    as_json: bool = False,
) -> None:
    """Print one problem, with the line of NDJSON or the place in the array."""
    if as_json:
        place = {"file": name, "line": line, "statement": index}
        click.echo(json.dumps({**place, **asdict(problem)}, ensure_ascii=False))
        return
    where = f":{line}" if line is not None else "" if index is None else f"[{index}]"
    click.echo(_words(name + where, problem))


def _words(where: str, problem: Problem) -> str:
    pointer = problem.pointer or "/"
    return f"{where}: {pointer} {problem.rule}: {problem.message} ({problem.section})"


@statements.command("export")
@click.option("--since", type=Instant(), help="Only what was stored after this instant.")
@click.option("--until", type=Instant(), help="Only what was stored up to this instant.")
@click.option("--verb", type=Iri(), help="Only with this verb.")
@click.option("--activity", type=Iri(), help="Only about this activity.")
@click.option("--agent", type=Agent(), help="Only about this agent: JSON, or an e-mail address.")
@click.option("--voided", is_flag=True, help="The voided ones too.")
@click.option(
    "--attachments",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write the contents of attachments, one file each.",
)
@click.option("--format", "_format", type=click.Choice(["ndjson"]), default="ndjson", hidden=True)
@click.pass_obj
def export_statements(hub: Hub, /, folder: Path | None, _format: str, **chosen: Any) -> None:
    """Write statements to standard output, one a line, in the order of storing.

    The filters are those of the standard, so that a statement which refers to a match is written
    as well.

    Example: hub statements export --since 2026-01-01T00:00:00Z > statements.ndjson
    """
    with click.open_file("-", "wb") as out:
        work = exporting.Export(
            hub.database,
            storage_of(hub.settings),
            exporting.Selection(**chosen),
            write=out.write,
            sidecar=Sidecar(folder) if folder else None,
        )
        try:
            done = work.run()
            out.flush()
        except BrokenPipeError as error:
            sys.stdout = None  # nobody is there to be told the rest
            raise HubError(
                "The export was not finished: what it was written to has stopped reading.",
                hint="Write it to a file.",
            ) from error
    _say(_exported(done))


def _exported(done: exporting.Exported) -> str:
    said = [f"{done.statements:,} statements written, {done.voided:,} of them voided."]
    if done.without_effect:
        said.append(
            f"{done.without_effect:,} voiding statements were left out: they void nothing here, "
            "since another authority than their target's sent them."
        )
    if done.without_content:
        said.append(
            f"{done.without_content:,} statements have attachments whose content was not exported."
        )
    return "\n".join(said)


@statements.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--as", "name", default="file", show_default=True, help="Who the authority names.")
@click.option("--keep-authority", is_flag=True, help="Keep the authority in the file.")
@click.option(
    "--attachments",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where an export wrote the contents of attachments.",
)
@click.option("--strict", is_flag=True, help="Stop at what cannot be stored.")
@click.option("--xapi", "version", type=click.Choice(VERSIONS), help="Version of the standard.")
@click.pass_obj
def import_statements(
    hub: Hub,
    /,
    file: BinaryIO,
    name: str,
    *,
    keep_authority: bool,
    folder: Path | None,
    strict: bool,
    version: str | None,
) -> None:
    """Store the statements of a FILE with one statement a line ("-" is standard input).

    What is stored already is passed over, so an import that was broken off is simply run again.
    Lines that cannot be stored are named, and the others are stored; exit status 1 then.
    --keep-authority is for moving from another store: the file is believed about who said what.

    Example: hub statements import statements.ndjson --as old-store
    """
    work = Import(
        hub.database,
        storage_of(hub.settings),
        name,
        report=lambda refused: _refused(_name(file), refused),
        progress=_progress,
        sidecar=Sidecar(folder) if folder else None,
        strict=strict,
    )
    try:
        work.run(checking.read_lines(file, version, keep_authority=keep_authority))
    except Stopped:
        _say("Stopped, as --strict asks.")
    finally:
        _note(hub, _name(file), importer(name).key, keep_authority, work.done)
        _say(_numbers(work.done))
        ring()
    if not work.done.complete:
        sys.exit(1)


def _note(hub: Hub, name: str, authority: str, kept: bool, done: Imported) -> None:  # noqa: FBT001
    with hub.database.transaction() as session:
        audit.record(
            session,
            audit.command_actor(),
            "statements.import",
            name,
            authority=authority,
            keeps_authority=kept,
            **asdict(done),
        )


def _progress(done: Imported) -> None:
    if done.read % _PROGRESS_EVERY < BATCH:
        _say(_numbers(done))


def _numbers(done: Imported) -> str:
    return (
        f"{done.read:,} read: {done.stored:,} stored, {done.known:,} known already, "
        f"{done.conflicts:,} conflicts, {done.invalid:,} invalid."
    )


def _refused(name: str, refused: Refused) -> None:
    for problem in refused.problems:
        _say(_words(f"{name}:{refused.line}", problem))


@statements.command("void")
@click.argument("statement_id", type=click.UUID, metavar="ID")
@click.option("--reason", required=True, help="Why it must not count; kept with the voiding.")
@click.pass_obj
def void_statement(hub: Hub, statement_id: UUID, reason: str) -> None:
    """Void the statement ID, whoever stored it, and say why.

    It stays in the store and no longer counts. A voiding cannot be taken back.

    Example: hub statements void 39e24cc4-69af-4b01-a824-1fdc6ea8a3af --reason "a test account"
    """
    with hub.database.transaction() as session:
        voiding = void(session, statement_id, reason, audit.command_actor())
    ring()
    _say(f"{statement_id} is voided, by the statement:")
    click.echo(voiding)
