"""Runs and logged models that were begun without their store, made there."""

import logging
from collections.abc import Iterable
from pathlib import Path

from runstone.entities import Entry
from runstone.errors import BackendError, RunstoneError, Unsupported
from runstone.journal import folder as folders
from runstone.journal import models
from runstone.journal.folder import RunFacts
from runstone.stores.base import TrackingStore

_logger = logging.getLogger("runstone")

_CHOOSES = "this server chooses the ids of runs itself: it cannot take one that was made offline"


def create(store: TrackingStore, facts: RunFacts) -> None:
    """Make a run that was begun without the store.

    Raises:
        NotFound: Its experiment is gone.
        Unsupported: It takes no run whose id was chosen elsewhere, as genuine MLflow servers do.
        BackendError: The store cannot be reached.
    """
    if not getattr(store, "takes_ids", True):
        raise Unsupported(_CHOOSES)  # known already: nothing is made there for each time that it is tried
    made = store.create_run(
        experiment_of(store, facts),
        user_id=facts.user_id,
        start_time=facts.start_time,
        run_name=facts.run_name,
        tags=facts.tags,
        run_id=facts.run_id,
    )
    if made.info.run_id != facts.run_id:
        store.delete_run(made.info.run_id)
        raise Unsupported(_CHOOSES)


def experiment_of(store: TrackingStore, facts: RunFacts) -> str:
    """Id of the experiment that a run was made in here; one that is known by name is made where there is none.

    Raises:
        BackendError: The store cannot be reached.
    """
    if facts.experiment_id:
        return facts.experiment_id
    found = store.get_experiment_by_name(facts.experiment_name)
    return found.experiment_id if found else store.create_experiment(facts.experiment_name)


def create_named_models(store: TrackingStore, run: Path, entries: Iterable[Entry], made: set[str]) -> None:
    """Make the logged models that wait in the folder of a run and that entries name, so that the store takes these.

    What the store refuses is told when it refuses the entry.

    Args:
        store: Has the run.
        run: Folder of the run.
        entries: What is sent next.
        made: Models that were made already; what is made here is added.

    Raises:
        RunNotFound: The store does not have the run.
        BackendError: The store cannot be reached.
    """
    for model_id in sorted({model_id for entry in entries for model_id in named_models(entry)} - made):
        folder = run / folders.MODELS / model_id
        if (folder / models.FACTS).exists() and models.facts_of(folder).is_new:
            store.check()  # the other verbs wait for a server that is away, and whoever ends a run waits with them
            info = store.get_run(run.name).info
            try:
                models.make_there(models.facts_of(folder), store, info.experiment_id, info.run_id)
            except BackendError:
                raise
            except RunstoneError as error:
                _logger.warning("the logged model %s was not made: %s", model_id, error)
        made.add(model_id)


def named_models(entry: Entry) -> list[str]:
    """Ids of the logged models that an entry names."""
    return [
        *(metric.model_id for metric in entry.metrics if metric.model_id),
        *(model.model_id for model in entry.model_inputs or ()),
        *(model.model_id for model in entry.model_outputs or ()),
    ]
