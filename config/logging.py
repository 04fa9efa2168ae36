"""Log lines as events with fields: readable on a console, JSON for machines, secrets masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_FIELD = re.compile(r"token|secret|password|authorization|cookie|api_key", re.IGNORECASE)
MASK = "[hidden]"


def mask_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Replace the value of every field whose name says that it is secret."""
    for name in event:
        if _SECRET_FIELD.search(name):
            event[name] = MASK
    return event


def configure_logging(log_format: str = "console", level: str = "INFO") -> None:
    """Send log events to standard error."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask_secrets,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        # Asked for anew each time: who takes standard error elsewhere may close the old one.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
