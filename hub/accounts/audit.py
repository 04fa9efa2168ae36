"""Writes the audit log, in the transaction of what it reports. Never holds a secret."""

import getpass
from typing import Any

from sqlalchemy.orm import Session

from hub import clock
from hub.accounts.models import AuditEntry


def record(session: Session, actor: str, action: str, target: str, **detail: Any) -> None:
    """Append an entry. *action* is ``thing.verb``; *target* names the thing; *detail* is JSON."""
    session.add(
        AuditEntry(at=clock.now(), actor=actor, action=action, target=target, detail=detail)
    )
    session.flush()


def command_actor() -> str:
    """The actor of a command: the operating system's user who typed it."""
    return f"command:{getpass.getuser()}"
