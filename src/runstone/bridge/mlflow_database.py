"""MLflow's databases on SQLite and PostgreSQL, of MLflow 2 and 3, as a source; nothing in them is changed."""

from collections.abc import Iterator, Sequence
from math import nan
from typing import Any

from runstone.artifacts.base import ArtifactRepository
from runstone.bridge import mlflow_lineage
from runstone.bridge.fence import Fence
from runstone.bridge.mlflow_connection import IsRunstones, MlflowConnection, open_connection
from runstone.bridge.mlflow_registry import registered_models, versions_of
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.entities import (
    Experiment,
    LifecycleStage,
    LoggedModel,
    Metric,
    ModelVersion,
    Param,
    RegisteredModel,
    Run,
    RunData,
    RunInfo,
    RunStatus,
    Tag,
)
from runstone.entities.states import run_status
from runstone.errors import InvalidValue, SchemaMismatch
from runstone.stores.resolve import scheme_of
from runstone.stores.sql.database import path_of, revision_of
from runstone.stores.sql.revisions import HEAD

# Runs whose params, tags and inputs are read together.
_TOGETHER = 500


class MlflowDatabase:
    """An MLflow database; does what ``Source`` says.

    All is read in one transaction, so that what MLflow writes meanwhile disturbs nothing. MLflow keeps an infinity as
    the largest number that there is: such a value is told as it is kept, since the two cannot be told apart.
    """

    def __init__(self, uri: str, fence: Fence) -> None:
        """Open it.

        Args:
            uri: ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``.
            fence: Which local files are read.

        Raises:
            BackendError: It is not there, or cannot be read.
            InvalidValue: The address cannot be read.
            SchemaMismatch: It is no database of MLflow, or of a version that is not known.
        """
        self._database: MlflowConnection = open_connection(uri)
        self._fence = fence
        self.name = self._database.name
        self.problems = self._database.problems

    def experiments(self) -> Iterator[Experiment]:
        """All experiments, by id. The name of one outside the workspace ``default`` has its workspace behind it."""
        tags = self._by("SELECT experiment_id, key, value FROM experiment_tags ORDER BY key")
        workspace = self._database.column("experiments", "workspace", "'default'")
        for row in self._database.rows(
            "SELECT experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, "
            f"{workspace} FROM experiments ORDER BY experiment_id"
        ):
            number, name, location, stage, made, changed, where = row
            yield Experiment(
                experiment_id=str(number),
                name=name if where in {None, "default"} else f"{name} ({where})",
                artifact_location=location or "",
                lifecycle_stage=LifecycleStage(stage),
                creation_time=made or 0,
                last_update_time=changed or made or 0,
                tag_list=list(self._database.things(_tag, tags.get(number, []), f"experiment {name!r}")),
            )

    def runs(self, experiment_id: str) -> Iterator[Run]:
        """Runs of an experiment, by id, without their metrics."""
        found = self._database.rows(
            "SELECT run_uuid, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage FROM runs "
            "WHERE experiment_id = ? ORDER BY run_uuid",
            (int(experiment_id),),
        )
        together: list[Sequence[Any]] = []
        for row in found:
            together.append(row)
            if len(together) == _TOGETHER:
                yield from self._several(experiment_id, together)
                together = []
        yield from self._several(experiment_id, together)

    def count_runs(self, experiment_id: str) -> int:
        """How many runs an experiment has."""
        [(number,)] = self._database.rows("SELECT count(*) FROM runs WHERE experiment_id = ?", (int(experiment_id),))
        return int(number)

    def metrics(self, run_id: str) -> Iterator[Metric]:
        """Every value of every metric of a run, by name of the metric, then time."""
        found = self._database.rows(
            "SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? "
            "ORDER BY key, timestamp, step, value",
            (run_id,),
        )
        return self._database.things(_metric, found, f"run {run_id}")

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Logged models of an experiment, by id, but for deleted ones."""
        return mlflow_lineage.logged_models(self._database, experiment_id)

    def registered_models(self) -> Iterator[RegisteredModel]:
        """All registered models, by name."""
        return registered_models(self._database)

    def model_versions(self, name: str) -> Iterator[ModelVersion]:
        """Versions of a registered model, by number, but for deleted ones."""
        return versions_of(self._database, name)

    def files(self, uri: str) -> ArtifactRepository:
        """The files below a URI. Those that only a server could give raise ``InvalidValue``."""
        return self._fence.files(uri)

    def close(self) -> None:
        """End the transaction and the connection."""
        self._database.close()

    def _several(self, experiment_id: str, rows: Sequence[Sequence[Any]]) -> Iterator[Run]:
        ids = [row[0] for row in rows]
        params = self._by("SELECT run_uuid, key, value FROM params WHERE run_uuid IN {} ORDER BY key", ids)
        tags = self._by("SELECT run_uuid, key, value FROM tags WHERE run_uuid IN {} ORDER BY key", ids)
        lineage = mlflow_lineage.of_runs(self._database, ids)
        for run_id, name, user, status, start, end, uri, stage in rows:
            whose = f"run {run_id}"
            ended: dict[str, Any] = {} if end is None else {"ended_at": end}
            try:
                info = RunInfo(
                    run_id=run_id,
                    run_uuid=run_id,
                    run_name=name or "",
                    experiment_id=experiment_id,
                    user_id=user or "",
                    status=run_status(status or RunStatus.RUNNING),
                    start_time=start or 0,
                    artifact_uri=uri or "",
                    lifecycle_stage=LifecycleStage(stage),
                    **ended,
                )
                inputs = lineage.inputs(run_id)
            except InvalidValue as error:
                self._database.tell(f"the {whose} was left out: {error.message}")
                continue
            yield Run(
                info=info,
                data=RunData(
                    param_list=list(self._database.things(Param, params.get(run_id, []), whose)),
                    tag_list=list(self._database.things(_tag, tags.get(run_id, []), whose)),
                ),
                inputs=inputs,
                outputs=lineage.outputs(run_id),
            )

    def _by(self, statement: str, ids: Sequence[str] | None = None) -> dict[Any, list[tuple[Any, ...]]]:
        """Rows of a statement by their first column, without it."""
        return self._database.grouped(statement, ids)


def _tag(key: str, value: str | None) -> Tag:
    return Tag(key, value or "")


def _metric(key: str, value: float, timestamp: int | None, step: int | None, is_nan: object) -> Metric:
    return Metric(key, nan if is_nan else value, timestamp or 0, step or 0)


def open_database(uri: str, fence: Fence) -> Source:
    """Open a database of MLflow, or one of Runstone.

    Args:
        uri: Its address.
        fence: Which local files are read.

    Raises:
        BackendError: It is not there, or cannot be read.
        InvalidValue: The address cannot be read.
        SchemaMismatch: It is neither, or of a version that is not known.
    """
    try:
        return MlflowDatabase(uri, fence)
    except IsRunstones:
        _check_is_current(uri)
        return StoreSource(uri, fence=fence)


def _check_is_current(uri: str) -> None:
    """Refuse a file of SQLite with older tables: to open it as a store would upgrade it. A server's never is."""
    if scheme_of(uri) != "sqlite":
        return
    path = path_of(uri)
    if revision_of(path) != HEAD:
        raise SchemaMismatch(
            f"{path} was made by an older Runstone, and an import changes nothing in it; bring it, or a copy of it, up "
            f"to the tables of this one with `runstone db upgrade sqlite:///{path}`, then import it"
        )
