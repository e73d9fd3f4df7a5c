"""Our client on a genuine MLflow server, which counts no entries of a journal."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import runstone
from runstone.cli.main import main
from runstone.client.connection import open_journals, open_stores
from runstone.errors import RunDeleted, RunNotFound, RunstoneError
from runstone.stores.resolve import open_store
from tests.peers.genuine import running_genuine_server

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_genuine_server(tmp_path_factory.mktemp("theirs")) as address:
        yield address


@pytest.fixture(autouse=True)
def chosen(theirs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    runstone.set_tracking_uri(theirs)
    yield
    while runstone.active_run():
        runstone.end_run()
    open_journals.close()
    open_stores.close()
    runstone.set_tracking_uri("")


def test_what_a_script_logs_arrives() -> None:
    with runstone.start_run(run_name="ours") as run:
        runstone.log_params({f"p{number}": number for number in range(250)})
        for step in range(2500):
            runstone.log_metric("loss", 1 / (step + 1), step=step)
        runstone.set_tag("stage", "first")
        runstone.set_tag("stage", "last")

    found = runstone.get_run(run.info.run_id)
    assert (found.info.status, found.info.run_name, found.data.tags["stage"]) == ("FINISHED", "ours", "last")
    assert len(found.data.params) == 250
    assert len(runstone.Client().get_metric_history(run.info.run_id, "loss")) == 2500
    assert not list(Path(".runstone/runs").iterdir())


def test_param_that_changes_is_refused_and_the_rest_arrives() -> None:
    run = runstone.start_run()
    runstone.log_param("lr", 1)
    runstone.flush_async_logging()
    open_journals.close()  # as another process: what it logged is not known here
    runstone.log_param("lr", 2)
    runstone.log_metric("loss", 0.5)

    with pytest.raises(RunstoneError, match="lr"):
        runstone.end_run()

    found = runstone.get_run(run.info.run_id)
    assert (found.data.params, found.data.metrics, found.info.status) == ({"lr": "1"}, {"loss": 0.5}, "FINISHED")


def test_run_in_the_trash_keeps_its_journal_until_it_is_restored(theirs: str) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.5)
    runstone.flush_async_logging()
    with closing(open_store(theirs)) as store:
        store.delete_run(run.info.run_id)
        for step in range(60):
            runstone.log_metric("loss", 0.25, step=step)
        with pytest.raises(RunDeleted):
            runstone.flush_async_logging()
        store.restore_run(run.info.run_id)
    runstone.end_run()

    assert len(runstone.Client().get_metric_history(run.info.run_id, "loss")) == 61
    assert runstone.get_run(run.info.run_id).info.status == "FINISHED"


def test_run_that_never_was_is_told() -> None:
    runstone.Client().log_metric("0" * 32, "loss", 0.5)

    with pytest.raises(RunNotFound):
        runstone.flush_async_logging()


def test_run_that_was_made_offline_stays_where_it_is_and_says_why(theirs: str) -> None:
    runstone.offline()
    with runstone.start_run(run_name="made offline"):
        runstone.log_metric("loss", 0.5)
    runstone.offline(False)
    open_journals.close()

    done = CliRunner().invoke(main, ["--tracking-uri", theirs, "sync"])

    assert done.exit_code == 1
    assert "still waits: this server chooses the ids of runs itself" in done.output
    assert runstone.search_runs(filter_string="attributes.run_name = 'made offline'", output_format="list") == []
    assert len(list(Path(".runstone/runs").iterdir())) == 1


def test_import_is_refused_before_anything_is_made(theirs: str, tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path}/ours.db"
    with closing(open_store(source)) as store:
        store.create_run(store.create_experiment("imported"))

    done = CliRunner().invoke(main, ["--tracking-uri", theirs, "import", source])

    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {theirs} is a server of MLflow, which chooses the ids of runs itself")
    assert done.stderr.count("\n") == 1
    assert runstone.get_experiment_by_name("imported") is None
