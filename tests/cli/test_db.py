"""`runstone db`."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runstone.cli.main import main
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
        driver.execute("INSERT INTO change (experiment_id, count) VALUES (99, 0)")
        driver.commit()

    checked = _db("check", uri)
    document = json.loads(_db("check", uri, "--json").stdout)

    assert checked.exit_code == 1
    assert "change" in checked.stderr
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


@pytest.mark.parametrize("verb", ["current", "check", "upgrade"])
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
