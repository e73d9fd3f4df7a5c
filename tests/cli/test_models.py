"""`runstone models`, on folders and on logged models."""

import json
from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.client import context
from tests.cli.conftest import Command


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    model = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
    runstone.sklearn.save_model(model, str(tmp_path / "model"), input_example=[[1.0], [3.0]])
    return tmp_path / "model"


def test_model_that_is_as_it_was_is_verified(command: Command, saved: Path) -> None:
    done = command("models", "verify", str(saved), "--quick")

    assert done.exit_code == 0, done.output
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [
        ["files", "passed"],
        ["environment", "skipped"],
        ["answers", "passed"],
    ]


def test_changed_model_is_told_with_an_exit_code(command: Command, saved: Path) -> None:
    (saved / "requirements.txt").write_text("other\n")

    plain = command("models", "verify", str(saved))
    document = command("models", "verify", str(saved), "--json")

    assert plain.exit_code == document.exit_code == 1
    assert "requirements.txt was changed" in plain.stdout
    assert json.loads(document.stdout)["passed"] is False


def test_facts_of_a_logged_model_are_shown(command: Command, address: str) -> None:
    runstone.set_tracking_uri(address)
    try:
        logged = runstone.sklearn.log_model(
            LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0]), name="line", params={"depth": 1}
        )
    finally:
        context.forget_choices()

    shown = command("models", "info", logged.model_uri).stdout
    document = json.loads(command("models", "info", logged.model_uri, "--json").stdout)

    assert f"id       {logged.model_id}" in shown
    assert "sklearn" in shown
    assert (document["name"], document["params"]) == ("line", {"depth": "1"})


def test_facts_of_a_folder_are_shown(command: Command, saved: Path) -> None:
    shown = command("models", "info", str(saved))
    document = json.loads(command("models", "info", str(saved), "--json").stdout)

    assert "takes    [Array(double) (required)]" in shown.stdout, shown.output
    assert document["signature"] is not None
    assert document["model_id"] == ""


def test_missing_model_is_one_sentence(command: Command, tmp_path: Path) -> None:
    done = command("models", "info", str(tmp_path / "nowhere"))

    assert done.exit_code == 1
    assert "there is no file or folder" in done.stderr
