"""A watched folder and a connector that reads it."""

import os
from pathlib import Path

import pytest

from connectors.files.attendance import AttendanceFile
from connectors.http import HttpSession
from connectors.records import Record


class Watched:
    """A folder that a system drops files into, read under a configuration."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = 1_700_000_000

    def drop(self, name: str, content: str | bytes) -> None:
        """Put a file there, a minute newer than the last one."""
        file = self.path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        self.clock += 60
        os.utime(file, (self.clock, self.clock))

    def connector(self, **config) -> AttendanceFile:
        given = {"folder": str(self.path), "system_name": "Acme TMS", **config}
        return AttendanceFile(AttendanceFile.Config().load(given), HttpSession("https://x.invalid"))

    def pages(self, stream="records", resume=None, **config):
        return list(self.connector(**config).read(stream, None, resume))

    def records(self, stream="records", **config) -> list[Record]:
        return [record for page in self.pages(stream, **config) for record in page.records]

    def only(self, kind, **config):
        found = [r for r in self.records(**config) if isinstance(r, kind)]
        assert len(found) == 1, found
        return found[0]


@pytest.fixture
def folder(tmp_path):
    return Watched(tmp_path)


@pytest.fixture(scope="session")
def watch():
    """Makes a watched folder of any path."""
    return Watched
