"""A real PostgreSQL for the tests of a process: a cluster of its own, and a database for whoever asks."""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from runstone.stores.sql.first import fill
from runstone.stores.sql.opening import open_address
from runstone.stores.sql.postgres.server import PostgresServer
from runstone.stores.sql.tables import metadata

_PLACES = "/usr/lib/postgresql"
_USER = "runstone"
# A language whose order of words is not that of their bytes.
_LANGUAGE = ["--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"]
_START_S = 60
MISSING = "PostgreSQL is not installed: run `make postgres`"
_numbers = count(1)
# What brings tables back to what they begin with, in one message; rows go in any order.
_EMPTYING = ";".join(
    [
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {table}" for table in metadata.tables),
        "DROP TABLE schema_revision",
        "SELECT setval(format('%I', sequencename), start_value, false) FROM pg_sequences",
    ]
).encode()
# Databases of the shared cluster with tables and nothing in them.
_clean: list[str] = []


@cache
def programs() -> Path | None:
    """The folder with PostgreSQL's programs; ``None`` where it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = [path for path in Path(_PLACES).glob("*/bin") if (path / "initdb").exists()]
    return max(versions, key=lambda path: float(path.parent.name), default=None)


class Cluster:
    """A server of PostgreSQL on a free port of this machine, whose data lie in a temporary folder.

    Args:
        is_durable: Whether a commit waits for the disk, and data survive a crash.
    """

    def __init__(self, *, is_durable: bool = False) -> None:
        bin = programs()
        assert bin is not None
        self._bin = bin
        self._options = [] if is_durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        # PostgreSQL does not run as root.
        self._user = next(user for user in ("postgres", "nobody") if _exists(user)) if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="runstone-postgres-"))
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self.port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", self.data, "-U", _USER, "--auth=trust", "--no-sync", *_LANGUAGE)
        self.start()

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    @property
    def pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    def uri(self, database: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server; returns when it answers."""
        command: list[str | Path] = [
            self._bin / "postgres",
            "-D",
            self.data,
            "-p",
            str(self.port),
            "-h",
            "127.0.0.1",
            "-k",
            "",
        ]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*command, "-c", "max_connections=200", *self._options],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.folder,
            )
        deadline = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.uri("postgres")).close()
            except psycopg.OperationalError:
                assert self._server.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: with SIGINT in order, with SIGKILL as a crash does."""
        server, self._server = self._server, None
        if server is not None:
            server.send_signal(how)
            server.wait(timeout=_START_S)

    def crash(self) -> None:
        """Kill the server and start it again; it recovers what was committed."""
        self.stop(signal.SIGKILL)
        self.start()

    def close(self) -> None:
        """Stop the server and remove the data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """A new database; yields its address."""
        name = f"test_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.uri(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement of an administrator."""
        with closing(psycopg.connect(self.uri("postgres"), autocommit=True)) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], user=self._user, cwd=self.folder, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()


@cache
def shared_cluster() -> Cluster:
    """The cluster of this process."""
    cluster = Cluster()
    atexit.register(cluster.close)
    return cluster


@contextmanager
def new_database(*, is_empty: bool = False) -> Iterator[str]:
    """A database of the shared cluster; yields its address.

    Args:
        is_empty: Whether it has no tables yet.
    """
    cluster = shared_cluster()
    if is_empty:
        with cluster.database() as uri:
            yield uri
        return
    if not _clean:
        name = f"clean_{next(_numbers)}"
        cluster.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        open_address(cluster.uri(name))
        _clean.append(name)
    name = _clean.pop()
    yield cluster.uri(name)
    _empty(cluster.uri(name))
    _clean.append(name)


def _empty(uri: str) -> None:
    """Bring tables back to what they begin with, much faster than to make them anew."""
    server = PostgresServer(uri)
    with closing(server.connect()) as driver:
        server.begin_writing(driver, is_group=False)
        driver.cursor().execute(_EMPTYING)
        fill(driver)
        server.commit(driver)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
