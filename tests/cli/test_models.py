"""`runstone models`, on folders and on logged models."""

import json
from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.client import context
from tests.cli.conftest import Command
from tests.models.keys import key_pair

# The models that answer in processes of their own are tests/workers' to measure.
pytestmark = pytest.mark.usefixtures("unmeasured_children")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    model = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
    runstone.sklearn.save_model(model, str(tmp_path / "model"), input_example=[[1.0], [3.0]])
    return tmp_path / "model"


def test_model_that_is_as_it_was_is_verified(nowhere: Command, saved: Path) -> None:
    done = nowhere("models", "verify", str(saved), "--quick")

    assert done.exit_code == 0, done.output
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [
        ["files", "passed"],
        ["environment", "skipped"],
        ["answers", "passed"],
    ]


def test_changed_model_is_told_with_an_exit_code(nowhere: Command, saved: Path) -> None:
    (saved / "requirements.txt").write_text("other\n")

    plain = nowhere("models", "verify", str(saved))
    document = nowhere("models", "verify", str(saved), "--json")

    assert plain.exit_code == document.exit_code == 1
    assert "requirements.txt was changed" in plain.stdout
    assert json.loads(document.stdout)["passed"] is False


def test_facts_of_a_logged_model_are_shown(command: Command, address: str) -> None:
    runstone.set_tracking_uri(address)
    try:
        logged = runstone.sklearn.log_model(
            LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0]), name="line", params={"depth": 1}
        )
        with runstone.start_run():
            runstone.log_metric("rmse", float("nan"), model_id=logged.model_id)
    finally:
        context.forget_choices()

    shown = command("models", "info", logged.model_uri).stdout
    document = json.loads(command("models", "info", logged.model_uri, "--json").stdout)

    assert f"id       {logged.model_id}" in shown
    assert "sklearn" in shown
    assert (document["name"], document["params"]) == ("line", {"depth": "1"})
    assert [(metric["key"], metric["value"]) for metric in document["metrics"]] == [("rmse", "NaN")]


def test_facts_of_a_folder_are_shown(nowhere: Command, saved: Path) -> None:
    shown = nowhere("models", "info", str(saved))
    document = json.loads(nowhere("models", "info", str(saved), "--json").stdout)

    assert "takes    [Array(double) (required)]" in shown.stdout, shown.output
    assert document["signature"] is not None
    assert document["model_id"] == ""


def test_missing_model_is_one_sentence(nowhere: Command, tmp_path: Path) -> None:
    done = nowhere("models", "info", str(tmp_path / "nowhere"))

    assert done.exit_code == 1
    assert "there is no file or folder" in done.stderr


def test_signed_model_is_that_of_the_key(nowhere: Command, saved: Path, tmp_path: Path) -> None:
    private, public = key_pair(tmp_path, "ours")
    _, other = key_pair(tmp_path, "theirs")

    unsigned = nowhere("models", "verify", str(saved), "--quick", "--public-key", str(public))
    signed = nowhere("models", "sign", str(saved), "--key", str(private))
    right = nowhere("models", "verify", str(saved), "--quick", "--public-key", str(public))
    wrong = nowhere("models", "verify", str(saved), "--quick", "--public-key", str(other))
    silent = nowhere("models", "verify", str(saved), "--quick")

    assert [done.exit_code for done in (unsigned, signed, right, wrong, silent)] == [1, 0, 0, 1, 0]
    assert "it is not signed" in unsigned.stdout
    assert "signed with the key of ours-public.pem" in right.stdout
    assert "it is signed with another key" in wrong.stdout
    assert "nothing of it is run" in wrong.stdout
    assert "it is signed; to compare that" in silent.stdout
    assert runstone.pyfunc.load_model(str(saved)).predict([[1.0]]) is not None


def test_logged_model_is_signed_with_a_key_that_has_a_password(command: Command, address: str, tmp_path: Path) -> None:
    private, public = key_pair(tmp_path, "ours", password=b"a secret")
    runstone.set_tracking_uri(address)
    try:
        logged = runstone.sklearn.log_model(LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0]), name="line")
    finally:
        context.forget_choices()

    signed = command("models", "sign", logged.model_uri, "--key", str(private), "--ask-password", typed="a secret\n")
    found = command("models", "verify", logged.model_uri, "--quick", "--json", "--public-key", str(public))

    assert signed.exit_code == 0, signed.output
    checks = {check["name"]: check["outcome"] for check in json.loads(found.stdout)["checks"]}
    assert checks == {"files": "passed", "signature": "passed", "environment": "skipped", "answers": "skipped"}


def test_changed_model_is_not_signed(nowhere: Command, saved: Path, tmp_path: Path) -> None:
    private, _ = key_pair(tmp_path, "ours")
    (saved / "requirements.txt").write_text("other\n")

    done = nowhere("models", "sign", str(saved), "--key", str(private))

    assert done.exit_code == 1
    assert "the file 'requirements.txt' was changed" in done.stderr
    assert not (saved / "model.sig").exists()
