"""Every setting once: name, type, default, help. Read from the environment as HUB_<NAME>, and from
the settings file in the data folder where the environment is silent.

All mistakes are reported together, each with its variable and the rule that it breaks.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from config.settings_file import BadLines, read_settings_file, settings_file


class BadSettings(Exception):
    """The environment describes no usable deployment; *problems* has one sentence per mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _setting(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment."""

    data_dir: Path = _setting(
        Path("var"),
        "Folder for the embedded database, the key file and uploads.",
    )
    database_url: str = _setting(
        "",
        "SQLAlchemy address of the database. Empty: SQLite in the data folder. "
        "PostgreSQL: postgresql+psycopg://user:password@host/name",
    )
    redis_url: str = _setting(
        "",
        "Address of Redis, which wakes `hub worker`. Empty, and always with SQLite: pulls run in "
        "threads of `hub serve`.",
    )
    public_url: str = _setting(
        "http://127.0.0.1:8000",
        "Address under which people and systems reach the hub; used in links and authorities.",
    )
    host: str = _setting("127.0.0.1", "Address that `hub serve` listens on.")
    port: int = _setting(8000, "Port that `hub serve` listens on.")
    trusted_proxies: int = _setting(
        0, "How many reverse proxies stand before the hub; their forwarded headers are believed."
    )
    threads: int = _setting(32, "Requests that one server process answers at a time.")
    power_safe: bool = _setting(
        True,
        "yes: what was answered survives a loss of power. no: only the death of the process; every "
        "commit waits for the disk no longer.",
    )
    keys_file: Path | None = _setting(
        None,
        "File with the secret keys, readable by the hub alone. Empty: keys.json in the data folder",
    )
    allow_networks: tuple[str, ...] = _setting(
        (),
        "Private networks that connectors may reach, for example 10.2.0.0/16,127.0.0.0/8. "
        "Empty: public addresses only.",
    )
    lease_seconds: int = _setting(
        30, "Seconds after which a run whose worker stopped reporting is taken over."
    )
    xapi_default_version: str = _setting(
        "1.0.3", "xAPI version assumed in the answer to a request without a version header."
    )
    xapi_cors_origins: tuple[str, ...] = _setting(
        (),
        "Origins of web content that may use /xapi from a browser, for example "
        "https://lms.example.org,https://cdn.example.com. * allows every origin. Empty: none.",
    )
    max_body_bytes: int = _setting(10 * 1024 * 1024, "Largest request body accepted, in bytes.")
    max_batch: int = _setting(500, "Most statements accepted in one request.")
    attachment_storage: str = _setting(
        "database",
        "Where new attachments are kept: database, or files (in the folder attachments of the data "
        "folder, which every server process must reach). What is there already stays where it is.",
    )
    max_attachments: int = _setting(100, "Most attachments accepted in one request.")
    max_attachment_bytes: int = _setting(
        10 * 1024 * 1024,
        "Largest attachment accepted, in bytes. The whole request is limited by "
        "HUB_MAX_BODY_BYTES.",
    )
    log_format: str = _setting("console", "console (for people) or json (for machines).")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR.")

    @property
    def effective_database_url(self) -> str:
        """The database address, with the embedded default filled in."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'hub.db').resolve()}"

    @property
    def effective_keys_file(self) -> Path:
        return self.keys_file or self.data_dir / "keys.json"

    @property
    def embedded(self) -> bool:
        """Whether the database is SQLite: one server process, jobs in its threads."""
        return self.effective_database_url.startswith("sqlite")

    @property
    def queue_url(self) -> str:
        """Redis where runs are rung; empty where the server carries them out by itself."""
        return "" if self.embedded else self.redis_url


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"HUB_{name.upper()}"


def _network_list(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in parts:
        ipaddress.ip_network(part)
    return parts


def _origin_list(text: str) -> tuple[str, ...]:
    """Origins as browsers send them (RFC 6454): scheme, host in small letters, unusual port."""
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if origin != "*" and (
            parts.scheme not in {"http", "https"} or origin != f"{parts.scheme}://{parts.netloc}"
        ):
            raise ValueError(f"{origin!r} is no origin such as https://lms.example.org")
    return tuple(origin.lower() for origin in origins)


def _one_of(*allowed: str) -> Any:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return read


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must be a web address such as https://hub.example.org")
    return text.rstrip("/")


def _database_address(text: str) -> str:
    """PostgreSQL gets the driver that the hub brings. The text is never quoted: it may hold a
    password.
    """
    if text.startswith("postgresql://"):
        text = text.replace("postgresql://", "postgresql+psycopg://", 1)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("it must begin with sqlite:/// or postgresql+psycopg://")
    try:
        make_url(text)
    except (ArgumentError, ValueError) as error:
        raise ValueError(
            "it must look like postgresql+psycopg://user:password@host/name, with %40 for an @ in "
            "the password"
        ) from error
    return text


def _whole_number(least: int) -> Any:
    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise ValueError(f"must be a whole number, {least} or more")
        return number

    return read


def _yes_or_no(text: str) -> bool:
    answer = text.strip().lower()
    if answer not in {"yes", "no"}:
        raise ValueError("must be yes or no")
    return answer == "yes"


_READERS: Mapping[str, Any] = {
    "data_dir": Path,
    "database_url": _database_address,
    "keys_file": Path,
    "port": _whole_number(1),
    "trusted_proxies": _whole_number(0),
    "threads": _whole_number(1),
    "power_safe": _yes_or_no,
    "lease_seconds": _whole_number(1),
    "max_body_bytes": _whole_number(1),
    "max_batch": _whole_number(1),
    "attachment_storage": _one_of("database", "files"),
    "max_attachments": _whole_number(1),
    "max_attachment_bytes": _whole_number(1),
    "allow_networks": _network_list,
    "public_url": _web_address,
    "xapi_default_version": _one_of("1.0.3", "2.0.0"),
    "xapi_cors_origins": _origin_list,
    "log_format": _one_of("console", "json"),
    "log_level": _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
}


_SECRET = frozenset({"database_url", "redis_url"})


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read HUB_* variables, then the file in the data folder for those that are not set.

    Raises BadSettings with every mistake at once.
    """
    environ = os.environ if environ is None else environ
    data_dir = Path(environ.get(variable("data_dir"), "") or Settings().data_dir)
    path = settings_file(data_dir)
    try:
        kept = read_settings_file(path)
    except BadLines as error:
        raise BadSettings(error.problems) from error
    problems = _misplaced(kept, path)
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = variable(item.name)
        text = environ.get(name, "") or kept.get(name, "")
        if not text:
            continue
        try:
            values[item.name] = _READERS.get(item.name, str)(text)
        except ValueError as error:
            shown = name if item.name in _SECRET else f"{name}={text!r}"
            where = "" if environ.get(name) else f" (in {path})"
            problems.append(f"{shown}{where} cannot be used: {error}.")
    if problems:
        raise BadSettings(problems)
    return Settings(**values)


def _misplaced(kept: Mapping[str, str], path: Path) -> list[str]:
    """Sentences about names that have no place in the file."""
    known = {variable(item.name) for item in fields(Settings)}
    problems = [f"{path} sets {name}, which is no setting." for name in kept if name not in known]
    if variable("data_dir") in kept:
        problems.append(f"{path} sets HUB_DATA_DIR, but lies in that folder: set it outside.")
    return problems
