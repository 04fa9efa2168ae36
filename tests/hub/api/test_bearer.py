"""The door of the API: who gets in, who is told what is missing."""

from datetime import UTC, datetime, timedelta

import time_machine

from hub.accounts.models import ApiToken
from hub.accounts.tokens import SCOPES, create_token, revoke_token
from hub.app import create_app

PATHS = {
    "/api/v1/learners": "learners:read",
    "/api/v1/learners/00000000-0000-0000-0000-000000000000": "learners:read",
    "/api/v1/learners/00000000-0000-0000-0000-000000000000/progress": "progress:read",
    "/api/v1/progress": "progress:read",
    "/api/v1/sources": "progress:read",
}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def get(app, path, authorization=None):
    headers = {"Authorization": authorization} if authorization else {}
    return app.test_client().get(path, headers=headers)


def test_every_operation_of_the_whole_application_has_a_scope(hub):
    app = create_app(hub=hub)

    scopes = {
        rule.rule: getattr(app.view_functions[rule.endpoint], "needed_scope", None)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule != "/api/v1/openapi.json"
    }

    assert len(scopes) >= len(PATHS)
    assert set(scopes.values()) <= set(SCOPES), scopes


def test_nobody_gets_in_without_a_token(api_app):
    wrong = [
        None,
        "Bearer",
        "Bearer hub",
        "Bearer hub_1_2",
        "Basic aHViOmh1Yg==",
        "Bearer hub_\xff_",
    ]
    for path in PATHS:
        for authorization in wrong:
            answer = get(api_app, path, authorization)

            assert answer.status_code == 401, (path, authorization)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
            assert answer.mimetype == "application/problem+json"


def test_a_token_without_the_scope_is_told_which_one_it_lacks(api_app, token):
    for path, scope in PATHS.items():
        others = [other for other in SCOPES if other != scope]

        answer = get(api_app, path, f"Bearer {token(*others)}")

        assert answer.status_code == 403
        assert scope in answer.json["detail"]
        assert f'scope="{scope}"' in answer.headers["WWW-Authenticate"]


def test_the_scope_alone_is_enough(api_app, token):
    for path, scope in PATHS.items():
        assert get(api_app, path, f"Bearer {token(scope)}").status_code in {200, 404}


def test_arguments_are_not_looked_at_before_the_token(api_app):
    assert get(api_app, "/api/v1/progress?limit=x").status_code == 401


def test_a_token_in_the_query_opens_nothing(api_app, token):
    assert get(api_app, f"/api/v1/progress?access_token={token()}").status_code == 401


def test_an_expired_token_and_a_revoked_one_open_nothing(hub, api_app):
    with time_machine.travel(NOON, tick=False), hub.database.transaction() as session:
        _, short = create_token(session, hub.keyring, "short", SCOPES, NOON + timedelta(days=1))
        _, gone = create_token(session, hub.keyring, "gone", SCOPES)
        revoke_token(session, "gone")

    with time_machine.travel(NOON + timedelta(hours=23), tick=False):
        assert get(api_app, "/api/v1/sources", f"Bearer {short}").status_code == 200
        assert get(api_app, "/api/v1/sources", f"Bearer {gone}").status_code == 401
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert get(api_app, "/api/v1/sources", f"Bearer {short}").status_code == 401


def test_the_last_use_is_known_to_the_minute(hub, api_app):
    with hub.database.transaction() as session:
        row, text = create_token(session, hub.keyring, "reports", SCOPES)

    def used_after_asking_at(at):
        with time_machine.travel(at, tick=False):
            get(api_app, "/api/v1/sources", f"Bearer {text}")
        with hub.database.reading() as session:
            return session.get(ApiToken, row.id).used_at

    assert used_after_asking_at(NOON) == NOON
    assert used_after_asking_at(NOON + timedelta(seconds=59)) == NOON
    assert used_after_asking_at(NOON + timedelta(seconds=60)) == NOON + timedelta(seconds=60)


def test_an_answer_sets_no_cookie(ask):
    assert "Set-Cookie" not in ask("/api/v1/progress").headers


def test_no_answer_has_the_token_in_it(api_app, token):
    text = token("learners:read")

    assert text not in get(api_app, "/api/v1/progress", f"Bearer {text}").text
