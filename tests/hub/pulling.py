"""How tests pull: a source in the hub, one run carried out, the progress caught up."""

from hub.progress.projector import catch_up
from hub.runs.pull import execute
from hub.runs.service import get_run, request_run
from hub.sources.service import add_source


def add(hub, connector, name, **values):
    """A configured source; returns its id."""
    with hub.database.transaction() as session:
        return add_source(
            session, hub.keyring, connector_key=connector, name=name, values=values
        ).id


def pull(hub, source_id, *, full=False):
    """One run from request to projected progress; returns the run as it ended."""
    with hub.database.transaction() as session:
        run_id = request_run(session, source_id, full=full, requested_by="test").id
    execute(hub, run_id)
    catch_up(hub.database)
    with hub.database.reading() as session:
        return get_run(session, run_id)
