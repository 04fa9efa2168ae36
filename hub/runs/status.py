"""The one status word of a source, with reason and since when. Pure: rows and an instant in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.runs.models import ACTIVE, Run
from hub.sources.checking import outcome_of
from hub.sources.models import Source

LATE_AFTER = timedelta(days=2)
"""Without a successful pull for so long, what the hub shows may be out of date."""
GOOD = ("succeeded", "succeeded_with_warnings")


class Word(StrEnum):
    """How a source is doing."""

    HEALTHY = "Healthy"
    LATE = "Late"
    NEEDS_ATTENTION = "Needs attention"
    PAUSED = "Paused"
    SETTING_UP = "Setting up"


@dataclass(frozen=True, slots=True)
class Status:
    """One word, why, and since when."""

    word: Word
    reason: str
    since: datetime


def status_of(source: Source, runs: Sequence[Run], now: datetime) -> Status:
    """*runs* are the newest of the source, newest first; *now* decides what is late."""
    if source.paused_at is not None:
        return Status(Word.PAUSED, "It is not pulled until somebody resumes it.", source.paused_at)
    ended = [run for run in runs if run.state not in ACTIVE and run.ended_at is not None]
    good = next((run for run in ended if run.state in GOOD), None)
    failing = _failing(ended)
    if failing is not None:
        return Status(Word.NEEDS_ATTENTION, *failing)
    check = outcome_of(source.last_check)
    succeeded_at = good.ended_at if good else None
    if check is not None and not check.ok and (succeeded_at is None or check.at > succeeded_at):
        return Status(Word.NEEDS_ATTENTION, check.reason, check.at)
    if good is None or succeeded_at is None:
        waiting = any(run.state in ACTIVE for run in runs)
        reason = "The first pull is under way." if waiting else "Nothing has been pulled yet."
        return Status(Word.SETTING_UP, reason, source.created_at)
    if now - succeeded_at > LATE_AFTER:
        days = (now - succeeded_at).days
        return Status(Word.LATE, f"The last successful pull was {days} days ago.", succeeded_at)
    return Status(Word.HEALTHY, _took_in(good), _good_since(ended, succeeded_at))


def _failing(ended: Sequence[Run]) -> tuple[str, datetime] | None:
    """Reason of the newest failure and when the row of failures began; None after a success.

    An abandoned or cancelled run says nothing about the source: its successor does.
    """
    told = [run for run in ended if run.state in {*GOOD, "failed"}]
    if not told or told[0].state in GOOD:
        return None
    began = told[0].ended_at
    for run in told:
        if run.state in GOOD:
            break
        began = run.ended_at
    assert began is not None
    return told[0].message or "The last pull failed.", began


def _good_since(ended: Sequence[Run], newest: datetime) -> datetime:
    """When the row of successes up to now began, as far as the runs go back."""
    since = newest
    for run in ended:
        if run.state == "failed":
            break
        if run.state in GOOD and run.ended_at is not None:
            since = run.ended_at
    return since


def _took_in(run: Run) -> str:
    changed = run.counts.get("new", 0) + run.counts.get("superseded", 0)
    words = f"{changed:,} new or changed records" if changed else "nothing new"
    aside = run.counts.get("rejected", 0)
    return f"The last pull found {words}" + (f", and set {aside:,} aside." if aside else ".")
