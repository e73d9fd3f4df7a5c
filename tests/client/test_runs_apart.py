"""What a store says of one run hinders no other."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest

import runstone
from runstone.client import Client
from runstone.client.connection import open_journals
from runstone.entities import Param
from runstone.errors import ExperimentDeleted, TooLarge
from runstone.journal import pause
from runstone.server.listen import ServerOptions
from runstone.stores.resolve import open_store
from runstone.testing.server import running_server
from tests.faults.servers import Server

LARGE = [Param(f"p{number}", "x" * 6000) for number in range(300)]


def comes_true(said: Callable[[], bool]) -> bool:
    """Whether that holds within a minute: the machine may be busy."""
    return any(said() or Event().wait(0.05) for _ in range(1200))


def test_run_whose_experiment_was_deleted_meanwhile_hinders_no_other(server: Server, tmp_path: Path) -> None:
    gone = runstone.set_experiment(f"experiment {uuid4()}").experiment_id
    server.kill()
    runstone.start_run()
    runstone.log_metric("loss", 0.5)
    with closing(open_store(f"sqlite:///{tmp_path}/runstone.db")) as database:
        database.delete_experiment(gone)
    server.start()
    with closing(open_store(server.address)) as store:
        other = Client().create_run("0").info.run_id
        runstone.log_metric("loss", 0.25, run_id=other)

        assert comes_true(lambda: store.get_run(other).data.metrics == {"loss": 0.25})
    assert [run.info.run_id for run in Client().search_runs(["0"])] == [other]
    with pytest.raises(ExperimentDeleted):
        runstone.end_run()


def test_call_that_is_too_large_for_the_server_is_refused_alone(
    sqlite_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_MAX_REQUEST_MB", "1")  # for a server of this process
    with running_server(ServerOptions(store_uri=sqlite_uri, artifacts_destination=str(tmp_path / "files"))) as address:
        runstone.set_tracking_uri(address)
        large, other = (Client().create_run("0").info.run_id for _ in range(2))
        with closing(open_store(address)) as store:
            Client().log_batch(large, params=LARGE)
            runstone.log_metric("loss", 0.5, run_id=large)
            runstone.log_metric("loss", 0.25, run_id=other)

            assert comes_true(lambda: store.get_run(other).data.metrics == {"loss": 0.25})
            assert comes_true(lambda: store.get_run(large).data.metrics == {"loss": 0.5})
            assert Client().get_run(large).data.params == {}
        with pytest.raises(TooLarge, match="at most 1000000 bytes"):
            Client().set_terminated(large)
        open_journals.close()


def test_run_that_was_in_the_trash_for_a_moment_is_sent_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pause, "LONGEST_S", 0.5)
    run_id = runstone.start_run().info.run_id
    runstone.flush_async_logging()
    with closing(open_store(server.address)) as store:
        store.delete_run(run_id)
        runstone.log_metric("loss", 0.5)
        assert comes_true(lambda: open_journals.of(server.address, run_id).pause.seconds > 0)
        store.restore_run(run_id)

        assert comes_true(lambda: store.get_run(run_id).data.metrics == {"loss": 0.5})
