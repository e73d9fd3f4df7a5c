"""The tracking store and the registry behind a server's address."""

from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from msgspec.structs import replace

from runstone.entities import (
    Applied,
    Experiment,
    Metric,
    ModelMetric,
    Page,
    Param,
    Run,
    RunInfo,
    RunMetric,
    RunStatus,
    RunTable,
    Series,
    Tag,
    ViewType,
)
from runstone.entities.run_table import table_of
from runstone.errors import BackendUnavailable, EndpointNotFound, InvalidValue, NotFound, RunDeleted, RunNotFound
from runstone.schemas import experiments, metrics, run_tables, runs
from runstone.stores.base import LEAST_POINTS, MAX_PAGE
from runstone.stores.journals import Entries
from runstone.stores.rest import classic
from runstone.stores.rest.journals import RestJournals
from runstone.stores.rest.lineage import RestLineage
from runstone.stores.rest.registry import RestRegistry
from runstone.stores.rest.trash import RestTrash
from runstone.stores.rest.webhooks import RestWebhooks
from runstone.transport import SOON


class RestStore(RestRegistry, RestWebhooks, RestTrash, RestLineage, RestJournals):
    """Experiments, runs, models and webhooks that a server keeps; does what their protocols say.

    Works with a genuine MLflow server as well, but for the searches that only Runstone's grammar has.
    """

    _counts_entries: bool | None = None  # until it has shown what it is

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Sequence[Tag] = (),
        created_at: int | None = None,
    ) -> str:
        """Make an experiment; returns its id."""
        request = experiments.CreateExperiment(name, artifact_location, list(tags) or None, created_at)
        return self._call(experiments.CREATE, request).experiment_id

    def get_experiment(self, experiment_id: str) -> Experiment:
        """The experiment with this id, in use or in the trash."""
        return self._call(experiments.GET, experiments.ExperimentId(experiment_id)).experiment

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with this name, in use or else the one deleted last; ``None`` if there is none."""
        try:
            return self._call(experiments.GET_BY_NAME, experiments.ExperimentName(name)).experiment
        except EndpointNotFound:
            raise  # a proxy that answers in its place knows nothing of experiments
        except NotFound:  # a genuine MLflow server has no finer word
            return None

    def search_experiments(
        self,
        *,
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str = "",
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[Experiment]:
        """Experiments that match."""
        request = experiments.SearchExperiments(
            max_results, page_token or None, filter_string or None, list(order_by), view_type
        )
        answer = self._call(experiments.SEARCH, request)
        return Page(answer.experiments, answer.next_page_token)

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        """Give another name."""
        self._call(experiments.UPDATE, experiments.UpdateExperiment(experiment_id, name))

    def delete_experiment(self, experiment_id: str) -> None:
        """Move an active experiment and its active runs to the trash."""
        self._call(experiments.DELETE, experiments.ExperimentId(experiment_id))

    def restore_experiment(self, experiment_id: str) -> None:
        """Take an experiment out of the trash, with the runs that went there with it."""
        self._call(experiments.RESTORE, experiments.ExperimentId(experiment_id))

    def set_experiment_tag(self, experiment_id: str, tag: Tag) -> None:
        """Set one tag of an active experiment."""
        self._call(experiments.SET_TAG, experiments.SetExperimentTag(experiment_id, tag.key, tag.value))

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove one tag of an active experiment."""
        self._call(experiments.DELETE_TAG, experiments.DeleteExperimentTag(experiment_id, key))

    def create_run(
        self,
        experiment_id: str,
        *,
        user_id: str = "",
        start_time: int | None = None,
        run_name: str = "",
        tags: Sequence[Tag] = (),
        run_id: str | None = None,
    ) -> Run:
        """Make a run in an active experiment."""
        request = runs.CreateRun(
            experiment_id, user_id or None, run_name or None, start_time, list(tags) or None, run_id
        )
        return self._call(runs.CREATE, request).run

    @property
    def takes_ids(self) -> bool:
        """Whether ids of runs and models may be chosen here; a genuine MLflow server, once known, chooses them."""
        return self._counts_entries is not False

    def append_journal(self, run_id: str, writer: str, entries: Entries, *, follows: int = 0) -> Applied:
        """Apply entries of one writer's journal of a run, each once where the server counts them."""
        if self._counts_entries is not False:
            try:
                return self._append_counted(run_id, writer, entries, follows)
            except EndpointNotFound as error:
                self._check_speaks_mlflow(run_id, error)
            try:  # once more: a proxy may have answered in its place, which is over
                return self._append_counted(run_id, writer, entries, follows)
            except EndpointNotFound:
                self._counts_entries = False
        return classic.log(self, run_id, entries, follows)

    def _append_counted(self, run_id: str, writer: str, entries: Entries, follows: int) -> Applied:
        applied = super().append_journal(run_id, writer, entries, follows=follows)
        self._counts_entries = True
        return applied

    def _check_speaks_mlflow(self, run_id: str, error: EndpointNotFound) -> None:
        """See that a server without journals is one of MLflow: a proxy says of each path that it is not there.

        Raises:
            BackendUnavailable: It is not, or has counted entries before.
        """
        if self._counts_entries:
            raise BackendUnavailable(error.message) from None
        with suppress(RunNotFound, RunDeleted):
            classic.check_run(self, run_id)

    def check(self) -> None:
        """See soon whether the server answers."""
        try:
            self._transport.send("GET", "/health", patience=SOON)
        except EndpointNotFound as error:
            address = self._transport.address
            raise EndpointNotFound(
                f"what answers at {address} is no server of runs: {error.message}; give the address of the server "
                "itself, such as http://127.0.0.1:5000"
            ) from None

    def get_run(self, run_id: str) -> Run:
        """The run with this id, in use or in the trash."""
        return self._call(runs.GET, runs.GetRun(run_id=run_id)).run

    def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> RunInfo:
        """Change state, end time or name of an active run."""
        request = runs.UpdateRun(run_id=run_id, status=status, end_time=end_time, run_name=run_name)
        return self._call(runs.UPDATE, request).run_info

    def delete_run(self, run_id: str) -> None:
        """Move a run to the trash."""
        self._call(runs.DELETE, runs.DeleteRun(run_id))

    def restore_run(self, run_id: str) -> None:
        """Take a run out of the trash."""
        self._call(runs.RESTORE, runs.DeleteRun(run_id))

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        *,
        filter_string: str = "",
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[Run]:
        """Runs of these experiments that match."""
        request = runs.SearchRuns(
            list(experiment_ids),
            filter_string or None,
            view_type,
            max_results,
            list(order_by),
            page_token or None,
        )
        answer = self._call(runs.SEARCH, request)
        return Page(answer.runs, answer.next_page_token)

    def search_run_table(
        self,
        experiment_ids: Sequence[str],
        *,
        filter_string: str = "",
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> RunTable:
        """The same runs by columns; a server that does not give them so is asked for the runs."""
        request = run_tables.SearchRunTable(
            list(experiment_ids),
            filter_string or None,
            view_type,
            max_results,
            list(order_by),
            page_token or None,
        )
        try:
            return self._call(run_tables.SEARCH_TABLE, request)
        except EndpointNotFound:
            pass
        page = self.search_runs(
            experiment_ids,
            filter_string=filter_string,
            view_type=view_type,
            max_results=min(max_results, MAX_PAGE),
            order_by=order_by,
            page_token=page_token,
        )
        return replace(table_of(page), next_page_token=page.token or "")

    def log_batch(
        self, run_id: str, *, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[Tag] = ()
    ) -> None:
        """Write metrics, params and tags of an active run: all, or none if anything is refused."""
        # A metric of no model is written as one; its other fields are absent.
        points = cast("list[ModelMetric]", list(metrics))
        request = runs.LogBatch(run_id=run_id, metrics=points, params=list(params), tags=list(tags))
        self._call(runs.LOG_BATCH, request)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove one tag of an active run."""
        self._call(runs.DELETE_TAG, runs.DeleteTag(run_id, key))

    def metric_history(
        self, run_id: str, key: str, *, max_results: int | None = None, page_token: str = ""
    ) -> Page[Metric]:
        """Every value of a metric, by time, then step, then value."""
        request = metrics.GetHistory(
            run_id=run_id, metric_key=key, max_results=max_results, page_token=page_token or None
        )
        answer = self._call(metrics.GET_HISTORY, request)
        return Page(answer.metrics, answer.next_page_token)

    def metric_histories(
        self,
        run_ids: Sequence[str],
        key: str,
        *,
        start_step: int | None = None,
        end_step: int | None = None,
        points: int | None = None,
    ) -> list[RunMetric]:
        """Values of one metric for several runs, thinned where ``points`` is given."""
        run_ids = list(dict.fromkeys(run_ids))
        if points is not None and points < LEAST_POINTS:
            raise InvalidValue(f"a history is thinned to at least {LEAST_POINTS} points; got {points}")
        if points is None:
            return [point for run_id in run_ids for point in self._whole_history(run_id, key, start_step, end_step)]
        found: list[RunMetric] = []
        points = min(points, metrics.MAX_INTERVAL_RESULTS)
        for first in range(0, len(run_ids), metrics.MAX_BULK_RUNS):
            request = metrics.GetHistoryBulkInterval(
                key, run_ids[first : first + metrics.MAX_BULK_RUNS], start_step, end_step, points
            )
            found += self._call(metrics.GET_HISTORY_BULK_INTERVAL, request).metrics
        return found

    def metric_series(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        start_step: int | None = None,
        end_step: int | None = None,
        points: int | None = None,
    ) -> list[Series]:
        """Values of some metrics of several runs by columns, thinned where ``points`` is given."""
        if points is not None and points < LEAST_POINTS:
            raise InvalidValue(f"a history is thinned to at least {LEAST_POINTS} points; got {points}")
        run_ids, keys = list(dict.fromkeys(run_ids)), list(dict.fromkeys(keys))
        if not run_ids or not keys:
            return []
        if points is None:
            whole = [
                _as_series(run_id, key, self._whole_history(run_id, key, start_step, end_step))
                for run_id in run_ids
                for key in keys
            ]
            return [series for series in whole if series.steps]
        points = min(points, metrics.MAX_SERIES_POINTS // len(keys))
        most = min(metrics.MAX_SERIES, metrics.MAX_SERIES_POINTS // points) // len(keys)
        found: list[Series] = []
        for first in range(0, len(run_ids), most):
            request = metrics.GetSeries(run_ids[first : first + most], keys, start_step, end_step, points)
            found += self._call(metrics.GET_SERIES, request).series
        return found

    def _whole_history(self, run_id: str, key: str, start: int | None, end: int | None) -> list[RunMetric]:
        # The call for intervals thins always, so that all points are had from the history.
        try:
            history = self.metric_history(run_id, key)
        except NotFound:
            return []
        inside = (m for m in history if (start is None or m.step >= start) and (end is None or m.step <= end))
        return [
            RunMetric(m.key, m.value, m.timestamp, m.step, run_id)
            for m in sorted(inside, key=lambda m: (m.step, m.timestamp))
        ]


def _as_series(run_id: str, key: str, points: list[RunMetric]) -> Series:
    return Series(
        run_id,
        key,
        steps=[point.step for point in points],
        timestamps=[point.timestamp for point in points],
        values=[point.value for point in points],
    )
