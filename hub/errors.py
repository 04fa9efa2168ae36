"""Errors that a caller can do something about. hub/api turns them into HTTP, nobody else."""


class HubError(Exception):
    """Something that a person asked for cannot be done.

    *message* says what and why; *hint* says what to do; *field* names the input to blame.
    """

    status = 400
    code = "refused"

    def __init__(self, message: str, *, hint: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field


class NotFound(HubError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class Invalid(HubError):
    """An input breaks a rule."""

    status = 422
    code = "invalid"


class Conflict(HubError):
    """It contradicts what is already there."""

    status = 409
    code = "conflict"


class Forbidden(HubError):
    """The caller may not do this."""

    status = 403
    code = "forbidden"
