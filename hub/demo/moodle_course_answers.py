"""Functions of the simulated Moodle about courses: lists, contents, what changed since."""

import json
from typing import Any

from hub.demo.moodle_caller import SITE_COURSE, Caller
from hub.demo.moodle_protocol import Arguments, bad_parameter, no_record, number
from hub.demo.moodle_world import Module, MoodleCourse

_FILTERS = [
    {"filter": name, "localstate": 0, "inheritedstate": 1}
    for name in (
        "displayh5p",
        "activitynames",
        "mathjaxloader",
        "emoticon",
        "urltolink",
        "mediaplugin",
    )
]
_CATEGORY = "Learning"


def courses(caller: Caller, arguments: Arguments) -> Any:
    """core_course_get_courses: the few fields that a read-only account gets, the site included."""
    wanted = _wanted_ids(arguments)
    site = {
        "id": SITE_COURSE,
        "shortname": "site",
        "categoryid": 0,
        **_title(caller, caller.records.world.sitename),
        "summary": "",
        "summaryformat": 0,
        "format": "site",
        "startdate": 0,
        "enddate": 0,
        "numsections": 1,
        "showactivitydates": False,
        "showcompletionconditions": None,
    }
    listed = [
        {
            "id": course.id,
            "shortname": course.shortname,
            "categoryid": 2,
            **_title(caller, course.fullname),
            "summary": "",
            "summaryformat": 0,
            "format": "topics",
            "startdate": course.startdate,
            "enddate": 0,
            "numsections": 2,
            "showactivitydates": False,
            "showcompletionconditions": course.enablecompletion or None,
        }
        for course in caller.records.world.courses
    ]
    return [one for one in (site, *listed) if not wanted or one["id"] in wanted]


def _wanted_ids(arguments: Arguments) -> list[int]:
    options = arguments["options"] or {}
    if not isinstance(options, dict) or not set(options) <= {"ids"}:
        raise bad_parameter()
    try:
        return [int(one) for one in options.get("ids", {}).values()]
    except (AttributeError, TypeError, ValueError):
        raise bad_parameter() from None


def courses_by_field(caller: Caller, arguments: Arguments) -> Any:
    """Without a field: everything. `idnumber` can be searched for, but is not in the answer."""
    field, value = arguments["field"], arguments["value"]
    entries = [
        _site(caller),
        *(_course(caller, course) for course in caller.records.world.courses),
    ]
    match field:
        case "":
            pass
        case "id" | "ids":
            ids = value.split(",")
            entries = [entry for entry in entries if str(entry["id"]) in ids]
        case "shortname":
            entries = [entry for entry in entries if entry["shortname"] == value]
        case "category":
            entries = [entry for entry in entries if str(entry["categoryid"]) == value]
        case "idnumber":
            known = {one.id for one in caller.records.world.courses if one.idnumber == value}
            entries = [entry for entry in entries if entry["id"] in known and value]
        case _:
            raise bad_parameter()
    return {"courses": entries, "warnings": []}


def _title(caller: Caller, name: str) -> dict[str, str]:
    return {"fullname": caller.name(name), "displayname": caller.name(name)}


def _course_fields(
    caller: Caller, course: int, name: str, shortname: str, *, category: int, format_: str
) -> dict[str, Any]:
    return {
        "id": course,
        **_title(caller, name),
        "shortname": shortname,
        "courseimage": caller.course_image(course),
        "categoryid": category,
        "categoryname": _CATEGORY if category else "",
        "sortorder": 20_000 + 10 * category - course if category else 1,
        "summary": "",
        "summaryformat": 0,
        "summaryfiles": [],
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": None,
        "contacts": [],
        "enrollmentmethods": ["manual"] if category else [],
        "format": format_,
        "showgrades": 1,
        "newsitems": 0 if category else 3,
        "startdate": 0,
        "enddate": 0,
        "maxbytes": 0,
        "showreports": 0,
        "visible": 1,
        "groupmode": 0,
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "enablecompletion": 0,
        "completionnotify": 0,
        "lang": "",
        "theme": "",
        "marker": 0,
        "filters": [dict(one) for one in _FILTERS],
    }


def _site(caller: Caller) -> dict[str, Any]:
    name = caller.records.world.sitename
    return _course_fields(caller, SITE_COURSE, name, "site", category=0, format_="site")


def _course(caller: Caller, course: MoodleCourse) -> dict[str, Any]:
    fields = _course_fields(
        caller, course.id, course.fullname, course.shortname, category=2, format_="topics"
    )
    fields["showcompletionconditions"] = course.enablecompletion or None
    fields["startdate"] = course.startdate
    fields["enablecompletion"] = int(course.enablecompletion)
    fields["courseformatoptions"] = [
        {"name": "hiddensections", "value": 1},
        {"name": "coursedisplay", "value": 0},
        {"name": "indentation", "value": "1"},
    ]
    return fields


def users_courses(caller: Caller, arguments: Arguments) -> Any:
    """core_enrol_get_users_courses: one learner's courses with progress in percent."""
    user = caller.user(arguments["userid"])
    return [_users_course(caller, course, user.id) for course in caller.records.courses_of(user.id)]


def _users_course(caller: Caller, course: MoodleCourse, user: int) -> dict[str, Any]:
    records = caller.records
    tracked = [module for module in course.modules if module.completion]
    done = [module.cmid for module in tracked if records.completion(module, user).state]
    enabled = course.enablecompletion
    return {
        "id": course.id,
        "shortname": course.shortname,
        **_title(caller, course.fullname),
        "enrolledusercount": len(records.students(course.id)),
        "idnumber": course.idnumber,
        "visible": 1,
        "summary": "",
        "summaryformat": 0,
        "format": "topics",
        "courseimage": caller.course_image(course.id),
        "showgrades": True,
        "lang": "",
        "enablecompletion": enabled,
        "completionhascriteria": enabled,
        "completionusertracked": enabled,
        "category": 2,
        "progress": number(100 * len(done) / len(tracked)) if enabled else None,
        "completed": set(course.criteria) <= set(done) if enabled else None,
        "startdate": course.startdate,
        "enddate": 0,
        "marker": 0,
        "lastaccess": records.last_access(course, user) or None,
        "isfavourite": False,
        "hidden": False,
        "overviewfiles": [],
        "showactivitydates": False,
        "showcompletionconditions": enabled or None,
        "timemodified": course.startdate,
    }


def updates_since(caller: Caller, arguments: Arguments) -> Any:
    """What changed strictly after `since`; everybody's tracks only with mod/scorm:viewreport."""
    course = caller.course(arguments["courseid"])
    since = arguments["since"]
    instances = []
    for module in course.modules:
        updates: list[dict[str, Any]] = []
        if module.scorm is None and module.added > since:
            updates.append({"name": "configuration", "timeupdated": module.added})
        if module.scorm is not None and module.added > since:
            updates.append({"name": "packagefiles", "itemids": [8 + 36 * module.cmid]})
        if caller.may("mod/scorm:viewreport"):
            changed = caller.records.tracks_since(module, since)
            if changed:
                updates.append({"name": "usertracks", "itemids": changed})
        if updates:
            instances.append({"contextlevel": "module", "id": module.cmid, "updates": updates})
    return {"instances": instances, "warnings": []}


def course_module(caller: Caller, arguments: Arguments) -> Any:
    """core_course_get_course_module_by_instance."""
    for module in caller.records.modules.values():
        if (module.modname, module.instance) == (arguments["module"], arguments["instance"]):
            return {"cm": _course_module(caller, module), "warnings": []}
    raise no_record("course_modules")


def _course_module(caller: Caller, module: Module) -> dict[str, Any]:
    return {
        "id": module.cmid,
        "course": module.course,
        "module": 19 if module.scorm else 16,
        "name": caller.name(module.name),
        "modname": module.modname,
        "instance": module.instance,
        "section": 10 * module.course + module.section,
        "sectionnum": module.section,
        "groupmode": 0,
        "groupingid": 0,
        "completion": module.completion,
        "downloadcontent": 1,
    }


def custom_data(module: Module) -> str:
    """The JSON text that Moodle keeps beside a course module."""
    if module.scorm is None or not module.completion:
        return '""'
    data: dict[str, Any] = {
        "customcompletionrules": {
            "completionstatusrequired": str(module.scorm.required),
            "completionscorerequired": None,
            "completionstatusallscos": str(int(module.scorm.all_scos)),
        }
    }
    if module.scorm.timeclose:
        data["timeclose"] = str(module.scorm.timeclose)
    return json.dumps(data, separators=(",", ":"))
