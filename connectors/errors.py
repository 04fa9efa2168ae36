"""What can go wrong while talking to a system, chosen by what the run should do next."""


class ConnectorError(Exception):
    """The source system did not give us what we asked for.

    *message* says what did not happen and why, with the system's own words in quotes; *hint* says
    what to do. Both are shown to an admin; neither holds a secret.
    """

    def __init__(self, message: str, *, hint: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field
        """Name of the configuration field that the admin should look at, if one is to blame."""


class NeedsAttention(ConnectorError):
    """Stop. An admin must change something: credentials, permission, address."""


class Unavailable(ConnectorError):
    """Try again later: time-out, 429, 5xx.

    *retry_after* is the number of seconds that the system asked us to wait, if it did.
    """

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class BadRecord(ConnectorError):
    """Set this record aside and go on.

    *code* groups rejections with the same cause ("unknown_status"); *pointer* names the place in
    the record ("Attendance", "row 17, column Date").
    """

    def __init__(self, message: str, *, code: str, hint: str = "", pointer: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.pointer = pointer
