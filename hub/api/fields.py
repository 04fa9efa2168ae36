"""Fields of the wire format: what a time looks like in every question and answer."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields


class Instant(fields.Field[datetime]):
    """ISO 8601 in UTC with ``Z``, to the microsecond. Refuses a time without a time zone."""

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        problem = "Not an instant. Write it in UTC, for example 2026-03-01T00:00:00Z."
        try:
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                raise ValidationError(problem)
            return instant.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValidationError(problem) from error
