"""What a server does about runs beside the requests."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Entry, ModelMetric, RunStatus
from runstone.entities.tag import END
from runstone.journal import folder as folders
from runstone.journal.folder import RunFacts
from runstone.journal.writer import Writer
from runstone.server.watchman import Watchman
from runstone.stores.sql.store import SqlStore


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return "sqlite:///runstone.db"


def left_behind(run_id: str, uri: str) -> Path:
    within = folders.root()
    folder = folders.make(within, RunFacts(run_id=run_id, tracking_uri=folders.seen_from(within, uri)))
    writer = Writer(folder, run_id, most_bytes=1 << 20, durable=False)
    writer.append(Entry(n=1, metrics=[ModelMetric("loss", 0.5, 1, 1)]))
    writer.close()
    return folder


def test_what_was_left_in_the_servers_folder_is_taken(uri: str) -> None:
    store = SqlStore(uri)
    run = store.create_run("0").info.run_id
    folder = left_behind(run, uri)
    other = left_behind("0" * 32, "sqlite:///elsewhere.db")

    Watchman(store, uri).sweep()

    found = store.get_run(run)
    assert (found.data.metrics, found.info.status) == ({"loss": 0.5}, RunStatus.FAILED)
    assert found.data.tags[END].startswith("lost: its process was gone")
    assert not folder.exists()
    assert other.exists()
    store.close()


def test_run_that_is_gone_stops_no_other(uri: str, caplog: pytest.LogCaptureFixture) -> None:
    store = SqlStore(uri)
    left_behind("0" * 32, uri)
    run = store.create_run("0").info.run_id
    left_behind(run, uri)

    Watchman(store, uri).sweep()

    assert store.get_run(run).data.metrics == {"loss": 0.5}
    assert "still waits: no run has the id '00000000000000000000000000000000'" in caplog.text
    store.close()


def test_watchman_begins_and_ends(uri: str) -> None:
    store = SqlStore(uri)
    run = store.create_run("0").info.run_id
    left_behind(run, uri)
    watchman = Watchman(store, uri)

    watchman.start()
    watchman.stop()

    assert store.get_run(run).data.metrics == {"loss": 0.5}
    store.close()


def test_run_that_went_on_while_its_server_was_away_is_not_lost(uri: str) -> None:
    store = SqlStore(uri)
    run = store.create_run("0").info.run_id
    store.beat([run])
    with closing(sqlite3.connect("runstone.db", isolation_level=None)) as driver:
        driver.execute("UPDATE pulse SET seen_at = seen_at - 300000")
    watchman = Watchman(store, uri)

    watchman.start()
    watchman.stop()

    assert store.get_run(run).info.status is RunStatus.RUNNING
    store.close()
