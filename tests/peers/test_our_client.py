"""Our client on a genuine MLflow server, which counts no entries of a journal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import runstone
from runstone.client.connection import open_journals, open_stores
from runstone.errors import RunstoneError
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
