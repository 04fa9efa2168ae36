"""The reporting API on a hub, and rows to read from it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hub.accounts.tokens import SCOPES, create_token
from hub.api.openapi import register
from hub.catalog.models import Course
from hub.extensions import Hub, csrf
from hub.learners.api import blueprint as learners_blueprint
from hub.learners.models import Identifier, IdentityEvent, Learner, Link
from hub.lrs.validation_api import blueprint as validation_blueprint
from hub.progress.api import blueprint as progress_blueprint
from hub.progress.models import Progress

SPRING = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def api_app(hub: Hub) -> Flask:
    """An application that serves nothing but the API."""
    app = Flask(__name__)
    app.secret_key = hub.keyring.session_secret
    app.extensions["hub"] = hub
    csrf.init_app(app)
    register(app, [learners_blueprint, progress_blueprint, validation_blueprint])
    return app


@pytest.fixture
def token(hub: Hub) -> Callable[..., str]:
    """Makes a token with the given scopes; all of them by default."""

    def make(*scopes: str) -> str:
        with hub.database.transaction() as session:
            return create_token(session, hub.keyring, uuid4().hex, scopes or SCOPES)[1]

    return make


@pytest.fixture
def ask(api_app: Flask, token: Callable[..., str]) -> Callable[..., TestResponse]:
    """GET with a token that may read everything."""
    client, text = api_app.test_client(), token()

    def get(path: str, **query: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {text}"}
        return client.get(path, query_string=query, headers=headers)

    return get


@pytest.fixture
def add_learner(hub: Hub) -> Callable[..., UUID]:
    """Inserts a learner with identifiers (kind, scope, value) and returns its id."""

    def add(name: str | None = "Alice", *identifiers: tuple[str, str, str], **columns: Any) -> UUID:
        with hub.database.transaction() as session:
            learner = Learner(
                id=uuid4(), name=name, created_at=SPRING, **({"status": "active"} | columns)
            )
            session.add(learner)
            session.flush()
            for kind, scope, value in identifiers:
                identifier = Identifier(
                    kind=kind, scope=scope, canonical=value.lower(), raw=value, created_at=SPRING
                )
                event = IdentityEvent(at=SPRING, actor="test", kind="link", detail={})
                session.add_all([identifier, event])
                session.flush()
                session.add(
                    Link(
                        identifier_id=identifier.id,
                        learner_id=learner.id,
                        rule="same_record",
                        event_id=event.id,
                        valid_from=SPRING,
                    )
                )
            return learner.id

    return add


@pytest.fixture
def add_course(hub: Hub) -> Callable[..., UUID]:
    def add(title: str = "Fire safety") -> UUID:
        with hub.database.transaction() as session:
            course = Course(id=uuid4(), title=title, created_at=SPRING)
            session.add(course)
            session.flush()
            return course.id

    return add


@pytest.fixture
def add_progress(hub: Hub) -> Callable[..., None]:
    """Inserts a record that says nothing but what is given."""

    def add(learner_id: UUID, course_id: UUID, **columns: Any) -> None:
        silent: dict[str, Any] = {
            "status": "not_started",
            "percent": 0,
            "attempts": 0,
            "flags": [],
            "sources": [],
            "parts": [],
            "evidence_count": 0,
            "policy_version": 1,
            "updated_at": SPRING,
        }
        with hub.database.transaction() as session:
            session.add(Progress(learner_id=learner_id, course_id=course_id, **silent | columns))

    return add
