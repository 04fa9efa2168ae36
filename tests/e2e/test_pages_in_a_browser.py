"""The pages in a real browser, light and dark: nothing breaks, and everybody can use them."""

import pytest

pytestmark = [pytest.mark.e2e]

RUN = "/admin/runs/00000000-0000-0000-0000-000000000001"
LEARNER = "/admin/learners/00000000-0000-0000-0000-000000000007"


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (None, "/signin"),
        (None, "/nothing/here"),
        ("admin", "/admin/"),
        ("admin", "/admin/sources/new"),
        ("admin", "/admin/sources/new/moodle"),
        ("admin", "/admin/sources/new/attendance_file"),
        ("admin", RUN),
        ("admin", "/admin/attention"),
        ("admin", "/admin/learners"),
        ("admin", LEARNER),
        ("admin", "/admin/users"),
        ("admin", "/admin/tokens"),
        ("admin", "/admin/vendors"),
        ("reporting", "/developers"),
        ("learner", "/me"),
        ("newcomer", "/me"),
    ],
)
def test_a_page_breaks_no_rule_of_wcag_and_says_nothing_on_the_console(
    open_as, violations, role, path
):
    page = open_as(role, path)
    assert violations(page) == []
    if path != "/nothing/here":
        assert page.complaints == []
    assert page.locator("h1").count() == 1
