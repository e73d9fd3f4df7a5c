"""What cannot be done without the store: each verb says so by name."""

from collections.abc import Callable
from typing import NoReturn

from runstone.entities.names import shown
from runstone.errors import Unsupported


def _refused(what: str) -> Callable[..., NoReturn]:
    """A verb that raises ``Unsupported``.

    Args:
        what: What it would do; begins the sentence.
    """

    def refuse(self: "NeedsStore", *_: object, **__: object) -> NoReturn:
        raise Unsupported(
            f"{what} needs the store at {shown(self._uri)}, but this is offline; "
            "send what is kept here with `runstone sync`, then ask there"
        )

    return refuse


class NeedsStore:
    """The verbs of ``TrackingStore``, ``LineageStore`` and ``TrashStore`` that are refused offline."""

    _uri: str

    search_experiments = _refused("searching for experiments")
    rename_experiment = _refused("renaming an experiment")
    delete_experiment = _refused("deleting an experiment")
    restore_experiment = _refused("restoring an experiment")
    set_experiment_tag = _refused("setting a tag of an experiment")
    delete_experiment_tag = _refused("removing a tag of an experiment")

    search_runs = _refused("searching for runs")
    search_run_table = _refused("searching for runs")
    delete_run = _refused("deleting a run")
    restore_run = _refused("restoring a run")
    metric_histories = _refused("reading a metric of several runs")
    metric_series = _refused("reading metrics of several runs")

    search_logged_models = _refused("searching for logged models")
    delete_logged_model = _refused("deleting a logged model")
    search_datasets = _refused("searching for datasets")
    empty_trash = _refused("emptying the trash")

    # What is logged stands in the journal; nobody asks a store to take it before it is sent.
    update_run = _refused("changing a run in its store")
    log_batch = _refused("logging to the store")
    delete_tag = _refused("removing a tag in the store")
    log_inputs = _refused("logging inputs to the store")
    log_outputs = _refused("logging outputs to the store")
    log_model_record = _refused("logging the record of a model to the store")
    append_journal = _refused("sending a journal")
    journal_refusals = _refused("asking what was refused of a journal")
    beat = _refused("telling that a run is alive")
    check = _refused("asking whether the store answers")
    close = _refused("closing the store")
