"""Errors of the driver, as a caller sees them."""

import errno
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from runstone.errors import BackendError, BackendUnavailable, InvalidValue
from runstone.stores.sql.databases import Again
from runstone.stores.sql.failures import explain, explain_os, explained
from runstone.stores.sql.postgres import failures as postgres_failures
from runstone.stores.sql.store import SqlStore

PATH = Path("folder/runstone.db")


def fill(store: SqlStore) -> None:
    for number in range(500):
        store.create_experiment(f"{number} " + "x" * 480)


def test_full_disk_is_named_and_nothing_is_half_done(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    store.submit(lambda: None).result(60)
    assert store._session._writer is not None
    # SQLite answers as it does on a full disk when the file may not grow.
    store._session._writer.exec_driver_sql("PRAGMA max_page_count = 1")

    with pytest.raises(BackendUnavailable, match=r"the disk that holds the database .*runstone\.db is full"):
        fill(store)

    store._session._writer.exec_driver_sql("PRAGMA max_page_count = 100000")
    before = len(store.search_experiments())
    store.create_experiment("room again")
    assert len(store.search_experiments()) == before + 1
    store.close()


def test_disk_that_has_no_room_for_a_new_database_is_told(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(BackendUnavailable, match="the disk that holds the database"):
            SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:  # there is room again
        assert [experiment.name for experiment in store.search_experiments()] == ["Default"]


def test_full_disk_fails_every_change_of_the_group(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    store.submit(lambda: None).result(60)
    assert store._session._writer is not None
    store._session._writer.exec_driver_sql("PRAGMA max_page_count = 1")

    futures = [
        store.submit(lambda number=number: store.create_experiment(f"{number} " + "x" * 480))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        for number in range(500)
    ]
    acknowledged = {future.result() for future in futures if future.exception(60) is None}
    errors = [future.exception() for future in futures if future.exception() is not None]

    assert errors
    assert all(isinstance(error, BackendUnavailable) for error in errors)
    assert {experiment.experiment_id for experiment in store.search_experiments()} == acknowledged | {"0"}
    store.close()


def test_error_through_sqlalchemy_is_explained_by_its_cause(tmp_path: Path) -> None:
    with (
        pytest.raises(BackendError, match="no such table"),
        explained(PATH),
        create_engine("sqlite://").connect() as it,
    ):
        it.execute(text("SELECT * FROM missing"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_BUSY, "locked by another process"),
        (sqlite3.SQLITE_IOERR, "failed"),
        (sqlite3.SQLITE_READONLY, "cannot be written"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
        (sqlite3.SQLITE_NOTADB, "is not an SQLite database"),
        (sqlite3.SQLITE_CORRUPT, "is damaged"),
        (sqlite3.SQLITE_ERROR, "refused a statement"),
    ],
)
def test_each_code_names_the_file_in_one_line(code: int, words: str) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code | 256

    explanations = [explain(error, PATH), explain(DBAPIError("SELECT 1", None, error), PATH)]

    for explanation in explanations:
        assert words in str(explanation)
        assert str(PATH) in str(explanation)
        assert "\n" not in str(explanation)


def test_full_disk_of_the_operating_system_is_named() -> None:
    assert "is full" in str(explain_os(OSError(errno.ENOSPC, "No space left on device"), PATH))


def test_error_of_ours_passes_unchanged() -> None:
    error = BackendError("ours")

    with pytest.raises(BackendError) as caught, explained(PATH):
        raise error

    assert caught.value is error


def test_driver_error_in_a_search_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "runstone.db"
    store = SqlStore(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as driver:
        driver.execute("DROP TABLE experiment_tag")

    with pytest.raises(BackendError, match=r"runstone\.db refused a statement: no such table"):
        store.search_experiments()
    store.close()


def test_half_a_character_in_an_id_is_refused(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")

    with pytest.raises(InvalidValue, match="half a character"):
        store.get_run("\ud800")
    store.close()


@pytest.mark.parametrize(
    ("state", "kind", "text"),
    [
        ("40P01", Again, "others kept changing the same things"),
        ("23505", Again, "others kept changing the same things"),
        ("57P01", Again, "the connection to the database NAME was lost"),
        ("53100", BackendUnavailable, "no room left"),
        ("25006", BackendError, "cannot be written"),
        ("42501", BackendError, "lacks a right"),
        ("42601", BackendError, "refused a statement"),
    ],
)
def test_each_state_of_postgres_is_told_in_one_line(state: str, kind: type[BackendError], text: str) -> None:
    error = psycopg.errors.lookup(state)("as the database says it\nand more")

    told = postgres_failures.explain(DBAPIError("SELECT 1", None, error), "NAME")

    assert type(told) is kind
    assert text in told.message
    assert "\n" not in told.message


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ('FATAL:  database "x" does not exist', BackendError, "create it"),
        ('FATAL:  password authentication failed for user "ada"', BackendError, "refused the login"),
        ("fe_sendauth: no password supplied", BackendError, "refused the login"),
        ("FATAL:  sorry, too many clients already", BackendUnavailable, "no free connection"),
        ("connection refused", BackendUnavailable, "cannot be reached"),
    ],
)
def test_each_way_of_not_connecting_is_told_with_the_fix(said: str, kind: type[BackendError], text: str) -> None:
    told = postgres_failures.explain_connecting(psycopg.OperationalError(said), "NAME")

    assert type(told) is kind
    assert text in told.message


def test_missing_driver_is_told_with_the_extra() -> None:
    code = """
import sys
sys.modules["psycopg"] = None
from runstone.errors import Unsupported
from runstone.stores.resolve import open_store
try:
    open_store("postgresql://ada@127.0.0.1/runs")
except Unsupported as error:
    print(error.message)
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "install runstone[postgres]" in done.stdout
