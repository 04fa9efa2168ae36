"""The import names are plain words; nobody else may own them in our environment."""

from importlib.metadata import packages_distributions

import pytest


@pytest.mark.parametrize("name", ["hub", "connectors", "scorm", "xapi", "config"])
def test_our_import_names_are_ours_alone(name):
    owners = set(packages_distributions().get(name, []))
    assert owners <= {"learning-record-hub"}
