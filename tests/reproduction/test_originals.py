"""Originals out of the ordinary: in the trash, with the longest of names, with metrics that are no numbers."""

import json
from pathlib import Path

import pytest

from runstone.client import Client
from tests.client.capture.repositories import WorkTree
from tests.reproduction.conftest import TRAIN, Command, Train


def test_metrics_that_are_no_numbers_are_words_in_json(train: Train, reproduce: Command, tree: WorkTree) -> None:
    logged = 'runstone.log_metrics({"nan": float("nan"), "most": float("inf"), "least": -float("inf")})'
    tree.write("job/train.py", TRAIN.replace('runstone.log_metric("system/cpu", 50)', logged))
    run_id = train()

    done = reproduce(run_id, "--json")

    assert done.exit_code == 0, done.output
    said = {metric["name"]: (metric["first"], metric["second"]) for metric in json.loads(done.stdout)["metrics"]}
    assert said["nan"] == ("NaN", "NaN")
    assert said["most"] == ("Infinity", "Infinity")
    assert said["least"] == ("-Infinity", "-Infinity")


@pytest.mark.parametrize("store", ["sqlite", "http"], indirect=True)
def test_run_in_the_trash_is_refused_before_anything_runs(train: Train, reproduce: Command, client: Client) -> None:
    run_id = train()
    client.delete_run(run_id)

    done = reproduce(run_id)

    assert done.exit_code == 1
    assert "it is in the trash" in done.stderr
    assert "command" not in done.stderr
    assert client.search_runs(["0"]) == []


def test_run_of_an_experiment_in_the_trash_is_refused(reproduce: Command, client: Client, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    experiment_id = client.create_experiment("removed")
    run_id = client.create_run(experiment_id).info.run_id
    client.delete_experiment(experiment_id)

    done = reproduce(run_id)

    assert done.exit_code == 1
    assert "its experiment is in the trash" in done.stderr


def test_name_that_is_as_long_as_can_be_is_shortened_for_the_repetition(
    train: Train, reproduce: Command, tree: WorkTree, client: Client
) -> None:
    run_id = train()
    client.update_run(run_id, name="x" * 5000)

    done = reproduce(run_id)

    assert done.exit_code == 0, done.output
