"""A server that goes away while a run goes on: what is told, and what is sent when it is back."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

import runstone
from runstone.client import Client, context
from runstone.client.capture.console import Console
from runstone.client.capture.part import Subject
from runstone.client.connection import open_journals, open_stores
from runstone.entities import ArtifactPath
from runstone.errors import RunDeleted
from runstone.journal import folder as folders
from runstone.journal import keeping, leftovers
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.client.syncing import sync
from tests.postgres import MISSING, Cluster, programs


class Going:
    """A server that can be ended, and started again elsewhere."""

    def __init__(self, folder: Path) -> None:
        self._options = ServerOptions(
            store_uri=f"sqlite:///{folder}/server.db", artifacts_destination=f"{folder}/artifacts"
        )
        self._stack = ExitStack()
        self.address = self._stack.enter_context(running_server(self._options))

    def end(self) -> None:
        self._stack.close()

    def begin_again(self) -> str:
        self.address = self._stack.enter_context(running_server(self._options))
        return self.address


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Going]:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    monkeypatch.setenv("RUNSTONE_CAPTURE_CONSOLE", "true")
    started = Going(tmp_path / "server")
    runstone.set_tracking_uri(started.address)
    yield started
    started.end()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.WARNING, logger="runstone"):
        yield caplog


def test_console_that_could_not_be_sent_by_the_end_waits_and_is_sent_by_sync(
    server: Going, told: pytest.LogCaptureFixture
) -> None:
    with runstone.start_run() as run:
        print("epoch 1")
        server.end()
        print("epoch 2")
    open_journals.close()

    code, said = sync("--tracking-uri", server.begin_again(), "sync")

    assert code == 0, said
    client = Client(server.address)
    console = Path(client.download_artifacts(run.info.run_id, "runstone/console/000000.log"))
    assert console.read_text() == "epoch 1\nepoch 2\n"
    assert client.get_run(run.info.run_id).info.status == "FINISHED"
    assert "goes on without" not in told.text


def test_console_of_a_run_that_goes_on_stands_behind_the_former_one(server: Going) -> None:
    with runstone.start_run() as run:
        print("first")
    subject = Subject(Client(server.address), run.info.run_id, is_resumed=True)
    console = Console(subject)
    console.start()
    server.end()
    print("second")
    console.stop()
    subject.write("environment.json", b"{}")
    open_journals.close()

    code, said = sync("--tracking-uri", server.begin_again(), "sync")

    assert code == 0, said
    client = Client(server.address)
    folder = Path(client.download_artifacts(run.info.run_id, "runstone"))
    assert [path.read_text() for path in sorted(folder.glob("console/*"))] == ["first\n", "second\n"]
    assert (folder / "environment.json").read_text() == "{}"


def test_run_whose_server_went_away_is_told_once_at_its_end(server: Going, told: pytest.LogCaptureFixture) -> None:
    with runstone.start_run() as run:
        print("epoch 1")
        server.end()
        runstone.log_metric("loss", 0.5)
    open_journals.close()

    [message] = [text for text in told.messages if run.info.run_id in text]
    assert message.startswith(f"the run {run.info.run_id} has ended, but is not sent: the server {server.address} does")
    place = folders.root() / "runs" / run.info.run_id
    assert message.endswith(f"waits in {place}, for the next start in this folder or for `runstone sync`")
    assert len(told.messages) <= 2  # the thread may have found out before


def test_run_that_was_deleted_meanwhile_is_told_once_at_the_end(
    server: Going, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_CAPTURE_CONSOLE", "false")
    run_id = runstone.start_run().info.run_id
    Client(server.address).delete_run(run_id)
    runstone.log_metric("loss", 0.5)
    with pytest.raises(RunDeleted):
        runstone.end_run()
    open_journals.close()

    [message] = told.messages
    assert message.startswith(f"the run {run_id} is not sent: the run '{run_id}' is deleted; restore it first; what is")
    assert message.endswith("for the next start in this folder or for `runstone sync`")


def test_many_runs_without_a_server_are_told_together_at_the_end(server: Going, told: pytest.LogCaptureFixture) -> None:
    server.end()
    for _ in range(4):
        with runstone.start_run():
            runstone.log_metric("loss", 0.5)
    open_journals.close()

    away, ended, rest = told.messages
    assert away.endswith(f"what is logged is kept in {folders.root()}, and sent when it is back")
    assert "has ended, but is not sent: the server" in ended
    assert rest.startswith(f"3 runs are not sent either: the server {server.address} does not answer")


def test_values_of_a_run_that_nobody_ended_are_told_at_the_end(server: Going, told: pytest.LogCaptureFixture) -> None:
    client = Client(server.address)
    run_id = client.create_run("0").info.run_id
    server.end()
    client.log_metric(run_id, "loss", 0.5)
    open_journals.close()

    assert f"the run {run_id} is not sent: the server" in told.messages[-1]
    assert sync("--tracking-uri", server.begin_again(), "sync")[0] == 0
    assert Client(server.address).get_run(run_id).data.metrics == {"loss": 0.5}


def test_files_that_waited_for_the_server_are_sent_when_the_run_ends(server: Going) -> None:
    address = server.address
    run_folder = folders.root() / "runs"

    with runstone.start_run() as run:
        journal = open_journals.of(address, run.info.run_id)
        keeping.keep_files(journal, lambda repository: repository.write(ArtifactPath("b.txt"), (b"b",)))
        alive = leftovers.find(folders.root())

    client = Client(address)
    assert [leftover.is_alive for leftover in alive] == [True]
    assert "b.txt" in [file.path for file in client.list_artifacts(run.info.run_id)]
    assert list(run_folder.iterdir()) == []


def test_run_that_goes_elsewhere_finds_its_experiment_there_by_name(
    server: Going, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.db"
    strangers = Client(elsewhere).create_experiment("a stranger's")
    assert runstone.set_experiment("mine").experiment_id == strangers
    server.end()
    with runstone.start_run(run_name="named") as named:
        runstone.log_metric("loss", 0.5)
    context.forget_choices()
    monkeypatch.setenv("RUNSTONE_EXPERIMENT_ID", strangers)
    runstone.set_tracking_uri(server.address)
    with runstone.start_run(run_name="without a name"):
        runstone.log_metric("loss", 0.5)
    open_journals.close()

    code, said = sync("--tracking-uri", elsewhere, "sync")

    assert code == 1
    assert f"(without a name) still waits: it belongs to the experiment {strangers} at {server.address}" in said
    client = Client(elsewhere)
    assert client.search_runs([strangers]) == []
    mine = client.get_experiment_by_name("mine")
    assert mine is not None
    assert client.get_run(named.info.run_id).info.experiment_id == mine.experiment_id


def test_run_that_starts_while_its_database_is_away_is_written_when_that_is_back(
    monkeypatch: pytest.MonkeyPatch, told: pytest.LogCaptureFixture
) -> None:
    if programs() is None:
        pytest.skip(MISSING)
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "1")
    with closing(Cluster()) as cluster, cluster.database() as uri:
        runstone.set_tracking_uri(uri)
        with runstone.start_run():
            pass
        cluster.stop()

        with runstone.start_run() as run:
            runstone.log_metric("loss", 0.5)
        cluster.start()
        runstone.flush_async_logging()

        found = Client(uri).get_run(run.info.run_id)
        assert (found.info.status, found.data.metrics) == ("FINISHED", {"loss": 0.5})
        assert "cannot be reached" in told.text
        open_journals.close()
        open_stores.close()
