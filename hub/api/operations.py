"""Declares an operation of the API: address, guard, arguments and answer in one place.

There is no way to declare one without a guard.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask_smorest import Blueprint
from marshmallow import RAISE, Schema

View = TypeVar("View", bound=Callable[..., Any])
Decorator = Callable[[View], View]

SCHEME = "bearer"
"""Name of the security scheme in the OpenAPI document."""


def operation(
    blueprint: Blueprint,
    rule: str,
    *,
    guard: Callable[[Callable[..., Any]], Callable[..., Any]],
    answer: type[Schema],
    query: type[Schema] | None = None,
    method: str = "GET",
) -> Callable[[View], View]:
    """Serve *rule* with the decorated view.

    The guard is asked before the arguments are looked at. The view gets the loaded query as first
    argument when there is a *query*; unknown parameters are refused, not ignored.
    """

    def decorate(view: View) -> View:
        wrapped: Any = blueprint.response(200, answer)(view)
        if query is not None:
            wrapped = blueprint.arguments(query, location="query", unknown=RAISE)(wrapped)
        wrapped = guard(wrapped)
        wrapped = blueprint.doc(security=[{SCHEME: []}])(wrapped)
        blueprint.route(rule, methods=[method])(wrapped)
        return view

    return decorate
