"""``runstone export`` and ``runstone import``."""

import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from runstone.bridge.brought import Brought
from runstone.bridge.importing import bring, measured, steps_of
from runstone.bridge.resolve import open_source
from runstone.cli.bridge import ImportBar
from runstone.client import Client
from runstone.client.connection import open_stores
from runstone.stores.resolve import open_store
from tests.artifacts.test_progress import Terminal
from tests.cli.commands import run


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
    dry_again = run("--tracking-uri", "sqlite:///other.db", "import", "trials.zip", "--dry-run", folder=tmp_path)

    what = "1 experiment, 1 run, 1 metric value"
    assert written.stdout == f"Wrote {what} and 1 file to trials.zip.\n"
    told = f"To bring: {what}, 1 file and 5 bytes from trials.zip, but for what is there already.\n"
    assert dry.stdout == dry_again.stdout == told
    assert brought.stdout == (
        f"Brought {what}, 1 file and 5 bytes from trials.zip.\n"
        "Not kept: when things were changed last, and the ids of experiments.\n"
    )
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
        "prompts": 0,
        "notes": [],
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
        "problems": [],
    }
    assert not (tmp_path / "run.zip").exists()
    assert not (tmp_path / "other.db").exists()


def test_bundle_that_lacks_something_is_written_and_ends_with_1(tmp_path: Path, run_id: str) -> None:
    [file] = tmp_path.glob("runstone-artifacts/**/note.txt")
    file.write_text("changed")  # the hash that was recorded stays
    file.with_name("a:b").write_text("nobody can ask for it")

    written = run("export", "trials", "-o", "trials.zip", folder=tmp_path)
    told = run("export", "trials", "-o", "again.zip", "--json", folder=tmp_path)
    brought = run("--tracking-uri", "sqlite:///other.db", "import", "trials.zip", folder=tmp_path)

    assert (written.returncode, told.returncode, brought.returncode) == (1, 1, 1)
    assert written.stdout.endswith("to trials.zip.\n")
    assert f"among the files of the run {run_id}, some were left out: " in written.stderr
    assert [each in written.stderr for each in json.loads(told.stdout)["problems"]] == [True] * 2


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
    assert brought.stdout.startswith("Brought 1 experiment and 1 run from sqlite:///runstone.db.\n")


def test_runs_without_files_are_counted_in_one_sentence_and_named_in_json(tmp_path: Path) -> None:
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    ids = sorted(client.create_run("0").info.run_id for _ in range(2))
    open_stores.close()

    brought = run("--tracking-uri", "sqlite:///other.db", "import", "sqlite:///runstone.db", folder=tmp_path)
    named = run("--tracking-uri", "sqlite:///third.db", "import", "sqlite:///runstone.db", "--json", folder=tmp_path)

    assert (brought.returncode, brought.stderr) == (0, "")
    assert "Without a folder of files: 2 of its runs and logged models, which have no files" in brought.stdout
    told = json.loads(named.stdout)["notes"]
    assert [note.partition(" has no folder")[0] for note in told] == [f"the run {each}" for each in ids]


def test_only_experiments_that_are_named_are_brought(tmp_path: Path, run_id: str) -> None:
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    for name in ("other", "third"):
        client.create_run(client.create_experiment(name))
    open_stores.close()
    command = ("--tracking-uri", "sqlite:///other.db", "import", "sqlite:///runstone.db")

    dry = run(*command, "--experiment", "trials", "--dry-run", folder=tmp_path)
    brought = run(*command, "--experiment", "trials", "--experiment", "third", folder=tmp_path)
    missing = run(*command, "--experiment", "none", folder=tmp_path)

    assert dry.stdout.startswith("To bring: 1 experiment, 1 run, 1 metric value, 1 file")
    assert brought.stdout.startswith("Brought 2 experiments, 2 runs, 1 metric value, 1 file")
    assert (missing.returncode, missing.stderr) == (1, "Error: no experiment has the name 'none'\n")
    with closing(open_store(f"sqlite:///{tmp_path}/other.db")) as store:
        assert {each.name for each in store.search_experiments()} == {"Default", "third", "trials"}


@pytest.mark.parametrize("dry_run", [True, False])
def test_terminal_shows_how_far_an_import_is(tmp_path: Path, run_id: str, dry_run: bool) -> None:
    target, screen = f"sqlite:///{tmp_path}/other.db", Terminal()
    with (
        closing(open_source(f"sqlite:///{tmp_path}/runstone.db")) as source,
        closing(open_store(target)) as store,
        ImportBar(lambda: steps_of(source, dry_run=dry_run), file=screen, after_s=0) as bar,
    ):
        if dry_run:
            measured(source, watch=bar.watch)
        else:
            bring(source, store, tracking_uri=target, watch=bar.watch)

    assert "import: 1 runs, 1 values, 1 files" in screen.getvalue()
    assert "100%" in screen.getvalue()


def test_nothing_is_counted_where_there_is_no_terminal() -> None:
    def count() -> int:
        raise AssertionError("nobody looks")

    with ImportBar(count, file=(file := io.StringIO()), after_s=0) as bar:
        bar.watch(1, Brought())

    assert file.getvalue() == ""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("export", "-o", "a.zip"), 2, "give either an experiment or runs"),
        (("export", "trials", "--run", "0" * 32, "-o", "a.zip"), 2, "give either an experiment or runs"),
        (("export", "none", "-o", "a.zip"), 1, "'none'"),
        (("export", "--run", "0" * 32, "-o", "a.zip"), 1, "0" * 32),
        (("export", "trials", "-o", "runstone.db"), 1, "name another one"),
        (("import", "a.db", "--allow-artifacts-under", "none"), 2, "'none' does not exist"),
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


@pytest.mark.parametrize("source", ["sqlite:///{folder}/runstone.db", "sqlite:///./a/../runstone.db"])
def test_store_is_not_imported_into_itself_by_another_spelling(tmp_path: Path, run_id: str, source: str) -> None:
    done = run("import", source.format(folder=tmp_path), folder=tmp_path)

    assert done.returncode == 2
    assert "SOURCE is where the runs would go" in done.stderr
