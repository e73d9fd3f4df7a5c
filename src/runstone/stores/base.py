"""What every tracking store does. The cases of ``runstone.testing.stores`` are this contract in tests."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from runstone.entities import (
    EncodedRun,
    Experiment,
    Metric,
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
from runstone.stores.journals import JournalStore
from runstone.stores.lineage import LineageStore
from runstone.stores.pulses import LostRuns, PulseStore
from runstone.stores.registry import RegistryStore
from runstone.stores.trash import Leftovers, TrashStore
from runstone.stores.webhooks import DeliveryQueue, WebhookStore

T = TypeVar("T")

MAX_PAGE = 50_000
MAX_TABLE = 100_000
LEAST_POINTS = 4  # of a thinned history: the first, the last, the lowest and the highest


class TrackingStore(JournalStore, PulseStore, Protocol):
    """Experiments and runs, kept somewhere.

    Each verb is one transaction: all of it happened, or none. What a verb has acknowledged is seen by every later
    call, in this process and in others. All verbs may be called from any thread. Ids that do not exist raise
    ``ExperimentNotFound`` or ``RunNotFound``, an experiment's id that is no whole number ``InvalidValue``; values were
    checked by the entities already, what is left to the store are the rules that need its data. ``order_by`` items
    and filters are text of ``runstone.search``; a bad one raises ``InvalidFilter``, a foreign page token
    ``InvalidPageToken``, a page size outside 1 to 50,000 ``InvalidValue``.
    """

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Sequence[Tag] = (),
        created_at: int | None = None,
    ) -> str:
        """Make an experiment; returns its id.

        Ids are decimal digits and count up; a new store has the experiment ``0``, named ``Default``. The name is put
        into canonical form. The name of a deleted experiment is free.

        ``created_at`` is milliseconds since the Unix epoch, UTC; now if ``None``. A genuine MLflow server chooses its
        own time.

        Raises:
            InvalidValue: The name is empty, blank, over 500 characters, or holds control characters, or the time is
                not from 0 up to the end of the year 9999.
            ExperimentExists: An active experiment has this name.
        """
        ...

    def get_experiment(self, experiment_id: str) -> Experiment:
        """The experiment with this id, in use or in the trash."""
        ...

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with this name, in use or else the one deleted last; ``None`` if there is none."""
        ...

    def search_experiments(
        self,
        *,
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str = "",
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[Experiment]:
        """Experiments that match; the newest first (creation time, then id, both descending) unless ordered."""
        ...

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        """Give another name.

        Raises:
            ExperimentExists: An active experiment has it.
            InvalidState: The experiment is in the trash.
        """
        ...

    def delete_experiment(self, experiment_id: str) -> None:
        """Move an active experiment and its active runs to the trash.

        Raises:
            ExperimentNotFound: There is none, or it is in the trash already, as MLflow answers.
        """
        ...

    def restore_experiment(self, experiment_id: str) -> None:
        """Take an experiment out of the trash, with the runs that went there with it.

        Raises:
            ExperimentExists: An active experiment has taken its name.
            ExperimentNotFound: There is none in the trash with this id, as MLflow answers.
        """
        ...

    def set_experiment_tag(self, experiment_id: str, tag: Tag) -> None:
        """Set one tag of an active experiment."""
        ...

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove one tag of an active experiment. A tag that is not there raises ``NotFound``."""
        ...

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
        """Make a run in an active experiment.

        ``start_time`` is milliseconds since the Unix epoch, UTC; now if ``None``. The name is the tag
        ``mlflow.runName`` at the same time; where neither is given, two words and a number are chosen. A name and a
        tag that differ raise ``InvalidValue``, and so does a time that is not from 0 up to 253402300799999, the end
        of the year 9999.

        ``run_id`` is 32 hexadecimal digits in lower case, chosen by the caller, who may repeat the call when no answer
        came: a run of this experiment that has the id already is given back as it is, one of another raises
        ``RunExists``. A genuine MLflow server chooses an id of its own.
        """
        ...

    def get_run(self, run_id: str) -> Run:
        """The run with this id, in use or in the trash, with latest metrics, params and tags, each by key."""
        ...

    def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> RunInfo:
        """Change state, end time or name of an active run; ``None`` and an empty name leave a field as it is.

        ``end_time`` has the unit and the bounds of a start time.
        """
        ...

    def delete_run(self, run_id: str) -> None:
        """Move a run to the trash. Doing it again changes nothing."""
        ...

    def restore_run(self, run_id: str) -> None:
        """Take a run out of the trash. An active run stays as it is.

        Raises:
            InvalidState: Its experiment is in the trash.
        """
        ...

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
        """Runs of these experiments that match; the latest start first, then by id, unless ordered.

        Missing values come last whichever way is ordered; NaN comes just before them. Unknown experiments have no
        runs. A page token goes with the same search only.
        """
        ...

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
        """What ``search_runs`` answers, by columns, at most 100,000 runs at once.

        Names of metrics, params and tags stand in the order in which the rows have them, and those of one row by name.
        A token is one of ``search_runs`` too.
        """
        ...

    def log_batch(
        self, run_id: str, *, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[Tag] = ()
    ) -> None:
        """Write metrics, params and tags of an active run: all, or none if anything is refused.

        A metric point that is there already, to the last bit, is kept once. The latest value of a metric is the one
        of the highest step, then time, then value; NaN counts as just above zero, as MLflow has it. A tag replaces its
        former value.

        Raises:
            ParamChanged: A param holds another value already, or comes twice with two values.
            RunDeleted: The run is in the trash.
        """
        ...

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove one tag of an active run. A tag that is not there raises ``NotFound``."""
        ...

    def metric_history(
        self, run_id: str, key: str, *, max_results: int | None = None, page_token: str = ""
    ) -> Page[Metric]:
        """Every value of a metric, by time, then step, then value; all at once if ``max_results`` is ``None``.

        NaN stands just above zero. A point that comes meanwhile is on a later page if its place is there. A metric
        that was never logged has an empty history.
        """
        ...

    def metric_histories(
        self,
        run_ids: Sequence[str],
        key: str,
        *,
        start_step: int | None = None,
        end_step: int | None = None,
        points: int | None = None,
    ) -> list[RunMetric]:
        """Values of one metric for several runs, by run in the order given, then step, then time.

        Args:
            run_ids: Runs; unknown ones have no values.
            key: Name of the metric.
            start_step: First step, included.
            end_step: Last step, included.
            points: Upper bound of the values for each run, >= 4; a server gives 2500 at most. Where there are more, the
                first, the last and the lowest and highest of each stretch of steps are kept. All if ``None``.

        Raises:
            InvalidValue: ``points`` is below 4.
        """
        ...

    def metric_series(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        start_step: int | None = None,
        end_step: int | None = None,
        points: int | None = None,
    ) -> list[Series]:
        """Values of some metrics of several runs by columns: by run, then key, as given, then step, then time.

        Args:
            run_ids: Runs; unknown ones have no series.
            keys: Names of metrics; a run has no series of one that it never logged.
            start_step: First step, included.
            end_step: Last step, included.
            points: Upper bound of the values of each series, >= 4, thinned as ``metric_histories`` says; all if
                ``None``.

        Raises:
            InvalidValue: ``points`` is below 4.
        """
        ...

    def check(self) -> None:
        """See soon whether the store answers: within seconds, where other verbs wait and try again.

        Raises:
            BackendUnavailable: It does not.
        """
        ...

    def close(self) -> None:
        """Give back connections and threads. A closed store is not used again."""
        ...


@dataclass(frozen=True, slots=True)
class Activity:
    """What a store of this process did by now.

    Attributes:
        waiting: Changes that wait to be written.
        commits: Transactions that were committed since it was opened.
        changes: Changes in these transactions: those that wait together share one.
        database_bytes: Size of the database.
    """

    waiting: int
    commits: int
    changes: int
    database_bytes: int


@runtime_checkable
class StreamedHistories(Protocol):
    """A store that gives long histories at the cost of reading them once."""

    def metric_stretches(self, run_id: str, key: str) -> Iterator[Series]:
        """What ``metric_history`` answers, by columns, in stretches that are read as they are asked for.

        All are of the moment at which the first is asked for. In memory are the values around one time: some ten
        thousand, where they were logged about in the order of their times.
        """
        ...


class EmbeddedStore(
    TrackingStore,
    StreamedHistories,
    LineageStore,
    RegistryStore,
    WebhookStore,
    DeliveryQueue,
    TrashStore,
    Leftovers,
    LostRuns,
    Protocol,
):
    """A store whose database is at hand, with registry and webhooks beside the runs: what a server serves."""

    def submit(self, change: Callable[[], T]) -> "Future[T]":
        """Run ``change``, which calls verbs of this store, on the thread that writes; returns at once.

        What ``change`` does is one transaction. Changes that wait together are committed together, so that many
        callers share the cost of making them durable; the future has its result only when it is. An error that
        ``change`` raises undoes this change alone and is the future's error.
        """
        ...

    def search_encoded_runs(
        self,
        experiment_ids: Sequence[str],
        *,
        filter_string: str = "",
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[EncodedRun]:
        """What ``search_runs`` answers, to be sent on: the JSON is the same, and quicker to make."""
        ...

    def metric_page(self, run_id: str, key: str, *, max_results: int | None, page_token: str) -> tuple[Series, str]:
        """What ``metric_history`` answers, by columns, and the token of the next page."""
        ...

    def run_artifact_uri(self, run_id: str) -> str:
        """URI below which the artifacts of a run are, without a look at what it logged.

        Raises:
            RunNotFound: There is none with this id.
        """
        ...

    def logged_model_artifact_uri(self, model_id: str) -> str:
        """URI below which the files of a logged model are, without a look at its metrics.

        Raises:
            LoggedModelNotFound: There is none with this id, or it was deleted.
        """
        ...

    def compact_in_background(self) -> None:
        """Compress the points of metrics from now on until the store is closed, as ``Compactor`` says."""
        ...

    def activity(self) -> Activity:
        """What it did by now."""
        ...

    def artifact_root(self) -> str:
        """Where whoever opens this database without naming a place keeps artifacts: a folder, or a URI."""
        ...

    def record_artifact_root(self, root: str) -> None:
        """Make a folder or a URI that place. A folder below the database's moves with it."""
        ...
