"""Where the bytes of attachments lie: in the database, or as files in the data folder.

A file is written whole under another name, forced to the disk, and then given its name, before the
transaction that refers to it commits. What a crash leaves behind is a file that nothing refers to.
Both places are read whatever the setting says now: changing it moves nothing.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from config import Settings
from hub.errors import HubError

_UNFINISHED = ".part"
_SHA256 = re.compile("[0-9a-f]{64}")


class ContentLost(HubError):
    """The file of an attachment cannot be read."""

    status = 500
    code = "content_lost"

    def __init__(self, sha256: str, why: str) -> None:
        super().__init__(
            f"The content of the attachment {sha256} cannot be read: “{why}”.",
            hint="Ask for the statements without attachments; an administrator of the hub has to "
            "bring back the folder attachments of the data folder from its backup.",
        )


@dataclass(frozen=True, slots=True)
class Storage:
    """Where new contents go, and the folder of those that are files."""

    place: Literal["database", "files"]
    folder: Path

    def put(self, sha256: str, content: bytes) -> bytes | None:
        """Keep a content. Returns what its row holds: the bytes, or None when they are a file."""
        if self.place == "database":
            return content
        path = self._path(sha256)
        if path.exists():
            return None
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_name(f"{sha256}.{uuid4().hex}{_UNFINISHED}")
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        for folder in (path.parent, self.folder):
            _sync(folder)
        return None

    def get(self, sha256: str, kept: bytes | None) -> bytes:
        """Return a content; *kept* is what its row holds. Raises ContentLost."""
        if kept is not None:
            return kept
        try:
            return self._path(sha256).read_bytes()
        except OSError as error:
            raise ContentLost(sha256, error.strerror or type(error).__name__) from error

    def contents(self) -> Iterator[Path]:
        """The files that are contents, each named by its SHA-256."""
        return (path for path in self.folder.glob("??/*") if _SHA256.fullmatch(path.name))

    def unfinished(self) -> Iterator[Path]:
        """The files that are being written, or were when their writer died."""
        return self.folder.glob(f"??/*{_UNFINISHED}")

    def _path(self, sha256: str) -> Path:
        # Folders stay small: no file system likes a million names in one.
        return self.folder / sha256[:2] / sha256


def storage_of(settings: Settings) -> Storage:
    """The storage that the settings describe."""
    place: Literal["database", "files"] = (
        "files" if settings.attachment_storage == "files" else "database"
    )
    return Storage(place, settings.data_dir / "attachments")


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a loss of power."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
