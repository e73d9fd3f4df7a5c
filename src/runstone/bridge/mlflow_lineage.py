"""What runs of an MLflow database read and made, and its logged models."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from runstone.bridge.datasets import dataset
from runstone.bridge.mlflow_connection import MlflowConnection
from runstone.entities import (
    DatasetInput,
    InputTag,
    LoggedModel,
    LoggedModelData,
    LoggedModelInfo,
    LoggedModelMetric,
    ModelInput,
    ModelOutput,
    Param,
    RunInputs,
    RunOutputs,
    Tag,
)
from runstone.entities.logged_model import logged_model_status, status_word
from runstone.errors import InvalidValue

Rows = dict[Any, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Lineage:
    """What some runs read and made, by the id of the run; ``tell`` takes what was left out of that."""

    datasets: Rows
    tags: Rows
    models_read: Rows
    models_made: Rows
    tell: Callable[[str], None]

    def inputs(self, run_id: str) -> RunInputs:
        """What a run read."""
        return RunInputs(
            dataset_inputs=[
                DatasetInput(
                    tags=[InputTag(name, value or "") for name, value in self.tags.get(use, [])],
                    dataset=dataset(
                        name,
                        digest,
                        kind or "",
                        tell=self.tell,
                        source=source or "",
                        schema=schema or "",
                        profile=profile or "",
                    ),
                )
                for use, name, digest, kind, source, schema, profile in self.datasets.get(run_id, [])
            ],
            model_inputs=[ModelInput(model_id) for (model_id,) in self.models_read.get(run_id, [])],
        )

    def outputs(self, run_id: str) -> RunOutputs:
        """What a run made."""
        return RunOutputs(
            model_outputs=[ModelOutput(model, step or 0) for model, step in self.models_made.get(run_id, [])]
        )


def of_runs(database: MlflowConnection, run_ids: Sequence[str]) -> Lineage:
    """What runs read and made."""
    if not database.has("inputs"):
        return Lineage({}, {}, {}, {}, database.tell)
    step = database.column("inputs", "step", "0")
    datasets = database.grouped(
        "SELECT i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, "
        "d.dataset_schema, d.dataset_profile FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
        "WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id IN {} "
        "ORDER BY d.name, d.digest, i.input_uuid",
        run_ids,
    )
    uses = [row[0] for rows in datasets.values() for row in rows]
    return Lineage(
        datasets,
        database.grouped("SELECT input_uuid, name, value FROM input_tags WHERE input_uuid IN {} ORDER BY name", uses),
        database.grouped(
            "SELECT source_id, destination_id FROM inputs WHERE source_type = 'RUN_INPUT' AND destination_type = "
            "'MODEL_INPUT' AND source_id IN {} ORDER BY destination_id",
            run_ids,
        ),
        database.grouped(
            f"SELECT source_id, destination_id, {step} FROM inputs WHERE source_type = 'RUN_OUTPUT' AND "
            "destination_type = 'MODEL_OUTPUT' AND source_id IN {} ORDER BY destination_id",
            run_ids,
        ),
        database.tell,
    )


def logged_models(database: MlflowConnection, experiment_id: str) -> Iterator[LoggedModel]:
    """Logged models of an experiment, by id, but for deleted ones; none before MLflow 3."""
    if not database.has("logged_models"):
        return
    found = database.rows(
        "SELECT model_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, "
        "model_type, source_run_id FROM logged_models WHERE experiment_id = ? AND lifecycle_stage <> 'deleted' "
        "ORDER BY model_id",
        (int(experiment_id),),
    )
    for model_id, *facts in found:
        try:
            yield _logged_model(database, experiment_id, model_id, facts)
        except InvalidValue as error:
            database.tell(f"the logged model {model_id} was left out: {error.message}")


def _logged_model(database: MlflowConnection, experiment_id: str, model_id: str, facts: Sequence[Any]) -> LoggedModel:
    name, location, made, changed, status, kind, run_id = facts
    whose = f"logged model {model_id}"
    return LoggedModel(
        info=LoggedModelInfo(
            model_id=model_id,
            experiment_id=experiment_id,
            name=name or "",
            creation_timestamp_ms=made or 0,
            last_updated_timestamp_ms=changed or 0,
            artifact_uri=location or "",
            status_word=status_word(logged_model_status(status)),
            model_type=kind or "",
            source_run_id=run_id or "",
            tag_list=list(database.things(_tag, _of_model(database, "tag", model_id), whose)),
        ),
        data=LoggedModelData(
            params=list(database.things(_param, _of_model(database, "param", model_id), whose)),
            metrics=_metrics(database, model_id),
        ),
    )


def _tag(key: str, value: str | None) -> Tag:
    return Tag(key, value or "")


def _param(key: str, value: str | None) -> Param:
    return Param(key, value or "")


def _of_model(database: MlflowConnection, kind: str, model_id: str) -> Iterator[tuple[Any, ...]]:
    return database.rows(
        f"SELECT {kind}_key, {kind}_value FROM logged_model_{kind}s WHERE model_id = ? ORDER BY {kind}_key", (model_id,)
    )


def _metrics(database: MlflowConnection, model_id: str) -> list[LoggedModelMetric]:
    # These tables have no mark of NaN and hold 0 in its place; those of the run that logged the value have it.
    return [
        LoggedModelMetric(
            key=key,
            value=nan if is_nan else value,
            timestamp=timestamp,
            step=step,
            dataset_name=dataset or "",
            dataset_digest=digest or "",
            model_id=model_id,
            run_id=run_id or "",
        )
        for key, value, timestamp, step, dataset, digest, run_id, is_nan in database.rows(
            "SELECT l.metric_name, l.metric_value, l.metric_timestamp_ms, l.metric_step, l.dataset_name, "
            "l.dataset_digest, l.run_id, EXISTS (SELECT 1 FROM metrics m WHERE m.run_uuid = l.run_id AND "
            "m.key = l.metric_name AND m.timestamp = l.metric_timestamp_ms AND m.step = l.metric_step AND m.is_nan "
            "AND l.metric_value = 0) FROM logged_model_metrics l WHERE l.model_id = ? "
            "ORDER BY l.metric_timestamp_ms, l.metric_step, l.metric_name, l.run_id",
            (model_id,),
        )
    ]
