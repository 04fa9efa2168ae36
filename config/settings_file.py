"""The settings file in the data folder: HUB_NAME=value lines, below the environment.

Lines that are empty or begin with # are skipped. It refuses a line that is no NAME=value.
"""

import os
from pathlib import Path


class BadLines(Exception):
    """The file cannot be read as settings; *problems* has one sentence per mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def settings_file(data_dir: Path) -> Path:
    """Where the file lies, if there is one."""
    return data_dir / "settings.env"


def read_settings_file(path: Path) -> dict[str, str]:
    """Names and values as they stand there; nothing where there is no file. Raises BadLines."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise BadLines([f"{path} cannot be read: “{error.strerror}”."]) from error
    except UnicodeDecodeError as error:
        raise BadLines([f"{path} cannot be read: it is not UTF-8 text."]) from error
    values: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if equals and name.strip():
            values[name.strip()] = value.strip()
        else:
            problems.append(f"{path}, line {number} is not of the form NAME=value.")
    if problems:
        raise BadLines(problems)
    return values


def keep_setting(data_dir: Path, name: str, value: str) -> None:
    """Add a setting to the file, unless it has one of that name. Raises BadLines, OSError."""
    path = settings_file(data_dir)
    if name in read_settings_file(path):
        return
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        text = file.read()
        file.write("\n" * (bool(text) and not text.endswith("\n")) + f"{name}={value}\n")
