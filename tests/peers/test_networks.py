"""Runstone's autologging of Lightning and of Keras, which live in an environment of their own."""

import json
import os
from typing import Any

import pytest

from tests.peers.genuine import QUIET, ROOT, SCRIPTS, run_in

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PYTHON = ROOT / ".venv-libraries" / "bin" / "python"
WAYS = ["lightning", "pytorch_lightning", "keras"]
CHOOSING = ["lightning", "keras"]  # where every choice is tried


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not PYTHON.exists():
        pytest.skip("the libraries that log through MLflow are not installed: run `make libraries`")
    folder = tmp_path_factory.mktemp("networks")
    settings = {"PYTHONPATH": str(ROOT / "src"), "RUNSTONE_CAPTURE_GIT": "false", "RUNSTONE_CAPTURE_CONSOLE": "false"}
    variables = {**os.environ, **QUIET, **settings}
    run_in(PYTHON, SCRIPTS / "networks.py", folder / "told.json", variables=variables, folder=folder)
    found: dict[str, Any] = json.loads((folder / "told.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("way", WAYS)
def test_results_are_the_same_bits_with_and_without(seen: dict[str, Any], way: str) -> None:
    assert seen[way]["same"]
    assert seen[way]["same failure"]
    assert ("shape" if way == "keras" else "this batch is bad") in seen[way]["failure"]
    assert seen[way]["restored"]


def test_networks_that_draw_when_they_predict_are_left_as_they_were(seen: dict[str, Any]) -> None:
    assert seen["odd"]["drawing"]


def test_metric_of_several_numbers_is_logged_by_their_places(seen: dict[str, Any]) -> None:
    run = seen["odd"]["by class"]

    assert set(run["curves"]) == {"f1_score_0", "f1_score_1", "f1_score_2", "loss"}
    assert run["models"] == 1
    assert "checkpoints" in run["files"]
    assert "sample_weight" not in run["params"]


def test_network_of_several_inputs_is_logged_and_not_asked(seen: dict[str, Any]) -> None:
    assert seen["odd"]["several"] == 1
    assert seen["odd"]["asked"] == []


@pytest.mark.parametrize("data", ["named", "half"])
def test_dataset_that_is_not_of_arrays_is_trained_on_and_logged_without_it(seen: dict[str, Any], data: str) -> None:
    run = seen["odd"][data]

    assert run["curves"]["train_loss_epoch"] == [0]
    assert run["models"] == 1
    assert run["data"] == []


def test_metric_is_logged_where_it_was_measured(seen: dict[str, Any]) -> None:
    curves = seen["odd"]["rarely"]["curves"]

    assert curves["train_loss_epoch"] == [0, 1, 2]
    assert curves["val_loss"] == [1]


def test_fit_is_logged_by_the_first_process_alone(seen: dict[str, Any]) -> None:
    assert seen["odd"]["second"] == 0


def test_nothing_of_it_has_failed_but_checkpoints_by_what_is_not_measured(seen: dict[str, Any]) -> None:
    said = set(seen["said"])

    assert {text.partition(", and goes on: ")[2].partition(", and what is measured is ")[0] for text in said} == {
        "no checkpoint was kept: checkpoint_monitor is 'loss_of_none'"
    }
    assert {text.split()[3] for text in said} == {"pytorch", "keras"}


STATES = {"lightning": (".pth", ".weights.pth"), "pytorch_lightning": (".pth", ".weights.pth")}
STATES["keras"] = (".keras", ".weights.h5")


@pytest.mark.parametrize("way", WAYS)
def test_best_state_of_a_network_is_kept_while_it_trains(seen: dict[str, Any], way: str) -> None:
    kept = seen[way]["checkpoints"]["by default"]
    losses = seen[way]["run"]["losses"]

    assert kept["states"] == [f"checkpoints/latest_checkpoint{STATES[way][0]}"]
    told = kept["told"]["checkpoints/latest_checkpoint_metrics.json"]
    assert told["epoch"] == losses.index(min(losses))
    assert told["val_loss"] == min(losses)
    assert told["global_step"] > 0


@pytest.mark.parametrize("way", CHOOSING)
def test_every_state_is_kept_and_is_the_networks(seen: dict[str, Any], way: str) -> None:
    kept = seen[way]["checkpoints"]["all weights"]

    assert kept["states"] == [f"checkpoints/epoch_{epoch}/checkpoint{STATES[way][1]}" for epoch in range(3)]
    assert kept["loaded"] == [False, False, True]


@pytest.mark.parametrize("way", CHOOSING)
def test_states_are_kept_by_steps(seen: dict[str, Any], way: str) -> None:
    kept, steps = seen[way]["checkpoints"]["every five steps"], {"keras": [5, 10, 15]}.get(way, [5, 10])

    assert sorted(kept["states"]) == sorted(
        f"checkpoints/global_step_{step}/checkpoint{STATES[way][0]}" for step in steps
    )
    assert {told["global_step"] for told in kept["told"].values()} == set(steps)


@pytest.mark.parametrize("way", CHOOSING)
def test_more_may_be_better(seen: dict[str, Any], way: str) -> None:
    (told,) = seen[way]["checkpoints"]["the highest"]["told"].values()

    assert told["val_loss"] == max(seen[way]["run"]["losses"])


@pytest.mark.parametrize("way", CHOOSING)
def test_no_state_is_kept_where_none_is_wanted(seen: dict[str, Any], way: str) -> None:
    assert seen[way]["checkpoints"]["none"]["states"] == []
    assert seen[way]["checkpoints"]["the best of every two steps"]["states"] == []


@pytest.mark.parametrize("way", WAYS)
def test_keeping_states_changes_no_bit_of_the_training(seen: dict[str, Any], way: str) -> None:
    assert all(kept["same"] for kept in seen[way]["checkpoints"].values())


@pytest.mark.parametrize("way", WAYS)
def test_training_that_fails_is_a_failed_run(seen: dict[str, Any], way: str) -> None:
    assert seen[way]["run"]["status"] == "FINISHED"
    assert seen[way]["failed"] == "FAILED"


@pytest.mark.parametrize(
    ("way", "flavor"), [("lightning", "pytorch"), ("pytorch_lightning", "pytorch"), ("keras", "keras")]
)
def test_trained_model_is_logged_and_predicts_the_same_when_loaded(seen: dict[str, Any], way: str, flavor: str) -> None:
    model = seen[way]["model"]

    assert {flavor, "python_function"} < set(model["flavors"])
    assert model["is equal"]
    assert model["is equal as a function"]
    assert model["run"]
    assert '"shape": [-1, 3]' in model["signature"]["inputs"]
    assert '"shape": [-1, 1]' in model["signature"]["outputs"]
    assert seen[way]["run"]["models"] == 1
    assert seen[way]["failed models"] == 0


@pytest.mark.parametrize("way", ["lightning", "pytorch_lightning"])
def test_lightning_logs_each_epoch_the_optimizer_and_the_hyperparameters(seen: dict[str, Any], way: str) -> None:
    run = seen[way]["run"]

    assert run["library"] == "pytorch"
    assert run["curves"]["val_loss"] == run["curves"]["train_loss_epoch"] == [0, 1, 2]
    assert run["params"].items() >= {"epochs": "3", "optimizer_name": "Adam", "lr": "0.01", "width": "3"}.items()
    assert "model_summary.txt" in run["files"]
    (profile,) = run["data"]
    assert profile.startswith('{"features_shape": [32, 3], ')


def test_keras_logs_each_epoch_the_optimizer_and_a_summary(seen: dict[str, Any]) -> None:
    run = seen["keras"]["run"]

    assert run["library"] == "keras"
    assert run["curves"]["val_mae"] == run["curves"]["loss"] == [0, 1, 2]
    assert run["params"].items() >= {"epochs": "3", "batch_size": "8", "optimizer_name": "adam"}.items()
    assert "model_summary.txt" in run["files"]
    assert len(run["data"]) == 1
