"""`runstone server` and `runstone ui` as processes: start, ready line, stop, refusals."""

import contextlib
import http.client
import os
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from runstone.artifacts import resolve
from runstone.entities import ArtifactPath
from runstone.stores.rest.tracking import RestStore
from runstone.transport import Transport
from tests.cli.processes import RunningServer, run


def test_server_says_where_it_is_once_it_answers(tmp_path: Path) -> None:
    with RunningServer(["server", "--port", "0"], tmp_path) as server:
        health = Transport(server.address).send("GET", "/health")

        code = server.stop(signal.SIGTERM)

    assert health == b"OK"
    assert code == 0
    assert server.stdout == ""
    assert "sqlite:///runstone.db" in server.stderr
    assert str(tmp_path / "runstone-artifacts") in server.stderr
    assert f'runstone.set_tracking_uri("{server.address}")' in server.stderr


def test_server_ends_by_ctrl_c_without_an_error(tmp_path: Path) -> None:
    with RunningServer(["server", "--port", "0"], tmp_path) as server:
        code = server.stop(signal.SIGINT)

    assert code == 0
    assert "Traceback" not in server.stderr
    assert "Interrupted" not in server.stderr


def test_server_keeps_runs_and_files_where_it_is_told(tmp_path: Path) -> None:
    arguments = [
        "server",
        "-p",
        "0",
        "--backend-store-uri",
        "sqlite:///kept/team.db",
        "--artifacts-destination",
        "files",
    ]
    with RunningServer(arguments, tmp_path) as server:
        store = RestStore(server.address)
        run_info = store.create_run("0").info
        files = resolve.repository(run_info.artifact_uri, tracking_uri=server.address)
        files.write(ArtifactPath("notes.txt"), [b"kept"])
        store.close()
        server.stop(signal.SIGTERM)

    kept = tmp_path / "files" / "0" / run_info.run_id / "artifacts" / "notes.txt"

    assert (tmp_path / "kept" / "team.db").is_file()
    assert kept.read_bytes() == b"kept"


def test_upload_under_way_is_finished_before_the_server_ends(tmp_path: Path) -> None:
    with RunningServer(["server", "-p", "0"], tmp_path) as server:
        store = RestStore(server.address)
        artifact_uri = store.create_run("0").info.artifact_uri
        store.close()
        path = artifact_uri.removeprefix("mlflow-artifacts:")
        connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
        connection.putrequest("PUT", f"/api/2.0/mlflow-artifacts/artifacts{path}/slow.bin")
        connection.putheader("Content-Length", "8")
        connection.endheaders(b"half")
        _answers_until_now(server.address)

        server.process.send_signal(signal.SIGTERM)
        _wait_until_closed(server.address)
        connection.send(b"done")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        server.end()

    kept = list((tmp_path / "runstone-artifacts").rglob("slow.bin"))

    assert answer.status == 200
    assert [file.read_bytes() for file in kept] == [b"halfdone"]
    assert server.process.returncode == 0


def _answers_until_now(address: str) -> None:
    """One more request: what was sent on other connections before has been taken by then."""
    Transport(address).send("GET", "/health")


def _wait_until_closed(address: str) -> None:
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    with contextlib.suppress(ConnectionError):
        while True:
            with socket.create_connection((parts.hostname, parts.port), timeout=60) as probe:
                probe.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if not probe.recv(100):
                    return


@pytest.mark.slow
def test_several_workers_answer_and_all_stop(tmp_path: Path) -> None:
    with RunningServer(["server", "-p", "0", "-w", "2"], tmp_path) as server:
        store = RestStore(server.address)
        made = [store.create_run("0").info.run_id for _ in range(20)]
        seen = [store.get_run(run_id).info.run_id for run_id in made]
        store.close()
        children = psutil.Process(server.process.pid).children(recursive=True)

        code = server.stop(signal.SIGTERM)
        _, left = psutil.wait_procs(children, timeout=10)

    assert seen == made
    assert code == 0
    assert len(children) >= 2
    assert left == []


@pytest.mark.slow
def test_several_workers_stop_by_ctrl_c_at_a_terminal(tmp_path: Path) -> None:
    with RunningServer(["server", "-p", "0", "-w", "2"], tmp_path) as server:
        os.killpg(server.process.pid, signal.SIGINT)  # a terminal sends it to the whole group
        server.end()

    assert server.process.returncode == 0
    assert "Traceback" not in server.stderr


def test_taken_port_is_one_sentence_with_the_fix(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run("server", "--port", str(port), folder=tmp_path)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


def test_other_machines_are_let_in_only_when_asked_for(tmp_path: Path) -> None:
    done = run("server", "--port", "0", "--host", "0.0.0.0", folder=tmp_path)

    assert done.returncode == 1
    assert "--insecure-no-auth" in done.stderr


def test_server_warns_when_other_machines_are_let_in(tmp_path: Path) -> None:
    arguments = ["server", "--port", "0", "--host", "0.0.0.0", "--insecure-no-auth"]
    with RunningServer(arguments, tmp_path) as server:
        server.stop(signal.SIGTERM)

    assert "Warning: everyone who reaches 0.0.0.0" in server.stderr


@pytest.mark.parametrize(
    ("flag", "value"), [("--gunicorn-opts", "-t 5"), ("--dev", None), ("--registry-store-uri", "sqlite:///r.db")]
)
def test_flag_of_mlflow_that_makes_no_difference_is_noted(tmp_path: Path, flag: str, value: str | None) -> None:
    arguments = ["server", "--port", "0", flag, *([value] if value else [])]
    with RunningServer(arguments, tmp_path) as server:
        server.stop(signal.SIGTERM)

    assert f"Note: MLflow's {flag} is ignored" in server.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--app-name", "basic-auth"],
        ["--static-prefix", "/x"],
        ["--cors-allowed-origins", "*"],
        ["--disable-security-middleware"],
        ["--artifacts-only"],
    ],
)
def test_flag_of_mlflow_that_would_change_the_meaning_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    done = run("server", *arguments, folder=tmp_path)

    assert done.returncode == 2
    assert f"MLflow's {arguments[0]} is not offered" in done.stderr
    assert not list(tmp_path.iterdir())


def test_hosts_are_named_in_full(tmp_path: Path) -> None:
    done = run("server", "--allowed-hosts", "runs.example,*.example", folder=tmp_path)

    assert done.returncode == 1
    assert "'*.example'" in done.stderr


def test_foreign_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("no database")

    done = run("server", "--port", "0", "--backend-store-uri", "sqlite:///notes.db", folder=tmp_path)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "notes.db").read_text() == "no database"


def test_database_of_the_setting_is_served(tmp_path: Path) -> None:
    with RunningServer(["ui", "--port", "0"], tmp_path, MLFLOW_TRACKING_URI="sqlite:///mine.db") as server:
        server.stop(signal.SIGTERM)

    assert (tmp_path / "mine.db").is_file()


def test_page_is_opened_when_asked_for(tmp_path: Path) -> None:
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text('#!/bin/sh\necho "$1" > "$(dirname "$0")/opened.txt"\n')
    opener.chmod(0o755)
    path = f"{opener.parent}{os.pathsep}{os.environ['PATH']}"

    with RunningServer(["ui", "--port", "0", "--open"], tmp_path, PATH=path) as server:
        opened = _content_of(opener.with_name("opened.txt"))
        server.stop(signal.SIGTERM)

    assert opened == f"{server.address}\n"


def _content_of(place: Path) -> str:
    """What another process writes to a file, once it is there."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if place.exists() and (text := place.read_text()):
            return text
        time.sleep(0.01)
    raise AssertionError(f"nothing was written to {place}")


def test_ui_points_to_a_server_that_keeps_the_runs(tmp_path: Path) -> None:
    done = run("--tracking-uri", "http://runs.example:5000", "ui", folder=tmp_path)

    assert done.returncode == 1
    assert "http://runs.example:5000" in done.stderr
