"""A server that dies amid a run: what is logged meanwhile, files and models too, arrives when it is back."""

import io
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.client import Client
from runstone.client.connection import open_journals, open_stores
from runstone.client.offline import OfflineClient
from runstone.entities import Param, RunStatus
from runstone.errors import BackendUnavailable, JournalFull, ParamChanged, RunNotFound, Unsupported
from runstone.journal import journals
from runstone.stores.resolve import open_store
from runstone.transport import SOON
from tests.client.syncing import sync
from tests.faults.servers import Server, knowing_no_path

ROWS = numpy.array([[1.0], [2.0], [3.0]])


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


def test_proxy_that_knows_no_path_meanwhile_costs_no_value(server: Server, run_id: str) -> None:
    server.kill()
    with knowing_no_path(server.address):
        for step in range(100):
            runstone.log_metric("loss", float(step), step=step)
        with pytest.raises(BackendUnavailable, match="answered 404"):
            runstone.flush_async_logging()
    server.start()
    runstone.end_run()

    assert len(Client().get_metric_history(run_id, "loss")) == 101
    assert not folder_of(run_id).exists()


def test_sync_through_a_proxy_that_knows_no_path_removes_nothing(server: Server, run_id: str) -> None:
    server.kill()
    runstone.log_metric("loss", 2.0)
    open_journals.close()
    with knowing_no_path(server.address):
        code, said = sync("sync")
    assert (code, "still waits" in said, len(list(folder_of(run_id).glob("*.jsonl")))) == (1, True, 1)
    server.start()

    assert sync("sync")[0] == 0
    assert len(Client().get_metric_history(run_id, "loss")) == 2


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


def test_what_is_refused_while_files_wait_is_told_by_the_next_flush(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "_IDLE_S", 0.2)
    run_id = Client().create_run("0").info.run_id
    with closing(open_store(server.address)) as store:
        store.log_batch(run_id, params=[Param("lr", "0.1")])
    server.kill()
    runstone.log_text("meanwhile", "a.txt", run_id=run_id)
    Client().log_param(run_id, "lr", 0.2)
    server.start()
    for _ in range(400):
        if not folder_of(run_id).exists():
            break
        time.sleep(0.05)

    assert not folder_of(run_id).exists()
    with pytest.raises(ParamChanged):
        runstone.flush_async_logging()
    assert text_of(run_id, "a.txt") == "meanwhile"


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


def test_file_that_is_refused_holds_back_no_other(
    server: Server, run_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    runstone.log_text("a file", "bad")
    server.kill()
    runstone.log_text("meanwhile", "a.txt")
    runstone.log_text("meanwhile", "bad/x.txt")
    server.start()

    runstone.log_text("afterwards", "a.txt")

    assert text_of(run_id, "a.txt") == "afterwards"
    runstone.end_run()
    assert (text_of(run_id, "a.txt"), text_of(run_id, "bad")) == ("afterwards", "a file")
    assert (folder_of(run_id) / "artifacts" / "bad" / "x.txt").read_text() == "meanwhile"
    assert "the store has not the file 'bad/x.txt' as it is here" in caplog.text


def test_files_of_a_run_that_was_begun_meanwhile_end_as_they_were_logged_last(server: Server) -> None:
    server.kill()
    run = runstone.start_run()
    runstone.log_text("meanwhile", "a.txt")
    runstone.log_metric("loss", 1.0)
    server.start()
    runstone.flush_async_logging()

    Client().log_text(run.info.run_id, "afterwards", "a.txt")
    runstone.end_run()

    assert text_of(run.info.run_id, "a.txt") == "afterwards"


def test_files_of_a_run_that_nobody_opened_wait_as_well(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.journal.journals._IDLE_S", 0.3)
    client = Client()
    run_id = client.create_run("0").info.run_id
    server.kill()
    client.log_text(run_id, "meanwhile", "a.txt")
    time.sleep(1.5)  # the thread looks after what is idle
    server.start()

    client.log_text(run_id, "afterwards", "a.txt")

    open_journals.close()
    assert text_of(run_id, "a.txt") == "afterwards"
    assert client.get_run(run_id).info.status == "RUNNING"


def test_child_of_a_fork_that_keeps_files_ends_nobodys_run(server: Server, run_id: str) -> None:
    server.kill()
    told, tell = os.pipe()
    heard, say = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover  # measured in the parent alone
        try:
            runstone.log_text("of the child", "child.txt", run_id=run_id)
            os.write(tell, b".")
            os.read(heard, 1)  # until the server is back
            open_journals.close()
        finally:
            os._exit(0)
    os.read(told, 1)
    server.start()
    os.write(say, b".")
    os.waitpid(child, 0)
    for end in (told, tell, heard, say):
        os.close(end)

    assert text_of(run_id, "child.txt") == "of the child"
    assert Client().get_run(run_id).info.status == "RUNNING"


def test_server_that_does_not_answer_is_waited_for_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        for number in range(10):
            client.log_text("a" * 32, "meanwhile", f"{number}.txt")
        waited = time.monotonic() - start

        assert waited < 3 * SOON.read_s
        assert len(list(folder_of("a" * 32).glob("artifacts/*"))) == 10
    shutil.rmtree(folder_of("a" * 32))


def test_start_does_not_wait_again_for_a_server_that_was_silent_a_moment_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        runstone.set_tracking_uri(f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        runstone.set_experiment("silence")
        asked = time.monotonic() - start

        with runstone.start_run() as run:
            waited = time.monotonic() - start - asked

    assert SOON.read_s <= asked < 2 * SOON.read_s
    assert waited < SOON.read_s / 2
    assert (folder_of(run.info.run_id) / "run.json").exists()


def test_start_finds_at_once_that_a_server_which_nobody_waited_for_is_back(server: Server) -> None:
    server.kill()
    with runstone.start_run() as before:
        pass
    server.start()

    with runstone.start_run() as after:
        pass

    assert before.info.run_name.startswith("offline-")
    assert not after.info.run_name.startswith("offline-")


def test_proxy_that_hides_the_health_of_a_server_hinders_no_file(server: Server, run_id: str) -> None:
    store = open_stores.get(server.address)
    with pytest.MonkeyPatch.context() as hidden:
        hidden.setattr(store, "check", lambda: store.get_run("b" * 32))  # answers 404
        runstone.log_text("a text", "a.txt")

    assert text_of(run_id, "a.txt") == "a text"


def test_files_of_a_script_that_changes_its_folder_end_as_they_were_logged_last(
    server: Server, run_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.kill()
    runstone.log_text("meanwhile", "a.txt")
    server.start()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    runstone.log_text("afterwards", "a.txt")
    runstone.end_run()

    assert text_of(run_id, "a.txt") == "afterwards"


def test_kept_model_is_found_from_another_folder_and_registered_later(
    server: Server, run_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    server.kill()
    info = runstone.sklearn.log_model(LinearRegression().fit(ROWS, [2.0, 4.0, 6.0]), name="line")
    server.start()

    with pytest.raises(Unsupported, match="waits for its server: register it once its run has ended"):
        runstone.register_model(info.model_uri, "line")
    runstone.end_run()

    assert runstone.register_model(info.model_uri, "line").version == "1"


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


ENDING = """
import sys, runstone
runstone.set_tracking_uri(sys.argv[1])
runstone.start_run()
runstone.log_metric("loss", 0.5)
runstone.flush_async_logging()
print("go", flush=True)
sys.stdin.readline()
runstone.log_metric("loss", 0.25)
print("end", flush=True)
"""


def test_ctrl_c_at_the_end_of_a_program_ends_its_waiting_for_the_server(server: Server) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDING, server.address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "go\n"
        os.kill(server.pid, signal.SIGSTOP)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "end\n"
        while process.poll() is None:  # once for what was captured, once for what was logged
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
        said = process.stderr.read() if process.stderr is not None else ""
    os.kill(server.pid, signal.SIGCONT)
    code, _ = sync("--tracking-uri", server.address, "sync")

    [run] = Client().search_runs(["0"])
    assert (process.returncode, code) == (0, 0)
    assert (run.info.status, run.data.metrics) == (RunStatus.FINISHED, {"loss": 0.25})
    assert "Traceback" not in said
    assert "Ctrl-C has ended the waiting for its store; what is left waits in" in said
