"""Wakes the workers of this process. The database is the truth: a lost ring only costs a moment."""

import threading

_lock = threading.Lock()
_listeners: set[threading.Event] = set()


def listen() -> threading.Event:
    """An event that is set at every ring until it is given to unlisten."""
    event = threading.Event()
    with _lock:
        _listeners.add(event)
    return event


def unlisten(event: threading.Event) -> None:
    """Stop setting this event."""
    with _lock:
        _listeners.discard(event)


def ring() -> None:
    """Wake every worker thread of this process; others find the work by looking."""
    with _lock:
        for event in _listeners:
            event.set()
