"""A simulated Moodle 4.5 web service (REST) over one MoodleWorld, as a WSGI application.

Answers /webservice/rest/server.php as the real one does: POST or GET arguments, token checked
first, errors as 200 with an object, XML unless JSON is asked for. It serves what a read-only
service account may see and nothing else; there is no pagination, no rate limit and no ETag.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from hub.demo import (
    moodle_completion_answers,
    moodle_content_answers,
    moodle_course_answers,
    moodle_people_answers,
    moodle_scorm_answers,
)
from hub.demo.faults import Fault, with_fault
from hub.demo.moodle_caller import SERVICE_USER, Caller
from hub.demo.moodle_protocol import (
    Arguments,
    Kind,
    MoodleError,
    Parameter,
    failure,
    no_record,
    read_arguments,
    xml_answer,
    xml_error,
)
from hub.demo.moodle_records import MoodleRecords
from hub.demo.moodle_world import MoodleWorld

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/webservice/rest/server.php"
_CORE_VERSION, _PLUGIN_VERSION = "2024100706", "2024100700"
_SETTINGS = frozenset(
    {
        "wstoken",
        "wsfunction",
        "moodlewsrestformat",
        "moodlewssettingraw",
        "moodlewssettingfilter",
        "moodlewssettingfileurl",
        "moodlewssettinglang",
        "moodlewssettingtimezone",
    }
)
_NOT_GRANTED = frozenset(
    {
        "core_cohort_get_cohorts",
        "core_course_check_updates",
        "core_reportbuilder_list_reports",
        "core_reportbuilder_retrieve_report",
        "core_user_create_users",
        "core_user_update_users",
        "mod_quiz_get_quizzes_by_courses",
        "mod_scorm_get_scorm_user_data",
    }
)
"""Functions that Moodle has and the demo's service does not grant."""


@dataclass(frozen=True, slots=True)
class _Function:
    answer: Callable[[Caller, Arguments], Any]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


_INT = Parameter(Kind.INT, required=True)
_TEXT = Parameter(Kind.TEXT, required=True)
_OPTIONS = Parameter(Kind.OPTIONS)


def _site_info(caller: Caller, _arguments: Arguments) -> Any:
    me = caller.user(SERVICE_USER)
    return {
        "sitename": caller.name(caller.records.world.sitename),
        "username": me.username,
        "firstname": me.firstname,
        "lastname": me.lastname,
        "fullname": me.fullname,
        "lang": "en",
        "userid": me.id,
        "siteurl": caller.site_url,
        "userpictureurl": caller.picture(1),
        "functions": [
            {
                "name": name,
                "version": _CORE_VERSION if name.startswith("core_") else _PLUGIN_VERSION,
            }
            for name in _FUNCTIONS
        ],
        "downloadfiles": 0,
        "uploadfiles": 0,
        "release": "4.5.6 (Build: 20250811)",
        "version": _CORE_VERSION,
        "mobilecssurl": "",
        "advancedfeatures": [
            {"name": "enablecompletion", "value": 1},
            {"name": "enablebadges", "value": 1},
            {"name": "enablecustomreports", "value": 1},
        ],
        "usercanmanageownfiles": True,
        "userquota": 104_857_600,
        "usermaxuploadfilesize": 67_108_864,
        "userhomepage": 1,
        "userprivateaccesskey": "",
        "siteid": 1,
        "sitecalendartype": "gregorian",
        "usercalendartype": "gregorian",
        "userissiteadmin": False,
        "theme": "boost",
        "limitconcurrentlogins": 0,
        "policyagreed": 0,
    }


_FUNCTIONS: dict[str, _Function] = {
    "core_webservice_get_site_info": _Function(_site_info),
    "core_course_get_courses": _Function(
        moodle_course_answers.courses, {"options": Parameter(Kind.TREE)}
    ),
    "core_course_get_courses_by_field": _Function(
        moodle_course_answers.courses_by_field,
        {"field": Parameter(Kind.TEXT, ""), "value": Parameter(Kind.TEXT, "")},
    ),
    "core_course_get_contents": _Function(
        moodle_content_answers.contents, {"courseid": _INT, "options": _OPTIONS}
    ),
    "core_course_get_course_module_by_instance": _Function(
        moodle_course_answers.course_module, {"module": _TEXT, "instance": _INT}
    ),
    "core_course_get_updates_since": _Function(
        moodle_course_answers.updates_since,
        {"courseid": _INT, "since": _INT, "filter": _OPTIONS},
    ),
    "core_enrol_get_enrolled_users": _Function(
        moodle_people_answers.enrolled_users, {"courseid": _INT, "options": _OPTIONS}
    ),
    "core_enrol_get_users_courses": _Function(
        moodle_course_answers.users_courses,
        {"userid": _INT, "returnusercount": Parameter(Kind.BOOL, default=True)},
    ),
    "core_user_get_users": _Function(
        moodle_people_answers.users, {"criteria": Parameter(Kind.CRITERIA, required=True)}
    ),
    "core_user_get_users_by_field": _Function(
        moodle_people_answers.users_by_field,
        {"field": _TEXT, "values": Parameter(Kind.TEXTS, required=True)},
    ),
    "core_completion_get_activities_completion_status": _Function(
        moodle_completion_answers.activities_completion, {"courseid": _INT, "userid": _INT}
    ),
    "core_completion_get_course_completion_status": _Function(
        moodle_completion_answers.course_completion, {"courseid": _INT, "userid": _INT}
    ),
    "mod_scorm_get_scorms_by_courses": _Function(
        moodle_scorm_answers.scorms_by_courses, {"courseids": Parameter(Kind.INTS, ())}
    ),
    "mod_scorm_get_scorm_scoes": _Function(
        moodle_scorm_answers.scoes,
        {"scormid": _INT, "organization": Parameter(Kind.TEXT, "")},
    ),
    "mod_scorm_get_scorm_sco_tracks": _Function(
        moodle_scorm_answers.sco_tracks,
        {"scoid": _INT, "userid": _INT, "attempt": Parameter(Kind.INT, 0)},
    ),
    "mod_scorm_get_scorm_attempt_count": _Function(
        moodle_scorm_answers.attempt_count,
        {
            "scormid": _INT,
            "userid": _INT,
            "ignoremissingcompletion": Parameter(Kind.BOOL, default=False),
        },
    ),
    "mod_scorm_get_scorm_access_information": _Function(
        moodle_scorm_answers.access_information, {"scormid": _INT}
    ),
    "gradereport_user_get_grade_items": _Function(
        moodle_completion_answers.grade_items,
        {"courseid": _INT, "userid": Parameter(Kind.INT, 0), "groupid": Parameter(Kind.INT, 0)},
    ),
}


def moodle_site(
    world: MoodleWorld,
    *,
    token: str,
    site_url: str,
    lacking: frozenset[str] = frozenset(),
    faults: Fault | None = None,
) -> "WSGIApplication":
    """The site. site_url: its wwwroot, without a slash; it stands in every link.

    lacking: capabilities that the service account's role does not have (Moodle's names), among
    them webservice/rest:use.
    """
    records = MoodleRecords(world)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        if request.path != PATH:
            return Response("Not Found", status=404)(environ, start_response)
        sent = {**request.args.to_dict(), **request.form.to_dict()}
        caller = Caller(
            records=records,
            site_url=site_url.rstrip("/"),
            lacking=lacking,
            raw=sent.get("moodlewssettingraw") == "1",
        )
        as_json = sent.get("moodlewsrestformat") == "json"
        try:
            value = _answer(caller, sent, token)
            body = json.dumps(value, ensure_ascii=True) if as_json else xml_answer(value)
        except MoodleError as error:
            body = json.dumps(error.body()) if as_json else xml_error(error)
        kind = "application/json" if as_json else "application/xml; charset=utf-8"
        return Response(body, content_type=kind)(environ, start_response)

    return with_fault(app, faults)


def _answer(caller: Caller, sent: Mapping[str, str], token: str) -> Any:
    if sent.get("wstoken") != token:
        raise failure("invalidtoken", "Invalid token - token not found")
    name = sent.get("wsfunction", "")
    function = _FUNCTIONS.get(name)
    if function is None and name not in _NOT_GRANTED:
        raise no_record("external_functions")
    if function is None or not caller.may("webservice/rest:use"):
        raise MoodleError(
            "webservice_access_exception", "accessexception", "Access control exception"
        )
    arguments = {key: value for key, value in sent.items() if key not in _SETTINGS}
    return function.answer(caller, read_arguments(arguments, function.parameters))
