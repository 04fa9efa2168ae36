"""A folder of attendance files becomes records: true ones, once, and what is wrong is said."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from connectors.errors import NeedsAttention
from connectors.files import attendance as module
from connectors.files.attendance import AttendanceFile
from connectors.files.preview import preview
from connectors.records import (
    ActivityKind,
    Assessment,
    Attendance,
    AttendanceStatus,
    Certificate,
    Course,
    Identifier,
    Person,
    Registration,
    RegistrationStatus,
    Rejected,
    Session,
)
from connectors.registry import find_connector

DATA = Path(__file__).parents[2] / "data" / "files"
HEADER = "Learner ID,Email,Course code,Session ID,Date,Attendance"
ANN = "L1,ann@example.org,M1,S1,2026-03-18,present"
FRENCH = {
    "preset": "training_orchestra",
    "date_format": "dd/mm/yyyy",
    "decimal_comma": True,
    "time_zone": "Europe/Paris",
}


def table(*lines, header=HEADER):
    return "\n".join([header, *lines]) + "\n"


def test_the_registry_finds_it():
    assert find_connector("attendance_file") is AttendanceFile


def test_every_setting_has_a_title_and_a_description():
    for name, field in AttendanceFile.Config().fields.items():
        assert field.metadata["title"], name
        assert field.metadata["description"], name


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time_zone": "Paris"}, "time_zone"),
        ({"encoding": "utf-99"}, "encoding"),
        ({"encoding": "base64"}, "encoding"),
        ({"date_format": "dd/mm/yy"}, "date_format"),
        ({"columns": {"shoe_size": "Size"}}, "columns"),
        ({"values": {"Da": "there"}}, "values"),
        ({"system_name": "学习"}, "home_page"),
        ({"home_page": "acme"}, "home_page"),
    ],
)
def test_a_wrong_setting_is_named(wrong, field):
    assert field in AttendanceFile.Config().validate(
        {"folder": "x", "system_name": "Acme", **wrong}
    )


def test_a_system_without_an_address_is_named_by_one_that_nobody_can_own():
    load = AttendanceFile.Config().load
    given = {"folder": "x", "system_name": "Formation Été & Co"}
    assert load(given)["home_page"] == "https://formation-ete-co.invalid"
    assert load({**given, "home_page": "https://a.example/"})["home_page"] == "https://a.example"


# What a row says


def test_a_full_row_becomes_all_its_records(folder):
    folder.drop("a.csv", (DATA / "generic_en.csv").read_bytes())
    ann = [r for r in folder.records() if "L1" in r.key]
    registration, mark, verdict, certificate = ann
    assert isinstance(registration, Registration)
    assert registration.status is RegistrationStatus.REGISTERED
    assert registration.person.identifiers == (
        Identifier("account", "L1", "https://acme-tms.invalid"),
        Identifier("mbox", "ann.lee@example.org"),
    )
    assert isinstance(mark, Attendance)
    assert (mark.status, mark.seconds, mark.scheduled_seconds, mark.basis) == (
        AttendanceStatus.ATTENDED, 28800, 28800, "reported",
    )  # fmt: skip
    assert mark.occurred_at == datetime(2026, 3, 18, 17, tzinfo=UTC)
    assert mark.activity.iri == "https://acme-tms.invalid/courses/MGMT-1/sessions/R1"
    assert isinstance(verdict, Assessment)
    assert (verdict.success, verdict.scaled_score, verdict.grade_text) == (True, 0.85, "85%")
    assert isinstance(certificate, Certificate)
    assert certificate.number == "C-9"
    assert certificate.valid_until == datetime(2027, 3, 18, 23, 59, 59, tzinfo=UTC)
    assert certificate.modified_at is None


def test_the_catalogue_holds_courses_sessions_and_people_once(folder):
    folder.drop("a.csv", (DATA / "generic_en.csv").read_bytes())
    records = folder.records("catalogue")
    assert [type(r) for r in records].count(Course) == 1
    assert [type(r) for r in records].count(Session) == 1
    assert sorted(r.person.name for r in records if isinstance(r, Person)) == [
        "Ann Lee", "Ben Roe", "Cleo Fox",
    ]  # fmt: skip


def test_courses_come_before_sessions_and_sessions_before_people(folder):
    folder.drop("a.csv", table(ANN, ANN.replace("S1", "S2"), ANN.replace("M1", "M2")))
    told = [type(r).__name__ for r in folder.records("catalogue")]
    assert told == ["Course"] * 2 + ["Session"] * 3 + ["Person"]


def test_a_course_carries_its_newest_title(folder):
    for name, title in (("a.csv", "Old"), ("b.csv", "New")):
        folder.drop(
            name, table(f"L1,M1,{title},present", header="Learner ID,Course code,Course,Attendance")
        )
    (course,) = [r for r in folder.records("catalogue") if isinstance(r, Course)]
    assert course.course.title == "New"


def test_a_completed_registration_of_somebody_who_was_absent_is_no_more_than_a_registration(folder):
    folder.drop("a.csv", (DATA / "generic_en.csv").read_bytes())
    ben = [r for r in folder.records() if "L2" in r.key]
    assert [type(r) for r in ben] == [Registration, Attendance]
    assert ben[0].status is RegistrationStatus.REGISTERED
    assert ben[1].status is AttendanceStatus.ABSENT


def test_a_french_export_is_understood_and_its_bad_lines_are_set_aside(folder):
    data = (DATA / "training_orchestra_fr.csv").read_text("utf-8").encode("cp1252")
    folder.drop("to.csv", data)
    records = folder.records(**FRENCH)
    marks = {r.person.name: r.status for r in records if isinstance(r, Attendance)}
    assert marks == {
        "Amélie Durand": "attended",
        "Bruno Lefèvre": "absent",
        "Chloé Martin": "excused",
    }
    word, date = [r for r in records if isinstance(r, Rejected)]
    assert word.code == "unknown_status"
    assert word.pointer == "to.csv, line 5, column Présence"
    assert word.message == (
        "to.csv, line 5 was not read: Column Présence: “Peut-être” is not a known word "
        "(known: attended, partial, absent, excused, unknown)."
    )
    assert word.hint == "Add “Peut-être” to the value mapping of the source."
    assert word.raw["Présence"] == "Peut-être"
    assert date.code == "bad_date"
    assert date.pointer == "to.csv, line 6, column Date début"


def test_the_same_day_is_another_day_under_another_declaration(folder):
    folder.drop("a.csv", table("L1,,M1,S1,03/04/2026,present"))
    european = folder.only(Attendance, date_format="dd/mm/yyyy")
    american = folder.only(Attendance, date_format="mm/dd/yyyy")
    assert european.occurred_at == datetime(2026, 4, 3, tzinfo=UTC)
    assert american.occurred_at == datetime(2026, 3, 4, tzinfo=UTC)


def test_attendance_in_the_future_is_passed_on(folder):
    folder.drop("a.csv", table("L1,,M1,S1,2199-01-01,present"))
    assert folder.only(Attendance).occurred_at == datetime(2199, 1, 1, tzinfo=UTC)


def test_an_empty_mark_is_a_registration_and_nothing_more(folder):
    folder.drop("a.csv", table("L1,,M1,S1,2026-03-18,"))
    assert [type(r) for r in folder.records()] == [Registration]


def test_zero_minutes_without_a_mark_are_not_an_absence(folder):
    folder.drop("a.csv", table("L1,M1,S1,0", header="Learner ID,Course code,Session ID,Minutes"))
    mark = folder.only(Attendance)
    assert (mark.status, mark.seconds) == (AttendanceStatus.UNKNOWN, 0)


def test_one_status_column_may_hold_marks_and_cancellations(folder):
    header = "Learner ID,Course code,Session ID,Status"
    folder.drop("a.csv", table("L1,M1,S1,No-show", "L2,M1,S1,Cancelled", header=header))
    told = [(type(r).__name__, str(r.status)) for r in folder.records()]
    assert told == [
        ("Registration", "registered"), ("Attendance", "absent"), ("Registration", "cancelled"),
    ]  # fmt: skip


def test_text_that_looks_like_a_formula_is_kept_as_it_is(folder):
    text = '=HYPERLINK("http://x")'
    folder.drop(
        "a.csv",
        table(
            f'L1,M1,"{text.replace(chr(34), chr(34) * 2)}"', header="Learner ID,Course code,Grade"
        ),
    )
    assert folder.only(Assessment).grade_text == text


def test_a_session_may_be_a_run_or_a_part_of_the_course(folder):
    folder.drop("a.csv", table(ANN))
    assert folder.only(Attendance).activity.kind is ActivityKind.RUN
    assert folder.only(Attendance, session_kind="session").activity.kind is ActivityKind.SESSION


def test_a_learner_without_an_email_has_an_account_that_can_be_an_actor(folder):
    folder.drop("a.csv", table("7,M1,present", header="Matricule,Course code,Attendance"))
    assert folder.only(Attendance).person.identifiers == (
        Identifier("account", "7", "https://acme-tms.invalid/employees"),
        Identifier("employee_id", "7"),
    )


def test_a_certificate_that_never_expires_has_no_expiry(folder):
    header = "Learner ID,Course code,Certificate date,Valid until"
    folder.drop("a.csv", table("L1,M1,2026-01-01,9999-12-31", header=header))
    assert folder.only(Certificate).valid_until is None


@pytest.mark.parametrize(
    ("line", "code", "where"),
    [
        (",,M1,S1,2026-03-18,present", "no_learner", "a.csv, line 2"),
        ("L1,,,S1,2026-03-18,present", "no_course", "a.csv, line 2"),
        ("L1,not-an-address,M1,S1,2026-03-18,present", "bad_email", "a.csv, line 2, column Email"),
        ("L1,,M1,S1,soon,present", "bad_date", "a.csv, line 2, column Date"),
        ("L1,,M1,S1,#REF!,present", "bad_date", "a.csv, line 2, column Date"),
        ("L1,,M1,#REF!,2026-03-18,present", "cell_error", "a.csv, line 2, column Session ID"),
        ("L1,,M1,S1,2026-03-18,perhaps", "unknown_status", "a.csv, line 2, column Attendance"),
        ("L1,,M1,S1,2026-03-18,present,extra", "too_many_cells", "a.csv, line 2"),
        ("L1,,M1,,,", "nothing_said", "a.csv, line 2"),
        ('L1,"x"y,M1,S1,2026-03-18,present', "broken_line", "a.csv, line 2"),
    ],
)
def test_a_bad_line_is_set_aside_with_its_place_and_the_others_are_read(folder, line, code, where):
    folder.drop("a.csv", table(line, "L9,,M1,S1,2026-03-18,present"))
    records = folder.records()
    (rejected,) = [r for r in records if isinstance(r, Rejected)]
    assert (rejected.code, rejected.pointer) == (code, where)
    assert rejected.message.startswith("a.csv, line 2 was not read: ")
    assert rejected.raw
    assert [r.person.identifiers[0].value for r in records if isinstance(r, Attendance)] == ["L9"]


def test_everything_that_is_wrong_with_a_line_is_said_at_once(folder):
    folder.drop("a.csv", table("L1,nobody,M1,S1,soon,perhaps"))
    message = folder.only(Rejected).message
    assert "“nobody”" in message
    assert "“soon”" in message
    assert "“perhaps”" in message


def test_a_very_long_name_still_makes_a_key_that_fits_an_index(folder):
    title = "安全" * 500
    folder.drop("a.csv", table(f"L1,{title},present", header="Learner ID,Course,Attendance"))
    mark = folder.only(Attendance)
    assert len(mark.key) < 300
    assert mark.course.title == title


def test_a_declared_delimiter_is_kept_to(folder):
    folder.drop("a.csv", table(ANN.replace(",", "|"), header=HEADER.replace(",", "|")))
    assert folder.only(Attendance, delimiter="bar")
    assert folder.only(Rejected, delimiter="tab").code == "no_header"


def test_one_column_may_hold_the_whole_name(folder):
    folder.drop(
        "a.csv", table('7,"Lee, Ann",M1,present', header="Staff No,Delegate,Course Ref,Presence")
    )
    assert folder.only(Attendance).person.name == "Lee, Ann"


# Excel


def test_a_workbook_says_the_same_as_the_csv_file(folder):
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append([1001, "ann@example.org", "M1", "S1", date(2026, 3, 18), "present"])
    out = io.BytesIO()
    book.save(out)
    folder.drop("a.xlsx", out.getvalue())
    from_excel = folder.records()
    (folder.path / "a.xlsx").unlink()
    folder.drop("a.csv", table("1001,ann@example.org,M1,S1,2026-03-18,present"))
    assert folder.records() == from_excel


def test_a_formula_without_a_value_is_set_aside_instead_of_read_as_empty(folder):
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(["L1", None, "M1", "S1", None, '=IF(1,"present","")'])
    out = io.BytesIO()
    book.save(out)
    folder.drop("a.xlsx", out.getvalue())
    rejected = folder.only(Rejected)
    assert rejected.code == "uncalculated_formula"
    assert rejected.pointer == "a.xlsx, line 2, column Attendance"


# Several files, and the same things again


def test_the_same_file_under_another_name_changes_nothing(folder):
    folder.drop("a.csv", table(ANN))
    before = folder.records(), folder.records("catalogue")
    folder.drop("b.csv", "\ufeff" + table(ANN, ANN).replace("\n", "\r\n"))
    assert (folder.records(), folder.records("catalogue")) == before


def test_the_newest_file_has_the_last_word_and_the_key_stays(folder):
    folder.drop("b.csv", table("L1,,M1,S1,2026-03-18,absent"))
    old = folder.only(Attendance)
    folder.drop("a.csv", table("L1,,M1,S1,2026-03-18,present"))
    new = folder.only(Attendance)
    assert (old.status, new.status) == (AttendanceStatus.ABSENT, AttendanceStatus.ATTENDED)
    assert old.key == new.key


def test_a_newer_file_without_a_column_does_not_take_back_what_an_older_one_said(folder):
    folder.drop("a.csv", table("L1,,M1,S1,2026-03-18,present"))
    folder.drop("b.csv", table("L1,M1,S1,17/20", header="Learner ID,Course code,Session ID,Grade"))
    assert folder.only(Attendance).status is AttendanceStatus.ATTENDED
    assert folder.only(Assessment).scaled_score == 0.85


def test_a_bad_line_is_settled_by_the_corrected_export(folder):
    folder.drop("a.csv", table("L1,,M1,S1,2026-03-18,perhaps"))
    folder.drop("b.csv", table("L1,,M1,S1,2026-03-18,present"))
    assert [type(r) for r in folder.records()] == [Registration, Attendance]


def test_a_bad_line_is_not_settled_by_a_file_that_is_silent_about_it(folder):
    folder.drop("a.csv", table("L1,,M1,S1,2026-03-18,perhaps"))
    folder.drop("b.csv", table("L1,M1,S1,17/20", header="Learner ID,Course code,Session ID,Grade"))
    assert folder.only(Rejected).code == "unknown_status"


def test_two_lines_of_one_file_that_contradict_each_other_are_not_silently_one(folder):
    folder.drop("a.csv", table("L1,,M1,S1,2026-03-18,absent", ANN))
    assert folder.only(Attendance).status is AttendanceStatus.ATTENDED
    rejected = folder.only(Rejected)
    assert (rejected.code, rejected.pointer) == ("contradicting_line", "a.csv, line 2")
    assert "a.csv, line 3" in rejected.message


def test_people_who_share_an_email_address_are_not_taken_for_one(folder):
    header = "Email,First name,Course code,Session ID,Attendance"
    folder.drop(
        "a.csv",
        table("booking@example.org,Ann,M1,S1,present", "booking@example.org,Ben,M1,S1,absent",
              "cleo@example.org,Cleo,M1,S1,present", header=header),
    )  # fmt: skip
    records = folder.records()
    assert [r.person.name for r in records if isinstance(r, Attendance)] == ["Cleo"]
    assert [r.code for r in records if isinstance(r, Rejected)] == ["shared_email"] * 2


def test_one_broken_file_does_not_stop_the_others(folder):
    folder.drop("a.csv", "<html><body>Please sign in</body></html>")
    folder.drop("b.xlsx", b"PK\x03\x04nonsense")
    folder.drop("c.csv", "x,y\n1,2\n")
    folder.drop("d.csv", table(ANN))
    folder.drop("notes.txt", "not ours")
    folder.drop("~$d.xlsx", "a lock file")
    records = folder.records()
    rejected = [(r.pointer, r.code) for r in records if isinstance(r, Rejected)]
    assert rejected == [("a.csv", "not_a_table"), ("b.xlsx", "not_a_table"), ("c.csv", "no_header")]
    assert sum(isinstance(r, Attendance) for r in records) == 1
    assert [type(r) for r in folder.records("catalogue")] == [Course, Session, Person]


def test_keys_are_unique_in_a_read(folder):
    for name in ("generic_en.csv", "training_orchestra_fr.csv"):
        folder.drop(name, (DATA / name).read_bytes())
    for stream in ("catalogue", "records"):
        keys = [r.key for r in folder.records(stream, **FRENCH)]
        assert len(keys) == len(set(keys))


# Reading on after a break


def test_a_broken_read_goes_on_after_any_page_and_gives_the_same_records(folder, monkeypatch):
    monkeypatch.setattr(module, "PAGE_RECORDS", 7)
    lines = [f"L{n},,M{n % 4},S1,2026-03-18,{['present', 'absent', 'what'][n % 3]}" for n in range(20)]  # fmt: skip
    folder.drop("a.csv", table(*lines))
    folder.drop("b.csv", table(*lines[5:12]))
    for stream in ("catalogue", "records"):
        pages = folder.pages(stream)
        assert len(pages) > 2
        for done, page in enumerate(pages, start=1):
            assert folder.pages(stream, resume=page.resume) == pages[done:]


def test_a_broken_read_starts_again_when_the_folder_has_changed(folder, monkeypatch):
    monkeypatch.setattr(module, "PAGE_RECORDS", 1)
    folder.drop("a.csv", table(ANN, ANN.replace("L1", "L2")))
    resume = folder.pages()[0].resume
    folder.drop("b.csv", table(ANN.replace("present", "absent")))
    assert folder.pages(resume=resume) == folder.pages()


# Check and preview


def grants(folder, **config):
    return {g.name: g for g in folder.connector(**config).check().grants}


def test_a_missing_folder_is_named_with_what_to_do(tmp_path):
    config = {"folder": str(tmp_path / "nowhere"), "system_name": "Acme"}
    connector = AttendanceFile(AttendanceFile.Config().load(config), None)
    check = connector.check()
    assert not check.ok
    assert "nowhere" in check.grants[0].detail
    assert check.grants[0].fix
    with pytest.raises(NeedsAttention) as refusal:
        list(connector.read("records", None, None))
    assert refusal.value.field == "folder"


def test_a_folder_that_is_a_file_is_named(folder):
    folder.drop("a.csv", table(ANN))
    (found, *_) = folder.connector(folder=str(folder.path / "a.csv")).check().grants
    assert found.ok is False
    assert "Not a directory" in found.detail


def test_links_and_lock_files_are_left_alone(folder, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.csv"
    secret.write_text(table(ANN))
    (folder.path / "link.csv").symlink_to(secret)
    assert folder.records() == []


def test_check_of_an_empty_folder_cannot_tell_more(folder):
    found = grants(folder)
    assert found["folder"].ok is True
    assert found["files"].ok is None


def test_check_tells_columns_and_first_rows(folder):
    folder.drop("a.csv", (DATA / "generic_en.csv").read_bytes())
    found = grants(folder)
    assert found["columns"].ok
    assert "email from “EmailAddress”" in found["columns"].detail
    assert "Not read: “Room”" in found["columns"].detail
    assert found["rows"].detail.startswith("3 of the first 3 rows")


def test_check_fails_where_no_row_is_understood(folder):
    folder.drop("a.csv", table("L1,,M1,S1,18/03/2026,present"))
    assert grants(folder)["rows"].ok is False
    assert "18/03/2026" in grants(folder)["rows"].detail


def test_check_fails_where_the_columns_are_not_there(folder):
    folder.drop("a.csv", "x,y\n1,2\n")
    assert grants(folder)["columns"].ok is False


def test_preview_shows_the_first_rows_their_problems_and_the_columns(folder):
    config = folder.connector(**FRENCH).config
    seen = preview(config, (DATA / "training_orchestra_fr.csv").read_bytes(), "up.csv", limit=4)
    assert [row.line for row in seen.rows] == [2, 3, 4, 5]
    assert [type(r) for r in seen.rows[0].records] == [
        Course, Session, Person, Registration, Attendance, Assessment,
    ]  # fmt: skip
    assert seen.rows[3].records == ()
    assert [p.pointer for p in seen.problems] == ["up.csv, line 5, column Présence"]
    assert seen.columns["hours"] == "Heures"
    assert seen.unknown_columns == ()


def test_preview_of_what_is_no_table_is_one_problem(folder):
    seen = preview(folder.connector().config, b"%PDF-1.7", "up.csv")
    assert seen.rows == ()
    assert [p.message for p in seen.problems] == [
        "up.csv: The file was not read: it is a PDF document, not a table."
    ]
