"""Files that an admin uploads for a file source: first looked at, then put into its folder.

Until it is confirmed, a file waits in the hub's data folder under its own digest; a source has one
waiting file at most.
"""

import hashlib
import shutil
from pathlib import Path
from uuid import UUID

from werkzeug.utils import secure_filename

from hub.errors import Invalid, NotFound

SUFFIXES = (".csv", ".xlsx")


def hold(data_dir: Path, source_id: UUID, file_name: str, data: bytes) -> str:
    """Keep an upload until it is confirmed; returns the name it waits under. Raises Invalid."""
    name = secure_filename(file_name)
    if not name.lower().endswith(SUFFIXES) or name.lower() in SUFFIXES:
        raise Invalid(
            f"“{file_name}” is neither a CSV nor an Excel file.",
            hint="Export the attendance as .csv or .xlsx.",
            field="file",
        )
    if not data:
        raise Invalid(f"“{file_name}” is empty.", hint="Export it again.", field="file")
    room = _room(data_dir, source_id)
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True, mode=0o700)
    held = f"{hashlib.sha256(data).hexdigest()[:16]}-{name}"
    (room / held).write_bytes(data)
    return held


def confirm(data_dir: Path, source_id: UUID, held: str, folder: Path) -> Path:
    """Put a waiting file into the source's folder under its own name.

    A file that is there under this name with another content is not replaced: the new one keeps
    its digest in front. Raises NotFound when nothing waits, Invalid when the folder is not usable.
    """
    waiting = _room(data_dir, source_id) / secure_filename(held)
    if not waiting.is_file():
        raise NotFound("The uploaded file is no longer there.", hint="Upload it again.")
    data = waiting.read_bytes()
    plain = folder / waiting.name.partition("-")[2]
    target = plain if not plain.exists() or plain.read_bytes() == data else folder / waiting.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(waiting, target)
    except OSError as error:
        raise Invalid(
            f"The file was not stored in {folder}: “{error.strerror}”.",
            hint="Let the user that runs the hub write there, or change the folder of the source.",
        ) from error
    return target


def _room(data_dir: Path, source_id: UUID) -> Path:
    return data_dir / "uploads" / str(source_id)
