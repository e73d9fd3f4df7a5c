"""The verbs of ``Client`` about logged models, and about what runs read and made."""

from collections.abc import Mapping, Sequence
from typing import Any

from runstone.artifacts import transfer
from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.entities import (
    DatasetFilter,
    DatasetInput,
    FileInfo,
    LoggedModel,
    LoggedModelStatus,
    ModelInput,
    ModelOutput,
    Page,
    Param,
    Tag,
)
from runstone.entities.logged_model import as_orders, logged_model_status
from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.stores.lineage import DEFAULT_LOGGED_MODELS_PAGE

MODEL_ID = "the id of a logged model"
_RUN_ID = "the id of a run"


class LineageVerbs(Connection):
    """Create, find, change and delete logged models; say what runs read and made."""

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        model_type: str | None = None,
    ) -> LoggedModel:
        """Make a logged model; it is pending until it is finalized.

        Args:
            experiment_id: An experiment in use.
            name: A name for people; chosen by the store if ``None``.
            source_run_id: The run that makes it.
            tags: Tags to set on it.
            params: Its params.
            model_type: What kind of model it is, in a word.

        Raises:
            ExperimentNotFound: There is no such experiment.
            ExperimentDeleted: It is in the trash.
            InvalidValue: The name, a tag or a param breaks a rule.
        """
        return self._lineage.create_logged_model(
            arguments.identifier("the id of an experiment", experiment_id),
            name=arguments.text("the name of a logged model", name or ""),
            model_type=arguments.text("the type of a logged model", model_type or ""),
            source_run_id=arguments.text(_RUN_ID, source_run_id or ""),
            params=[Param(key, value) for key, value in arguments.mapping("params", params or {}).items()],
            tags=[Tag(key, value) for key, value in arguments.mapping("tags", tags or {}).items()],
        )

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """The logged model with this id, with its params, tags and metrics.

        Raises:
            LoggedModelNotFound: There is none.
        """
        return self._lineage.get_logged_model(arguments.identifier(MODEL_ID, model_id))

    def finalize_logged_model(self, model_id: str, status: str | LoggedModelStatus) -> LoggedModel:
        """Say that a logged model is ready, or that it failed.

        Raises:
            InvalidValue: The status is none of ``READY`` and ``FAILED``.
            LoggedModelNotFound: There is no such model.
        """
        wanted = logged_model_status(status)
        if wanted not in {LoggedModelStatus.READY, LoggedModelStatus.FAILED}:
            raise InvalidValue(f"a logged model is finalized as READY or FAILED; got {shown(status)}")
        return self._lineage.finalize_logged_model(arguments.identifier(MODEL_ID, model_id), wanted)

    def delete_logged_model(self, model_id: str) -> None:
        """Delete a logged model.

        Raises:
            LoggedModelNotFound: There is no such model.
        """
        self._lineage.delete_logged_model(arguments.identifier(MODEL_ID, model_id))

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, Any]) -> None:
        """Set tags of a logged model.

        Raises:
            InvalidValue: A tag breaks a rule; none is set then.
            LoggedModelNotFound: There is no such model.
        """
        checked = [Tag(key, value) for key, value in arguments.mapping("tags", tags).items()]
        self._lineage.set_logged_model_tags(arguments.identifier(MODEL_ID, model_id), checked)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove one tag of a logged model.

        Raises:
            NotFound: There is no such model, or it has no such tag.
        """
        self._lineage.delete_logged_model_tag(
            arguments.identifier(MODEL_ID, model_id), arguments.text("the name of a tag", key)
        )

    def log_model_params(self, model_id: str, params: Mapping[str, Any]) -> None:
        """Write params of a logged model once.

        Raises:
            InvalidValue: A param breaks a rule, or has another value already.
            LoggedModelNotFound: There is no such model.
        """
        checked = [Param(key, value) for key, value in arguments.mapping("params", params).items()]
        self._lineage.log_model_params(arguments.identifier(MODEL_ID, model_id), checked)

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[Mapping[str, str] | DatasetFilter] | None = None,
        max_results: int | None = None,
        order_by: Sequence[Mapping[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        """One page of the logged models that match, the newest first unless ordered.

        Args:
            experiment_ids: Experiments whose models are looked at.
            filter_string: For example ``"metrics.acc > 0.9 AND params.depth = '3'"``.
            datasets: Dicts with ``dataset_name`` and perhaps ``dataset_digest``, which metrics must be measured on.
            max_results: Largest length of the page; 100 if ``None``.
            order_by: Dicts with ``field_name``, and perhaps ``ascending``, ``dataset_name`` and ``dataset_digest``.
            page_token: ``token`` of the former page.

        Raises:
            InvalidFilter: The filter or the order cannot be read.
            InvalidPageToken: The token is not of this search.
            InvalidValue: An argument is of a wrong type or out of range.
        """
        return self._lineage.search_logged_models(
            arguments.identifiers("the id of an experiment", experiment_ids),
            filter_string=arguments.text("filter_string", filter_string or ""),
            datasets=[_dataset_filter(dataset) for dataset in datasets or ()],
            max_results=DEFAULT_LOGGED_MODELS_PAGE
            if max_results is None
            else arguments.integer("max_results", max_results),
            order_by=as_orders(order_by),
            page_token=arguments.text("page_token", page_token or ""),
        )

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> list[FileInfo]:
        """What is in a folder of a logged model.

        Raises:
            LoggedModelNotFound: There is no such model.
            InvalidArtifactPath: The path is not one.
        """
        return self._model_artifacts(model_id).list(arguments.artifact_path(path))

    def log_model_artifact(self, model_id: str, local_path: str, artifact_path: str | None = None) -> None:
        """Store a file with a logged model.

        Args:
            model_id: The model.
            local_path: The file.
            artifact_path: Folder of the model that it goes to; the top if ``None``.

        Raises:
            LocalFileNotFound: There is no such file.
            LoggedModelNotFound: There is no such model.
        """
        source = arguments.local_path("the file to log", local_path)
        target = arguments.artifact_path(artifact_path) / source.name
        transfer.upload_file(self._model_artifacts(model_id), source, target)

    def log_model_artifacts(self, model_id: str, local_dir: str, artifact_path: str | None = None) -> None:
        """Store a folder with a logged model.

        Args:
            model_id: The model.
            local_dir: The folder.
            artifact_path: Folder of the model that it goes to; the top if ``None``.

        Raises:
            LocalFileNotFound: There is no such folder.
            LoggedModelNotFound: There is no such model.
        """
        source = arguments.local_path("the folder to log", local_dir)
        transfer.upload_folder(self._model_artifacts(model_id), source, arguments.artifact_path(artifact_path))

    def log_inputs(
        self, run_id: str, datasets: Sequence[DatasetInput] | None = None, models: Sequence[ModelInput] | None = None
    ) -> None:
        """Say what a run read.

        Args:
            run_id: A run in use.
            datasets: Datasets, each with its tags.
            models: Logged models.

        Raises:
            InvalidValue: One of them is of a wrong type.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        run_id = arguments.identifier(_RUN_ID, run_id)
        read = arguments.each("datasets", DatasetInput, datasets)
        used = arguments.each("models", ModelInput, models)
        self._now_or_later(
            lambda: self._lineage.log_inputs(run_id, datasets=read, models=used),
            lambda: self._journal(run_id).log(datasets=read, model_inputs=used),
        )

    def log_outputs(self, run_id: str, models: Sequence[ModelOutput]) -> None:
        """Say which logged models a run made.

        Raises:
            InvalidValue: One of them is of a wrong type.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        run_id = arguments.identifier(_RUN_ID, run_id)
        made = arguments.each("models", ModelOutput, models)
        self._now_or_later(
            lambda: self._lineage.log_outputs(run_id, made), lambda: self._journal(run_id).log(model_outputs=made)
        )


def _dataset_filter(given: object) -> DatasetFilter:
    if isinstance(given, DatasetFilter):
        return given
    if not isinstance(given, Mapping) or "dataset_name" not in given or set(given) - {"dataset_name", "dataset_digest"}:
        raise InvalidValue(
            f"a dataset is named by a dict with 'dataset_name', and 'dataset_digest' if you like; got {shown(given)}"
        )
    return DatasetFilter(given["dataset_name"], given.get("dataset_digest") or "")
