"""Columns and words: the admin's before the preset's, and nothing guessed."""

import pytest

from connectors.errors import BadRecord
from connectors.files.cells import Row
from connectors.files.mapping import ColumnMapping, ValueMapping, fold, guess_columns
from connectors.files.presets import ALIASES, ANYWHERE, PRESETS, WORDS, Field


def locate(*rows, **declared):
    mapping = ColumnMapping("generic", {Field(ours): name for ours, name in declared.items()})
    return mapping.locate(iter([Row(line, tuple(row)) for line, row in enumerate(rows, start=1)]))


def test_the_names_of_arlos_importer_are_known():
    assert guess_columns(["FirstName", "LastName", "EmailAddress", "CourseCode"]) == {
        "first_name": "FirstName",
        "last_name": "LastName",
        "email": "EmailAddress",
        "course_code": "CourseCode",
    }


def test_our_own_field_names_are_known():
    assert guess_columns(list(Field)) == {ours: ours.value for ours in Field}


def test_aliases_and_words_are_written_as_they_are_compared():
    names = [name for aliases in ALIASES.values() for name in aliases]
    names += [word for words in WORDS.values() for word in words]
    names += list(ANYWHERE)
    for preset in PRESETS.values():
        names += [name for aliases in preset.headers.values() for name in aliases]
        names += [word for words in preset.words.values() for word in words]
    assert [name for name in names if fold(name) != name] == []


def test_no_header_is_an_alias_of_two_fields():
    names = [name for aliases in ALIASES.values() for name in aliases]
    assert len(names) == len(set(names))


def test_titles_above_the_header_are_passed_over():
    columns = locate(["Report"], ["Email", "Course", "Room"])
    assert columns.line == 2
    assert columns.unknown == ("Room",)


def test_a_declared_column_replaces_the_guess():
    columns = locate(["Email", "Work mail", "Course"], email="Work mail")
    assert columns.places[Field.EMAIL] == 1


def test_an_empty_declaration_leaves_a_column_unread():
    columns = locate(["Email", "Course", "Grade"], grade="")
    assert Field.GRADE not in columns.places


def test_a_header_that_is_declared_for_one_field_is_not_guessed_for_another():
    columns = locate(["Email", "Course", "Status"], attendance="Status")
    assert Field.REGISTRATION_STATUS not in columns.places
    assert columns.places[Field.ATTENDANCE] == 2


@pytest.mark.parametrize(
    ("rows", "declared", "code", "words"),
    [
        ([["a", "b"]], {}, "no_header", "“a”, “b”"),
        ([["Email", "Date"]], {}, "no_header", "one for the course"),
        ([["Email", "Course"]], {"grade": "Points"}, "missing_column", "“Points”"),
        ([["Email", "Course", "E-Mail", "email"]], {}, "doubled_column", "stands in it twice"),
        ([], {}, "no_header", "nothing"),
    ],
)
def test_a_file_without_the_columns_needed_is_refused(rows, declared, code, words):
    with pytest.raises(BadRecord, match=words) as refusal:
        locate(*rows, **declared)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("field", "word", "meaning"),
    [
        ("attendance", "Présent", ("attendance", "attended")),
        ("attendance", "DidNotAttend", ("attendance", "absent")),
        ("attendance", "No-show", ("attendance", "absent")),
        ("attendance", "ENTSCHULDIGT", ("attendance", "excused")),
        ("attendance", "Excusé", ("attendance", "excused")),
        ("attendance", "cancelled", ("registration_status", "cancelled")),
        ("registration_status", "Completed", ("registration_status", "registered")),
        ("registration_status", "no show", ("attendance", "absent")),
        ("outcome", "Nicht bestanden", ("outcome", "failed")),
        ("attendance", "Completed", None),
        ("attendance", "A", None),
        ("attendance", "no", None),
        ("registration_status", "none", None),
    ],
)
def test_a_status_word_means_one_thing_or_nothing(field, word, meaning):
    assert ValueMapping("generic", {}).status(Field(field), word) == meaning


def test_an_admins_word_comes_before_the_presets():
    words = ValueMapping("training_orchestra", {"p": "partial"})
    assert words.status(Field.ATTENDANCE, "P") == ("attendance", "partial")
    assert words.status(Field.ATTENDANCE, "A") == ("attendance", "absent")
