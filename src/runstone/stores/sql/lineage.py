"""Logged models, and what runs read and made, on an SQL database."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

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
from runstone.entities.tag import MODEL_HISTORY
from runstone.stores.sql import experiments, inputs, logged_model_search, logged_models, run_documents, runs
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.keys import find
from runstone.stores.sql.locations import ArtifactRoot
from runstone.stores.sql.session import Session


class SqlLineage:
    """Logged models and lineage beside the runs; does what ``LineageStore`` says."""

    _session: Session
    _root: ArtifactRoot

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

        def change(connection: Connection) -> LoggedModel:
            if model_id is not None and (
                known := logged_models.made(
                    connection,
                    model_id,
                    experiment_id,
                    name=name,
                    model_type=model_type,
                    source_run_id=source_run_id,
                    params=params,
                )
            ):
                return self._load_model(connection, known)
            number = logged_models.create(
                connection,
                experiments.active(connection, experiment_id),
                name=name,
                model_type=model_type,
                source_run_id=source_run_id,
                params=params,
                tags=tags,
                model_id=model_id,
                created_at=created_at,
            )
            return self._load_model(connection, number)

        return self._session.write(change)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """The logged model with this id, with its params, tags and metrics."""
        return self._session.read(
            lambda connection: self._load_model(connection, logged_models.find(driver_of(connection), model_id))
        )

    def logged_model_artifact_uri(self, model_id: str) -> str:
        """URI below which the files of a logged model are."""
        return self._session.read(lambda connection: logged_models.artifact_uri(connection, model_id, self._root))

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Say how far a logged model has come."""
        return self._session.write(
            lambda connection: self._load_model(connection, logged_models.finalize(connection, model_id, status))
        )

    def delete_logged_model(self, model_id: str) -> None:
        """Delete a logged model. Doing it again changes nothing."""
        self._session.write(lambda connection: logged_models.delete(connection, model_id))

    def set_logged_model_tags(self, model_id: str, tags: Sequence[Tag]) -> None:
        """Set tags; each replaces its former value."""
        self._session.write(lambda connection: logged_models.set_tags(connection, model_id, tags))

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove one tag."""
        self._session.write(lambda connection: logged_models.delete_tag(connection, model_id, key))

    def log_model_params(self, model_id: str, params: Sequence[Param]) -> None:
        """Write params once."""
        self._session.write(lambda connection: logged_models.log_params(connection, model_id, params))

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        *,
        filter_string: str = "",
        datasets: Sequence[DatasetFilter] = (),
        max_results: int = 100,
        order_by: Sequence[ModelOrder] = (),
        page_token: str = "",
    ) -> Page[LoggedModel]:
        """Logged models of these experiments that match; the newest first unless ordered."""
        return self._session.read(
            lambda connection: logged_model_search.search(
                connection,
                experiment_ids,
                filter_string=filter_string,
                datasets=datasets,
                max_results=max_results,
                order_by=order_by,
                page_token=page_token,
                artifact_uri_of=self._root.finder(connection),
            )
        )

    def log_inputs(
        self, run_id: str, *, datasets: Sequence[DatasetInput] = (), models: Sequence[ModelInput] = ()
    ) -> None:
        """Write down what an active run read."""

        def change(connection: Connection) -> None:
            driver = driver_of(connection)
            number, experiment = runs.active(driver, run_id)
            inputs.log_inputs(driver, number, experiment, datasets, models)

        self._session.write(change)

    def log_outputs(self, run_id: str, models: Sequence[ModelOutput]) -> None:
        """Write down which logged models an active run made."""

        def change(connection: Connection) -> None:
            number, _ = runs.active(driver_of(connection), run_id)
            inputs.log_outputs(driver_of(connection), number, models)

        self._session.write(change)

    def log_model_record(self, run_id: str, record: str) -> None:
        """Add the JSON of an ``MLmodel`` to the tag ``mlflow.log-model.history`` of a run."""
        self._session.write(partial(self._log_model_record, run_id, record))

    def _log_model_record(self, run_id: str, record: str, connection: Connection) -> None:
        driver, keys = driver_of(connection), self._session.keys
        number, _ = runs.active(driver, run_id)
        query = "SELECT value FROM tag WHERE run_id = ? AND key_id = ?"
        row = driver.execute(query, (number, find(driver, MODEL_HISTORY))).fetchone()
        history = inputs.with_record("" if row is None else row[0], record)
        tags = {MODEL_HISTORY: history}
        runs.put_tags(driver, keys, number, tags)
        run_documents.extend(driver, number, params={}, tags=tags, latest={})

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        """Datasets that active runs of these experiments read, with the context, each once."""
        return self._session.read(lambda connection: inputs.summaries(connection, experiment_ids))

    def _load_model(self, connection: Connection, number: int) -> LoggedModel:
        return logged_models.load(connection, [number], self._root.finder(connection))[0]
