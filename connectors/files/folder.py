"""The watched folder: which files lie in it, and their bytes. Never writes, moves or deletes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import BadRecord, NeedsAttention, Unavailable
from connectors.files.cells import MAX_BYTES

SUFFIXES = frozenset({".csv", ".xlsx"})


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One file of the folder as it was when the read began."""

    path: Path
    digest: str
    """SHA-256 of the content; the size of a file that is too large to be read."""

    @property
    def name(self) -> str:
        """As it can be shown and stored: bytes that are no UTF-8 become question marks."""
        return self.path.name.encode("utf-8", "replace").decode()

    def read(self) -> bytes:
        """The bytes. Raises BadRecord when too large, Unavailable when changed meanwhile."""
        try:
            size = self.path.stat().st_size
            if size > MAX_BYTES:
                raise BadRecord(
                    f"The file was not read: it has {size:,} bytes, and the limit is "
                    f"{MAX_BYTES:,}.",
                    code="file_too_large",
                    hint="Export a shorter period, or split the file.",
                )
            data = self.path.read_bytes()
        except OSError as error:
            raise _changed(self.name, str(error.strerror)) from error
        if hashlib.sha256(data).hexdigest() != self.digest:
            raise _changed(self.name, "its content is another")
        return data


def _changed(name: str, why: str) -> Unavailable:
    return Unavailable(
        f"The file {name} changed while the folder was read ({why}).",
        hint="Nothing needs to be done: the next run reads it whole.",
    )


def list_files(folder: str) -> tuple[DroppedFile, ...]:
    """The tables in *folder*, oldest first. Hidden files and the lock files of Office are left
    out, and links, with which whoever may write here could show the hub any file.

    Raises NeedsAttention when the folder or one of its files cannot be opened.
    """
    root = Path(folder)
    try:
        found = [
            (path.stat().st_mtime_ns, path.name, path)
            for path in root.iterdir()
            if path.suffix.lower() in SUFFIXES
            and not path.name.startswith((".", "~$"))
            and path.is_file()
            and not path.is_symlink()
        ]
        return tuple(DroppedFile(path, _digest(path)) for _, _, path in sorted(found))
    except OSError as error:
        raise NeedsAttention(
            f"The folder {folder} was not read: “{error.strerror}” ({error.filename}).",
            hint="Create the folder, or let the user that runs the hub read it.",
            field="folder",
        ) from error


def _digest(path: Path) -> str:
    size = path.stat().st_size
    if size > MAX_BYTES:
        return f"{size} bytes"
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
