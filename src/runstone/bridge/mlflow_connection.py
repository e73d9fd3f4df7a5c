"""A database of MLflow: opened to read, checked that it is one, and read as a stream."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

from runstone.entities.names import shown_address
from runstone.errors import BackendError, InvalidValue, SchemaMismatch
from runstone.stores.resolve import scheme_of
from runstone.stores.sql.database import path_of
from runstone.stores.sql.failures import BUSY_TIMEOUT_S, explained
from runstone.stores.sql.revisions import VERSION_TABLE

T = TypeVar("T")

# The revisions of MLflow's tables from 2.0 on, oldest first. What they add is looked for by name.
REVISIONS = (
    *("97727af70f4d", "3500859a5d39", "7f2a7d5fae7d", "2d6e25af4d3e", "acf3f17fdcc7", "867495a8f9d4", "5b0e9adcef9c"),
    *("4465047574b1", "f5a4f2784254", "0584bdc529eb", "400f98739977", "6953534de441", "bda7b8c39065", "cbc13b556ace"),
    *("770bee3ae1dd", "a1b2c3d4e5f6", "de4033877273", "1a0cddfcaa16", "534353b11cbc", "71994744cf8e", "3da73c924c2f"),
    *("bf29a5ff90ea", "1bd49d398cd23", "b7c8d9e0f1a2", "5d2d30f0abce", "c9d4e5f6a7b8", "2c33131f4dae", "d3e4f5a6b7c8"),
    *("d0e1f2a3b4c5", "c8d9e0f1a2b3", "1b5f0d9ad7c1", "e1f2a3b4c5d6", "76601a5f987d", "c3d6457b6d8a", "a5b4c3d2e1f0"),
    *("ae8bbe7743c9", "7d34483879f0", "da6fb0208061", "89d3d66ed43f", "b7e4c1a90f23", "a8b9c0d1e2f3", "c1d2e3f4a5b6"),
    *("c3d9e7f1a2b4", "6f8d9c3b2a1e", "1971f2d9a75b", "17e22815139b", "b7e2c1a4d9f3", "75868b020152", "dc11669786a5"),
)
NEWEST_MLFLOW = "3.17.2"
_OLDER = {
    *("451aebb31d03", "90e64c465722", "181f10493468", "df50e92ffc5e", "7ac759974ad8", "89d4b8295536", "2b4d017a5e9b"),
    *("cfd24bdc0731", "0a8213491aaa", "728d730b5ebd", "27a6a02d2cf1", "84291f40a231", "a8c4a736bde6", "39d1c3be5f05"),
    *("c48cb773bb87", "bd07f7e963c5", "0c779009ac13", "cc1f77228345"),
}
_TABLES = frozenset({"alembic_version", "experiments", "runs", "metrics", "params", "tags"})
# Rows that are held in memory.
_AT_ONCE = 2000
# Ids in one statement; SQLite takes 32,766.
_MOST_IDS = 500


class IsRunstones(SchemaMismatch):
    """A database is not MLflow's but Runstone's own."""


class _Reader(Protocol):
    """The part that differs between the two databases."""

    def columns(self) -> list[tuple[str, str]]: ...

    def rows(self, statement: str, parameters: Sequence[Any] = (), /) -> Iterator[tuple[Any, ...]]: ...

    def close(self) -> None: ...


class MlflowConnection:
    """A transaction that reads an MLflow database.

    Attributes:
        name: What it is called in messages; no password is in it.
        problems: What it holds and could not be told so far, and why.

    Args:
        reader: The open database.
        name: What it is called in messages; no password is in it.

    Raises:
        SchemaMismatch: It is no database of MLflow, or of a version that is not known.
    """

    def __init__(self, reader: _Reader, name: str) -> None:
        self.name = name
        self.problems: list[str] = []
        self._reader = reader
        self._columns = frozenset(reader.columns())
        self._check()

    def has(self, table: str) -> bool:
        """Whether there is this table."""
        return any(found == table for found, _ in self._columns)

    def column(self, table: str, name: str, otherwise: str) -> str:
        """A column for use in a statement: its name, or what stands for it where the table has none."""
        return name if (table, name) in self._columns else otherwise

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement, whose parameters are written ``?``, read as they are asked for."""
        return self._reader.rows(statement, parameters)

    def grouped(self, statement: str, ids: Sequence[str] | None = None) -> dict[Any, list[tuple[Any, ...]]]:
        """All rows of a statement by their first column, without it.

        Args:
            statement: With ``{}`` where a list of ids stands.
            ids: These, at most 500 are asked for at once; none if ``None``.
        """
        found: dict[Any, list[tuple[Any, ...]]] = {}
        parts = [()] if ids is None else [tuple(ids[at : at + _MOST_IDS]) for at in range(0, len(ids), _MOST_IDS)]
        for part in parts:
            asked = statement if ids is None else statement.format(f"({', '.join('?' * len(part))})")
            for first, *rest in self.rows(asked, part):
                found.setdefault(first, []).append(tuple(rest))
        return found

    def things(self, kind: Callable[..., T], rows: Iterable[Sequence[Any]], whose: str) -> Iterator[T]:
        """Make a thing of each row; what breaks a rule of ours is left out, and told."""
        for row in rows:
            try:
                yield kind(*row)
            except InvalidValue as error:
                self.tell(f"something of the {whose} was left out: {error.message}")

    def tell(self, problem: str) -> None:
        """Note what could not be told, once."""
        if problem not in self.problems:
            self.problems.append(problem)

    def close(self) -> None:
        """End the transaction and the connection."""
        self._reader.close()

    def _check(self) -> None:
        tables = {table for table, _ in self._columns}
        if VERSION_TABLE in tables:
            raise IsRunstones(f"{self.name} is a database of Runstone, not of MLflow; open it as a store")
        if not tables >= _TABLES:
            what = "holds no tables" if not tables else "is a database of another program"
            raise SchemaMismatch(
                f"{self.name} {what}; wanted: a database of MLflow, such as 'sqlite:///mlflow.db', or of Runstone"
            )
        found = [row[0] for row in self.rows("SELECT version_num FROM alembic_version")]
        if len(found) == 1 and found[0] in REVISIONS:
            return
        if len(found) == 1 and found[0] in _OLDER:
            raise SchemaMismatch(
                f"{self.name} was made by MLflow 1 (revision {found[0]}); bring a copy of it to the tables of MLflow 2 "
                "with MLflow's own `mlflow db upgrade`, then import that"
            )
        raise SchemaMismatch(
            f"{self.name} has tables of an MLflow that is not known (revision {', '.join(map(str, found)) or 'none'}); "
            f"the newest one that is known is {REVISIONS[-1]}, of MLflow {NEWEST_MLFLOW}; upgrade Runstone, or import "
            "from the address of an MLflow server on this database"
        )


def open_connection(uri: str) -> MlflowConnection:
    """Open an MLflow database to read.

    Args:
        uri: ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``, with the name of a driver if you like.

    Raises:
        BackendError: It is not there, or cannot be read.
        InvalidValue: The address cannot be read.
        SchemaMismatch: It is no database of MLflow, or of a version that is not known.
    """
    kind = scheme_of(uri).partition("+")[0]
    if kind == "sqlite":
        path = path_of(f"sqlite{uri[uri.index('://') :]}")
        return _checked(_SqliteReader(path), str(path))
    if kind in {"postgres", "postgresql"}:
        # By name: psycopg comes with an extra.
        reader = import_module("runstone.bridge.mlflow_postgres").PostgresReader(uri)
        return _checked(reader, reader.name)
    raise InvalidValue(
        f"a database of MLflow is given as 'sqlite:///FILE' or 'postgresql://USER@HOST/DATABASE'; got "
        f"{shown_address(uri)}"
    )


def _checked(reader: _Reader, name: str) -> MlflowConnection:
    try:
        return MlflowConnection(reader, name)
    except BaseException:
        reader.close()
        raise


class _SqliteReader:
    """A file of SQLite, in a transaction that reads."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise BackendError(f"there is no database {path}; name the file that MLflow keeps its runs in")
        self._explained = explained(path)
        with self._explained:
            self._driver = sqlite3.connect(
                f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None
            )
            self._driver.execute("PRAGMA query_only = ON")
            self._driver.execute("BEGIN")

    def columns(self) -> list[tuple[str, str]]:
        return [
            (str(table), str(column))
            for table, column in self.rows(
                "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
            )
        ]

    def rows(self, statement: str, parameters: Sequence[Any] = (), /) -> Iterator[tuple[Any, ...]]:
        with self._explained:
            cursor = self._driver.execute(statement, parameters)
        while True:
            with self._explained:
                several = cursor.fetchmany(_AT_ONCE)
            if not several:
                return
            yield from several

    def close(self) -> None:
        self._driver.close()
