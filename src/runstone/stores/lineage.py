"""What every store of logged models, and of what runs read and made, does.

The cases of ``runstone.testing.lineage_cases`` are this contract in tests.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from runstone.entities import (
    DatasetFilter,
    DatasetInput,
    DatasetSummary,
    LoggedModel,
    LoggedModelStatus,
    ModelInput,
    ModelOrder,
    ModelOutput,
    Page,
    Param,
    Tag,
)

MAX_LOGGED_MODELS_PAGE = 50_000
DEFAULT_LOGGED_MODELS_PAGE = 100
MAX_SUMMARY_EXPERIMENTS = 20
MAX_FILTER_DATASETS = 500
MAX_SUMMARIES = 1000


@runtime_checkable
class LineageStore(Protocol):
    """Logged models, and the datasets and models that runs read and made.

    Verbs are as those of ``TrackingStore``: one transaction each, from any thread. A model that is not there, or was
    deleted, raises ``LoggedModelNotFound``, a run ``RunNotFound``, and one in the trash ``RunDeleted``.
    """

    def create_logged_model(
        self,
        experiment_id: str,
        *,
        name: str = "",
        model_type: str = "",
        source_run_id: str = "",
        params: Sequence[Param] = (),
        tags: Sequence[Tag] = (),
        model_id: str | None = None,
        created_at: int | None = None,
    ) -> LoggedModel:
        """Make a logged model in an active experiment; it is pending. Where no name is given, one is chosen.

        ``created_at`` is milliseconds since the Unix epoch, UTC; now if ``None``. ``model_id`` is ``m-`` and 32
        hexadecimal digits in lower case, chosen by the caller, who may repeat the call when no answer came: a model
        that has the id already is given back as it is, with what was logged to it meanwhile; one of which the
        experiment, the name, the type, the run or one of these params is another raises ``LoggedModelExists``, and so
        does one that was deleted. A genuine MLflow server chooses an id of its own, and its own time.

        Raises:
            InvalidValue: The name, the type, the id or the time breaks a rule, or a param comes twice with two values.
            LoggedModelExists: As said above.
            ExperimentNotFound: There is no such experiment.
            ExperimentDeleted: It is in the trash.
        """
        ...

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """The logged model with this id, with its params, tags and metrics."""
        ...

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Say how far a logged model has come."""
        ...

    def delete_logged_model(self, model_id: str) -> None:
        """Delete a logged model. Doing it again changes nothing; one that never was raises ``LoggedModelNotFound``."""
        ...

    def set_logged_model_tags(self, model_id: str, tags: Sequence[Tag]) -> None:
        """Set tags; each replaces its former value."""
        ...

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove one tag. A tag that is not there raises ``NotFound``."""
        ...

    def log_model_params(self, model_id: str, params: Sequence[Param]) -> None:
        """Write params once.

        Raises:
            InvalidValue: One holds another value already, or comes twice with two values.
        """
        ...

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        *,
        filter_string: str = "",
        datasets: Sequence[DatasetFilter] = (),
        max_results: int = DEFAULT_LOGGED_MODELS_PAGE,
        order_by: Sequence[ModelOrder] = (),
        page_token: str = "",
    ) -> Page[LoggedModel]:
        """Logged models of these experiments that match; the newest first unless ordered.

        A metric matches if any of its values does: of those on ``datasets``, if any are named; without a condition on
        a metric, models that have one on these. Ordered by a metric, its last value counts, by time, then step.
        Missing values come last whichever way is ordered.

        Raises:
            InvalidFilter: The filter or an item of the order cannot be read.
            InvalidPageToken: The token is not one of this search.
            InvalidValue: Over 500 datasets are named, or the page size or the number of order items is out of range.
        """
        ...

    def log_inputs(
        self, run_id: str, *, datasets: Sequence[DatasetInput] = (), models: Sequence[ModelInput] = ()
    ) -> None:
        """Write down what an active run read. What is there already stays as it is, tags included."""
        ...

    def log_outputs(self, run_id: str, models: Sequence[ModelOutput]) -> None:
        """Write down which logged models an active run made. One that is there already keeps its step."""
        ...

    def log_model_record(self, run_id: str, record: str) -> None:
        """Add the JSON of an ``MLmodel`` to the tag ``mlflow.log-model.history`` of a run, as 1.x and 2.x clients do.

        Raises:
            InvalidValue: It is no JSON object, or lacks ``run_id``, ``artifact_path``, ``utc_time_created`` or
                ``flavors``.
        """
        ...

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        """Datasets that active runs of these experiments read, with the context, each once; at most 1000.

        Raises:
            InvalidValue: None or more than 20 experiments are named.
        """
        ...
