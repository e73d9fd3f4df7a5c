"""`runstone db`."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runstone.cli.main import main
from runstone.entities import Metric
from runstone.entities.names import without_password
from runstone.stores.sql.migrations import HEAD
from runstone.stores.sql.store import SqlStore


@pytest.fixture
def uri(tmp_path: Path) -> str:
    uri = f"sqlite:///{tmp_path / 'runs.db'}"
    SqlStore(uri).close()
    return uri


def _db(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["db", *arguments])


def test_revision_is_told(uri: str) -> None:
    told = _db("current", uri)
    document = json.loads(_db("current", uri, "--json").stdout)

    assert told.stdout == f"{HEAD}\n"
    assert document == {"uri": uri, "revision": HEAD, "newest": HEAD}


def test_sound_database_passes_the_check(uri: str) -> None:
    checked = _db("check", uri)

    assert checked.exit_code == 0
    assert checked.stdout == f"{uri} is sound and up to date.\n"


def test_broken_reference_is_found_by_the_check(uri: str) -> None:
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as driver:
        driver.execute("INSERT INTO pulse (run_id, seen_at) VALUES (99, 0)")
        driver.commit()

    checked = _db("check", uri)
    document = json.loads(_db("check", uri, "--json").stdout)

    assert checked.exit_code == 1
    assert "pulse" in checked.stderr
    assert len(document["problems"]) == 1


def test_database_of_the_newest_revision_is_left_alone(uri: str) -> None:
    upgraded = _db("upgrade", uri)

    assert upgraded.stdout == f"{uri} is up to date.\n"


def test_older_database_is_upgraded_after_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as driver:
        driver.execute("CREATE TABLE schema_revision (version_num VARCHAR(32) NOT NULL)")

    before = _db("check", f"sqlite:///{path}")
    upgraded = _db("upgrade", f"sqlite:///{path}")
    after = _db("check", f"sqlite:///{path}")

    assert before.exit_code == 1
    assert "upgraded; the copy from before is " in upgraded.stdout
    assert len(list(tmp_path.glob("old.db.backup*"))) == 1
    assert after.exit_code == 0, after.output


def test_database_of_the_setting_is_meant_by_default(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", uri)

    assert _db("current").stdout == f"{HEAD}\n"


@pytest.mark.parametrize("verb", ["current", "check", "upgrade", "compact"])
def test_missing_database_is_told_and_not_made(verb: str, tmp_path: Path) -> None:
    told = _db(verb, f"sqlite:///{tmp_path / 'none.db'}")

    assert told.exit_code == 1
    assert "none.db" in told.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [["db", "check", "http://ada@runs.example"], ["--tracking-uri", "http://ada@runs.example", "db", "check"]],
)
def test_address_of_a_server_is_no_database(arguments: list[str]) -> None:
    told = CliRunner().invoke(main, arguments)

    assert told.exit_code == 1
    assert "sqlite:///FILE" in told.stderr


def test_values_of_metrics_are_compressed_and_the_file_shrinks(uri: str) -> None:
    path = Path(uri.removeprefix("sqlite:///"))
    with closing(SqlStore(uri)) as store:
        run = store.create_run("0").info.run_id
        for first in range(0, 20_000, 1000):
            store.log_batch(run, metrics=[Metric("m", step / 7, step, step) for step in range(first, first + 1000)])
    before = path.stat().st_size

    compacted = _db("compact", uri)

    assert compacted.stdout == "20,000 values were compressed.\n"
    assert path.stat().st_size < before / 2
    with closing(SqlStore(uri)) as store:
        assert len(store.metric_history(run, "m")) == 20_000


def test_compaction_in_the_background_is_paused_and_resumed(uri: str) -> None:
    paused = _db("compact", uri, "--pause")
    resumed = _db("compact", uri, "--resume")
    both = _db("compact", uri, "--pause", "--resume")

    assert paused.stdout == "Compaction in the background is paused.\n"
    assert resumed.stdout == "Compaction in the background goes on.\n"
    assert both.exit_code != 0
    assert "exclude each other" in both.stderr


def test_server_is_not_compacted_from_afar() -> None:
    refused = _db("compact", "http://127.0.0.1:9")

    assert refused.exit_code != 0
    assert "only a database can be compacted" in refused.stderr


def test_copy_that_is_made_while_others_write_is_whole_and_can_be_restored(uri: str, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copy, other = tmp_path / "copies" / "one.db", f"sqlite:///{tmp_path / 'other.db'}"
    with closing(SqlStore(uri)) as store:
        before = store.create_run("0").info.run_id
        store.log_batch(before, metrics=[Metric("m", 1.0, 1)])

        made = _db("backup", str(copy), uri)
        store.create_run("0")
    restored = _db("restore", str(copy), other)

    assert made.stdout == f"{uri} is copied to {copy}.\n"
    assert restored.stdout == f"{other} is as it was in {copy}.\n"
    with closing(SqlStore(other)) as store:
        assert [run.info.run_id for run in store.search_runs(["0"])] == [before]
        assert store.get_run(before).data.metrics == {"m": 1.0}
    assert [path.name for path in copy.parent.iterdir()] == ["one.db"]


def test_nothing_is_overwritten_by_a_copy(uri: str, tmp_path: Path) -> None:
    copy = tmp_path / "one.db"
    _db("backup", str(copy), uri)

    again, onto = _db("backup", str(copy), uri), _db("restore", str(copy), uri)

    assert (again.exit_code, onto.exit_code) == (1, 1)
    assert "name another file" in again.stderr
    assert "move it away" in onto.stderr


@pytest.mark.parametrize("verb", ["backup", "restore"])
@pytest.mark.parametrize("address", ["sqlite:///runs.db", "postgresql://ada:secret@db.example/runs"])
def test_address_in_the_place_of_the_copy_is_refused_and_nothing_is_made(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, address: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", uri)

    swapped, alone = _db(verb, address, "copy.db"), _db(verb, address)

    for refused in (swapped, alone):
        assert refused.exit_code == 2
        assert f"db {verb} FILE {without_password(address)}" in " ".join(refused.stderr.split())
        assert "secret" not in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["runs.db"]


def test_folder_of_a_copy_is_not_made(uri: str, tmp_path: Path) -> None:
    copy = tmp_path / "one.db"
    _db("backup", str(copy), uri)

    made = _db("backup", str(tmp_path / "none" / "one.db"), uri)
    restored = _db("restore", str(copy), f"sqlite:///{tmp_path / 'none' / 'other.db'}")

    for refused in (made, restored):
        assert refused.exit_code == 1
        assert f"there is no folder {tmp_path / 'none'}; make it first" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.db", "runs.db"]


def test_database_on_postgresql_is_copied_by_its_own_tools(tmp_path: Path) -> None:
    address = "postgresql://ada:secret@db.example/runs"

    made, restored = _db("backup", str(tmp_path / "one.db"), address), _db("restore", str(tmp_path / "x"), address)

    assert "pg_dump --format custom --file FILE postgresql://ada:***@db.example/runs" in made.stderr
    assert "pg_restore --dbname postgresql://ada:***@db.example/runs FILE" in restored.stderr
    assert not list(tmp_path.iterdir())


def test_what_is_no_copy_is_not_restored(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("these are notes, no database")
    target = f"sqlite:///{tmp_path / 'new.db'}"

    missing, foreign = (
        _db("restore", str(tmp_path / "nothing"), target),
        _db("restore", str(tmp_path / "notes.txt"), target),
    )

    assert "there is no database" in missing.stderr
    assert "is not an SQLite database" in foreign.stderr
    assert not (tmp_path / "new.db").exists()
