"""Passage 1: from ``log_metric`` in a training script to the row in the database, and back."""

import math
import sqlite3
from pathlib import Path

import pytest

import runstone
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server


def test_metric_goes_from_the_script_to_the_row_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = tmp_path / "runstone.db"
    with running_server(ServerOptions(store_uri=f"sqlite:///{database}")) as address:
        runstone.set_tracking_uri(address)
        runstone.set_experiment("passage")

        with runstone.start_run() as run:
            for step in range(3):
                runstone.log_metric("loss", 1 / (step + 1), step=step, timestamp=1000 + step)
            runstone.log_metric("loss", math.nan, step=3, timestamp=1003)

        with sqlite3.connect(database) as connection:
            row = connection.execute(
                "SELECT latest.value, is_nan, step, timestamp, run.status FROM latest "
                "JOIN key ON key.id = key_id JOIN run ON run.id = run_id WHERE key.name = 'loss' AND run.uuid = ?",
                (run.info.run_id,),
            ).fetchone()
        connection.close()
        history = runstone.MlflowClient().get_metric_history(run.info.run_id, "loss")

    assert row == (None, 1, 3, 1003, "FINISHED")
    assert [point.value for point in history[:3]] == [1.0, 0.5, 1 / 3]
    assert math.isnan(history[3].value)
    assert not (tmp_path / "runstone-artifacts").exists()
