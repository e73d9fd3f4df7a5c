"""A run is done again from what it captured: the same code, the same command, the same metrics."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from runstone.client import Client
from runstone.entities import RunStatus
from tests.client.capture.repositories import WorkTree
from tests.reproduction.conftest import TRAIN, Command, Train


def verdict_of(client: Client, run_id: str) -> dict[str, Any]:
    (file,) = client.list_artifacts(run_id, "runstone/reproductions")
    said: dict[str, Any] = json.loads(Path(client.download_artifacts(run_id, file.path)).read_text())
    return said


@pytest.mark.parametrize("store", ["sqlite", "http"], indirect=True)
def test_run_is_the_same_again_though_its_repository_has_changed(
    train: Train, reproduce: Command, tree: WorkTree, client: Client
) -> None:
    run_id = train()
    tree.write("job/model.py", "raise SystemExit('this is not the code of the run')")
    tree.write("job/settings.json", "{}")
    tree.commit()

    done = reproduce(run_id)

    assert done.exit_code == 0, done.output
    run, verdict = client.get_run(run_id), verdict_of(client, run_id)
    again = client.get_run(verdict["reproduced_by"])
    assert run.data.tags["runstone.reproduction"] == "same"
    assert run.data.tags["runstone.reproducedBy"] == again.info.run_id
    assert again.data.tags["runstone.reproduces"] == run_id
    assert again.data.params == run.data.params == {"lr": "0.1", "steps": "5"}
    assert again.data.metrics == run.data.metrics
    assert (again.info.status, again.info.run_name) == (RunStatus.FINISHED, "fit")
    assert verdict["metrics"] == [
        {"name": "loss", "first": run.data.metrics["loss"], "second": again.data.metrics["loss"], "is_same": True}
    ]
    assert "verdict" in done.stdout
    assert "All metrics are the same." in done.stdout


def test_repetition_can_be_repeated_from_the_remote(
    train: Train, reproduce: Command, tree: WorkTree, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare.git"
    tree.git("clone", "-q", "--bare", str(tree.folder), str(bare))
    tree.git("remote", "add", "origin", bare.as_uri())
    run_id = train()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    first = reproduce(run_id)
    named = reproduce(run_id, "--repository", str(bare))

    assert first.exit_code == 0, first.output
    assert named.exit_code == 0, named.output
    assert str(tree.folder) not in first.stderr


def test_metric_that_differs_is_told_unless_it_is_tolerated(
    train: Train, reproduce: Command, tree: WorkTree, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = 'import random; runstone.log_metric("seconds", random.random()); print("trained")'
    noisy = TRAIN.replace('runstone.log_metric("system/cpu", 50)', noise)
    tree.write("job/train.py", noisy)
    run_id = train()

    strict = reproduce(run_id, "--atol", "0")
    printed = capfd.readouterr().out
    loose = reproduce(run_id, "--rtol", "seconds=inf", "--json")
    aside = capfd.readouterr()

    assert strict.exit_code == 3, strict.output
    assert "different" in strict.stdout
    assert loose.exit_code == 0, loose.output
    said = json.loads(loose.stdout)
    assert (printed.endswith("trained\n"), aside.out, "trained\n" in aside.err) == (True, "", True)
    assert said["verdict"] == "same"
    assert said["tolerances"]["rtol_of"]["seconds"] in {float("inf"), "Infinity", None}
    assert client.get_run(run_id).data.tags["runstone.reproduction"] == "same"


def test_program_that_fails_is_told(
    train: Train, reproduce: Command, tree: WorkTree, client: Client, tmp_path: Path
) -> None:
    data = tmp_path / "data.txt"
    data.write_text("1")
    tree.write("job/train.py", TRAIN + f"\nopen({str(data)!r})\n")
    run_id = train()
    data.unlink()

    done = reproduce(run_id)

    assert done.exit_code == 4, done.output
    assert "The program failed with exit code 1.\n" in done.stdout
    assert client.get_run(run_id).data.tags["runstone.reproduction"] == "failed"


def test_program_that_does_not_log_to_the_run_is_told(train: Train, reproduce: Command, tree: WorkTree) -> None:
    tree.write("job/train.py", 'import os\nif "RUNSTONE_REPRODUCES" in os.environ:\n    raise SystemExit\n' + TRAIN)

    done = reproduce(train())

    assert done.exit_code == 4, done.output
    assert "The program ended without an error, but did not log to the run.\n" in done.stdout


def test_program_that_makes_several_runs_is_told(
    train: Train, reproduce: Command, tree: WorkTree, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    second = 'with runstone.start_run(run_name="second"):\n    runstone.log_metric("loss", 7)\n    '
    inner = 'with runstone.start_run(nested=True):\n        pass\nprint("end", end="")\n'
    tree.write("job/train.py", TRAIN + second + inner)
    train()
    (run,) = client.search_runs(["0"], "attributes.run_name = 'second'")

    done = reproduce(run.info.run_id)

    assert done.exit_code == 3, done.output
    assert "The program made 2 runs; the first of them was compared.\n" in done.stdout
    assert len(verdict_of(client, run.info.run_id)["beside"]) == 1
    assert capfd.readouterr().out.endswith("end")
    assert done.stdout.startswith("\nmetric")


SWEEP = """
from multiprocessing import get_context
import runstone

def trial(number, parent):
    with runstone.start_run(run_name=f"trial {number}", parent_run_id=parent):
        runstone.log_metric("score", number)

if __name__ == "__main__":
    with runstone.start_run(run_name="sweep") as run:
        for number in range(2):
            process = get_context("spawn").Process(target=trial, args=(number, run.info.run_id))
            process.start()
            process.join()
        runstone.log_metric("best", 1)
"""


def test_runs_of_child_processes_are_made_again_beside_the_repetition(
    train: Train, reproduce: Command, tree: WorkTree, client: Client
) -> None:
    tree.write("job/train.py", SWEEP)
    train()
    (run,) = client.search_runs(["0"], "attributes.run_name = 'sweep'")

    done = reproduce(run.info.run_id)

    assert done.exit_code == 0, done.output
    again = client.get_run(verdict_of(client, run.info.run_id)["reproduced_by"])
    trials = client.search_runs(["0"], f"tags.`mlflow.parentRunId` = '{again.info.run_id}'")
    assert (again.info.run_name, again.data.metrics) == ("sweep", {"best": 1})
    assert {trial.info.run_name for trial in trials} == {"trial 0", "trial 1"}


def test_run_without_metrics_has_nothing_to_compare(train: Train, reproduce: Command, tree: WorkTree) -> None:
    tree.write("job/train.py", "import runstone\nrunstone.log_param('a', 1)\n")

    done = reproduce(train())

    assert done.exit_code == 5, done.output


def test_nothing_runs_before_the_command_is_shown_and_confirmed(
    train: Train, reproduce: Command, client: Client, tree: WorkTree
) -> None:
    run_id = train()

    done = reproduce(run_id, input="n\n")
    unanswered = reproduce(run_id, input="")

    assert (done.exit_code, unanswered.exit_code) == (1, 1)
    assert done.stderr.endswith("Nothing was run.\n")
    assert "give --yes to run it" in unanswered.stderr
    assert "command      python" in done.stderr
    assert "train.py 0.1" in done.stderr
    assert "The command runs with your rights" in done.stderr
    assert len(client.search_runs(["0"])) == 1


def test_folder_that_is_named_is_kept(train: Train, reproduce: Command, tmp_path: Path) -> None:
    run_id = train()

    done = reproduce(run_id, "--folder", str(tmp_path / "kept"))
    twice = reproduce(run_id, "--folder", str(tmp_path / "kept"))

    assert done.exit_code == 0, done.output
    assert (tmp_path / "kept/code/job/settings.json").read_text() == '{"steps": 5}'
    assert twice.exit_code == 1
    assert "is not empty" in twice.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"RUNSTONE_CAPTURE_GIT": "0"}, "its code was not captured"),
        ({"RUNSTONE_CAPTURE_ENVIRONMENT": "0"}, "its environment was not captured"),
    ],
)
def test_run_that_was_not_captured_says_what_is_missing(
    train: Train, reproduce: Command, settings: dict[str, str], told: str
) -> None:
    done = reproduce(train(**settings))

    assert done.exit_code == 1
    assert told in done.stderr


def test_command_with_a_secret_is_refused(train: Train, reproduce: Command) -> None:
    done = reproduce(train("train.py", "0.1", "--password", "hunter2"))

    assert done.exit_code == 1
    assert "its command line held a secret" in done.stderr


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"notebook": True}, "a notebook, which has no command"),
        ({"directory": None}, "its working directory was not in its repository"),
        ({"command": []}, "no command starts it"),
        ({"command": ["python", "train.py", "Ren\ufffd"]}, "its command line was not UTF-8"),
        ({"command": ["../../bin/sh", "-c", "true"]}, "which is no name of a program"),
    ],
)
def test_environment_that_is_not_enough_is_refused(
    train: Train, reproduce: Command, client: Client, change: dict[str, Any], told: str
) -> None:
    run_id = train()
    file = Path(client.download_artifacts(run_id, "runstone/environment.json"))
    client.log_dict(run_id, json.loads(file.read_bytes()) | change, "runstone/environment.json")

    done = reproduce(run_id)

    assert done.exit_code == 1
    assert told in done.stderr


def test_repetition_that_cannot_start_is_not_left_running(train: Train, reproduce: Command, client: Client) -> None:
    run_id = train()
    facts = json.loads(Path(client.download_artifacts(run_id, "runstone/environment.json")).read_bytes())

    client.log_dict(run_id, facts | {"directory": "gone"}, "runstone/environment.json")
    nowhere = reproduce(run_id)
    client.log_dict(run_id, facts | {"command": ["no-such-tool"]}, "runstone/environment.json")
    nothing = reproduce(run_id)

    assert (nowhere.exit_code, nothing.exit_code) == (1, 1)
    assert "'gone' that the run was started in is not in its code" in nowhere.stderr
    assert "'no-such-tool' of the run cannot be started" in nothing.stderr
    statuses = {run.info.run_name: run.info.status for run in client.search_runs(["0"])}
    assert statuses == {"fit": RunStatus.FINISHED, "fit again": RunStatus.FAILED}


@pytest.mark.parametrize("store", ["sqlite", "http"], indirect=True)
def test_program_that_chooses_an_address_logs_where_the_original_is(
    train: Train, reproduce: Command, tree: WorkTree, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    if client.tracking_uri.startswith("http"):
        address, told = client.tracking_uri, 0
    else:
        address, told = "sqlite:///../../store/runs.db", 1
    tree.write("job/train.py", TRAIN.replace("settings =", f"runstone.set_tracking_uri({address!r})\nsettings ="))
    run_id = train()

    done = reproduce(run_id)

    assert done.exit_code == 0, done.output
    assert verdict_of(client, run_id)["verdict"] == "same"
    assert capfd.readouterr().err.count("the address that the code chooses is not used") == told


def test_program_does_not_hear_what_is_typed(train: Train, reproduce: Command, tree: WorkTree, client: Client) -> None:
    tree.write("job/train.py", TRAIN.replace('"system/cpu", 50', '"heard", len(sys.stdin.read())'))
    run_id = train()
    typed, keyboard = os.pipe()
    os.write(keyboard, b"yes\n")
    os.close(keyboard)
    former = os.dup(0)
    os.dup2(typed, 0)
    try:
        reproduce(run_id)
    finally:
        os.dup2(former, 0)
        os.close(former)
        os.close(typed)

    assert client.get_run(verdict_of(client, run_id)["reproduced_by"]).data.metrics["heard"] == 0


def test_commit_that_is_an_option_is_refused(train: Train, reproduce: Command, client: Client) -> None:
    run_id = train()
    file = Path(client.download_artifacts(run_id, "runstone/code/code.json"))
    client.log_dict(run_id, json.loads(file.read_bytes()) | {"commit": "--orphan=x"}, "runstone/code/code.json")

    done = reproduce(run_id)

    assert done.exit_code == 1
    assert "its commit '--orphan=x' is none" in done.stderr


def test_remote_that_names_a_program_runs_none(
    train: Train, reproduce: Command, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = train()
    file = Path(client.download_artifacts(run_id, "runstone/code/code.json"))
    remote = {"remote": f"ext::touch {tmp_path}/ran"}
    client.log_dict(run_id, json.loads(file.read_bytes()) | remote, "runstone/code/code.json")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.ext.allow")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "always")
    monkeypatch.chdir(tmp_path)

    done = reproduce(run_id)

    assert done.exit_code == 1
    assert "transport 'ext' not allowed" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_command_cannot_hide_from_the_terminal(train: Train, reproduce: Command, client: Client) -> None:
    run_id = train()
    file = Path(client.download_artifacts(run_id, "runstone/environment.json"))
    hidden = {"command": ["python", "-c", "evil()", "\x1b[2K\rharmless"]}
    client.log_dict(run_id, json.loads(file.read_bytes()) | hidden, "runstone/environment.json")

    done = reproduce(run_id, input="n\n")

    assert "\x1b" not in done.stderr
    assert r"\x1b[2K\rharmless" in done.stderr


def test_nested_run_names_the_run_around_it(train: Train, reproduce: Command, tree: WorkTree, client: Client) -> None:
    tree.write("job/train.py", "import runstone as r\nwith r.start_run():\n  with r.start_run(nested=True): pass\n")
    train()
    inner = client.search_runs(["0"], "tags.mlflow.parentRunId != ''")[0]

    done = reproduce(inner.info.run_id)

    assert done.exit_code == 1
    assert f"within the run {inner.data.tags['mlflow.parentRunId']}" in done.stderr


def test_commit_that_is_nowhere_is_told(
    train: Train, reproduce: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = train()
    other = WorkTree(tmp_path / "other")
    other.commit()
    (tmp_path / "empty").mkdir()

    for folder in (other.folder, tmp_path / "empty"):
        monkeypatch.chdir(folder)
        done = reproduce(run_id, input="y\n")

        assert done.exit_code == 1
        assert "is found nowhere" in done.stderr
        assert "--repository" in done.stderr
        assert "Run this?" not in done.stderr


def test_patch_that_does_not_apply_is_told(train: Train, reproduce: Command, client: Client) -> None:
    run_id = train()
    patch = Path(client.download_artifacts(run_id, "runstone/code/patch.diff")).read_text()
    client.log_text(run_id, patch.replace("5.0", "6.0"), "runstone/code/patch.diff")

    done = reproduce(run_id)

    assert done.exit_code == 1
    assert "the patch of the run does not apply to its commit" in done.stderr


@pytest.mark.parametrize("path", ["link/evil.py", ".git/hooks/pre-commit"])
def test_file_that_leaves_the_folder_is_refused(
    train: Train, reproduce: Command, client: Client, tree: WorkTree, tmp_path: Path, path: str
) -> None:
    (tree.folder / "link").symlink_to(tmp_path)
    tree.commit()
    run_id = train()
    facts = json.loads(Path(client.download_artifacts(run_id, "runstone/code/code.json")).read_bytes())
    client.log_dict(run_id, facts | {"untracked": [path]}, "runstone/code/code.json")
    client.log_text(run_id, "evil", f"runstone/code/untracked/{path}")

    done = reproduce(run_id)

    assert done.exit_code == 1
    assert "belongs outside of its folder" in done.stderr
    assert not (tmp_path / "evil.py").exists()


def test_secrets_beside_a_change_do_not_hinder_it(train: Train, reproduce: Command, tree: WorkTree) -> None:
    tree.write("job/model.py", "password = 'hunter2'\n" + MODEL_OF_COMMIT)
    tree.commit()
    tree.write("job/model.py", "password = 'hunter2'\n" + MODEL_OF_COMMIT.replace("5.0", "3.0"))

    done = reproduce(train())

    assert done.exit_code == 0, done.output
    assert "Secrets of its code" not in done.stderr  # its commit has it


def test_secrets_that_are_gone_are_counted(train: Train, reproduce: Command, tree: WorkTree) -> None:
    tree.commit()
    tree.write("job/login.yaml", "password: hunter2\n")

    done = reproduce(train())

    assert done.exit_code == 0, done.output
    assert " with 1 untracked file\n" in done.stderr
    assert "Secrets of its code that were replaced by [redacted]: 1." in done.stderr


MODEL_OF_COMMIT = "w = 5.0\ndef fit(lr, steps):\n    return [w * lr] * steps\n"


@pytest.mark.parametrize("text", ["a=b", "-1", "nan", "unknown=1"])
def test_tolerance_that_is_none_is_refused(train: Train, reproduce: Command, text: str) -> None:
    done = reproduce(train(), f"--rtol={text}")

    assert done.exit_code in {1, 2}
    assert "tolerance" in done.stderr
