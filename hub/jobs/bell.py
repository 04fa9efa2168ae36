"""Wakes the workers of this process. The database is the truth: a lost ring only costs a moment."""

import threading

_lock = threading.Lock()
_listeners: dict[threading.Event, str] = {}


def listen(name: str = "") -> threading.Event:
    """An event that is set at every ring for this name until it is given to unlisten."""
    event = threading.Event()
    with _lock:
        _listeners[event] = name
    return event


def unlisten(event: threading.Event) -> None:
    """Stop setting this event."""
    with _lock:
        _listeners.pop(event, None)


def ring(*names: str) -> None:
    """Wake the listeners of this process to these names, or all; others find the work by looking.

    It is rung for every stored batch: whom it does not concern had better sleep on.
    """
    with _lock:
        for event, name in _listeners.items():
            if not names or name in names:
                event.set()
