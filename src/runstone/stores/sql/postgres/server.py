"""PostgreSQL as a session needs it: connections to a database, and its transactions."""

from contextlib import AbstractContextManager, closing
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from runstone.entities.names import shown, without_password
from runstone.errors import BackendError, BackendUnavailable, InvalidValue
from runstone.stores.sql.databases import Explaining
from runstone.stores.sql.driver import Driver, driver_of
from runstone.stores.sql.postgres.driver import PostgresConnection
from runstone.stores.sql.postgres.failures import explain, explain_connecting
from runstone.stores.sql.tables import metadata

# How long a change by itself waits for one of another process, and one that delays others.
_PATIENCE_S = 60
_HASTE_MS = 100
# How long whoever only asks whether it answers waits for that.
_SOON_S = 5
# Tables that were never looked at, though they have so many bytes.
_UNKNOWN = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(?::text[]) AND relkind = 'r' AND reltuples < 0
  AND pg_relation_size(oid) >= ? AND pg_has_role(relowner, 'USAGE')
"""
_LARGE = 1 << 20
_DEFAULTS = {"connect_timeout": "10", "application_name": "runstone"}
# Whatever the database's own settings are.
_ALWAYS = {"client_encoding": "UTF8"}


class PostgresServer:
    """A database on a PostgreSQL server.

    Args:
        uri: Its address, ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; also ``postgres://``, and with the name of
            a driver as MLflow's users write it.

    Raises:
        InvalidValue: The address cannot be read.
    """

    folder: Path | None = None
    hands_over = True
    errors: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, uri: str) -> None:
        self.name = without_password(uri)
        self.conninfo = _conninfo(uri)

    def connect(self) -> PostgresConnection:
        """A connection.

        Raises:
            BackendError: The database is not there, or does not let us in.
            BackendUnavailable: It cannot be reached.
        """
        connection = self._connect(self.conninfo)
        connection.teach()
        return connection

    def check(self) -> None:
        """See within seconds whether it answers.

        By a connection of its own: a statement on one that is open waits without end for a server that hangs.
        """
        self._connect(make_conninfo(self.conninfo, connect_timeout=_SOON_S)).close()

    def _connect(self, conninfo: str) -> PostgresConnection:
        try:
            return PostgresConnection.connect(conninfo, autocommit=True)
        except psycopg.Error as error:
            raise explain_connecting(error, self.name) from None

    def open_engine(self, *, durable: bool) -> Engine:  # noqa: ARG002  # what was committed is always durable here
        """An engine on the database. Nothing but ``BEGIN`` in words opens a transaction."""
        return create_engine(
            "postgresql+psycopg://",
            creator=self.connect,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            use_native_hstore=False,
        )

    def begin_reading(self, driver: Driver) -> None:
        """Begin a transaction that sees what was committed by now, and nothing later."""
        driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def begin_writing(self, driver: Driver, *, is_group: bool) -> None:
        """Begin a transaction that may write.

        Each statement sees what others committed before it, and what a change relies on is locked. Changes that do not
        belong together lock in the order in which they came, hence two groups may wait for each other: they give up
        soon, and are run one by one.
        """
        driver.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        if is_group:
            driver.execute(f"SET LOCAL lock_timeout = {_HASTE_MS}")

    def commit(self, driver: Driver) -> None:
        """Commit.

        Raises:
            BackendError: Nothing is committed, or it is not known; the message says which.
        """
        try:
            done = driver.execute("COMMIT")
        except psycopg.OperationalError as error:
            if error.sqlstate and not error.sqlstate.startswith(("57P", "08")):
                raise
            raise BackendUnavailable(
                f"the connection to the database {self.name} was lost while a change was being committed, and it is "
                "not known whether it was; look, or do it again if doing it twice does no harm"
            ) from None
        # PostgreSQL answers so to the COMMIT of a transaction in which a statement failed.
        if getattr(done, "statusmessage", "") == "ROLLBACK":
            raise BackendError(f"the database {self.name} undid a change in which a statement had failed; try it again")

    def make_durable(self) -> None:
        """Nothing is to be done: what was committed is durable."""

    def shrink(self, driver: Driver) -> None:
        """Nothing is to be done: the server uses the space of deleted rows again by itself."""

    def learn(self, driver: Driver) -> None:
        """Look at the larger tables that PostgreSQL never looked at: without, it plans as if they were nearly empty.

        It does so by itself, up to a minute later. Those that another process looks at are left to it.
        """
        tables = driver.execute(_UNKNOWN, (list(metadata.tables), _LARGE)).fetchall()
        if not tables:
            return
        # Not in the transaction that reads: it is rolled back, and what was learned with it.
        with closing(self.connect()) as own:
            for (table,) in tables:
                own.execute(f'ANALYZE (SKIP_LOCKED) "{table}"')

    def size(self, connection: Connection) -> int:
        """Bytes that the database takes."""
        return int(driver_of(connection).execute("SELECT pg_database_size(current_database())").fetchone()[0])

    def is_lost(self, driver: Driver) -> bool:
        """Whether a connection is of no use any more."""
        return isinstance(driver, PostgresConnection) and driver.closed

    def explained(self) -> AbstractContextManager[None]:
        """Turns the errors of the driver that are met inside into errors of ours."""
        return Explaining(self.errors, lambda error: explain(error, self.name))


def _conninfo(uri: str) -> str:
    """The address as libpq, PostgreSQL's own client library, reads it."""
    scheme, _, rest = uri.partition("://")
    if scheme.partition("+")[0].lower() not in {"postgresql", "postgres"}:
        raise InvalidValue(
            f"a PostgreSQL database is given as 'postgresql://USER:PASSWORD@HOST/DATABASE'; got {_shown(uri)}"
        )
    try:
        given = conninfo_to_dict(f"postgresql://{rest}")
        for port in str(given.get("port") or "").split(","):
            int(port or 0)
    except (psycopg.Error, UnicodeError, ValueError):
        # What psycopg says may hold the password.
        raise InvalidValue(
            f"the address {_shown(uri)} cannot be read; wanted: 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE', with "
            "signs such as '@', ':' and '/' in the password written as '%40', '%3A' and '%2F'"
        ) from None
    options = f"{given.get('options') or ''} -c lock_timeout={_PATIENCE_S}s".strip()
    chosen = {name: str(value) for name, value in given.items() if value is not None}
    return make_conninfo("", **(_DEFAULTS | chosen | _ALWAYS | {"options": options}))


def _shown(uri: str) -> str:
    return shown(without_password(uri))
