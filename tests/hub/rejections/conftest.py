"""The scripted source of the tests of runs."""

from tests.hub.runs.conftest import says, script, set_aside, source_id

__all__ = ["says", "script", "set_aside", "source_id"]
