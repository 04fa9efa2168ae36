"""What the demo's world is made from: config/demo.toml as one frozen value.

Refuses a file with a missing or mistyped entry, naming it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

MOODLE_COURSES = ("fire", "privacy", "security", "leading", "welcome")
ARLO_COURSES = ("first_aid", "handling", "leading", "conversations")
ATTENDANCE_COURSES = ("forklift", "heights")


class BadScenario(Exception):
    """The demo's configuration cannot be used; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One demo world. Ports: 0 is any free port. *_courses: key of the course -> its title."""

    organisation: str
    seed: int
    people: int
    moodle_port: int
    moodle_username: str
    moodle_site_name: str
    moodle_courses: Mapping[str, str]
    arlo_port: int
    arlo_username: str
    arlo_page_size: int
    arlo_throttle_every: int
    arlo_courses: Mapping[str, str]
    attendance_provider: str
    attendance_courses: Mapping[str, str]


def load_scenario(path: Path | None = None) -> Scenario:
    """The scenario in *path*, or the one that the package ships. Raises BadScenario."""
    text = (
        path.read_text(encoding="utf-8")
        if path is not None
        else resources.files("config").joinpath("demo.toml").read_text(encoding="utf-8")
    )
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadScenario(f"demo.toml is not TOML: {error}") from error
    people = _number(tables, "people")
    if people < 20:
        raise BadScenario("demo.toml: people must be 20 or more, the demo's cases need them")
    return Scenario(
        organisation=_text(tables, "organisation"),
        seed=_number(tables, "seed"),
        people=people,
        moodle_port=_number(tables, "moodle.port"),
        moodle_username=_text(tables, "moodle.username"),
        moodle_site_name=_text(tables, "moodle.site_name"),
        moodle_courses={key: _text(tables, f"moodle.courses.{key}") for key in MOODLE_COURSES},
        arlo_port=_number(tables, "arlo.port"),
        arlo_username=_text(tables, "arlo.username"),
        arlo_page_size=_number(tables, "arlo.page_size"),
        arlo_throttle_every=_number(tables, "arlo.throttle_every"),
        arlo_courses={key: _text(tables, f"arlo.courses.{key}") for key in ARLO_COURSES},
        attendance_provider=_text(tables, "attendance.provider"),
        attendance_courses={
            key: _text(tables, f"attendance.courses.{key}") for key in ATTENDANCE_COURSES
        },
    )


def _entry(tables: Mapping[str, Any], name: str) -> Any:
    value: Any = tables
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise BadScenario(f"demo.toml: {name} is missing")
        value = value[part]
    return value


def _text(tables: Mapping[str, Any], name: str) -> str:
    value = _entry(tables, name)
    if not isinstance(value, str) or not value:
        raise BadScenario(f"demo.toml: {name} must be a text, it is {value!r}")
    return value


def _number(tables: Mapping[str, Any], name: str) -> int:
    value = _entry(tables, name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadScenario(f"demo.toml: {name} must be a whole number, it is {value!r}")
    return value
