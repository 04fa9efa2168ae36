"""The pages in a real browser, light and dark: nothing breaks, and everybody can use them."""

import json

import pytest

pytestmark = [pytest.mark.e2e]

RUN = "/admin/runs/00000000-0000-0000-0000-000000000001"
STATEMENT = "/admin/statements/00000000-0000-0000-0000-000000000015"
VOIDED = "/admin/statements/00000000-0000-0000-0000-000000000016"
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
        ("admin", "/admin/statements"),
        ("admin", "/admin/statements?learner=ann&voided=y"),
        ("admin", STATEMENT),
        ("admin", VOIDED),
        ("admin", f"{STATEMENT}/void"),
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


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("learner", "/me"),
        ("admin", "/admin/"),
        ("admin", "/admin/sources/new/moodle"),
        ("admin", RUN),
        ("admin", "/admin/statements?voided=y"),
        ("admin", STATEMENT),
        ("admin", VOIDED),
        ("admin", f"{STATEMENT}/void"),
    ],
)
def test_a_page_fits_a_narrow_phone_without_scrolling_sideways(open_as, role, path):
    page = open_as(role, path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_long_path_in_a_check_fits_a_narrow_phone(open_as):
    page = open_as("admin", "/admin/", width=320)
    page.get_by_role("link", name="classroom", exact=True).click()
    page.get_by_role("heading", name="Last check").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_source_is_connected_with_the_keyboard_alone(open_as, tmp_path, scheme):
    page = open_as("admin", "/admin/sources/new/attendance_file")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type(f"by-keyboard-{scheme}")
    page.keyboard.press("Tab")
    page.keyboard.type(str(tmp_path))
    page.keyboard.press("Tab")
    page.keyboard.type("SimpliTrain")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/sources/*-*")
    assert page.locator("h1").inner_text() == f"by-keyboard-{scheme}"
    assert "can be read" in page.locator("main").inner_text()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(open_as):
    page = open_as("learner", "/me")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_row_of_the_transcript_opens_its_parts(open_as):
    page = open_as("learner", "/me")
    assert not page.get_by_text("Extinguishers").is_visible()
    page.get_by_text("1 part of Fire safety at work").click()
    assert page.get_by_text("Extinguishers").is_visible()


def test_in_print_the_navigation_is_gone_and_the_ground_is_white(open_as):
    page = open_as("learner", "/me")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert page.get_by_text("Fire safety at work").first.is_visible()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    word = page.locator(".status").first
    assert word.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"


def test_a_statement_is_printed_black_on_white(open_as):
    page = open_as("admin", STATEMENT)
    page.emulate_media(media="print")
    for shown in (
        ".facts th[scope=row]",
        ".facts td",
        ".facts td a",
        ".facts td code",
        "#statement",
    ):
        ink = page.locator(shown).first.evaluate("e => getComputedStyle(e).color")
        assert ink == "rgb(0, 0, 0)", shown
    assert not page.get_by_role("link", name="Void…").is_visible()


def test_without_scripts_every_page_still_works(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/signin?next=/me")
    page.get_by_label("E-mail").fill("learner@example.org")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    assert page.locator("h1").inner_text() == "Léa Martin"
    assert page.get_by_role("button", name="Print").count() == 0
    context.close()


@pytest.mark.parametrize("width", [1200, 320])
def test_what_a_vendor_asked_can_be_read_by_everybody(open_as, violations, width):
    page = open_as("admin", "/admin/vendors", width=width)
    page.get_by_role("link", name="Acme LMS").click()
    page.get_by_role("heading", name="Acme LMS").wait_for()
    assert violations(page) == []
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert "3 set aside" in page.locator("main").inner_text()


def test_a_statement_is_found_with_the_keyboard_alone_and_its_json_is_copied(open_as, address):
    page = open_as("admin", "/admin/statements")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.get_by_label("Learner").focus()
    page.keyboard.type("ann@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("completed")
    page.keyboard.press("Enter")
    page.wait_for_url("**learner=ann*")
    page.get_by_role("link", name="Ann Example completed Fire safety basics").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert json.loads(copied)["actor"]["name"] == "Ann Example"
    assert page.complaints == []


def test_what_is_wrong_with_a_filter_can_be_read_by_everybody(open_as, violations):
    page = open_as("admin", "/admin/statements?learner=nobody&since=2026-02-02&until=2026-02-01")
    assert violations(page) == []
    page.get_by_role("alert").get_by_role("link", name="Learner").click()
    assert page.evaluate("document.activeElement.id") == "learner"


def test_the_navigation_of_an_admin_stands_in_one_line(open_as):
    page = open_as("admin", "/admin/")
    tops = page.eval_on_selector_all(
        ".site-nav a", "links => links.map(link => link.getBoundingClientRect().top)"
    )
    assert len(tops) == 9
    assert len(set(tops)) == 1
    height = page.locator(".site-header").bounding_box()["height"]
    assert height < 110
