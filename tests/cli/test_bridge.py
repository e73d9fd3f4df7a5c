"""``runstone export`` and ``runstone import``."""

import json
from pathlib import Path

import pytest

from runstone.client import Client
from runstone.client.connection import open_stores
from tests.cli.processes import run


@pytest.fixture
def run_id(tmp_path: Path) -> str:
    """A run of the experiment `trials` in the database of the folder, with a value and a file."""
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    made = client.create_run(client.create_experiment("trials")).info.run_id
    client.log_metric(made, "loss", float("nan"))
    client.log_text(made, "hello", "note.txt")
    open_stores.close()
    return made


def test_experiment_goes_into_a_bundle_and_into_another_store(tmp_path: Path, run_id: str) -> None:
    written = run("export", "trials", "-o", "trials.zip", folder=tmp_path)
    dry = run("--tracking-uri", "sqlite:///other.db", "import", "trials.zip", "--dry-run", folder=tmp_path)
    brought = run("--tracking-uri", "sqlite:///other.db", "import", "trials.zip", folder=tmp_path)
    again = run("--tracking-uri", "sqlite:///other.db", "import", "trials.zip", "--json", folder=tmp_path)

    what = "1 experiment, 1 run, 1 metric value"
    assert written.stdout == f"Wrote {what} and 1 file to trials.zip.\n"
    assert dry.stdout == f"Would bring {what}, 1 file and 5 bytes from trials.zip.\n"
    assert brought.stdout == f"Brought {what}, 1 file and 5 bytes from trials.zip.\n"
    assert json.loads(again.stdout) == {
        "source": "trials.zip",
        "is_brought": True,
        "experiments": 0,
        "runs": 0,
        "metric_values": 0,
        "logged_models": 0,
        "registered_models": 0,
        "model_versions": 0,
        "files": 0,
        "bytes": 0,
        "already_there": 1,
        "problems": [],
    }
    shown = run("--tracking-uri", "sqlite:///other.db", "runs", "show", run_id, folder=tmp_path)
    assert "nan" in shown.stdout


def test_dry_run_writes_nothing(tmp_path: Path, run_id: str) -> None:
    run("export", "trials", "-o", "trials.zip", folder=tmp_path)

    dry = run("export", "--run", run_id, "-o", "run.zip", "--dry-run", "--json", folder=tmp_path)
    run("--tracking-uri", "sqlite:///other.db", "import", "trials.zip", "--dry-run", folder=tmp_path)

    assert json.loads(dry.stdout) == {
        "file": "run.zip",
        "is_written": False,
        "experiments": 1,
        "runs": 1,
        "metric_values": 1,
        "logged_models": 0,
        "registered_models": 0,
        "model_versions": 0,
        "files": 1,
    }
    assert not (tmp_path / "run.zip").exists()
    assert not (tmp_path / "other.db").exists()


def test_database_of_runstone_is_a_source(tmp_path: Path, run_id: str) -> None:
    brought = run("--tracking-uri", "sqlite:///other.db", "import", "sqlite:///runstone.db", folder=tmp_path)

    assert brought.returncode == 0
    assert (
        "Brought 1 experiment, 1 run, 1 metric value, 1 file and 5 bytes from sqlite:///runstone.db.\n"
        in brought.stdout
    )


def test_what_could_not_be_brought_is_told_and_ends_with_1(tmp_path: Path) -> None:
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    client.create_run(client.create_experiment("far", artifact_location="nowhere://bucket/place"))
    open_stores.close()

    dry = run("--tracking-uri", "sqlite:///other.db", "import", "sqlite:///runstone.db", "--dry-run", folder=tmp_path)
    brought = run("--tracking-uri", "sqlite:///other.db", "import", "sqlite:///runstone.db", folder=tmp_path)

    assert (dry.returncode, brought.returncode) == (1, 1)
    assert "would be left out: no store of artifacts is known for the scheme 'nowhere'" in dry.stderr
    assert "were left out: no store of artifacts is known for the scheme 'nowhere'" in brought.stderr
    assert brought.stdout == "Brought 1 experiment and 1 run from sqlite:///runstone.db.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("export", "-o", "a.zip"), 2, "give either an experiment or runs"),
        (("export", "trials", "--run", "0" * 32, "-o", "a.zip"), 2, "give either an experiment or runs"),
        (("export", "none", "-o", "a.zip"), 1, "'none'"),
        (("export", "--run", "0" * 32, "-o", "a.zip"), 1, "0" * 32),
        (("export", "trials", "-o", "runstone.db"), 1, "name another one"),
        (("import", "none.zip"), 1, "there is no file or folder 'none.zip'"),
        (("import", "."), 1, "is no folder of MLflow"),
        (("import", "runstone.db"), 1, "is a database; name it 'sqlite:///runstone.db'"),
        (("import", "note.txt"), 1, "is no bundle"),
        (("import", "mysql://host/mlflow"), 1, "nothing can be imported from 'mysql://host/mlflow'"),
        (("import", "sqlite:///none.db"), 1, "there is no database"),
        (("import", "sqlite:///runstone.db"), 2, "SOURCE is where the runs would go"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    tmp_path: Path, run_id: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    (tmp_path / "note.txt").write_text("a note")

    done = run(*arguments, folder=tmp_path)

    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == (1 if code == 1 else 4)
    assert not (tmp_path / "a.zip").exists()
