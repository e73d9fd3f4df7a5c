"""The servers of a run, started when a group first asks for them."""

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

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

    def database(self) -> Postgres:
        """A new database of PostgreSQL, which has to be installed."""
        assert self.cluster is not None
        return Postgres(self._open.enter_context(self.cluster.database()), psutil.Process(self.cluster.pid))

    def _fasttrackml(self, database: Postgres | None) -> list[Server]:
        """FastTrackML, where it is installed: it has no wheel for some machines."""
        if not FASTTRACKML.exists():
            return []
        folder = self.folder / ("fasttrackml" if database is None else "fasttrackml-pg")
        return [self._open.enter_context(fasttrackml(folder, postgres=database))]
