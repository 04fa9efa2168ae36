"""Runs, their counts and their events in the words of an admin. Pure."""

from datetime import datetime
from typing import NamedTuple

from connectors.registry import find_connector
from hub.runs.counts import Counts
from hub.runs.models import Run, RunEvent
from hub.web.times import moment


class Shown(NamedTuple):
    """A word with its tone and icon."""

    word: str
    tone: str
    picture: str


STATES = {
    "queued": Shown("Waiting", "quiet", "clock"),
    "running": Shown("Running", "busy", "play"),
    "succeeded": Shown("Succeeded", "good", "check"),
    "succeeded_with_warnings": Shown("Succeeded with warnings", "warn", "warning"),
    "failed": Shown("Failed", "bad", "cross"),
    "abandoned": Shown("Interrupted", "quiet", "pause"),
    "cancelled": Shown("Cancelled", "quiet", "cross"),
}

SOURCE_WORDS = {
    "Healthy": ("good", "check"),
    "Late": ("warn", "clock"),
    "Needs attention": ("bad", "warning"),
    "Paused": ("quiet", "pause"),
    "Setting up": ("busy", "dots"),
}

COUNT_WORDS = (
    ("new", "New"),
    ("unchanged", "Already known"),
    ("superseded", "Changed"),
    ("rejected", "Set aside"),
    ("ignored", "Not needed"),
)


def sum_sentence(run: Run) -> str:
    """The law of the counts, said with the numbers of this run."""
    counts = Counts.read(run.counts)
    parts = " + ".join(f"{getattr(counts, name):,} {word.lower()}" for name, word in COUNT_WORDS)
    if counts.add_up:
        return f"{counts.fetched:,} records read = {parts}"
    return f"These numbers do not add up: {counts.fetched:,} records read, but {parts}"


def event_sentence(event: RunEvent, connector_key: str) -> str:
    """What happened, as a line of the log."""
    data = event.data
    match event.kind:
        case "queued":
            return f"Asked for by {data.get('by', 'somebody')}."
        case "started":
            return "A worker has taken it."
        case "stream_started":
            since = data.get("since")
            what = f"what changed since {_moment(since)}" if since else "everything"
            return f"{_stream(connector_key, data)}: reading {what}."
        case "page_stored":
            counts = Counts.read(data)
            return (
                f"{_stream(connector_key, data)}: {counts.fetched:,} records read, "
                f"{counts.new + counts.superseded:,} new or changed, {counts.rejected:,} set aside."
            )
        case "stream_finished":
            return f"{_stream(connector_key, data)}: done."
        case _:
            words = event.kind.replace("_", " ").capitalize()
            return f"{words}. {data.get('message', '')}".strip()


def _moment(stored: str) -> str:
    return moment(datetime.fromisoformat(stored))


def _stream(connector_key: str, data: dict[str, object]) -> str:
    connector = find_connector(connector_key)
    titles = {stream.name: stream.title for stream in connector.streams} if connector else {}
    name = str(data.get("stream", ""))
    return titles.get(name, name)
