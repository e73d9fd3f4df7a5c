"""What the runs of a test hold."""

import runstone
from runstone.entities import Run
from runstone.entities.tag import PARENT_RUN_ID


def all_runs() -> list[Run]:
    """All runs, the first that was begun first."""
    return runstone.search_runs(output_format="list", order_by=["attributes.start_time"])


def only_run() -> Run:
    """The only run that there is."""
    (run,) = all_runs()
    return run


def children(run: Run) -> list[Run]:
    """The runs that belong to another."""
    return [other for other in all_runs() if other.data.tags.get(PARENT_RUN_ID) == run.info.run_id]


def files(run: Run) -> list[str]:
    """The names of its files."""
    return sorted(file.path for file in runstone.Client().list_artifacts(run.info.run_id))
