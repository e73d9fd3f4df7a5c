"""Emptying the trash with its files, from Python; killed at any point, runs are whole or gone."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runstone.client import Client
from runstone.client.connection import open_stores
from runstone.entities import ViewType
from runstone.entities.trash import seconds_of
from runstone.errors import InvalidValue, RunNotFound, Unsupported
from runstone.server.listen import ServerOptions
from runstone.stores import resolve
from runstone.stores.sql import trash
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server

# Ends itself, as if by the power, after so many calls of functions inside the verb.
DYING = """
import os, signal, sys
from runstone import Client
uri, steps = sys.argv[1], int(sys.argv[2])
client = Client(uri)
client.get_experiment("0")
def count(frame, event, arg):
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(count)
client.empty_trash()
"""


def logged(client: Client, experiment_id: str = "0") -> str:
    """A run with a file."""
    run_id = client.create_run(experiment_id).info.run_id
    client.log_param(run_id, "p", "1")
    client.log_text(run_id, "text", "folder/note.txt")
    return run_id


def files_of(folder: Path) -> set[str]:
    """The runs below a folder that have files."""
    return {path.parts[-4] for path in folder.rglob("note.txt")}


@pytest.fixture(params=["sqlite", "http"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    """A client whose files are below the test's folder, on a database or on a server."""
    uri = f"sqlite:///{tmp_path}/runstone.db"
    if request.param == "sqlite":
        yield Client(uri)
    else:
        with running_server(ServerOptions(store_uri=uri)) as address:
            yield Client(address)
    open_stores.close()


def test_files_of_a_run_go_with_it(here: Client, tmp_path: Path) -> None:
    kept, doomed = logged(here), logged(here)
    here.delete_run(doomed)

    emptied = here.empty_trash(run_ids=[doomed])

    assert emptied.run_ids == [doomed]
    assert emptied.left == []
    assert files_of(tmp_path) == {kept}
    assert not list(tmp_path.rglob(doomed))
    assert [found.path for found in here.list_artifacts(kept)] == ["folder"]
    with pytest.raises(RunNotFound):
        here.list_artifacts(doomed)


@pytest.mark.parametrize("asked", [{"run_ids": []}, {"experiment_ids": []}, {"older_than": ""}])
def test_empty_argument_removes_nothing(here: Client, asked: dict[str, Any]) -> None:
    doomed = logged(here)
    here.delete_run(doomed)

    with pytest.raises(InvalidValue):
        here.empty_trash(**asked)

    assert here.empty_trash(dry_run=True).run_ids == [doomed]


def test_folder_of_an_experiment_goes_with_it(tmp_path: Path) -> None:
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    experiment = client.create_experiment("doomed")
    logged(client, experiment)
    client.delete_experiment(experiment)

    client.empty_trash("0s")

    assert [path.name for path in (tmp_path / "runstone-artifacts").iterdir()] == []
    open_stores.close()


def test_place_that_somebody_chose_loses_only_the_runs(tmp_path: Path) -> None:
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    chosen = tmp_path / "chosen"
    experiment = client.create_experiment("doomed", artifact_location=str(chosen))
    logged(client, experiment)
    (chosen / "mine.txt").write_text("stays")
    client.delete_experiment(experiment)

    client.empty_trash()

    assert [path.name for path in chosen.iterdir()] == ["mine.txt"]
    open_stores.close()


@pytest.mark.parametrize("chosen", [False, True], ids=["usual place", "chosen place"])
def test_logged_models_go_with_their_files(tmp_path: Path, chosen: bool) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    location = f"{tmp_path}/chosen" if chosen else None
    with closing(SqlStore(uri)) as store:
        experiment = store.create_experiment("doomed", artifact_location=location)
        alone, inside = (store.create_logged_model(experiment) for _ in range(2))
        for model in (alone, inside):
            folder = Path(model.artifact_location)
            folder.mkdir(parents=True)
            (folder / "weights.bin").write_bytes(b"w")
        store.delete_logged_model(alone.model_id)

    first = Client(uri).empty_trash()
    left = list(tmp_path.rglob("weights.bin"))
    Client(uri).delete_experiment(experiment)
    Client(uri).empty_trash()

    assert first.logged_model_ids == [alone.model_id]
    assert left == [Path(inside.artifact_location) / "weights.bin"]
    assert list(tmp_path.rglob("weights.bin")) == []
    open_stores.close()


def test_files_that_cannot_be_removed_are_named_and_tried_again(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    client = Client(uri)
    experiment = client.create_experiment("far", artifact_location="nowhere://bucket/place")
    run_id = client.create_run(experiment).info.run_id
    client.delete_run(run_id)

    first, second = client.empty_trash(), client.empty_trash()

    assert (first.run_ids, second.run_ids) == ([run_id], [])
    assert first.left == second.left
    assert f"nowhere://bucket/place/{run_id}" in first.left[0]
    open_stores.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_killed_at_any_point_each_run_is_whole_or_gone(tmp_path: Path, seed: int) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    client = Client(uri)
    experiment = client.create_experiment("doomed")
    runs = {logged(client, experiment) for _ in range(4)} | {logged(client) for _ in range(4)}
    client.delete_experiment(experiment)
    for run_id in client.search_runs(["0"]):
        client.delete_run(run_id.info.run_id)
    open_stores.close()
    steps = random.Random(seed).randint(1, 6000)

    killed = subprocess.run([sys.executable, "-c", DYING, uri, str(steps)], check=False, env={**os.environ})
    seen = {run.info.run_id for run in client.search_runs(["0", experiment], run_view_type=ViewType.ALL)}
    with_files = files_of(tmp_path / "runstone-artifacts")
    client.empty_trash()

    assert killed.returncode in {0, -signal.SIGKILL}
    assert seen <= runs
    assert seen <= with_files
    assert files_of(tmp_path / "runstone-artifacts") == set()
    assert not client.search_runs(["0", experiment], run_view_type=ViewType.ALL)
    open_stores.close()
    with closing(sqlite3.connect(tmp_path / "runstone.db")) as driver:
        assert driver.execute("SELECT count(*) FROM leftover").fetchone() == (0,)
        assert driver.execute("PRAGMA foreign_key_check").fetchall() == []


def test_run_that_is_restored_before_its_turn_stays(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db")) as store:
        run_id = store.create_run("0").info.run_id
        store.delete_run(run_id)

        def change() -> list[str]:
            store.restore_run(run_id)
            return store._session.write(partial(trash._remove_runs, [run_id, "gone"]))

        assert store.submit(change).result() == []
        assert store.get_run(run_id).info.lifecycle_stage == "active"


@pytest.mark.parametrize(("age", "seconds"), [(None, 0), ("30d", 2592000), ("1d2h3m4.5s", 93784.5), ("0.5h", 1800)])
def test_age_is_read(age: str | None, seconds: float) -> None:
    assert seconds_of(age) == seconds


@pytest.mark.parametrize("age", ["", "30", "d", "-1d", "1h1d", "1 d", "99999999d", "nan"])
def test_age_that_is_none_is_refused(age: str) -> None:
    with pytest.raises(InvalidValue, match="an age is"):
        seconds_of(age)


class Full:
    """A store of somebody else, whose trash stays."""

    def __init__(self, uri: str) -> None: ...

    def close(self) -> None:
        """Nothing is open."""


def test_store_whose_trash_stays_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(resolve.BUILT_IN, "full", f"{__name__}:Full")

    with pytest.raises(Unsupported, match="cannot be emptied"):
        Client("full://here").empty_trash()
