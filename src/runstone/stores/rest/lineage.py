"""Logged models, and what runs read and made, behind a server's address."""

from collections.abc import Sequence

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
from runstone.entities.logged_model import status_word
from runstone.schemas import experiments, logged_models, runs
from runstone.stores.lineage import DEFAULT_LOGGED_MODELS_PAGE
from runstone.stores.rest.calls import Calls


class RestLineage(Calls):
    """Logged models and lineage that a server keeps; does what ``LineageStore`` says."""

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
        """Make a logged model in an active experiment; it is pending."""
        request = logged_models.CreateLoggedModel(
            experiment_id, name, model_type, source_run_id, list(params), list(tags), model_id, created_at
        )
        return self._call(logged_models.CREATE, request).model

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """The logged model with this id, with its params, tags and metrics."""
        return self._call(logged_models.GET, logged_models.LoggedModelId(model_id)).model

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Say how far a logged model has come."""
        request = logged_models.FinalizeLoggedModel(model_id, status_word(status))
        return self._call(logged_models.FINALIZE, request).model

    def delete_logged_model(self, model_id: str) -> None:
        """Delete a logged model. Doing it again changes nothing."""
        self._call(logged_models.DELETE, logged_models.LoggedModelId(model_id))

    def set_logged_model_tags(self, model_id: str, tags: Sequence[Tag]) -> None:
        """Set tags; each replaces its former value."""
        self._call(logged_models.SET_TAGS, logged_models.SetLoggedModelTags(model_id, list(tags)))

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove one tag."""
        self._call(logged_models.DELETE_TAG, logged_models.DeleteLoggedModelTag(model_id, key))

    def log_model_params(self, model_id: str, params: Sequence[Param]) -> None:
        """Write params once."""
        self._call(logged_models.LOG_PARAMS, logged_models.LogModelParams(model_id, list(params)))

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
        """Logged models of these experiments that match; the newest first unless ordered."""
        request = logged_models.SearchLoggedModels(
            list(experiment_ids),
            filter_string or None,
            list(datasets) or None,
            max_results,
            list(order_by) or None,
            page_token or None,
        )
        answer = self._call(logged_models.SEARCH, request)
        return Page(answer.models, answer.next_page_token)

    def log_inputs(
        self, run_id: str, *, datasets: Sequence[DatasetInput] = (), models: Sequence[ModelInput] = ()
    ) -> None:
        """Write down what an active run read."""
        request = runs.LogInputs(run_id=run_id, datasets=list(datasets), models=list(models))
        self._call(runs.LOG_INPUTS, request)

    def log_outputs(self, run_id: str, models: Sequence[ModelOutput]) -> None:
        """Write down which logged models an active run made."""
        self._call(runs.LOG_OUTPUTS, runs.LogOutputs(run_id=run_id, models=list(models)))

    def log_model_record(self, run_id: str, record: str) -> None:
        """Add the JSON of an ``MLmodel`` to the tag ``mlflow.log-model.history`` of a run."""
        self._call(runs.LOG_MODEL, runs.LogModel(run_id=run_id, model_json=record))

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        """Datasets that active runs of these experiments read, with the context, each once."""
        return self._call(
            experiments.SEARCH_DATASETS, experiments.SearchDatasets(list(experiment_ids))
        ).dataset_summaries
