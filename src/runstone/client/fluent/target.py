"""Which run a call means."""

from runstone.client import choices, context
from runstone.client.client import Client
from runstone.client.fluent.runs import start_run


def target(run_id: str | None = None) -> tuple[Client, str]:
    """The run that is named, else the active one, else one that is started now; and the handle to reach it."""
    opened = context.active()
    if run_id is not None:
        if opened is not None and opened.run.info.run_id == run_id:
            return opened.client, run_id
        return choices.client(), run_id
    if opened is None:
        start_run()
        opened = context.active()
        assert opened is not None
    return opened.client, opened.run.info.run_id
