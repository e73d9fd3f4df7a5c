"""A server that dies amid a run: what is logged meanwhile, files and models too, arrives when it is back."""

import io
import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.client import Client
from runstone.client.connection import open_journals
from runstone.client.offline import OfflineClient
from runstone.errors import BackendUnavailable, JournalFull, RunNotFound
from tests.faults.servers import Server, free_port

ROWS = numpy.array([[1.0], [2.0], [3.0]])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files", port=free_port()) as served:
        runstone.set_tracking_uri(served.address)
        yield served
        open_journals.close()


@pytest.fixture
def run_id(server: Server) -> str:
    run = runstone.start_run()
    runstone.log_metric("loss", 1.0)
    runstone.flush_async_logging()
    return run.info.run_id


def text_of(run_id: str, name: str) -> str:
    return Path(Client().download_artifacts(run_id, name)).read_text()


def names_of(run_id: str) -> set[str]:
    return {file.path for file in Client().list_artifacts(run_id)} - {"runstone"}


def folder_of(run_id: str) -> Path:
    return Path(".runstone") / "runs" / run_id


def test_files_that_are_logged_meanwhile_are_there_once_the_run_has_ended(
    server: Server, run_id: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data" / "below").mkdir(parents=True)
    (tmp_path / "data" / "a.csv").write_text("a")
    (tmp_path / "data" / "below" / "b.csv").write_text("b")
    server.kill()

    with caplog.at_level(logging.WARNING):
        runstone.log_artifact("data/a.csv")
        runstone.log_artifacts("data", "all")
        runstone.log_text("a text", "text.txt")
        runstone.log_dict({"a": 1}, "dict.json")
        runstone.log_image(numpy.zeros((2, 2, 3), numpy.uint8), key="seen", step=1)
        runstone.log_stream(io.BytesIO(b"bytes"), "stream.bin")
    server.start()
    runstone.end_run()

    assert names_of(run_id) == {"a.csv", "all", "text.txt", "dict.json", "images", "stream.bin"}
    assert text_of(run_id, "all/below/b.csv") == "b"
    assert text_of(run_id, "stream.bin") == "bytes"
    assert Client().get_run(run_id).info.status == "FINISHED"
    assert not folder_of(run_id).exists()
    assert caplog.text.count("does not answer") == 1


def test_file_that_was_logged_last_stays(server: Server, run_id: str) -> None:
    runstone.log_text("before", "a.txt")
    server.kill()
    runstone.log_text("meanwhile", "a.txt")
    runstone.log_text("meanwhile", "b.txt")
    server.start()

    runstone.log_text("afterwards", "a.txt")

    assert (text_of(run_id, "a.txt"), text_of(run_id, "b.txt")) == ("afterwards", "meanwhile")
    runstone.end_run()
    assert (text_of(run_id, "a.txt"), text_of(run_id, "b.txt")) == ("afterwards", "meanwhile")


def test_whoever_looks_for_a_file_finds_what_was_logged_before(server: Server, run_id: str) -> None:
    server.kill()
    runstone.log_text("meanwhile", "a.txt")
    server.start()

    assert text_of(run_id, "a.txt") == "meanwhile"
    assert Client().get_run(run_id).info.status == "RUNNING"


def test_files_of_several_threads_all_arrive(server: Server, run_id: str) -> None:
    def log(thread: int) -> None:
        for number in range(20):
            runstone.log_text(f"{thread} {number}", f"{thread}/{number}.txt", run_id=run_id)

    threads = [threading.Thread(target=log, args=(number,)) for number in range(4)]
    server.kill()
    for thread in threads:
        thread.start()
    server.start()
    for thread in threads:
        thread.join()
    runstone.end_run()

    found = {file.path for number in range(4) for file in Client().list_artifacts(run_id, str(number))}
    assert found == {f"{thread}/{number}.txt" for thread in range(4) for number in range(20)}


def test_file_of_no_run_is_refused_while_there_is_a_server(server: Server) -> None:
    with pytest.raises(RunNotFound):
        Client().log_text("a" * 32, "a text", "a.txt")

    assert not folder_of("a" * 32).exists()


def test_what_asks_the_server_says_that_it_is_away(
    server: Server, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    server.kill()

    with pytest.raises(BackendUnavailable):
        Client().list_artifacts(run_id)


def test_dataset_that_is_named_meanwhile_arrives(server: Server, run_id: str) -> None:
    server.kill()
    runstone.log_input(runstone.data.from_numpy(ROWS, name="rows"), context="training")
    server.start()
    runstone.end_run()

    [given] = Client().get_run(run_id).inputs.dataset_inputs
    assert (given.dataset.name, [(tag.key, tag.value) for tag in given.tags]) == (
        "rows",
        [("mlflow.data.context", "training")],
    )


def test_model_whose_server_dies_amid_its_files_is_made_once(
    server: Server, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = Client.log_model_artifacts

    def die(client: Client, model_id: str, local_dir: str) -> None:
        if not isinstance(client, OfflineClient):
            server.kill()
        uploads(client, model_id, local_dir)

    monkeypatch.setattr(Client, "log_model_artifacts", die)
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    info = runstone.sklearn.log_model(LinearRegression().fit(ROWS, [2.0, 4.0, 6.0]), name="line")
    server.start()
    runstone.end_run()

    assert runstone.sklearn.load_model(info.model_uri).coef_ == pytest.approx([2.0])
    [logged] = Client().search_logged_models(["0"])
    assert (logged.model_id, logged.name, logged.status) == (info.model_id, "line", "READY")


def test_nothing_can_be_kept_where_the_folder_cannot_be_written(server: Server, run_id: str) -> None:
    open_journals.close()
    shutil.rmtree(".runstone")
    Path(".runstone").write_text("in the way")
    server.kill()

    with pytest.raises(JournalFull, match="no journal can be kept in"):
        runstone.log_text("meanwhile", "a.txt", run_id=run_id)
    Path(".runstone").unlink()


def test_model_that_is_logged_meanwhile_is_loaded_here_and_there(server: Server, run_id: str) -> None:
    model = LinearRegression().fit(ROWS, [2.0, 4.0, 6.0])
    server.kill()

    info = runstone.sklearn.log_model(model, name="line", input_example=ROWS, params={"depth": 1}, tags={"a": "b"})
    runstone.log_metric("score", 0.5, model_id=info.model_id)
    here = runstone.sklearn.load_model(info.model_uri)
    server.start()
    runstone.end_run()

    there = runstone.sklearn.load_model(info.model_uri)
    logged = runstone.get_logged_model(info.model_id)
    run = Client().get_run(run_id)
    assert [*here.coef_, *there.coef_] == pytest.approx([2.0, 2.0])
    assert (logged.name, logged.status, logged.params, logged.source_run_id) == (
        "line",
        "READY",
        {"depth": "1"},
        run_id,
    )
    assert logged.tags["a"] == "b"
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("score", 0.5)]
    assert [made.model_id for made in run.outputs.model_outputs] == [info.model_id]
    assert run.info.status == "FINISHED"
    assert not folder_of(run_id).exists()
