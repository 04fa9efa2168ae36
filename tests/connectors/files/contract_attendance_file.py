"""What the contract tests read for attendance files: two exports of different making."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from connectors.files import attendance
from tests.connectors.contract import Case

DATA = Path(__file__).parents[2] / "data" / "files"


@contextmanager
def opened():
    with tempfile.TemporaryDirectory() as folder:
        for file in sorted(DATA.iterdir()):
            shutil.copy(file, folder)
        yield {
            "folder": folder,
            "system_name": "Training Orchestra",
            "preset": "training_orchestra",
            "date_format": "dd/mm/yyyy",
            "decimal_comma": True,
            "time_zone": "Europe/Paris",
        }


CASE = Case(
    key="attendance_file",
    opened=opened,
    config_at=None,
    small_pages=lambda monkeypatch: monkeypatch.setattr(attendance, "PAGE_RECORDS", 2),
)
