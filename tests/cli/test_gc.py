"""``runstone gc``."""

import json
from pathlib import Path

import pytest

from runstone.client import Client
from runstone.client.connection import open_stores
from tests.cli.commands import run


@pytest.fixture
def doomed(tmp_path: Path) -> tuple[str, str]:
    """An experiment in the trash, with a run."""
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    experiment = client.create_experiment("doomed")
    run_id = client.create_run(experiment).info.run_id
    client.log_text(run_id, "text", "note.txt")
    client.delete_experiment(experiment)
    open_stores.close()
    return experiment, run_id


@pytest.mark.parametrize("option", ["--run-ids", "--experiment-ids"])
@pytest.mark.parametrize("ids", ["", " , "])
def test_empty_list_of_ids_removes_nothing(tmp_path: Path, doomed: tuple[str, str], option: str, ids: str) -> None:
    done = run("gc", option, ids, folder=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "names none" in done.stderr
    assert doomed[1] in run("gc", "--dry-run", folder=tmp_path).stdout


def test_empty_age_removes_nothing(tmp_path: Path, doomed: tuple[str, str]) -> None:
    done = run("gc", "--older-than", "", folder=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert "an age is days, hours" in done.stderr
    assert doomed[1] in run("gc", "--dry-run", folder=tmp_path).stdout


def test_trash_is_listed_then_removed(tmp_path: Path, doomed: tuple[str, str]) -> None:
    experiment, run_id = doomed

    dry = run("gc", "--dry-run", folder=tmp_path)
    young = run("gc", "--older-than", "1d", "--json", folder=tmp_path)
    done = run("gc", "--experiment-ids", experiment, "--json", folder=tmp_path)
    nothing = run("gc", folder=tmp_path)

    assert dry.stdout == f"Experiment {experiment} would be removed.\nRun {run_id} would be removed.\n"
    assert json.loads(young.stdout) == {
        "experiment_ids": [],
        "run_ids": [],
        "logged_model_ids": [],
        "kept": [],
        "left": [],
    }
    gone = json.loads(done.stdout)
    assert (gone["experiment_ids"], gone["run_ids"], gone["left"]) == ([experiment], [run_id], [])
    assert nothing.stdout == "There is nothing to remove.\n"
    assert not list((tmp_path / "runstone-artifacts").iterdir())


def test_files_that_stay_are_an_error(tmp_path: Path) -> None:
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    experiment = client.create_experiment("far", artifact_location="nowhere://bucket/place")
    client.create_run(experiment)
    client.delete_experiment(experiment)
    open_stores.close()

    done = run("gc", "--backend-store-uri", f"sqlite:///{tmp_path}/runstone.db", folder=tmp_path)

    assert done.returncode == 1
    assert "These files are still there: nowhere://bucket/place/" in done.stderr


def test_what_is_in_use_is_refused_in_one_sentence(tmp_path: Path, doomed: tuple[str, str]) -> None:
    done = run("gc", "--experiment-ids", "0", folder=tmp_path)

    assert done.returncode == 1
    assert done.stderr == "Error: the experiment '0' is not in the trash; delete it first\n"
