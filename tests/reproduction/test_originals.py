"""Originals out of the ordinary: with metrics that are no numbers."""

import json

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
