"""An upgrade is rehearsed on what older databases hold, on both engines, and leaves them as they are."""

import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from runstone.cli.main import main
from runstone.errors import BackendError
from runstone.stores.sql.migrations.commands import check, current, upgrade
from runstone.stores.sql.migrations.rehearsal import rehearse
from runstone.stores.sql.revisions import HEAD, REVISIONS, VERSION_TABLE
from runstone.stores.sql.store import SqlStore
from tests.migrations.conftest import DATABASES
from tests.postgres import programs

BASE = f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """The folder that copies are made in."""
    if "postgres" in request.node.name:
        # Its server starts with the first database, in a folder that its own user may enter; this one it may not.
        request.getfixturevalue("module_postgres_uri")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _path(uri: str) -> Path:
    return Path(uri.removeprefix("sqlite:///"))


def _run(uri: str, statement: str) -> None:
    if uri.startswith("sqlite"):
        with closing(sqlite3.connect(_path(uri))) as driver:
            driver.execute(statement)
            driver.commit()
    else:
        with psycopg.connect(uri) as connection:
            connection.execute(statement.encode())


def _content(uri: str) -> object:
    """All that is in a database, byte by byte, and what lies beside it."""
    if uri.startswith("sqlite"):
        return {path.name: path.read_bytes() for path in _path(uri).parent.iterdir() if path.is_file()}
    bin = programs()
    assert bin is not None
    dump = subprocess.run([bin / "pg_dump", uri], capture_output=True, check=True).stdout
    # A dump begins and ends with a word of its own.
    return [line for line in dump.splitlines() if not line.startswith((b"\\restrict", b"\\unrestrict"))]


def _upgrade(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["db", "upgrade", *arguments])


def test_rehearsal_tells_each_step_and_leaves_the_database_as_it_is(older_uri: str, temporary_folder: Path) -> None:
    before = _content(older_uri)

    done = rehearse(older_uri)

    assert done is not None
    assert done.revision == "0012"
    assert tuple(step.revision for step in done.steps) == REVISIONS[REVISIONS.index("0012") + 1 :]
    assert done.steps[0].does == "Drop the counter of an experiment's changes, which nobody reads."
    assert all(step.seconds > 0 for step in done.steps)
    assert done.problems == []
    assert _content(older_uri) == before
    assert list(temporary_folder.iterdir()) == []


def test_upgrade_does_what_was_rehearsed(older_uri: str) -> None:
    rehearsed = _upgrade(older_uri, "--rehearse")
    before = current(older_uri)
    done = _upgrade(older_uri)
    again = _upgrade(older_uri, "--rehearse")

    assert rehearsed.exit_code == done.exit_code == again.exit_code == 0
    assert f" can be upgraded from 0012 to {HEAD}, and is sound then; " in rehearsed.stdout
    assert (before, current(older_uri)) == ("0012", HEAD)
    assert again.stdout.endswith(" is up to date.\n")


def test_all_steps_are_rehearsed_on_the_first_tables(tmp_path: Path) -> None:
    path = tmp_path / "runstone.db"
    with closing(sqlite3.connect(path)) as driver:
        driver.executescript((DATABASES / "0001.sql").read_text(encoding="utf-8"))
    before = _content(f"sqlite:///{path}")

    done = rehearse(f"sqlite:///{path}")

    assert done is not None
    assert tuple(step.revision for step in done.steps) == REVISIONS[1:]
    assert all(step.does.endswith(".") for step in done.steps)
    assert done.problems == []
    assert _content(f"sqlite:///{path}") == before


def test_all_steps_are_rehearsed_on_postgresql_from_before_the_first(empty_postgres_uri: str) -> None:
    _run(empty_postgres_uri, BASE)
    before = _content(empty_postgres_uri)

    done = rehearse(empty_postgres_uri)

    assert done is not None
    assert (done.revision, tuple(step.revision for step in done.steps)) == ("", REVISIONS)
    assert done.problems == []
    assert _content(empty_postgres_uri) == before


def test_step_that_would_fail_is_named_and_nothing_is_changed(older_uri: str) -> None:
    _run(older_uri, "DROP TABLE change")
    before = _content(older_uri)

    told = _upgrade(older_uri, "--rehearse")

    assert told.exit_code == 1
    assert told.stderr.startswith("the step 0013 fails: the database ")
    assert '"change"' in told.stderr or ": change" in told.stderr
    assert told.stdout.endswith(" was not changed.\n")
    assert _content(older_uri) == before


def test_what_the_check_would_find_after_the_upgrade_is_told(older_uri: str) -> None:
    torn = "X'0300'" if older_uri.startswith("sqlite") else r"'\x0300'"
    _run(older_uri, f"UPDATE tail SET points = {torn} WHERE id = (SELECT min(id) FROM tail)")
    before = _content(older_uri)

    told = _upgrade(older_uri, "--rehearse")
    upgrade(older_uri)

    assert told.exit_code == 1
    assert "cannot be read" in told.stderr
    assert told.stderr.splitlines() == check(older_uri)
    assert before != _content(older_uri)


def test_row_that_refers_to_nothing_stops_the_upgrade_and_its_rehearsal(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'runstone.db'}"
    with closing(sqlite3.connect(_path(uri))) as driver:
        driver.executescript((DATABASES / "0012.sql").read_text(encoding="utf-8"))
    _run(uri, "INSERT INTO pulse (run_id, seen_at) VALUES (99, 0)")

    told, done = _upgrade(uri, "--rehearse"), _upgrade(uri)

    assert told.exit_code == done.exit_code == 1
    assert str(_path(uri)) in told.stderr
    assert "its table 'pulse' refers to one of 'run'" in told.stderr
    assert told.stderr.strip() in done.stderr


def test_rehearsal_on_a_file_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'runstone.db'}"
    with closing(sqlite3.connect(_path(uri), isolation_level=None)) as driver:
        driver.executescript((DATABASES / "0012.sql").read_text(encoding="utf-8"))
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("BEGIN IMMEDIATE")
        driver.execute("DELETE FROM tail")

        done = rehearse(uri)

    assert done is not None
    assert done.problems == []


def test_missing_and_empty_databases_are_not_rehearsed(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'none.db'}"

    with pytest.raises(BackendError, match="there is no database"):
        rehearse(uri)

    assert not _path(uri).exists()


def test_new_database_is_up_to_date(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'runstone.db'}"
    SqlStore(uri).close()

    assert rehearse(uri) is None
