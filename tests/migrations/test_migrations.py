"""Migrations: they lead to the tables as they are made, keep what is there, and are safe to begin."""

import multiprocessing
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import runstone.stores.sql.migrations as migrations
from runstone.errors import BackendError, InvalidValue, SchemaMismatch
from runstone.schemas import wire
from runstone.schemas.runs import EncodedRuns, Runs
from runstone.stores.sql.migrations.commands import Upgrade, check, current, upgrade
from runstone.stores.sql.revisions import HEAD, REVISIONS, VERSION_TABLE
from runstone.stores.sql.sqlite_file import open_engine
from runstone.stores.sql.store import SqlStore
from runstone.stores.sql.tables import metadata
from tests.migrations.conftest import DATABASES

TIMEOUT_S = 60


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runstone.db"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A database from before the first revision: it has the mark of a revision, and nothing else."""
    path = tmp_path / "runstone.db"
    with closing(sqlite3.connect(path)) as driver:
        driver.execute(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        driver.commit()
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A database of the first revision, with an experiment and a run in it."""
    path = tmp_path / "runstone.db"
    with closing(sqlite3.connect(path)) as driver:
        driver.executescript((DATABASES / "0001.sql").read_text(encoding="utf-8"))
    return path


def schema_of(path: Path) -> dict[str, str]:
    """Every table and index that Runstone declares, with its text without the accidents of blanks and order."""
    with closing(sqlite3.connect(path)) as driver:
        rows = driver.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> ?",
            (VERSION_TABLE,),
        ).fetchall()
    return {name: " ".join(sorted(re.split(r"[\s,]+", sql.replace('"', "")))) for name, sql in rows}


def test_revisions_are_those_of_the_modules_in_one_line() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))

    found = [revision.revision for revision in script.walk_revisions()]

    assert tuple(reversed(found)) == REVISIONS
    assert script.get_heads() == [HEAD]


def test_migrating_makes_the_same_tables_as_making_them_new(base: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    SqlStore(f"sqlite:///{new}").close()

    upgrade(f"sqlite:///{base}")

    assert schema_of(base) == schema_of(new)


def test_migrated_tables_are_those_that_the_code_declares(base: Path) -> None:
    upgrade(f"sqlite:///{base}")

    engine = open_engine(base, durable=False)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_migrated_store_works(base: Path) -> None:
    with closing(SqlStore(f"sqlite:///{base}")) as store:
        assert store.get_experiment("0").name == "Default"
        assert store.create_experiment("first") == "1"

    assert current(f"sqlite:///{base}") == HEAD


def test_database_of_the_first_revision_gets_the_tables_of_the_registry(first: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    SqlStore(f"sqlite:///{new}").close()

    done = upgrade(f"sqlite:///{first}")

    copy = tmp_path / "runstone.db.backup-0001"
    assert done == Upgrade(copy)
    assert current(f"sqlite:///{copy}") == "0001"
    assert schema_of(first) == schema_of(new)
    assert check(f"sqlite:///{first}") == []


def test_database_of_the_first_revision_keeps_what_it_holds(first: Path) -> None:
    with closing(SqlStore(f"sqlite:///{first}")) as store:
        experiment = store.get_experiment("1")
        [run] = store.search_runs(["1"])
        history = store.metric_history(run.info.run_id, "loss")
        store.create_registered_model("churn")
        version = store.create_model_version("churn", "s3://bucket/model", run_id=run.info.run_id)

    assert (experiment.name, experiment.tags) == ("churn", {"team": "blue"})
    assert (run.info.run_name, run.info.user_id, run.info.start_time, run.info.end_time) == ("first", "ada", 5, 9)
    assert (run.data.params, run.data.tags["kind"]) == ({"lr": "0.1"}, "trial")
    assert [(point.value, point.timestamp, point.step) for point in history] == [(0.5, 7, 3), (0.25, 8, 4)]
    assert version.version == "1"


def test_older_database_is_copied_before_it_is_upgraded(base: Path, tmp_path: Path) -> None:
    done = upgrade(f"sqlite:///{base}")

    copy = tmp_path / "runstone.db.backup-base"
    assert done == Upgrade(copy)
    with closing(sqlite3.connect(copy)) as driver:
        assert driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [(VERSION_TABLE,)]


def test_database_that_is_up_to_date_is_not_upgraded(uri: str, tmp_path: Path) -> None:
    SqlStore(uri).close()

    assert upgrade(uri) is None
    assert [path.name for path in tmp_path.iterdir()] == ["runstone.db"]


def test_failed_upgrade_leaves_the_database_as_it_was(base: Path) -> None:
    with closing(sqlite3.connect(base)) as driver:
        driver.execute("CREATE TABLE tail (in_the_way TEXT)")
        driver.commit()
    before = schema_of(base)

    with pytest.raises(BackendError, match="already exists"):
        upgrade(f"sqlite:///{base}")

    assert schema_of(base) == before
    assert current(f"sqlite:///{base}") == ""


def _open(uri: str) -> None:
    SqlStore(uri).close()


@pytest.mark.slow
def test_processes_that_open_an_older_database_together_upgrade_it_once(base: Path) -> None:
    context = multiprocessing.get_context("spawn")

    children = [context.Process(target=_open, args=(f"sqlite:///{base}",)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(TIMEOUT_S)

    assert [child.exitcode for child in children] == [0, 0, 0]
    assert check(f"sqlite:///{base}") == []


def test_current_names_the_revision(uri: str, base: Path) -> None:
    assert current(uri) == ""

    SqlStore(uri).close()

    assert current(uri) == HEAD


def test_missing_database_is_not_made_by_asking(uri: str, tmp_path: Path) -> None:
    for ask in (current, check, upgrade):
        with pytest.raises(BackendError, match="there is no database"):
            ask(uri)

    assert list(tmp_path.iterdir()) == []


def test_address_that_is_no_database_is_refused() -> None:
    with pytest.raises(InvalidValue):
        current("http://127.0.0.1:5000")


def test_sound_database_has_no_problems(uri: str) -> None:
    SqlStore(uri).close()

    assert check(uri) == []


def test_older_database_is_a_problem(base: Path) -> None:
    [problem] = check(f"sqlite:///{base}")

    assert "upgrade the database" in problem


def test_row_that_refers_to_nothing_is_a_problem(uri: str, tmp_path: Path) -> None:
    SqlStore(uri).close()
    with closing(sqlite3.connect(tmp_path / "runstone.db")) as driver:
        driver.execute("INSERT INTO param (run_id, key_id, value) VALUES (1, 1, 'x')")
        driver.commit()

    problems = check(uri)

    assert len(problems) == 2
    assert all("'param'" in problem for problem in problems)


def test_damaged_page_is_a_problem(uri: str, tmp_path: Path) -> None:
    SqlStore(uri).close()
    path = tmp_path / "runstone.db"
    with closing(sqlite3.connect(path)) as driver:
        [page] = driver.execute("SELECT rootpage FROM sqlite_master WHERE name = 'experiment'").fetchone()
        [size] = driver.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(data)

    problems = check(uri)

    assert problems
    assert "restore a backup" in problems[0]


def test_foreign_database_is_not_checked(uri: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "runstone.db")) as driver:
        driver.execute("CREATE TABLE other (name TEXT)")

    with pytest.raises(SchemaMismatch):
        check(uri)


def test_runs_of_an_older_database_get_the_json_that_searches_answer_with(first: Path) -> None:
    with closing(SqlStore(f"sqlite:///{first}")) as store:
        found = wire.encode(EncodedRuns(list(store.search_encoded_runs(["1"]))))
        plain = wire.encode(Runs(list(store.search_runs(["1"]))))

    with closing(sqlite3.connect(first)) as driver:
        kept = driver.execute("SELECT data FROM document").fetchall()
    assert found == plain
    assert len(kept) == 1
    assert kept[0][0] in plain


def test_metrics_of_an_older_database_get_their_lowest_highest_and_first_values(first: Path) -> None:
    filter_string = "metrics.loss.min = 0.25 AND metrics.loss.max = 0.5 AND metrics.loss.first = 0.5"

    with closing(SqlStore(f"sqlite:///{first}")) as store:
        assert len(store.search_runs(["1"], filter_string=filter_string)) == 1
