import pytest

from xapi.errors import InvalidStatement, Problem

NO_MAILTO = Problem("/actor/mbox", "not_mailto", '"ann" is not an address.', "Data 2.4.2.3")
MISSING = Problem("", "missing", '"verb" is required.', "Data 2.4")


def test_a_problem_says_where_what_and_which_rule():
    assert str(NO_MAILTO) == '/actor/mbox: "ann" is not an address. (Data 2.4.2.3)'
    assert str(MISSING) == 'the statement: "verb" is required. (Data 2.4)'


def test_an_invalid_statement_lists_all_problems_and_its_place_in_the_batch():
    error = InvalidStatement([NO_MAILTO, MISSING], index=3)
    assert error.problems == (NO_MAILTO, MISSING)
    assert str(error) == f"Statement 3 of the batch is not valid: {NO_MAILTO}; {MISSING}"
    assert str(InvalidStatement([MISSING])).startswith("The statement is not valid: ")


def test_without_a_problem_there_is_no_invalid_statement():
    with pytest.raises(ValueError, match="at least one problem"):
        InvalidStatement([])
