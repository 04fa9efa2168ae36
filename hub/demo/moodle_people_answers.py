"""Functions of the simulated Moodle about people: core_enrol_get_enrolled_users, core_user_*."""

from typing import Any

from hub.demo.moodle_caller import Caller
from hub.demo.moodle_protocol import Arguments, bad_parameter
from hub.demo.moodle_world import MoodleCourse, MoodleUser

_STUDENT = {"roleid": 5, "name": "", "shortname": "student", "sortorder": 0}
_ENROLLED_OPTIONS = frozenset(
    {
        "userfields",
        "limitfrom",
        "limitnumber",
        "sortby",
        "sortdirection",
        "onlyactive",
        "onlysuspended",
        "withcapability",
        "groupid",
    }
)


def enrolled_users(caller: Caller, arguments: Arguments) -> Any:
    """Suspended people are in the list, without a mark (`onlyactive` asks about enrolments)."""
    course = caller.course(arguments["courseid"])
    options: dict[str, str] = arguments["options"] or {}
    if not set(options) <= _ENROLLED_OPTIONS:
        raise bad_parameter()
    if not (caller.may("moodle/course:viewparticipants") and caller.may("moodle/user:viewdetails")):
        return []
    people = caller.records.students(course.id)
    if options.get("sortby") in {"firstname", "lastname"}:
        people.sort(key=lambda user: str(getattr(user, options["sortby"])))
    if options.get("sortdirection", "ASC").upper() == "DESC":
        people.reverse()
    start = _number(options, "limitfrom")
    count = _number(options, "limitnumber")
    people = people[start : start + count if count else None]
    wanted = set(options["userfields"].split(",")) if options.get("userfields") else None
    return [_enrolled(caller, course, user, wanted) for user in people]


def _enrolled(
    caller: Caller, course: MoodleCourse, user: MoodleUser, wanted: set[str] | None
) -> dict[str, Any]:
    fields = {
        **_names(caller, user),
        "firstaccess": user.firstaccess if caller.records.last_access_anywhere(user.id) else 0,
        "lastaccess": caller.records.last_access_anywhere(user.id),
        "lastcourseaccess": caller.records.last_access(course, user.id),
        **_pictures(caller),
        **_custom_fields(user, display=False),
        "roles": [dict(_STUDENT)],
        "enrolledcourses": [
            # Escaped whatever moodlewssettingraw says.
            {
                "id": one.id,
                "fullname": one.fullname.replace("&", "&amp;"),
                "shortname": one.shortname,
            }
            for one in caller.records.courses_of(user.id)
        ],
    }
    if wanted is None:
        return fields
    return {name: value for name, value in fields.items() if name in wanted | {"id", "fullname"}}


def users_by_field(caller: Caller, arguments: Arguments) -> Any:
    """Exact match, letters as stored: an address in other letters finds nobody."""
    field = arguments["field"]
    if field not in {"id", "idnumber", "username", "email"}:
        raise bad_parameter()
    values = set(arguments["values"])
    return [
        _profile(caller, user)
        for user in caller.records.world.users
        if str(getattr(user, field)) in values and str(getattr(user, field))
    ]


def users(caller: Caller, arguments: Arguments) -> Any:
    """SQL LIKE: `%` stands for anything; all criteria must fit."""
    found = list(caller.records.world.users)
    for key, value in arguments["criteria"]:
        if key not in {"id", "idnumber", "username", "email", "firstname", "lastname"}:
            raise bad_parameter()
        needle = value.strip("%").lower()
        loose = "%" in value
        found = [
            user
            for user in found
            if (needle in str(getattr(user, key)).lower() and loose)
            or str(getattr(user, key)).lower() == value.lower()
        ]
    return {"users": [_profile(caller, user) for user in found], "warnings": []}


def _profile(caller: Caller, user: MoodleUser) -> dict[str, Any]:
    last = caller.records.last_access_anywhere(user.id)
    return {
        **_names(caller, user),
        "firstaccess": user.firstaccess if last else 0,
        "lastaccess": last,
        "auth": "manual",
        "suspended": user.suspended,
        "confirmed": True,
        "lang": "en",
        "theme": "",
        "timezone": "99",
        "mailformat": 1,
        "trackforums": 0,
        **_pictures(caller),
        **_custom_fields(user, display=True),
    }


def _names(caller: Caller, user: MoodleUser) -> dict[str, Any]:
    """Keys that the caller may not see, and empty values, are absent; department alone is not."""
    names: dict[str, Any] = {"id": user.id}
    if caller.may("moodle/user:viewalldetails"):
        names["username"] = user.username
    names |= {"firstname": user.firstname, "lastname": user.lastname, "fullname": user.fullname}
    if caller.may("moodle/course:useremail") or caller.may("moodle/site:viewuseridentity"):
        names["email"] = user.email
    names["department"] = ""
    if user.idnumber and caller.may("moodle/site:viewuseridentity"):
        names["idnumber"] = user.idnumber
    return names


def _pictures(caller: Caller) -> dict[str, str]:
    return {"profileimageurlsmall": caller.picture(2), "profileimageurl": caller.picture(1)}


def _custom_fields(user: MoodleUser, *, display: bool) -> dict[str, Any]:
    if not user.idnumber:
        return {}
    field: dict[str, str] = {"type": "text", "value": user.idnumber}
    if display:
        field["displayvalue"] = user.idnumber
    return {"customfields": [field | {"name": "Employee ID", "shortname": "employeeid"}]}


def _number(options: dict[str, str], name: str) -> int:
    text = options.get(name, "0")
    if not text.isdecimal():
        raise bad_parameter()
    return int(text)
