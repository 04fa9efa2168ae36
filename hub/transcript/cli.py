"""The command ``hub transcript``: one learner's transcript on a terminal, or as JSON."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from hub import clock
from hub.errors import NotFound
from hub.extensions import Hub
from hub.transcript.service import Entry, Transcript, learner_of_email, transcript_of
from hub.web.times import day


@click.command()
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, on standard output.")
@click.pass_obj
def transcript(hub: Hub, email: str, *, as_json: bool) -> None:
    """Print what one learner has done in all systems.

    Example: hub transcript somebody@example.org
    """
    found = find_transcript(hub, email)
    if as_json:
        click.echo(json.dumps(asdict(found), default=_plain, indent=1, ensure_ascii=False))
    else:
        print_transcript(found, Console(markup=False))


def find_transcript(hub: Hub, email: str) -> Transcript:
    """The transcript of the learner with this e-mail. Raises NotFound."""
    with hub.database.reading() as session:
        learner = learner_of_email(session, email)
        if learner is None:
            raise NotFound(
                f"No learner has the e-mail {email}.",
                hint="Look it up under /admin/learners, or pull the source that knows it.",
                field="email",
            )
        return transcript_of(session, learner.id, clock.now())


def print_transcript(found: Transcript, console: Console) -> None:
    """A table with one row per course, for a terminal of 80 columns: folded, nothing cut off."""
    table = Table(title=found.name, show_lines=True)
    for heading in ("Course", "Status", "Score, time", "Source"):
        table.add_column(heading, overflow="fold")
    for entry in found.entries:
        table.add_row(
            _lines(entry.title, entry.modality),
            _lines(entry.word.word, _dated(entry), *entry.notes),
            _lines(entry.score, entry.time),
            _lines(*(f"{source.name}\nas of {day(source.as_of)}" for source in entry.sources)),
        )
    console.print(table)
    console.print(
        f"{found.completed} completed, {found.in_progress} in progress, {found.hours} hours"
    )


def _dated(entry: Entry) -> str:
    if entry.date is None:
        return ""
    says = "" if entry.date_says == entry.word.word else f"{entry.date_says} "
    return says + day(entry.date)


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
