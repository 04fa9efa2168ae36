"""Single values of Moodle's answers. What cannot be understood is a BadRecord with its place."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.errors import BadRecord

Json = Mapping[str, Any]


def whole(row: object, name: str) -> int:
    """A whole number that must be there. Raises BadRecord."""
    value = row.get(name) if isinstance(row, Mapping) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise BadRecord(
        f"Moodle sent a record without a usable “{name}”.",
        code=f"missing_{name}",
        hint="Look at the raw record. If the field is there in Moodle, please report this.",
        pointer=name,
    )


def instant(value: object, pointer: str) -> datetime | None:
    """Seconds since 1970 as an instant; 0, empty and null mean "never". Raises BadRecord."""
    text = "" if value is None else str(value)
    if text in {"", "0"}:
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRecord(
            f"Moodle sent “{text[:40]}” where a time in seconds belongs.",
            code="bad_timestamp",
            hint="Look at the raw record.",
            pointer=pointer,
        ) from None


def listed(row: object, name: str) -> Sequence[Json]:
    """A list of objects that must be there. Raises BadRecord."""
    value = row.get(name) if isinstance(row, Mapping) else None
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return value
    raise BadRecord(
        f"Moodle sent an answer without a usable list “{name}”.",
        code="missing_list",
        hint="Look at the raw record. A plugin or a proxy may have changed the answer.",
        pointer=name,
    )


def title(row: Json, name: str) -> str | None:
    """A text to show, or None if there is none."""
    return str(row.get(name) or "").strip() or None


def is_student(user: Json, roles: Iterable[str]) -> bool:
    """Whether one of the user's roles in the course is one of *roles* (short names)."""
    wanted = set(roles)
    found = user.get("roles")
    return isinstance(found, list) and any(
        isinstance(role, Mapping) and role.get("shortname") in wanted for role in found
    )
