"""Opening: what is made, what is refused, and that what is refused stays as it was."""

import errno
import hashlib
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Metric
from runstone.errors import BackendError, BackendUnavailable, InvalidValue, SchemaMismatch
from runstone.stores.sql.database import path_of
from runstone.stores.sql.revisions import HEAD
from runstone.stores.sql.store import SqlStore


def uri_of(path: Path) -> str:
    return f"sqlite:///{path}"


def folder_state(folder: Path) -> dict[str, str]:
    """Every file below a folder, and the hash of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def make_database(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as driver:
        for statement in statements:
            driver.execute(statement)
        driver.commit()


def test_missing_database_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "some folder" / "deeper ü" / "run stone%20.db"

    with closing(SqlStore(uri_of(path))) as store:
        assert store.get_experiment("0").name == "Default"

    assert path.is_file()


def test_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "runstone.db"
    path.touch()

    with closing(SqlStore(uri_of(path))) as store:
        assert store.get_experiment("0").name == "Default"


def test_relative_path_starts_at_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with closing(SqlStore("sqlite:///here.db")) as store:
        monkeypatch.chdir("/")
        store.create_experiment("still there")

    assert (tmp_path / "here.db").is_file()


def test_database_is_made_in_less_than_half_a_second_of_cpu(tmp_path: Path) -> None:
    before = time.process_time()

    SqlStore(uri_of(tmp_path / "runstone.db")).close()

    assert time.process_time() - before < 0.5


def test_what_was_stored_is_there_after_opening_again(tmp_path: Path) -> None:
    uri = uri_of(tmp_path / "runstone.db")
    with closing(SqlStore(uri)) as store:
        run = store.create_run(store.create_experiment("kept")).info.run_id
        store.log_batch(run, metrics=[Metric("m", 1.0, 1)])

    with closing(SqlStore(uri)) as store:
        assert store.get_run(run).data.metrics == {"m": 1.0}
        assert store.create_experiment("next") == "2"


def test_two_stores_on_one_file_see_each_other(tmp_path: Path) -> None:
    uri = uri_of(tmp_path / "runstone.db")

    with closing(SqlStore(uri)) as one, closing(SqlStore(uri)) as other:
        run = one.create_run("0").info.run_id
        other.log_batch(run, metrics=[Metric("m", 1.0, 1)])
        one.log_batch(run, metrics=[Metric("m", 2.0, 2), Metric("n", 3.0, 1)])
        other.log_batch(run, metrics=[Metric("n", 4.0, 2)])

        assert [metric.value for metric in one.metric_history(run, "m")] == [1.0, 2.0]
        assert [metric.value for metric in other.metric_history(run, "n")] == [3.0, 4.0]


@pytest.mark.parametrize("durable", [False, True])
def test_readers_do_not_wait_for_the_writer(tmp_path: Path, *, durable: bool) -> None:
    path = tmp_path / "runstone.db"

    with closing(SqlStore(uri_of(path), durable=durable)) as store, closing(sqlite3.connect(path)) as driver:
        assert driver.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        driver.execute("BEGIN IMMEDIATE")
        assert len(store.search_experiments()) == 1


@pytest.mark.parametrize(
    "uri",
    ["sqlite://", "sqlite:///", "sqlite:/x.db", "sqlite+pysqlite:///x.db", "runstone.db", "sqlite:///x.db?mode=ro"],
)
def test_address_of_another_form_is_refused(uri: str) -> None:
    with pytest.raises(InvalidValue, match="sqlite:///FILE"):
        SqlStore(uri)


def test_database_in_memory_is_refused() -> None:
    with pytest.raises(InvalidValue, match="in memory"):
        SqlStore("sqlite:///:memory:")


def test_four_slashes_name_an_absolute_path() -> None:
    assert path_of("sqlite:////data/runstone.db") == Path("/data/runstone.db")


@pytest.mark.parametrize("lines", [1, 100])
def test_file_that_is_no_database_is_refused_untouched(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes, not a database.\n" * lines)
    before = folder_state(tmp_path)

    with pytest.raises(SchemaMismatch, match="is not an SQLite database"):
        SqlStore(uri_of(path))

    assert folder_state(tmp_path) == before


def test_database_of_another_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    make_database(path, "CREATE TABLE recipe (name TEXT)", "INSERT INTO recipe VALUES ('soup')")
    before = folder_state(tmp_path)

    with pytest.raises(SchemaMismatch, match="of another program") as caught:
        SqlStore(uri_of(path))

    assert "\n" not in str(caught.value)
    assert folder_state(tmp_path) == before


def test_database_of_mlflow_is_refused_by_name_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    make_database(
        path,
        "CREATE TABLE alembic_version (version_num TEXT)",
        "CREATE TABLE experiments (name TEXT)",
        "CREATE TABLE runs (name TEXT)",
    )
    before = folder_state(tmp_path)

    with pytest.raises(SchemaMismatch, match="is a database of MLflow"):
        SqlStore(uri_of(path))

    assert folder_state(tmp_path) == before


def test_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "runstone.db"
    SqlStore(uri_of(path)).close()
    make_database(path, "UPDATE schema_revision SET version_num = '9999'")
    before = folder_state(tmp_path)

    with pytest.raises(SchemaMismatch, match=f"newer Runstone .*'9999'.*{HEAD}"):
        SqlStore(uri_of(path))

    assert folder_state(tmp_path) == before


def test_database_that_was_cut_short_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "runstone.db"
    SqlStore(uri_of(path)).close()
    path.write_bytes(path.read_bytes()[:5000])
    before = folder_state(tmp_path)

    with pytest.raises(SchemaMismatch, match="is damaged"):
        SqlStore(uri_of(path))

    assert folder_state(tmp_path) == before


def test_folder_is_refused_with_a_proposal(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"is a folder; name a file in it, such as .*runstone\.db"):
        SqlStore(uri_of(tmp_path))


def test_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(BackendError, match="cannot be made"):
        SqlStore(uri_of(tmp_path / "file" / "runstone.db"))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="this system has no /proc")
def test_place_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(BackendError, match="cannot be made"):
        SqlStore("sqlite:////proc/runstone/runstone.db")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_file_that_may_not_be_written_is_refused(open_folder: Path) -> None:
    path = open_folder / "runstone.db"
    SqlStore(uri_of(path)).close()
    path.chmod(0o444)

    child = multiprocessing.get_context("fork").Process(target=_open_as_anybody, args=(uri_of(path),))
    child.start()
    child.join(60)

    assert child.exitcode == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may look into, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _open_as_anybody(uri: str) -> None:
    if os.geteuid() == 0:  # the superuser may write anything
        os.setuid(65534)
    with pytest.raises(BackendError, match="cannot be written"):
        SqlStore(uri)


def test_name_that_no_disk_takes_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="x" * 20):
        SqlStore(f"sqlite:///{tmp_path}/{'x' * 300}")


def test_second_store_in_a_process_does_not_give_back_the_locks_of_the_first(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    other = f"from runstone.stores.sql.store import SqlStore; s = SqlStore({uri!r}); s.create_run('0'); s.close()"
    first = SqlStore(uri)
    first.create_run("0")
    second = SqlStore(uri)
    second.create_run("0")

    for _ in range(3):
        subprocess.run([sys.executable, "-c", other], check=True)
        first.create_run("0")

    assert len(first.search_runs(["0"])) == len(second.search_runs(["0"])) == 8
    first.close()
    second.close()
    with closing(sqlite3.connect(tmp_path / "runstone.db")) as driver:
        assert driver.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert driver.execute("SELECT count(*) FROM run").fetchone() == (8,)


def test_disk_that_does_not_take_what_was_committed_is_told_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        store.create_run("0")
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", _fail)
            with pytest.raises(BackendUnavailable, match=r"the disk did not take .*runstone\.db: Input/output error"):
                store.make_durable()
        synced = _count_syncs(monkeypatch)

        store.make_durable()
        store.make_durable()

        # The log, and the folder that it is new in; then nothing has changed.
        assert synced == [(tmp_path / "runstone.db-wal").stat().st_ino, tmp_path.stat().st_ino]


def test_log_that_was_put_into_the_database_is_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        store.create_run("0")
        store._session.before_fork()  # the last connection is closed
        store._session.after_fork_in_parent()
        synced = _count_syncs(monkeypatch)

        store.make_durable()

        assert synced == []


def _fail(file: int) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def _count_syncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino))
    return synced
