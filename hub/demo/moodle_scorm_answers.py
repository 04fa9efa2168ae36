"""Functions of the simulated Moodle about SCORM activities and what people did in them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hub.demo.moodle_caller import Caller
from hub.demo.moodle_protocol import Arguments, failure, number
from hub.demo.moodle_records import RAW_SCORES
from hub.demo.moodle_world import Module, Scorm, Track

_COMPUTED = {
    "cmi.core.lesson_status": "status",
    "cmi.completion_status": "status",
    "cmi.core.total_time": "total_time",
    "cmi.total_time": "total_time",
    "cmi.core.session_time": "session_time",
    "cmi.session_time": "session_time",
}
"""SCORM 2004's computed status is its completion alone; success stays in the raw elements."""


def scorms_by_courses(caller: Caller, arguments: Arguments) -> Any:
    """No ids asks for the caller's own courses, and a service account has none."""
    answer: dict[str, Any] = {
        "scorms": [],
        "options": [{"name": "scormstandard", "value": "0"}],
        "warnings": [],
    }
    for wanted in arguments["courseids"]:
        course = caller.records.courses.get(wanted)
        if course is None or not caller.may("moodle/course:view"):
            answer["warnings"].append(
                {
                    "item": "course",
                    "itemid": wanted,
                    "warningcode": "1",
                    "message": "No access rights in course context",
                }
            )
            continue
        answer["scorms"].extend(
            _activity(caller, module, module.scorm) for module in course.modules if module.scorm
        )
    return answer


def _activity(caller: Caller, module: Module, scorm: Scorm) -> dict[str, Any]:
    files = f"{caller.site_url}/webservice/pluginfile.php/{21 + module.cmid}/mod_scorm/package/0"
    return {
        "id": scorm.id,
        "coursemodule": module.cmid,
        "course": module.course,
        "name": caller.name(module.name),
        "intro": "",
        "introformat": 1,
        "introfiles": [],
        "lang": "",
        "packagesize": 377_768,
        "packageurl": f"{files}/{scorm.package}",
        "version": scorm.version,
        "maxgrade": 100,
        "grademethod": scorm.grademethod,
        "whatgrade": scorm.whatgrade,
        "maxattempt": scorm.maxattempt,
        "forcecompleted": False,
        "forcenewattempt": 0,
        "lastattemptlock": False,
        "displayattemptstatus": 1,
        "displaycoursestructure": False,
        "sha1hash": f"{scorm.id:040x}",
        "md5hash": "",
        "revision": 1,
        "launch": scorm.tracked[0].id,
        "skipview": 0,
        "hidebrowse": False,
        "hidetoc": 0,
        "nav": 1,
        "navpositionleft": -100,
        "navpositiontop": -100,
        "auto": False,
        "popup": 0,
        "width": 100,
        "height": 500,
        "timeopen": 0,
        "timeclose": scorm.timeclose,
        "scormtype": "local",
        "reference": scorm.package,
        "protectpackagedownloads": False,
    }


def scoes(caller: Caller, arguments: Arguments) -> Any:
    """The organization, folders and SCOs of a package, in manifest order."""
    module = caller.scorm(arguments["scormid"])
    caller.course(module.course)
    assert module.scorm is not None
    return {
        "scoes": [
            {
                "id": sco.id,
                "scorm": module.scorm.id,
                "manifest": module.scorm.manifest,
                "organization": sco.organization,
                "parent": sco.parent,
                "identifier": sco.identifier,
                "launch": sco.launch,
                "scormtype": sco.type,
                "title": caller.name(sco.title),
                "sortorder": place,
                "extradata": [
                    {"element": "isvisible", "value": "true"},
                    {"element": "parameters", "value": ""},
                ]
                if sco.type
                else [],
            }
            for place, sco in enumerate(module.scorm.scoes, start=1)
        ],
        "warnings": [],
    }


def sco_tracks(caller: Caller, arguments: Arguments) -> Any:
    """One attempt of somebody else at one SCO; attempt 0 is the last at the whole activity."""
    found = caller.records.scoes.get(arguments["scoid"])
    if found is None:
        raise failure("cannotfindsco", "Could not find SCO")
    module, sco = found
    user = caller.user(arguments["userid"])
    caller.course(module.course)
    caller.need("mod/scorm:viewreport")
    last = max(caller.records.attempts(module, user.id), default=1)
    attempt = arguments["attempt"] or last
    tracks = [
        track
        for track in caller.records.tracks(module, user.id)
        if track.sco == sco.id and track.attempt == attempt
    ]
    if not tracks:
        warning = {
            "item": "attempt",
            "itemid": attempt,
            "warningcode": "notattempted",
            "message": "Not attempted",
        }
        return {"data": {"attempt": attempt, "tracks": []}, "warnings": [warning]}
    values = [*_computed(tracks), *_raw(tracks), ("userid", user.id), ("scoid", str(sco.id))]
    return {
        "data": {
            "attempt": attempt,
            "tracks": [{"element": element, "value": value} for element, value in values],
        },
        "warnings": [],
    }


def _raw(tracks: Sequence[Track]) -> list[tuple[str, str]]:
    return sorted((track.element, track.value) for track in tracks)


def _computed(tracks: Sequence[Track]) -> list[tuple[str, str | int | float]]:
    values: dict[str, str | int | float] = {
        "score_raw": "",
        "status": "",
        "total_time": "00:00:00",
        "session_time": "00:00:00",
        "timemodified": str(max(track.modified for track in tracks)),
    }
    for track in tracks:
        if track.element in RAW_SCORES:
            values["score_raw"] = number(float(track.value))
        elif track.element in _COMPUTED:
            values[_COMPUTED[track.element]] = track.value
    if values["status"] == "not attempted":
        values["status"] = "notattempted"
    return list(values.items())


def attempt_count(caller: Caller, arguments: Arguments) -> Any:
    """Refuses to count in a closed activity, whoever asks."""
    module = caller.scorm(arguments["scormid"])
    user = caller.user(arguments["userid"])
    caller.course(module.course)
    caller.need("mod/scorm:viewreport")
    assert module.scorm is not None
    if 0 < module.scorm.timeclose < caller.records.world.now:
        closed = datetime.fromtimestamp(module.scorm.timeclose, UTC)
        raise failure(
            "expired",
            f"Sorry, this activity closed on {closed:%A, %d %B %Y, %I:%M %p} "
            "and is no longer available",
        )
    attempts = caller.records.attempts(module, user.id)
    if arguments["ignoremissingcompletion"]:
        finished = {
            track.attempt
            for track in caller.records.tracks(module, user.id)
            if _COMPUTED.get(track.element) == "status"
            and track.value in {"completed", "passed", "failed"}
        }
        attempts = [attempt for attempt in attempts if attempt in finished]
    return {"attemptscount": len(attempts), "warnings": []}


def access_information(caller: Caller, arguments: Arguments) -> Any:
    """What the caller may do in one activity."""
    module = caller.scorm(arguments["scormid"])
    caller.course(module.course)
    return {
        "warnings": [],
        "canaddinstance": False,
        "canviewreport": caller.may("mod/scorm:viewreport"),
        "canskipview": False,
        "cansavetrack": False,
        "canviewscores": True,
        "candeleteresponses": False,
        "candeleteownresponses": False,
    }
