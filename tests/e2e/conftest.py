"""A hub with something to show, served on loopback, and a real browser to look at it."""

import os
import shutil
import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from config import Settings
from connectors.base import Grant
from hub import clock
from hub.accounts.service import add_user
from hub.accounts.vendors import SCOPES, create_vendor
from hub.app import create_app
from hub.catalog.models import Course
from hub.database import Database
from hub.deployment import found_deployment
from hub.extensions import Hub
from hub.learners.models import Identifier, IdentityEvent, Learner, Link
from hub.lrs.prepare import prepare
from hub.lrs.request_models import VendorRequest
from hub.lrs.store import Authority, put
from hub.lrs.voiding import void
from hub.migrations import upgrade
from hub.progress.models import Progress
from hub.rejections.models import Rejection
from hub.runs.models import Run, RunEvent
from hub.sources.checking import CheckOutcome, store_outcome
from hub.sources.service import add_source, pause

PASSWORD = "correct horse"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium from the system; a CI machine without one is broken."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
    if not Path(path).exists():
        reason = "no Chromium on PATH (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory, keyring):
    """Address of a hub with sources in every state, a run, and one learner's transcript."""
    folder = tmp_path_factory.mktemp("hub")
    settings = Settings(
        data_dir=folder, allow_networks=("127.0.0.0/8",), log_level="CRITICAL", lease_seconds=5
    )
    database = Database(settings.effective_database_url)
    upgrade(database.engine)
    hub = Hub(settings, database, keyring)
    with database.transaction() as session:
        found_deployment(session)
        fill(session, hub, folder)
    app = create_app(hub=hub)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    database.dispose()


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def open_as(browser, address, scheme):
    """Signs a role in and returns the tab; the page must not complain on its console."""
    contexts = []

    def opened(role, path, *, width=1200, height=900):
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": height}
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if role:
            page.goto(f"{address}/signin")
            page.get_by_label("E-mail").fill(f"{role}@example.org")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(lambda url: "/signin" not in url)
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def violations():
    """What axe finds against WCAG A and AA on an open page, as readable lines."""

    def find(page):
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        return [
            f"{item['id']}: {node['html']} {node['failureSummary']}"
            for item in result.response["violations"]
            for node in item["nodes"]
        ]

    return find


RUN_DONE = UUID(int=1)


def fill(session, hub, folder):
    now = clock.now()
    for role in ("admin", "reporting", "learner"):
        add_user(session, f"{role}@example.org", role, PASSWORD)
    add_user(session, "newcomer@example.org", "learner", PASSWORD)
    academy = add_source(
        session, hub.keyring, connector_key="moodle", name="academy",
        values={"base_url": "https://academy.example.org", "token": "0123456789abcdef"},
    )  # fmt: skip
    classroom = add_source(
        session, hub.keyring, connector_key="attendance_file", name="classroom",
        values={"folder": str(folder / "drop"), "system_name": "SimpliTrain"},
    )  # fmt: skip
    old = add_source(
        session, hub.keyring, connector_key="moodle", name="old-moodle",
        values={"base_url": "https://old.example.org", "token": "0123456789abcdef"},
    )  # fmt: skip
    store_outcome(
        classroom,
        CheckOutcome(
            now, system="SimpliTrain",
            grants=(Grant(f"read the folder /srv/{'exports-' * 20}", ok=True, detail="x" * 200),),
        ),
    )  # fmt: skip
    paused = add_source(
        session, hub.keyring, connector_key="attendance_file", name="archive-2024",
        values={"folder": str(folder / "old"), "system_name": "Training Orchestra"},
    )  # fmt: skip
    pause(session, paused)
    (folder / "drop").mkdir()
    store_outcome(
        old,
        CheckOutcome(
            now, message="Moodle refused the token: “Invalid token - token not found”.",
            hint="Create a new one under Site administration › Server › Manage tokens.",
            field="token",
        ),
    )  # fmt: skip
    counts = {"fetched": 1240, "new": 87, "unchanged": 1102, "superseded": 42, "rejected": 3,
              "ignored": 6, "statements": 151, "voided": 2}  # fmt: skip
    done = Run(
        id=RUN_DONE, source_id=academy.id, state="succeeded_with_warnings", full=False,
        requested_by="admin@example.org", requested_at=now - timedelta(minutes=9),
        started_at=now - timedelta(minutes=9), ended_at=now - timedelta(minutes=7),
        counts=counts, message="3 records were set aside.", hint="Look at Needs attention.",
    )  # fmt: skip
    file_run = Run(
        id=uuid4(), source_id=classroom.id, state="succeeded", full=True,
        requested_by="admin@example.org", requested_at=now - timedelta(hours=5),
        started_at=now - timedelta(hours=5), ended_at=now - timedelta(hours=5),
        counts={**counts, "rejected": 0, "unchanged": 1105}, message="", hint="",
    )  # fmt: skip
    session.add_all([done, file_run])
    session.flush()
    for kind, data in (
        ("queued", {"by": "admin@example.org"}),
        ("started", {}),
        ("stream_started", {"stream": "courses", "since": None}),
        ("page_stored", {"stream": "courses", **counts}),
        ("stream_finished", {"stream": "courses"}),
        ("ended", {"message": "3 records were set aside."}),
    ):
        session.add(RunEvent(run_id=RUN_DONE, at=now - timedelta(minutes=8), kind=kind, data=data))
    for number, name in enumerate(("Bo Lind", "Cleo Roy", "Dina Au")):
        session.add(
            Rejection(
                source_id=academy.id, stream="completions", record_key=f"7/{number}",
                code="unknown_learner", message=f"The record of {name} names no e-mail.",
                hint="Give the user an e-mail address in Moodle, or an ID number.",
                pointer="user.email", payload=b"", first_seen_at=now, last_seen_at=now,
            )
        )  # fmt: skip
    fill_transcript(session, academy, classroom, now)
    fill_vendor(session, hub, now)


def fill_vendor(session, hub, now):
    vendor, _, _ = create_vendor(session, hub.keyring, "Acme LMS", tuple(SCOPES))
    for status, statements, aside, error in (
        (200, 50, 0, ""), (200, 50, 3, ""), (204, 1, 0, ""), (404, None, 0, "There is nothing."),
        (400, 2, 0, f"Statement 2 of 2 was not stored: /verb/id: {'x' * 200} is no IRI."),
        (401, None, 0, "The secret is wrong."), (500, None, 0, "The hub could not answer."),
    ):  # fmt: skip
        session.add(
            VendorRequest(
                vendor_id=vendor.id, at=now, method="POST", resource="statements", status=status,
                statements=statements, set_aside=aside, error=error, milliseconds=12.5,
            )
        )  # fmt: skip

    fill_statements(session, vendor)


def fill_statements(session, vendor):
    agent = {"account": {"homePage": "https://v.example", "name": str(vendor.id)}, "name": "Acme"}
    said = {
        "actor": {"mbox": "mailto:ann@example.org", "name": "Ann Example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {
            "id": f"https://acme.example/{'fire-safety-' * 12}",
            "definition": {"name": {"en": "Fire safety basics"}},
        },
        "result": {"score": {"raw": 87, "max": 100}, "response": "x" * 300},
        "context": {"extensions": {"https://acme.example/ext": {"browser": "y" * 200}}},
        "attachments": [
            {
                "usageType": "https://acme.example/certificate", "display": {"en": "Certificate"},
                "contentType": "application/pdf", "length": 48_211, "sha2": "0" * 64,
                "fileUrl": f"https://acme.example/{'c' * 120}.pdf",
            }
        ],
    }  # fmt: skip
    wrong = {**said, "actor": {"mbox": "mailto:anna@example.org", "name": "Anna Other"}}
    batch = [
        prepare(one, new_id=uuid, version="1.0.3")
        for uuid, one in ((UUID(int=21), said), (UUID(int=22), wrong))
    ]
    put(session, batch, authority=Authority(f"vendor:{vendor.id}", agent))
    void(session, UUID(int=22), "a test account", "user:admin@example.org")


def fill_transcript(session, academy, classroom, now):
    learner = Learner(id=UUID(int=7), name="Léa Martin", created_at=now)
    identifier = Identifier(
        kind="mbox", scope="", canonical="learner@example.org", raw="Learner@Example.org",
        created_at=now,
    )  # fmt: skip
    event = IdentityEvent(at=now, actor="test", kind="link", detail={})
    session.add_all([learner, identifier, event])
    session.flush()
    session.add(
        Link(
            identifier_id=identifier.id, learner_id=learner.id, rule="same_record",
            event_id=event.id, valid_from=now,
        )
    )  # fmt: skip

    def part(title, kind, status, seconds=None, score=None, flags=(), attempts=1, parts=()):
        return {
            "activity": f"https://academy.example.org/{title}", "title": title, "kind": kind,
            "status": status, "completion": None, "success": None, "score": score,
            "attempts": attempts, "seconds": seconds, "started_at": "2026-03-03T09:00:00Z",
            "completed_at": "2026-03-03T10:00:00Z" if status in {"passed", "completed"} else None,
            "last_result": None, "flags": list(flags), "parts": list(parts), "required": True,
        }  # fmt: skip

    def row(title, code, modality, status, source, days, **columns):
        course = Course(id=uuid4(), title=title, code=code, modality=modality, created_at=now)
        session.add(course)
        session.flush()
        at = now - timedelta(days=days)
        silent = {
            "percent": 0, "attempts": 1, "flags": [], "parts": [], "evidence_count": 1,
            "policy_version": 1, "updated_at": now, "as_of": now, "seconds": None,
        }  # fmt: skip
        session.add(
            Progress(
                learner_id=learner.id, course_id=course.id, status=status, modality=modality,
                sources=[f"source:{item.id}" for item in source],
                **silent | {"started_at": at} | columns,
            )
        )  # fmt: skip
        session.flush()

    row(
        "Fire safety at work", "FS-101", "self-paced", "passed", [academy], 20,
        score_scaled=0.92, score_raw=92, score_max=100, seconds=4800, attempts=2,
        completed_at=now - timedelta(days=19), valid_until=now + timedelta(days=700),
        satisfied_at=now - timedelta(days=19),
        parts=[
            part("Fire safety", "module", "passed", 4800, {"scaled": 0.92, "raw": 92, "min": 0,
                 "max": 100}, attempts=2, parts=[part("Extinguishers", "lesson", "passed", 1200),
                 part("Evacuation", "lesson", "passed", 3600)]),
        ],
    )  # fmt: skip
    row(
        "First aid for teams", "FA-2", "instructor-led", "completed", [classroom], 44,
        seconds=25200, completed_at=now - timedelta(days=43), flags=["partial_attendance"],
        satisfied_at=now - timedelta(days=43),
        parts=[
            part("Berlin, 10–11 October", "run", "completed", 25200, parts=[
                part("Day 1", "session", "completed", 14400),
                part("Day 2", "session", "completed", 10800)]),
        ],
    )  # fmt: skip
    row(
        "Data protection refresher", None, "self-paced", "in_progress", [academy], 3,
        seconds=900, last_result="failed", attempts=3,
    )  # fmt: skip
    row(
        f"https://academy.example.org/{'not-a-title-' * 12}", None, "self-paced", "in_progress",
        [academy], 4,
        parts=[part(f"https://academy.example.org/{'x_' * 60}?id=1", "lesson", "completed")],
    )  # fmt: skip
    row(
        "Forklift licence", "FL-9", "blended", "no_show", [classroom, academy], 70,
        started_at=None, registered_at=now - timedelta(days=70), attempts=0,
    )  # fmt: skip
    row(
        "Working at height", "WH-1", "virtual", "registered", [classroom], 5, started_at=None,
        registered_at=now - timedelta(days=5), attempts=0, due_at=now - timedelta(days=1),
    )  # fmt: skip
    row(
        "Code of conduct", None, "self-paced", "completed", [academy], 200, flags=["overridden"],
        completed_at=now - timedelta(days=200), satisfied_at=now - timedelta(days=200),
    )  # fmt: skip
