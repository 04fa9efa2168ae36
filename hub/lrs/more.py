"""The `more` link: the rest of a query as a signed token, so that it needs no table and no expiry.

The token carries every filter, the page's end, and the newest statement at the time of the first
page: what is stored later does not shift the pages (xAPI Communication 2.1.3).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from hub.keyring import Keyring
from hub.lrs.form import Form
from hub.lrs.query import Query
from xapi.actors import IFI

PATH = "/xapi/statements/more/"


def more_link(keyring: Keyring, query: Query, form: Form) -> str:
    """The relative address of the next page, in the same form."""
    return PATH + _signer(keyring).dumps([_as_json(query), _changed(form, Form())])


def read_more(keyring: Keyring, token: str) -> tuple[Query, Form] | None:
    """The query and the form of a link that this hub gave out; None for any other."""
    try:
        data, form = _signer(keyring).loads(token)
        return _from_json(data), Form(**form)
    except (BadSignature, TypeError):  # signed by another release, whose queries had other fields
        return None


def as_page(statements: tuple[bytes, ...], more: str) -> bytes:
    """A StatementResult; statements are passed on as stored, never parsed."""
    return (
        b'{"statements":[' + b",".join(statements) + b'],"more":' + json.dumps(more).encode() + b"}"
    )


def _signer(keyring: Keyring) -> URLSafeSerializer:
    return URLSafeSerializer(keyring.session_secret, salt="xapi-more")


def _as_json(query: Query) -> dict[str, Any]:
    """What differs from a query without filters."""
    data = _changed(query, Query())
    for name in ("since", "until"):
        if name in data:
            data[name] = data[name].isoformat()
    if "registration" in data:
        data["registration"] = str(data["registration"])
    return data


def _changed(value: Query | Form, plain: Query | Form) -> dict[str, Any]:
    usual = asdict(plain)
    return {name: item for name, item in asdict(value).items() if item != usual[name]}


def _from_json(data: Mapping[str, Any]) -> Query:
    values = dict(data)
    if "agent" in values:
        values["agent"] = IFI(**values["agent"])
    if "registration" in values:
        values["registration"] = UUID(values["registration"])
    for name in ("since", "until"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    return Query(**values)
