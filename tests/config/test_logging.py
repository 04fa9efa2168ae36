"""No field of a log line whose name says that it is secret shows its value."""

import pytest

from config.logging import MASK, mask_secrets


@pytest.mark.parametrize(
    "name", ["token", "wstoken", "client_secret", "Password", "Authorization", "cookie", "api_key"]
)
def test_a_secret_field_is_masked(name):
    assert mask_secrets(None, "info", {"event": "asked", name: "c4n4ry"})[name] == MASK


def test_other_fields_are_left_alone():
    event = {"event": "asked", "source": "academy"}
    assert mask_secrets(None, "info", dict(event)) == event
