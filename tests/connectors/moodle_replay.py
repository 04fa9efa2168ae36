"""A Moodle that answers from a recording: real HTTP on loopback, real replies.

A recording is a list of {function, params, http, body}. What is not in it gets the error that
Moodle gives for an unknown record, so that a test which asks for something else fails. Arguments
that only choose a part of a reply (pages of participants, lists of ids) are honoured.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.connectors.simulator import Answer, Asked, serve

DATA = Path(__file__).parent.parent / "data" / "moodle"
TOKEN = "0f00ba4c0ffee0f00ba4c0ffee0f00ba"
ENVELOPE = {"wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettingraw"}


def recording(name="full-sync"):
    """The recorded calls of one complete read."""
    return json.loads((DATA / f"{name}.json").read_text())


def sample(name, version="4.5"):
    """One recorded reply."""
    return json.loads((DATA / version / f"{name}.json").read_text())


def error(code, message="No"):
    """An error as Moodle sends it, with status 200."""
    return {"exception": "core\\exception\\moodle_exception", "errorcode": code, "message": message}


def changed(calls, function, change, **params):
    """A recording in which change(body) replaced the replies of one function."""

    def fits(call):
        return call["function"] == function and params.items() <= call["params"].items()

    assert any(fits(call) for call in calls), "the recording has no such call"
    return [
        {**call, "body": change(json.loads(json.dumps(call["body"])))} if fits(call) else call
        for call in calls
    ]


def _key(function, params):
    return function, tuple(sorted((name, str(value)) for name, value in params.items()))


def _options(params):
    found = {}
    for name, value in params.items():
        if match := re.fullmatch(r"options\[(\d+)\]\[name\]", name):
            found[value] = params[f"options[{match[1]}][value]"]
    return found


def _participants(body, options):
    start, number = int(options.get("limitfrom", 0)), int(options.get("limitnumber", 0))
    wanted = set(options["userfields"].split(",")) | {"id"} if "userfields" in options else None
    rows = sorted(body, key=lambda row: row.get("id", 0)) if "sortby" in options else body
    rows = rows[start : start + number] if number else rows[start:]
    if wanted is None:
        return rows
    return [{name: value for name, value in row.items() if name in wanted} for row in rows]


class _Replay:
    def __init__(self, calls, token):
        self.bodies = {_key(call["function"], call["params"]): call for call in calls}
        self.calls = calls
        self.token = token

    def all_of(self, function, field):
        """The rows of every reply of a function that lists ids in its arguments."""
        rows = []
        for call in self.calls:
            if call["function"] == function:
                body = call["body"]
                rows += body if field is None else body[field]
        return rows

    def __call__(self, asked: Asked) -> Answer:
        if not asked.path.endswith("/webservice/rest/server.php"):
            return Answer(404, b"<html><body>Not Found</body></html>")
        form = asked.form
        if form.get("moodlewsrestformat") != "json":
            return Answer(200, b"<?xml version='1.0'?><EXCEPTION/>")
        params = {name: value for name, value in form.items() if name not in ENVELOPE}
        status, body = self.reply(form.get("wstoken"), form.get("wsfunction"), params)
        return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def reply(self, token, function, params):
        if token != self.token:
            return 200, error("invalidtoken", "Invalid token - token not found")
        if function == "core_enrol_get_enrolled_users":
            call = self.bodies.get(_key(function, {"courseid": params["courseid"]}))
            body = call["body"] if call else error("invalidrecord", "No such course")
            return 200, _participants(body, _options(params)) if isinstance(body, list) else body
        if call := self.bodies.get(_key(function, params)):
            return call["http"], call["body"]
        return 200, self.part_of(function, params)

    def part_of(self, function, params):
        numbers = {int(value) for name, value in params.items() if name.endswith("]")}
        if function == "core_user_get_users_by_field":
            return [row for row in self.all_of(function, None) if row["id"] in numbers]
        if function == "mod_scorm_get_scorms_by_courses":
            rows = [row for row in self.all_of(function, "scorms") if row["course"] in numbers]
            return {"scorms": rows, "options": [], "warnings": []}
        return error("notinrecording", f"Not recorded: {function} {params}")


@contextmanager
def serve_replay(calls, *, token=TOKEN, path="", asked=None) -> Iterator[str]:
    """Answer from *calls* until the block ends; gives the base address. *asked* collects requests."""
    with serve(_Replay(calls, token)) as site:
        if asked is not None:
            site.asked = asked
        yield site.base_url + path
