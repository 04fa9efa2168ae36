"""What Moodle derives from its rows: attempts, completion of activities, grades, last accesses.

The rules are mod_scorm's (locallib.php: scorm_grade_user_attempt; classes/completion/
custom_completion.php), reduced to the settings that the demo's activities use.
"""

from collections import defaultdict
from dataclasses import dataclass

from hub.demo.moodle_world import (
    COMPLETED,
    PASSED,
    Module,
    MoodleCourse,
    MoodleUser,
    MoodleWorld,
    Sco,
    Scorm,
    Track,
)

STATUS_ELEMENTS = frozenset(
    {"cmi.core.lesson_status", "cmi.completion_status", "cmi.success_status"}
)
RAW_SCORES = frozenset({"cmi.core.score.raw", "cmi.score.raw"})
_DESCRIPTIONS = {
    PASSED: "Pass the activity",
    COMPLETED: "Complete the activity",
    PASSED | COMPLETED: "Complete or pass the activity",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One completion rule of an activity, and when this learner met it (0: not)."""

    name: str
    description: str
    met: int


@dataclass(frozen=True, slots=True)
class ModuleCompletion:
    """state 0 or 1; time in epoch seconds, 0 for none."""

    state: int
    time: int
    overrideby: int | None
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """value on the scale 0..maximum(scorm), and when it was written."""

    value: float
    graded: int


class MoodleRecords:
    """The world, looked up in the ways in which Moodle's functions ask."""

    def __init__(self, world: MoodleWorld) -> None:
        self.world = world
        self.users = {user.id: user for user in world.users}
        self.courses = {course.id: course for course in world.courses}
        self.modules = {
            module.cmid: module for course in world.courses for module in course.modules
        }
        self.scoes: dict[int, tuple[Module, Sco]] = {
            sco.id: (module, sco)
            for module in self.modules.values()
            if module.scorm is not None
            for sco in module.scorm.scoes
        }
        self._marks = {(mark.cmid, mark.user): mark for mark in world.marks}
        self._enrolled = {(row.course, row.user): row for row in world.enrolments}
        self._tracks: dict[tuple[int, int], list[Track]] = defaultdict(list)
        for track in world.tracks:
            module, _ = self.scoes[track.sco]
            self._tracks[module.cmid, track.user].append(track)

    def scorm_module(self, scorm: int) -> Module | None:
        """The activity of the SCORM with this instance id."""
        return next(
            (one for one in self.modules.values() if one.scorm and one.scorm.id == scorm), None
        )

    def is_enrolled(self, course: int, user: int) -> bool:
        return (course, user) in self._enrolled

    def students(self, course: int) -> list[MoodleUser]:
        return [user for user in self.world.users if (course, user.id) in self._enrolled]

    def courses_of(self, user: int) -> list[MoodleCourse]:
        """Newest first, as the course list sorts them."""
        found = [one for one in self.world.courses if (one.id, user) in self._enrolled]
        return found[::-1]

    def last_access(self, course: MoodleCourse, user: int) -> int:
        enrolment = self._enrolled.get((course.id, user))
        seen = [
            track.modified
            for module in course.modules
            for track in self._tracks.get((module.cmid, user), ())
        ]
        return max([enrolment.looked if enrolment else 0, *seen])

    def last_access_anywhere(self, user: int) -> int:
        return max((self.last_access(course, user) for course in self.courses_of(user)), default=0)

    def tracks(self, module: Module, user: int) -> list[Track]:
        return self._tracks.get((module.cmid, user), [])

    def tracks_since(self, module: Module, since: int) -> list[int]:
        """Ids of everybody's rows that changed after *since* (strictly)."""
        return [
            track.id
            for track in self.world.tracks
            if track.modified > since and self.scoes[track.sco][0].cmid == module.cmid
        ]

    def attempts(self, module: Module, user: int) -> list[int]:
        return sorted({track.attempt for track in self.tracks(module, user)})

    def completion(self, module: Module, user: int) -> ModuleCompletion:
        mark = self._marks.get((module.cmid, user))
        if module.scorm is None or module.completion != 2:
            return ModuleCompletion(
                int(mark is not None),
                mark.time if mark else 0,
                mark.overrideby if mark else None,
                (),
            )
        met = self._parts_met(module.scorm, self.tracks(module, user))
        rules = []
        if module.scorm.all_scos:
            whole = max(met.values()) if len(met) == len(module.scorm.tracked) else 0
            rules.append(Rule("completionstatusallscos", "Do all parts of this activity", whole))
        rules.append(
            Rule(
                "completionstatusrequired",
                _DESCRIPTIONS[module.scorm.required],
                min(met.values(), default=0),
            )
        )
        done = max(rule.met for rule in rules) if all(rule.met for rule in rules) else 0
        return ModuleCompletion(int(bool(done)), done, None, tuple(rules))

    def _parts_met(self, scorm: Scorm, tracks: list[Track]) -> dict[int, int]:
        """SCO -> when its status first was one that completes."""
        words = {
            word
            for bit, word in ((PASSED, "passed"), (COMPLETED, "completed"))
            if scorm.required & bit
        }
        met: dict[int, int] = {}
        for track in tracks:
            if track.element in STATUS_ELEMENTS and track.value in words:
                met[track.sco] = min(track.modified, met.get(track.sco, track.modified))
        return met

    def grade(self, module: Module, user: int) -> Grade | None:
        """What the gradebook holds: nothing until a score or a finished status was written."""
        tracks = self.tracks(module, user)
        written = [
            track.modified
            for track in tracks
            if track.element.endswith(".score.raw")
            or (track.element in STATUS_ELEMENTS and track.value in {"passed", "completed"})
        ]
        if module.scorm is None or not written:
            return None
        values = [
            _attempt_grade(module.scorm, [track for track in tracks if track.attempt == attempt])
            for attempt in self.attempts(module, user)
        ]
        value = values[-1] if module.scorm.whatgrade == 3 else max(values)
        return Grade(value, max(written))


def maximum(scorm: Scorm) -> int:
    """The best grade there is: parts for the learning-object method, else 100."""
    return len(scorm.tracked) if scorm.grademethod == 0 else 100


def _attempt_grade(scorm: Scorm, tracks: list[Track]) -> float:
    if scorm.grademethod == 0:
        return len(
            {
                track.sco
                for track in tracks
                if track.element in {"cmi.core.lesson_status", "cmi.completion_status"}
                and track.value in {"passed", "completed"}
            }
        )
    scores = [float(track.value) for track in tracks if track.element in RAW_SCORES]
    # No score counts as 0 here: the gradebook cannot tell the two apart.
    return max(scores, default=0.0)
