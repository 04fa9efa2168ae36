"""The courses and SCORM packages of the simulated Moodle. Ids are fixed for ever."""

from collections.abc import Sequence

from hub.demo.moodle_world import COMPLETED, PASSED, Module, MoodleCourse, Sco, Scorm
from hub.demo.scenario import Scenario

FIRE, PRIVACY, SECURITY, LEADING, WELCOME = 2, 3, 4, 5, 6
"""Course ids; 1 is the site itself."""
EXTINGUISHER, EVACUATION, FIRE_PLAN, NUTSHELL, ARCHIVED, PASSWORDS, FEEDBACK, TOUR = range(1, 9)
"""Course module ids (cmid)."""
LEADING_CODE = "LEAD-1"
"""The course that also runs in the classroom: the same code in both systems."""

_DAY = 86_400
_EITHER = PASSED | COMPLETED


def catalog(scenario: Scenario, *, now: int) -> tuple[MoodleCourse, ...]:
    """The courses of *scenario*, begun two years before *now* (epoch seconds)."""
    names = scenario.moodle_courses
    begun = now - 730 * _DAY
    extinguisher = _single(1, 1, "SCORM_1.2", "extinguisher_12", "Using an extinguisher", _EITHER)
    evacuation = _single(2, 3, "SCORM_1.3", "evacuation_2004", "Leaving the building", PASSED)
    nutshell = Scorm(
        id=3,
        version="SCORM_1.2",
        package="privacy_12.zip",
        manifest="org.example.privacy_12",
        scoes=_parts(
            5, ("What is personal data?", "Lawful grounds", "Sharing", "Breaches", "Quiz")
        ),
        required=COMPLETED,
        all_scos=True,
        grademethod=0,
        maxattempt=1,
    )
    archived = _single(
        4,
        12,
        "SCORM_1.2",
        "privacy_old_12",
        "Privacy basics",
        COMPLETED,
        timeclose=now - 200 * _DAY,
    )
    passwords = _single(5, 14, "SCORM_1.3", "security_2004", "Phishing & passwords", _EITHER)
    feedback = _single(6, 16, "SCORM_1.3", "leading_2004", "Giving feedback", _EITHER)
    tour = _single(7, 18, "SCORM_1.2", "tour_12", "A tour of the house", COMPLETED)
    page = Module(FIRE_PLAN, FIRE, 2, "page", 1, "Read the fire plan", 1, begun)
    return (
        MoodleCourse(
            FIRE,
            "FIRE",
            names["fire"],
            "CRS-FIRE",
            begun,
            (
                _scorm(EXTINGUISHER, FIRE, "Fire extinguishers", extinguisher, begun, "ACT-1"),
                _scorm(EVACUATION, FIRE, "Evacuation drill", evacuation, begun, "ACT-2"),
                page,
            ),
            (EXTINGUISHER, EVACUATION),
        ),
        MoodleCourse(
            PRIVACY,
            "PRIVACY",
            names["privacy"],
            "",
            begun,
            (
                _scorm(NUTSHELL, PRIVACY, "Privacy in a nutshell", nutshell, begun),
                _scorm(ARCHIVED, PRIVACY, "Privacy basics (archived)", archived, begun),
            ),
            (NUTSHELL,),
        ),
        MoodleCourse(
            SECURITY,
            "INFOSEC",
            names["security"],
            "CRS-SEC",
            begun,
            (_scorm(PASSWORDS, SECURITY, "Phishing & passwords", passwords, begun),),
            (PASSWORDS,),
        ),
        MoodleCourse(
            LEADING,
            "LEAD",
            names["leading"],
            LEADING_CODE,
            begun,
            (_scorm(FEEDBACK, LEADING, "Before the workshop: giving feedback", feedback, begun),),
            (FEEDBACK,),
        ),
        MoodleCourse(
            WELCOME,
            "WELCOME",
            names["welcome"],
            "",
            begun,
            (_scorm(TOUR, WELCOME, "A tour of the house", tour, begun, completion=0),),
            (),
        ),
    )


def _scorm(
    cmid: int,
    course: int,
    name: str,
    scorm: Scorm,
    added: int,
    idnumber: str = "",
    *,
    completion: int = 2,
) -> Module:
    return Module(cmid, course, 1, "scorm", scorm.id, name, completion, added, idnumber, scorm)


def _single(
    scorm: int,
    first_sco: int,
    version: str,
    package: str,
    title: str,
    required: int,
    timeclose: int = 0,
) -> Scorm:
    organization = f"{package}_org"
    scoes = (
        Sco(first_sco, organization, title, "", "", "/", ""),
        Sco(first_sco + 1, "item_1", title, "sco", "index.html", organization, organization),
    )
    whatgrade = 3 if version == "SCORM_1.3" else 0
    return Scorm(
        scorm,
        version,
        f"{package}.zip",
        f"org.example.{package}",
        scoes,
        required,
        whatgrade=whatgrade,
        timeclose=timeclose,
    )


def _parts(first_sco: int, titles: Sequence[str]) -> tuple[Sco, ...]:
    """An organization, an untracked folder, and one SCO per title."""
    organization = "privacy_12_org"
    folder = "parts"
    return (
        Sco(first_sco, organization, "Privacy in a nutshell", "", "", "/", ""),
        Sco(first_sco + 1, folder, "Parts", "asset", "", organization, organization),
        *(
            Sco(
                first_sco + 2 + place,
                f"part_{place + 1}",
                title,
                "sco",
                f"part{place + 1}/index.html",
                folder,
                organization,
            )
            for place, title in enumerate(titles)
        ),
    )
