"""What columns and status words are usually called, before an admin says otherwise.

The presets are ours. Neither SimpliTrain nor Training Orchestra publishes the layout of an export,
so their presets are a first guess to be corrected in the preview, never the vendor's contract. What
could mean two things ("A", "no", "completed" under attendance) is left out on purpose: the admin
says what it means in the value mapping.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Field(StrEnum):
    """Our columns."""

    LEARNER_ID = "learner_id"
    EMPLOYEE_ID = "employee_id"
    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    COURSE_CODE = "course_code"
    COURSE_TITLE = "course_title"
    SESSION_ID = "session_id"
    SESSION_TITLE = "session_title"
    SESSION_START = "session_start"
    SESSION_END = "session_end"
    REGISTRATION_STATUS = "registration_status"
    ATTENDANCE = "attendance"
    MINUTES = "minutes"
    HOURS = "hours"
    OUTCOME = "outcome"
    GRADE = "grade"
    CERTIFICATE_NUMBER = "certificate_number"
    CERTIFICATE_DATE = "certificate_date"
    CERTIFICATE_EXPIRY = "certificate_expiry"


LEARNER_FIELDS = (Field.LEARNER_ID, Field.EMPLOYEE_ID, Field.EMAIL)
PERSON_FIELDS = (*LEARNER_FIELDS, Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME)
COURSE_FIELDS = (Field.COURSE_CODE, Field.COURSE_TITLE)

STATUSES: Mapping[Field, tuple[str, ...]] = {
    Field.REGISTRATION_STATUS: ("registered", "requested", "waitlisted", "cancelled"),
    Field.ATTENDANCE: ("attended", "partial", "absent", "excused", "unknown"),
    Field.OUTCOME: ("passed", "failed", "none"),
}
"""Our status words by the column that they belong to. No word belongs to two columns."""

ALIASES: Mapping[Field, tuple[str, ...]] = {
    Field.LEARNER_ID: (
        "learner id", "user id", "student id", "trainee id", "participant id", "contact id",
        "id apprenant", "id stagiaire", "teilnehmer id", "teilnehmernummer",
    ),
    Field.EMPLOYEE_ID: (
        "employee id", "employee number", "employee no", "staff id", "staff no", "personnel number",
        "matricule", "personalnummer", "mitarbeiternummer",
    ),
    Field.EMAIL: (
        "email", "e mail", "email address", "e mail address", "mail", "courriel",
        "adresse email", "adresse e mail", "e mail adresse",
    ),
    Field.FIRST_NAME: ("first name", "given name", "forename", "prenom", "vorname"),
    Field.LAST_NAME: (
        "last name", "family name", "surname", "nom", "nom de famille", "nachname",
    ),
    Field.FULL_NAME: (
        "name", "learner", "learner name", "participant", "participant name", "delegate",
        "nom complet", "stagiaire", "teilnehmer",
    ),
    Field.COURSE_CODE: (
        "course code", "course ref", "course id", "training code", "code formation", "code cours",
        "kurscode", "kursnummer",
    ),
    Field.COURSE_TITLE: (
        "course title", "course", "course name", "training", "training title", "formation",
        "intitule formation", "cours", "kurs", "kurstitel", "kursname", "schulung",
    ),
    Field.SESSION_ID: (
        "session id", "session code", "event code", "event id", "schedule id", "batch id",
        "code session", "id session", "termin id", "terminnummer",
    ),
    Field.SESSION_TITLE: (
        "session title", "session", "session name", "event", "event name", "termin",
    ),
    Field.SESSION_START: (
        "session start", "start", "start date", "start time", "start date time", "session date",
        "date", "date debut", "date de debut", "debut", "datum", "beginn", "startdatum",
    ),
    Field.SESSION_END: (
        "session end", "end", "end date", "end time", "end date time", "finish", "date fin",
        "date de fin", "fin", "ende", "enddatum",
    ),
    Field.REGISTRATION_STATUS: (
        "registration status", "enrollment status", "enrolment status", "booking status", "status",
        "statut", "statut inscription", "anmeldestatus", "buchungsstatus",
    ),
    Field.ATTENDANCE: (
        "attendance", "attendance status", "presence", "participation", "anwesenheit",
        "teilnahme",
    ),
    Field.MINUTES: ("minutes", "minutes attended", "duration minutes", "minuten"),
    Field.HOURS: ("hours", "hours attended", "duration hours", "heures", "stunden"),
    Field.OUTCOME: ("outcome", "result", "resultat", "ergebnis"),
    Field.GRADE: ("grade", "score", "mark", "note", "punkte"),
    Field.CERTIFICATE_NUMBER: (
        "certificate number", "certificate no", "certificate id", "numero certificat",
        "zertifikatsnummer",
    ),
    Field.CERTIFICATE_DATE: (
        "certificate date", "certificate issued", "issue date", "date certificat",
        "zertifikatsdatum",
    ),
    Field.CERTIFICATE_EXPIRY: (
        "certificate expiry", "certificate expiry date", "expiry date", "valid until", "expires",
        "date expiration", "gultig bis",
    ),
}  # fmt: skip
"""Headers by column, folded as mapping.fold does. FirstName, LastName, EmailAddress and CourseCode
are those of Arlo's registration importer."""

WORDS: Mapping[Field, Mapping[str, str]] = {
    Field.REGISTRATION_STATUS: {
        "registered": "registered", "approved": "registered", "confirmed": "registered",
        "booked": "registered", "enrolled": "registered", "accepted": "registered",
        "inscrit": "registered", "confirme": "registered", "angemeldet": "registered",
        "bestatigt": "registered", "gebucht": "registered",
        # Arlo: the run has finished, whether or not this person was there.
        "completed": "registered",
        "requested": "requested", "pending": "requested", "pending approval": "requested",
        "en attente": "requested", "beantragt": "requested",
        "waitlisted": "waitlisted", "waitlist": "waitlisted", "waiting list": "waitlisted",
        "liste d'attente": "waitlisted", "warteliste": "waitlisted",
        "cancelled": "cancelled", "canceled": "cancelled", "declined": "cancelled",
        "withdrawn": "cancelled", "annule": "cancelled", "storniert": "cancelled",
        "abgemeldet": "cancelled",
    },
    Field.ATTENDANCE: {
        "attended": "attended", "present": "attended", "yes": "attended", "true": "attended",
        "oui": "attended", "presente": "attended", "ja": "attended", "anwesend": "attended",
        "teilgenommen": "attended",
        "partial": "partial", "partially attended": "partial", "attended partially": "partial",
        "partiel": "partial", "partiellement present": "partial", "teilweise": "partial",
        "teilweise anwesend": "partial",
        "absent": "absent", "did not attend": "absent", "didnotattend": "absent",
        "not attended": "absent", "no show": "absent", "noshow": "absent", "absente": "absent",
        "abwesend": "absent", "nicht erschienen": "absent", "nicht teilgenommen": "absent",
        "excused": "excused", "excuse": "excused", "excusee": "excused",
        "absent excuse": "excused", "entschuldigt": "excused",
        "unknown": "unknown", "not marked": "unknown", "inconnu": "unknown",
        "unbekannt": "unknown",
    },
    Field.OUTCOME: {
        "passed": "passed", "pass": "passed", "reussi": "passed", "admis": "passed",
        "bestanden": "passed",
        "failed": "failed", "fail": "failed", "echoue": "failed", "echec": "failed",
        "ajourne": "failed", "nicht bestanden": "failed", "durchgefallen": "failed",
        "none": "none", "not assessed": "none", "aucun": "none", "keine": "none",
    },
}  # fmt: skip
"""Status words by column, folded as mapping.fold does."""


ANYWHERE: Mapping[str, tuple[Field, str]] = {
    **{word: (home, word) for home, words in STATUSES.items() for word in words if word != "none"},
    "canceled": (Field.REGISTRATION_STATUS, "cancelled"),
    "no show": (Field.ATTENDANCE, "absent"),
    "did not attend": (Field.ATTENDANCE, "absent"),
}
"""Words that mean one thing only, so that a file may have one status column for everything."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A first guess for one system, on top of what every preset knows. Keys are folded."""

    title: str
    note: str
    headers: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[Field, Mapping[str, str]] = field(default_factory=dict)


PRESETS: Mapping[str, Preset] = {
    "generic": Preset("Generic", "Usual English, French and German names."),
    "simplitrain": Preset(
        "SimpliTrain (our guess)",
        "SimpliTrain publishes no export layout: these are our names, not the vendor's contract. "
        "Look at the preview and correct the columns.",
    ),
    "training_orchestra": Preset(
        "Training Orchestra (our guess)",
        "Training Orchestra publishes no export layout: these are our names, not the vendor's "
        "contract. Look at the preview and correct the columns.",
        headers={
            Field.SESSION_ID: ("sequence id",),
            Field.SESSION_TITLE: ("sequence title",),
            Field.SESSION_START: ("sequence start",),
            Field.SESSION_END: ("sequence end",),
        },
        words={Field.ATTENDANCE: {"p": "attended", "a": "absent"}},
    ),
}
