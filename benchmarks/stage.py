"""The servers of a run, started when a group first asks for them."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg

from benchmarks import many_runs
from benchmarks.copies import copy_rows
from benchmarks.servers import FASTTRACKML, Postgres, Server, fasttrackml, genuine, ours, settle
from tests import postgres


class Stage:
    """Servers that run until the block ends.

    Attributes:
        folder: Where they keep everything.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._filled: dict[int, Path] = {}
        self._copied: dict[int, Postgres] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._open.close()

    @cached_property
    def ours(self) -> Server:
        """Ours, on SQLite."""
        return self._open.enter_context(ours(self.folder / "ours"))

    @cached_property
    def mlflow(self) -> Server:
        """The genuine one, on SQLite."""
        return self._open.enter_context(genuine(self.folder / "mlflow"))

    @cached_property
    def settled(self) -> list[Server]:
        """All that log on SQLite, at rest; ours is the last."""
        settle(self.mlflow)
        return [self.mlflow, *self._fasttrackml(None), self.ours]

    @cached_property
    def on_postgres(self) -> list[Server]:
        """The genuine one, FastTrackML and ours, each on a database of one PostgreSQL, at rest; none without it."""
        if self.cluster is None:
            return []
        mlflow = self._open.enter_context(genuine(self.folder / "mlflow-pg", postgres=self.database()))
        others = self._fasttrackml(self.database())
        mine = self._open.enter_context(ours(self.folder / "ours-pg", postgres=self.database()))
        settle(mlflow)
        return [mlflow, *others, mine]

    @cached_property
    def cluster(self) -> postgres.Cluster | None:
        """A server of PostgreSQL; ``None`` where it is not installed."""
        if postgres.programs() is None:
            return None
        cluster = postgres.Cluster(is_durable=True)
        self._open.callback(cluster.close)
        return cluster

    @property
    def engines(self) -> list[bool]:
        """For each database that there is, whether it is PostgreSQL."""
        return [False] if self.cluster is None else [False, True]

    def database(self) -> Postgres:
        """A new database of PostgreSQL, which has to be installed."""
        assert self.cluster is not None
        return Postgres(self._open.enter_context(self.cluster.database()), psutil.Process(self.cluster.pid))

    @contextmanager
    def with_runs(self, count: int, *, on_postgres: bool) -> Iterator[Server]:
        """Ours, on a database that has so many runs; it is filled once and keeps what is logged to it."""
        folder = self.folder / f"runs-{count}"
        if count not in self._filled:
            folder.mkdir()
            many_runs.fill(folder / "ours.db", count)
            self._filled[count] = folder
        if on_postgres and count not in self._copied:
            database = self.database()
            copy_rows(folder / "ours.db", database.uri)
            with closing(psycopg.connect(database.uri, autocommit=True)) as driver:
                driver.execute("VACUUM ANALYZE")  # as the server does by itself after a minute
            self._copied[count] = database
        place = folder / "postgres" if on_postgres else folder
        with ours(place, postgres=self._copied[count] if on_postgres else None) as server:
            yield server

    def _fasttrackml(self, database: Postgres | None) -> list[Server]:
        """FastTrackML, where it is installed: it has no wheel for some machines."""
        if not FASTTRACKML.exists():
            return []
        folder = self.folder / ("fasttrackml" if database is None else "fasttrackml-pg")
        return [self._open.enter_context(fasttrackml(folder, postgres=database))]
