"""core_course_get_contents of the simulated Moodle: sections and the activities in them."""

from typing import Any

from hub.demo.moodle_caller import Caller
from hub.demo.moodle_completion_answers import details
from hub.demo.moodle_course_answers import custom_data
from hub.demo.moodle_protocol import Arguments, bad_parameter
from hub.demo.moodle_world import Module

_OPTIONS = frozenset(
    {
        "excludemodules",
        "excludecontents",
        "includestealthmodules",
        "sectionid",
        "sectionnumber",
        "cmid",
        "modname",
        "modid",
    }
)
_CALLER_HAS_DONE_NOTHING = -1


def contents(caller: Caller, arguments: Arguments) -> Any:
    """The completiondata is the caller's own, so it says nothing about learners."""
    course = caller.course(arguments["courseid"])
    options: dict[str, str] = arguments["options"] or {}
    if not set(options) <= _OPTIONS:
        raise bad_parameter()
    without_files = options.get("excludecontents") == "1"
    sections = []
    for place in range(3):
        modules = [
            _module(caller, module, files=not without_files)
            for module in course.modules
            if module.section == place and _wanted(module, options)
        ]
        sections.append(
            {
                "id": 10 * course.id + place,
                "name": "New section" if place else "General",
                "visible": 1,
                "summary": "",
                "summaryformat": 1,
                "section": place,
                "hiddenbynumsections": 0,
                "uservisible": True,
                "component": None,
                "itemid": None,
                "modules": modules,
            }
        )
    return sections


def _wanted(module: Module, options: dict[str, str]) -> bool:
    return (
        options.get("excludemodules") != "1"
        and options.get("modname", module.modname) == module.modname
        and options.get("cmid", str(module.cmid)) == str(module.cmid)
    )


def _module(caller: Caller, module: Module, *, files: bool) -> dict[str, Any]:
    scorm = module.scorm
    entry: dict[str, Any] = {
        "id": module.cmid,
        "url": f"{caller.site_url}/mod/{module.modname}/view.php?id={module.cmid}",
        "name": caller.name(module.name),
        "instance": module.instance,
        "contextid": 21 + module.cmid,
        "visible": 1,
        "uservisible": True,
        "visibleoncoursepage": 1,
        "modicon": (
            f"{caller.site_url}/theme/image.php/boost/{module.modname}/1795457971/"
            "monologo?filtericon=1"
        ),
        "modname": module.modname,
        "purpose": "interactivecontent" if scorm else "content",
        "branded": False,
        "modplural": "SCORM packages" if scorm else "Pages",
        "availability": None,
        "indent": 0,
        "onclick": "",
        "afterlink": None,
        "customdata": custom_data(module),
        "noviewlink": False,
        "completion": module.completion,
    }
    if module.completion:
        own = caller.records.completion(module, _CALLER_HAS_DONE_NOTHING)
        entry["completiondata"] = {
            "state": 0,
            "timecompleted": 0,
            "overrideby": None,
            "valueused": False,
            "hascompletion": True,
            "isautomatic": module.completion == 2,
            "istrackeduser": False,
            "uservisible": True,
            "details": details(own),
            "isoverallcomplete": False,
        }
    entry["downloadcontent"] = 1
    entry["dates"] = (
        [{"label": "Closed:", "timestamp": scorm.timeclose, "dataid": "timeclose"}]
        if scorm and scorm.timeclose
        else []
    )
    entry["groupmode"] = 0
    if scorm is None and files:
        entry |= _page_files(caller, module)
    return entry


def _page_files(caller: Caller, module: Module) -> dict[str, Any]:
    link = f"{caller.site_url}/webservice/pluginfile.php/{21 + module.cmid}/mod_page/content"
    return {
        "contents": [
            {
                "type": "file",
                "filename": "index.html",
                "filepath": "/",
                "filesize": 0,
                "fileurl": f"{link}/index.html?forcedownload=1",
                "timecreated": None,
                "timemodified": module.added,
                "sortorder": 1,
                "userid": None,
                "author": None,
                "license": None,
            }
        ],
        "contentsinfo": {
            "filescount": 1,
            "filessize": 0,
            "lastmodified": module.added,
            "mimetypes": [],
            "repositorytype": "",
        },
    }
