"""What this package raises. Run-time data never raises: what cannot be read becomes a flag."""

from typing import Literal

BadXmlCode = Literal["empty", "too_large", "encoding", "doctype", "too_deep", "malformed"]


class BadXml(ValueError):
    """An XML document that is refused.

    `code` is stable and meant for programs, `detail` is for a person and holds the parser's own
    words where there are any.
    """

    def __init__(self, code: BadXmlCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: BadXmlCode = code
        self.detail = detail
