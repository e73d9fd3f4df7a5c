"""Runstone's autologging of Lightning and of Keras, which live in an environment of their own."""

import json
import os
import subprocess
from typing import Any

import pytest

from tests.peers.genuine import QUIET, ROOT, SCRIPTS

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PYTHON = ROOT / ".venv-libraries" / "bin" / "python"
WAYS = ["lightning", "pytorch_lightning", "keras"]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not PYTHON.exists():
        pytest.skip("the libraries that log through MLflow are not installed: run `make libraries`")
    folder = tmp_path_factory.mktemp("networks")
    settings = {"PYTHONPATH": str(ROOT / "src"), "RUNSTONE_CAPTURE_GIT": "false", "RUNSTONE_CAPTURE_CONSOLE": "false"}
    done = subprocess.run(
        [PYTHON, SCRIPTS / "networks.py", folder / "told.json"],
        cwd=folder,
        env={**os.environ, **QUIET, **settings},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads((folder / "told.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("way", WAYS)
def test_results_are_the_same_bits_with_and_without(seen: dict[str, Any], way: str) -> None:
    assert seen[way]["same"]
    assert seen[way]["same failure"]
    assert "bad" in seen[way]["failure"] or "shape" in seen[way]["failure"]
    assert seen[way]["restored"]


def test_nothing_of_it_has_failed(seen: dict[str, Any]) -> None:
    assert seen["said"] == []


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
