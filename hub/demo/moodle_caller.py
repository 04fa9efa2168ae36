"""Who calls the simulated Moodle, and what that service account may see.

Most missing capabilities make Moodle answer 200 with less, not with an error; which ones is what
`hub sources check` has to find out.
"""

from dataclasses import dataclass

from hub.demo.moodle_protocol import MoodleError, no_permission, no_record
from hub.demo.moodle_records import MoodleRecords
from hub.demo.moodle_world import Module, MoodleCourse, MoodleUser

SITE_COURSE = 1
SERVICE_USER = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """One request of the service account. lacking: capabilities taken from its role.

    raw: moodlewssettingraw, names without HTML escapes.
    """

    records: MoodleRecords
    site_url: str
    lacking: frozenset[str]
    raw: bool

    def may(self, capability: str) -> bool:
        return capability not in self.lacking

    def need(self, *capabilities: str) -> None:
        """Raises MoodleError nopermissions for the first capability that is missing."""
        for capability in capabilities:
            if not self.may(capability):
                raise no_permission(capability)

    def name(self, text: str) -> str:
        """A course's or an activity's name as this request sees it."""
        return text if self.raw else text.replace("&", "&amp;")

    def course(self, course: int) -> MoodleCourse:
        found = self.records.courses.get(course)
        if found is None:
            raise no_record("course")
        if not self.may("moodle/course:view"):
            raise MoodleError(
                "core\\exception\\moodle_exception",
                "errorcoursecontextnotvalid",
                "You cannot execute functions in the course context "
                f"(course id:{course}). The context error message was: Course or activity not "
                "accessible. (Not enrolled)",
            )
        return found

    def user(self, user: int) -> MoodleUser:
        found = self.records.users.get(user)
        if found is None:
            raise MoodleError("dml_missing_record_exception", "invaliduser", "Invalid user")
        return found

    def scorm(self, scorm: int) -> Module:
        found = self.records.scorm_module(scorm)
        if found is None:
            raise no_record("scorm")
        return found

    def course_image(self, course: int) -> str:
        return f"{self.site_url}/pluginfile.php/{17 + course}/course/generated/course.svg"

    def picture(self, size: int) -> str:
        return f"{self.site_url}/theme/image.php/boost/core/1795457971/u/f{size}"
