"""Functions of the simulated Moodle about completion and grades."""

from html import escape
from typing import Any

from hub.demo.moodle_caller import Caller
from hub.demo.moodle_protocol import Arguments, failure, no_record, number
from hub.demo.moodle_records import Grade, ModuleCompletion, maximum
from hub.demo.moodle_world import Module, MoodleCourse, MoodleUser, Scorm


def details(completion: ModuleCompletion) -> list[dict[str, Any]]:
    """Each rule of an activity with what it asks for."""
    return [
        {
            "rulename": rule.name,
            "rulevalue": {"status": int(bool(rule.met)), "description": rule.description},
        }
        for rule in completion.rules
    ]


def activities_completion(caller: Caller, arguments: Arguments) -> Any:
    """Somebody who is not enrolled gets noughts, not an error."""
    course = caller.course(arguments["courseid"])
    user = caller.user(arguments["userid"])
    caller.need("report/progress:view")
    tracked = caller.records.is_enrolled(course.id, user.id)
    statuses = []
    for module in course.modules:
        if not module.completion:
            continue
        completion = caller.records.completion(module, user.id)
        statuses.append(
            {
                "cmid": module.cmid,
                "modname": module.modname,
                "instance": module.instance,
                "state": completion.state,
                "timecompleted": completion.time,
                "tracking": module.completion,
                "overrideby": completion.overrideby,
                "valueused": False,
                "hascompletion": True,
                "isautomatic": module.completion == 2,
                "istrackeduser": tracked,
                "uservisible": True,
                "details": details(completion),
                "isoverallcomplete": bool(completion.state),
            }
        )
    return {"statuses": statuses, "warnings": []}


def course_completion(caller: Caller, arguments: Arguments) -> Any:
    """The criteria one by one; there is no time for the course as a whole."""
    course = caller.course(arguments["courseid"])
    user = caller.user(arguments["userid"])
    if not course.enablecompletion or not caller.may("report/completion:view"):
        raise failure("cannotviewreport", "You cannot view this report")
    if not caller.records.is_enrolled(course.id, user.id):
        raise failure("usernotenroled", "User is not enrolled in this course")
    criteria = [
        _criterion(caller, caller.records.modules[cmid], user.id) for cmid in course.criteria
    ]
    return {
        "completionstatus": {
            "completed": all(criterion["complete"] for criterion in criteria),
            "aggregation": 1,
            "completions": criteria,
        },
        "warnings": [],
    }


def _criterion(caller: Caller, module: Module, user: int) -> dict[str, Any]:
    completion = caller.records.completion(module, user)
    link = f"{caller.site_url}/mod/{module.modname}/view.php?id={module.cmid}"
    return {
        "type": 4,
        "title": "Activity completion",
        "status": "Yes" if completion.state else "No",
        "complete": bool(completion.state),
        "timecompleted": completion.time or None,
        "details": {
            "type": "Activity completion",
            "criteria": f'<a href="{link}">{escape(module.name, quote=False)}</a>',
            "requirement": "",
            "status": "",
        },
    }


def grade_items(caller: Caller, arguments: Arguments) -> Any:
    """The userid 0 is everybody. A completion without a score is graded 0 here."""
    course = caller.course(arguments["courseid"])
    caller.need("gradereport/user:view", "moodle/grade:viewall")
    wanted = arguments["userid"]
    if wanted and not caller.records.is_enrolled(course.id, caller.user(wanted).id):
        raise no_record("user_enrolments")
    return {
        "usergrades": [
            _user_grades(caller, course, user)
            for user in caller.records.students(course.id)
            if wanted in {0, user.id}
        ],
        "warnings": [],
    }


def _user_grades(caller: Caller, course: MoodleCourse, user: MoodleUser) -> dict[str, Any]:
    scorms = [(module, module.scorm) for module in course.modules if module.scorm is not None]
    grades = {module.cmid: caller.records.grade(module, user.id) for module, _ in scorms}
    graded = [grade for grade in grades.values() if grade is not None]
    # A course total is over what was graded; ungraded items do not count.
    best = sum(maximum(scorm) for module, scorm in scorms if grades[module.cmid] is not None)
    possible = sum(maximum(scorm) for _, scorm in scorms)
    items = [
        _item(caller, module, scorm, grades[module.cmid], best if graded else 0)
        for module, scorm in scorms
    ]
    total = (
        Grade(sum(grade.value for grade in graded), max(grade.graded for grade in graded))
        if graded
        else None
    )
    course_item = {
        "id": 100 * course.id,
        "itemname": None,
        "itemtype": "course",
        "itemmodule": None,
        "iteminstance": course.id,
        "itemnumber": None,
        "idnumber": None,
        "categoryid": None,
        "outcomeid": None,
        "scaleid": None,
        "locked": False,
        **_value(total, best if graded else possible),
    }
    return {
        "courseid": course.id,
        "courseidnumber": course.idnumber,
        "userid": user.id,
        "userfullname": user.fullname,
        "useridnumber": user.idnumber,
        "maxdepth": 2,
        "gradeitems": [*items, course_item],
    }


def _item(
    caller: Caller, module: Module, scorm: Scorm, grade: Grade | None, best: int
) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": 100 * module.course + module.cmid,
        "itemname": caller.name(module.name),
        "itemtype": "mod",
        "itemmodule": "scorm",
        "iteminstance": module.instance,
        "itemnumber": 0,
        "idnumber": module.idnumber,
        "categoryid": module.course,
        "outcomeid": None,
        "scaleid": None,
        "locked": False,
        "cmid": module.cmid,
    }
    if best:
        weight = maximum(scorm) / best if grade else 0
        item |= {"weightraw": number(weight), "weightformatted": f"{100 * weight:.2f} %"}
        if grade is None:
            item["status"] = "novalue"
    # Weights exist once anything in the course is graded, and the feedback format with them.
    return item | _value(grade, maximum(scorm)) | {"feedbackformat": 2 if best else 0}


def _value(grade: Grade | None, best: int) -> dict[str, Any]:
    return {
        "graderaw": number(grade.value) if grade else None,
        "gradedatesubmitted": None,
        "gradedategraded": grade.graded if grade else None,
        "gradehiddenbydate": False,
        "gradeneedsupdate": False,
        "gradeishidden": False,
        "gradeislocked": False,
        "gradeisoverridden": False,
        "gradeformatted": f"{grade.value:.2f}" if grade else "-",
        "grademin": 0,
        "grademax": best,
        "rangeformatted": f"0&ndash;{best}",
        "percentageformatted": f"{100 * grade.value / best:.2f} %" if grade else "-",
        "feedback": "",
        "feedbackformat": 2 if grade else 0,
    }
