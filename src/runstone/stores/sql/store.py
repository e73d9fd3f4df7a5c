"""The tracking store and the registry on an SQL database."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection

from runstone.entities import (
    EncodedRun,
    Experiment,
    Metric,
    Page,
    Param,
    Run,
    RunInfo,
    RunStatus,
    RunTable,
    Tag,
    ViewType,
)
from runstone.stores.base import MAX_TABLE, Activity
from runstone.stores.sql import batches, experiments, runs, search
from runstone.stores.sql.documents import load_encoded_runs, load_experiments, load_runs, run_artifact_uri
from runstone.stores.sql.driver import SHARED, driver_of
from runstone.stores.sql.history import SqlHistories
from runstone.stores.sql.journals import SqlJournals
from runstone.stores.sql.lineage import SqlLineage
from runstone.stores.sql.locations import ArtifactRoot
from runstone.stores.sql.opening import open_address
from runstone.stores.sql.pulses import SqlPulses
from runstone.stores.sql.registry import SqlRegistry
from runstone.stores.sql.run_tables import load_run_table
from runstone.stores.sql.session import Session
from runstone.stores.sql.silences import Silences
from runstone.stores.sql.tables import ACTIVE, DELETED
from runstone.stores.sql.trash import SqlTrash
from runstone.stores.sql.upkeep import SqlCompaction
from runstone.stores.sql.webhooks import SqlWebhooks

T = TypeVar("T")


class SqlStore(SqlHistories, SqlCompaction, SqlRegistry, SqlWebhooks, SqlTrash, SqlLineage, SqlJournals, SqlPulses):
    """Experiments, runs, registered models and webhooks in one database, for many threads and processes.

    Does what ``EmbeddedStore`` says.
    """

    def __init__(self, uri: str, *, artifact_root: str | None = None, durable: bool = False) -> None:
        """Open a database, or make it.

        Args:
            uri: ``sqlite:///FILE``: a file that is missing is made, with its folders. Or
                ``postgresql://USER:PASSWORD@HOST/DATABASE``: a database that is there, whose tables are made where
                it is empty.
            artifact_root: Folder or URI below which experiments keep their artifacts; what the database has recorded
                if ``None``, else the folder ``runstone-artifacts`` beside the file, or in the working directory.
            durable: Whether a change is acknowledged only when it would survive a loss of power. If not, it survives
                any end of the process.

        Raises:
            InvalidValue: The URI is not of this form.
            BackendError: The database cannot be made or opened.
            SchemaMismatch: It is not one of Runstone, or of a newer one, or, on a server, of an older one. It was not
                changed.
            Unsupported: The database's driver is not installed.
        """
        database = open_address(uri)
        self._root = ArtifactRoot(database.folder, artifact_root)
        self._session = Session(database, durable=durable)
        self._silences = Silences()

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Sequence[Tag] = (),
        created_at: int | None = None,
    ) -> str:
        """Make an experiment; returns its id."""
        return self._session.write(
            lambda connection: str(
                experiments.create(
                    connection, name, artifact_location=artifact_location, tags=tags, created_at=created_at
                )
            )
        )

    def get_experiment(self, experiment_id: str) -> Experiment:
        """The experiment with this id, in use or in the trash."""

        def query(connection: Connection) -> Experiment:
            number, _ = experiments.find(connection, experiment_id)
            return self._load_experiment(connection, number)

        return self._session.read(query)

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with this name, in use or else the one deleted last; ``None`` if there is none."""

        def query(connection: Connection) -> Experiment | None:
            number = experiments.by_name(connection, name)
            return None if number is None else self._load_experiment(connection, number)

        return self._session.read(query)

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
        return self._session.read(
            lambda connection: search.search_experiments(
                connection,
                filter_string=filter_string,
                view_type=view_type,
                max_results=max_results,
                order_by=order_by,
                page_token=page_token,
                artifact_uri_of=self._root.finder(connection),
            )
        )

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        """Give another name."""
        self._session.write(lambda connection: experiments.rename(connection, experiment_id, name))

    def delete_experiment(self, experiment_id: str) -> None:
        """Move an active experiment and its active runs to the trash."""
        self._session.write(lambda connection: experiments.delete(connection, experiment_id))

    def restore_experiment(self, experiment_id: str) -> None:
        """Take an experiment out of the trash, with the runs that went there with it."""
        self._session.write(lambda connection: experiments.restore(connection, experiment_id))

    def set_experiment_tag(self, experiment_id: str, tag: Tag) -> None:
        """Set one tag of an active experiment."""
        self._session.write(lambda connection: experiments.set_tag(connection, experiment_id, tag))

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove one tag of an active experiment."""
        self._session.write(lambda connection: experiments.delete_tag(connection, experiment_id, key))

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

        def change(connection: Connection) -> Run:
            if run_id is not None and (known := runs.made(driver_of(connection), run_id, experiment_id)):
                return self._load_run(connection, known)
            number = experiments.active(connection, experiment_id, lock=SHARED)
            return runs.create(
                connection,
                self._session.keys,
                (number, self._root.of(connection, number)),
                user_id=user_id,
                start_time=start_time,
                run_name=run_name,
                tags=tags,
                run_id=run_id,
            )

        return self._session.write(change)

    def get_run(self, run_id: str) -> Run:
        """The run with this id, in use or in the trash, with latest metrics, params and tags, each by key."""

        def query(connection: Connection) -> Run:
            number, _, _ = runs.row_of(driver_of(connection), run_id)
            return self._load_run(connection, number)

        return self._session.read(query)

    def run_artifact_uri(self, run_id: str) -> str:
        """URI below which the artifacts of a run are."""

        def query(connection: Connection) -> str:
            _, experiment, _ = runs.row_of(driver_of(connection), run_id)
            return run_artifact_uri(self._root.of(connection, experiment), run_id)

        return self._session.read(query)

    def update_run(
        self,
        run_id: str,
        *,
        status: RunStatus | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> RunInfo:
        """Change state, end time or name of an active run; ``None`` and an empty name leave a field as it is."""

        def change(connection: Connection) -> RunInfo:
            number, experiment = runs.update(
                connection, self._session.keys, run_id, status=status, end_time=end_time, run_name=run_name
            )
            return runs.info(connection, number, self._root.of(connection, experiment))

        return self._session.write(change)

    def delete_run(self, run_id: str) -> None:
        """Move a run to the trash. Doing it again changes nothing."""
        self._session.write(lambda connection: runs.move(connection, run_id, to=DELETED))

    def restore_run(self, run_id: str) -> None:
        """Take a run out of the trash. An active run stays as it is."""
        self._session.write(lambda connection: runs.move(connection, run_id, to=ACTIVE))

    def check(self) -> None:
        """See soon whether the database answers."""
        self._session.database.check()

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
        return self._session.read(
            lambda connection: search.search_runs(
                connection,
                experiment_ids,
                filter_string=filter_string,
                view_type=view_type,
                max_results=max_results,
                order_by=order_by,
                page_token=page_token,
                artifact_uri_of=self._root.finder(connection),
            )
        )

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
        """What ``search_runs`` answers, to be sent on."""
        return self._session.read(
            lambda connection: search.search_runs(
                connection,
                experiment_ids,
                filter_string=filter_string,
                view_type=view_type,
                max_results=max_results,
                order_by=order_by,
                page_token=page_token,
                artifact_uri_of=self._root.finder(connection),
                load=load_encoded_runs,
            )
        )

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
        """The same runs by columns."""
        page = self._session.read(
            lambda connection: search.search_runs(
                connection,
                experiment_ids,
                filter_string=filter_string,
                view_type=view_type,
                max_results=max_results,
                order_by=order_by,
                page_token=page_token,
                artifact_uri_of=self._root.finder(connection),
                load=lambda connection, ids, uri_of: [load_run_table(connection, ids, uri_of)],
                most=MAX_TABLE,
            )
        )
        return replace(page[0], next_page_token=page.token or "") if page else RunTable()

    def log_batch(
        self, run_id: str, *, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[Tag] = ()
    ) -> None:
        """Write metrics, params and tags of an active run: all, or none if anything is refused."""

        def change(connection: Connection) -> None:
            batches.write(connection, self._session.keys, run_id, metrics=metrics, params=params, tags=tags)

        self._session.write(change)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove one tag of an active run."""
        self._session.write(lambda connection: runs.delete_tag(connection, run_id, key))

    def activity(self) -> Activity:
        """What it did by now."""
        session = self._session
        size = session.read(session.database.size)
        return Activity(session.waiting, session.commits, session.changes, size)

    def artifact_root(self) -> str:
        """Where whoever opens this database without naming a place keeps artifacts."""
        return self._session.read(self._root.recorded)

    def record_artifact_root(self, root: str) -> None:
        """Write down the folder or URI of the artifacts for those who open this database without naming one.

        A folder in or below the database's is kept relative to it, so that both can be moved together.
        """
        self._session.write(lambda connection: self._root.record(connection, root))

    def submit(self, change: Callable[[], T]) -> "Future[T]":
        """Run ``change`` on the thread that writes, in one transaction with others that wait; returns at once."""
        return self._session.submit(change)

    def close(self) -> None:
        """Finish what was submitted, then give back connections and the thread that writes."""
        self._stop_compacting()
        self._session.close()

    def _load_run(self, connection: Connection, number: int) -> Run:
        return load_runs(connection, [number], self._root.finder(connection))[0]

    def _load_experiment(self, connection: Connection, number: int) -> Experiment:
        return load_experiments(connection, [number], self._root.finder(connection))[0]
