"""The door of reporting tools: a bearer token with the scope that an operation needs.

RFC 6750. No cookie opens it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request

from hub import clock
from hub.accounts.machine_keys import note_use, use_is_stale
from hub.accounts.models import ApiToken
from hub.accounts.tokens import SCOPES, find_token
from hub.api.problems import Challenge
from hub.extensions import current_hub

View = TypeVar("View", bound=Callable[..., Any])


def needs(scope: str) -> Callable[[View], View]:
    """Let a request in only with a token that has *scope*: 401 without a token, 403 without scope.

    The view carries the scope as ``needed_scope``, so that no operation can be left open unnoticed.
    """
    if scope not in SCOPES:
        raise ValueError(f"unknown scope {scope}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            _admit(scope)
            return view(*args, **kwargs)

        guarded.needed_scope = scope  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def _admit(scope: str) -> None:
    token = _token()
    if scope not in token.scopes:
        raise Challenge(
            f"The token {token.name!r} may not do this: it lacks the scope {scope}.",
            hint=f"Create a token with the scope {scope}.",
            status=403,
            code="insufficient_scope",
            challenge=f'Bearer realm="hub", error="insufficient_scope", scope="{scope}"',
        )


def _token() -> ApiToken:
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise Challenge(
            "This address answers only to a token.",
            hint="Send the header `Authorization: Bearer hub_...`; an admin creates tokens.",
            status=401,
            code="token_missing",
            challenge='Bearer realm="hub"',
        )
    hub = current_hub()
    with hub.database.reading() as session:
        token = find_token(session, hub.keyring, given.token)
    if token is None:
        raise Challenge(
            "The token is unknown, revoked or expired.",
            hint="Ask an admin for a new one.",
            status=401,
            code="token_invalid",
            challenge='Bearer realm="hub", error="invalid_token"',
        )
    if use_is_stale(token, clock.now()):
        with hub.database.transaction() as session:
            note_use(session, token)
    return token
