"""What is PostgreSQL's own: addresses, whose tables are there, revisions, text that it cannot keep."""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql.base import PGDialect

from runstone.cli.main import main
from runstone.entities import Param, Tag
from runstone.errors import BackendError, BackendUnavailable, InvalidValue, SchemaMismatch
from runstone.search.expression import Characters
from runstone.search.pattern import compiled
from runstone.stores.resolve import open_store
from runstone.stores.sql.compaction import Compactor
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.migrations.commands import Upgrade, check, current, upgrade
from runstone.stores.sql.postgres.driver import translated
from runstone.stores.sql.postgres.expressions import posix
from runstone.stores.sql.postgres.matching import begins_as, begins_with
from runstone.stores.sql.postgres.server import PostgresServer
from runstone.stores.sql.revisions import HEAD
from runstone.stores.sql.store import SqlStore
from runstone.stores.sql.tables import param

TIMEOUT_S = 30
CHARACTERS = "aZz09_- .\t\nßéÉµK\u212aİ\u0131\u017f🙂中٣€"
EXPRESSIONS = [
    r"\w",
    r"\W",
    r"\d",
    r"\D",
    r"\s",
    r"\S",
    r"[^\w.]",
    "(?i)[k-s]",
    "(?i)É",
    "(?i)[^A-Z]",
    r"[\]\\^-]",
    "^$|a",
]
# Before the first revision: the mark of a revision, and nothing else.
BASE = "CREATE TABLE schema_revision (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, collation_name, column_default FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'schema_revision' ORDER BY 1, 2
"""
RULES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> 'schema_revision'::regclass ORDER BY 1, 2
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'schema_revision' ORDER BY 1
"""


def run_sql(uri: str, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg.connect(uri, autocommit=True)) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_address_may_be_written_as_mlflow_users_write_it(postgres_uri: str, scheme: str) -> None:
    with closing(open_store(postgres_uri.replace("postgresql", scheme, 1))) as store:
        assert store.get_experiment("0").name == "Default"


def test_tables_of_others_are_refused_untouched(empty_postgres_uri: str) -> None:
    run_sql(empty_postgres_uri, "CREATE TABLE alembic_version (); CREATE TABLE experiments (); CREATE TABLE runs ()")

    with pytest.raises(SchemaMismatch, match="tables of MLflow"):
        SqlStore(empty_postgres_uri)
    run_sql(empty_postgres_uri, "DROP TABLE runs")
    with pytest.raises(SchemaMismatch, match="tables of another program"):
        SqlStore(empty_postgres_uri)

    assert run_sql(empty_postgres_uri, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(2,)]


def test_older_tables_are_upgraded_by_the_command_alone(empty_postgres_uri: str, postgres_uri: str) -> None:
    run_sql(empty_postgres_uri, BASE)

    with pytest.raises(SchemaMismatch, match="`runstone db upgrade ADDRESS`"):
        SqlStore(empty_postgres_uri)
    problems = check(empty_postgres_uri)
    done = upgrade(empty_postgres_uri)

    assert len(problems) == 1
    assert done == Upgrade()
    assert current(empty_postgres_uri) == HEAD
    assert check(empty_postgres_uri) == []
    for query in (COLUMNS, RULES, INDEXES):
        assert run_sql(empty_postgres_uri, query) == run_sql(postgres_uri, query)
    with closing(SqlStore(empty_postgres_uri)) as store:
        assert store.create_run("0").info.experiment_id == "0"


def test_one_of_several_upgrades_at_once_does_the_work(empty_postgres_uri: str) -> None:
    run_sql(empty_postgres_uri, BASE)

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(upgrade, [empty_postgres_uri] * 3))

    assert done.count(None) == 2
    assert current(empty_postgres_uri) == HEAD


def test_newer_tables_are_refused(postgres_uri: str) -> None:
    run_sql(postgres_uri, "UPDATE schema_revision SET version_num = 'x99'")

    with pytest.raises(SchemaMismatch, match="newer Runstone"):
        SqlStore(postgres_uri)


def test_column_that_compares_in_a_language_is_found(empty_postgres_uri: str) -> None:
    SqlStore(empty_postgres_uri).close()
    run_sql(empty_postgres_uri, 'ALTER TABLE run ALTER COLUMN name TYPE text COLLATE "default"')

    assert check(empty_postgres_uri) == [
        "the column 'name' of the table 'run' does not compare text by its bytes; give it COLLATE \"C\""
    ]


def test_database_of_another_encoding_is_refused(empty_postgres_uri: str) -> None:
    name = empty_postgres_uri.rpartition("/")[2] + "_latin"
    run_sql(
        empty_postgres_uri,
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'",
    )
    try:
        with pytest.raises(SchemaMismatch, match="encoding LATIN1"):
            SqlStore(empty_postgres_uri + "_latin")
    finally:
        run_sql(empty_postgres_uri, f"DROP DATABASE {name}")


def test_commands_work_on_an_address(postgres_uri: str) -> None:
    runner = CliRunner()

    assert runner.invoke(main, ["db", "check", postgres_uri]).output == f"{postgres_uri} is sound and up to date.\n"
    assert runner.invoke(main, ["db", "current", postgres_uri]).output == f"{HEAD}\n"
    assert runner.invoke(main, ["db", "upgrade", postgres_uri]).output == f"{postgres_uri} is up to date.\n"
    assert "is sound, with 1 experiment in use" in runner.invoke(
        main, ["--tracking-uri", postgres_uri, "doctor"]
    ).output.replace("\n", " ")


def test_doctor_makes_no_tables(empty_postgres_uri: str) -> None:
    found = CliRunner().invoke(main, ["--tracking-uri", empty_postgres_uri, "doctor"]).output

    assert "is empty yet; the first run makes its tables" in found.replace("\n", " ")
    assert run_sql(empty_postgres_uri, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_empty_database_has_no_revision(empty_postgres_uri: str) -> None:
    with pytest.raises(BackendError, match="is empty"):
        current(empty_postgres_uri)


def test_database_that_is_not_there_is_to_be_created(postgres_uri: str) -> None:
    with pytest.raises(BackendError, match="create it, for example with createdb"):
        SqlStore(f"{postgres_uri}_nowhere")


def test_server_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(BackendUnavailable, match="cannot be reached"):
        SqlStore("postgresql://ada@127.0.0.1:1/runs")


@pytest.mark.parametrize("uri", ["postgresql://host:port/x", "postgresql://h/x?colour=green", "postgresql://[::1/x"])
def test_address_that_cannot_be_read_is_told(uri: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be read"):
        SqlStore(uri)


def test_text_that_postgres_cannot_keep_is_never_written(postgres_uri: str) -> None:
    with closing(PostgresServer(postgres_uri).connect()) as driver:
        assert driver.execute("SELECT name FROM experiment WHERE name = ?", ("a\0b",)).fetchall() == []
        with pytest.raises(psycopg.DataError, match="NUL"):
            driver.execute("UPDATE experiment SET name = ?", ("a\0b",))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression_takes_the_characters_that_ours_takes(postgres_uri: str, expression: str) -> None:
    with closing(psycopg.connect(postgres_uri)) as connection:
        query = "SELECT sign FROM unnest(%s::text[]) AS sign WHERE sign ~ %s"
        found = {row[0] for row in connection.execute(query, (list(CHARACTERS), posix(expression)))}

    assert found == {sign for sign in CHARACTERS if compiled(expression).matches(sign)}


@pytest.mark.no_cover  # a million calls
@pytest.mark.parametrize("letter", ["d", "w", "s"])
def test_class_has_every_character_that_ours_has(letter: str) -> None:
    signs = "".join(map(chr, range(1, sys.maxunicode + 1)))

    # Python reads the numbers of characters as PostgreSQL does.
    assert re.findall(posix(rf"\{letter}"), signs) == list(filter(Characters(classes=letter).takes, signs))


@pytest.mark.parametrize(
    "text",
    ["1e400", "-1e400", "1e-400", "1e99999", "-1e99999", "1e-99999", "0e99999", "1" * 400, "9" * 3000, ".", "e5"],
)
def test_number_of_any_size_is_compared_without_an_error(postgres_uri: str, text: str) -> None:
    with closing(SqlStore(postgres_uri)) as store:
        run = store.create_run("0").info.run_id
        store.log_batch(run, params=[Param("p", text)])

        above = store.search_runs(["0"], filter_string="params.p > 1000")
        below = store.search_runs(["0"], filter_string="params.p < -1000")
        near = store.search_runs(["0"], filter_string="params.p >= -1 AND params.p <= 1")

    value = Decimal(text) if text not in {".", "e5"} else Decimal("nan")
    is_number = not value.is_nan()
    assert (len(above), len(below), len(near)) == (
        int(is_number and value > 1000),
        int(is_number and value < -1000),
        int(is_number and abs(value) <= 1),
    )


def test_question_marks_in_texts_and_names_are_no_parameters() -> None:
    statement = """SELECT '?', 'it''s ?', "a?" /* ? */ FROM t WHERE a = ? AND b LIKE '%?' AND c = ? /* locked */"""

    assert translated(statement) == (
        b"""SELECT '?', 'it''s ?', "a?" /* ? */ FROM t WHERE a = $1 AND b LIKE '%?' AND c = $2 FOR NO KEY UPDATE"""
    )


@pytest.mark.parametrize("count", [0, 1, 3, 300])
def test_rows_of_an_insert_are_counted_and_written_once(postgres_uri: str, count: int) -> None:
    with closing(PostgresServer(postgres_uri).connect()) as driver:
        statement = "INSERT INTO key (name) VALUES (?) ON CONFLICT (name) DO NOTHING"
        names = [(f"k{number}",) for number in range(count)]

        first = driver.executemany(statement, names).rowcount
        again = driver.executemany(statement, [*names, ("new",)]).rowcount

        assert (first, again) == (count, 1)
        assert driver.execute("SELECT count(*) FROM key").fetchone() == (count + 1,)


def test_row_that_comes_twice_has_the_last_value(postgres_uri: str) -> None:
    with closing(PostgresServer(postgres_uri).connect()) as driver:
        statement = (
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        )

        driver.executemany(statement, [("a", "1"), ("b", "1"), ("a", "2")])

        assert sorted(driver.execute("SELECT name, value FROM meta").fetchall()) == [("a", "2"), ("b", "1")]


BETWEEN = 2**53 + 1  # a whole number that no double is


@pytest.mark.parametrize("text", [str(BETWEEN), str(BETWEEN - 1), f"{BETWEEN + 1}.0", "9e15", "1e16", "x"])
@pytest.mark.parametrize("sign", ["=", "!=", "<", "<=", ">", ">="])
def test_whole_numbers_between_doubles_are_compared_exactly(
    postgres_uri: str, tmp_path: Path, text: str, sign: str
) -> None:
    found = []
    for uri in (postgres_uri, f"sqlite:///{tmp_path}/runstone.db"):
        with closing(SqlStore(uri)) as store:
            run = store.create_run("0").info.run_id
            store.log_batch(run, params=[Param("p", text)])
            found.append(len(store.search_runs(["0"], filter_string=f"params.p {sign} {BETWEEN}")))

    assert found[0] == found[1]


def test_change_that_hides_an_error_of_the_database_is_not_committed(postgres_uri: str) -> None:
    with closing(SqlStore(postgres_uri)) as store:

        def change() -> None:
            store.create_registered_model("churn")
            with suppress(BackendError):
                store._session.read(lambda connection: driver_of(connection).execute("SELECT nothing"))

        with pytest.raises(BackendError, match="undid a change"):
            store.submit(change).result()

        assert list(store.search_registered_models()) == []


def test_address_of_another_database_is_refused() -> None:
    with pytest.raises(InvalidValue, match="postgresql://USER"):
        PostgresServer("mysql://host/x")


def test_text_with_a_beginning_is_found_whatever_its_last_character(postgres_uri: str) -> None:
    beginnings = ["b", "b%_", "\ud7ff", "\U0010ffff", "b\U0010ffff", "b" * 300, "é"]
    with closing(SqlStore(postgres_uri)) as store:
        for beginning in beginnings:
            run = store.create_run("0").info.run_id
            store.log_batch(run, tags=[Tag("t", f"{beginning}end")])

        found = {
            text: {run.data.tags["t"] for run in store.search_runs(["0"], filter_string=f"tags.t LIKE '{text}%'")}
            for text in beginnings
        }

    wanted = {text: {f"{other}end" for other in beginnings if other.startswith(text)} for text in beginnings}
    wanted["b%_"] = {f"{other}end" for other in beginnings if other.startswith("b")}
    assert found == wanted


@pytest.mark.parametrize("test", [begins_as(param.c.value, ["x"]), begins_with(param.c.value, "x")])
def test_index_of_beginnings_is_found_by_a_plan_for_values_to_come(
    postgres_uri: str, test: ColumnElement[bool]
) -> None:
    query = select(param.c.run_id).where(param.c.key_id == 1, test)
    by_number = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    sql = query.compile(dialect=by_number, compile_kwargs={"render_postcompile": True})
    signs = set(re.findall(r"\$[0-9]+", str(sql)))
    with psycopg.connect(postgres_uri) as driver:
        driver.execute("SET plan_cache_mode = force_generic_plan")
        driver.execute("SET enable_seqscan = off")
        driver.execute(f"PREPARE search AS {sql}")
        rows = driver.execute(f"EXPLAIN EXECUTE search ({', '.join('NULL' for _ in signs)})").fetchall()

    plan = "\n".join(row[0] for row in rows)
    assert re.search(r'Index Cond: .*"left"\(value, 250\)', plan), plan


def test_large_table_that_nobody_looked_at_is_looked_at_in_the_background(empty_postgres_uri: str) -> None:
    known = "SELECT DISTINCT tablename FROM pg_stats WHERE tablename IN ('param', 'run')"
    with (
        closing(SqlStore(empty_postgres_uri)) as store,
        closing(psycopg.connect(empty_postgres_uri, autocommit=True)) as driver,
    ):
        driver.execute("ALTER TABLE param SET (autovacuum_enabled = false)")
        driver.execute("ALTER TABLE run SET (autovacuum_enabled = false)")
        for _ in range(60):
            run = store.create_run("0").info.run_id
            store.log_batch(run, params=[Param(f"p{key}", f"{key} " * 100) for key in range(100)])
        before = driver.execute(known).fetchall()

        compactor = Compactor(store._session, every_s=0.01)
        compactor.start()
        deadline = time.monotonic() + TIMEOUT_S
        while not driver.execute(known).fetchall() and time.monotonic() < deadline:
            time.sleep(0.01)
        compactor.stop()

        assert before == []
        assert driver.execute(known).fetchall() == [("param",)]
