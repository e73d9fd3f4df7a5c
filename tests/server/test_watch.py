"""What a server tells about itself: numbers for Prometheus, an id for each request, and lines in its log."""

import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from runstone.errors import BackendUnavailable
from runstone.server import logs
from runstone.server.listen import ServerOptions
from runstone.server.measures import Measures
from runstone.stores.base import Activity
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server
from tests.cli.processes import RunningServer, run
from tests.server.web import Web

WAITS_S = 30
GET = "/api/2.0/mlflow/experiments/get"


@pytest.fixture
def web(sqlite_uri: str) -> Iterator[Web]:
    with running_server(ServerOptions(store_uri=sqlite_uri)) as address:
        yield Web(address)


def numbers(web: Web) -> dict[str, float]:
    """What Prometheus reads, by name and labels."""
    text = web.send("GET", "/metrics").body.decode()
    found = re.findall(r"^([a-z_]+(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_requests_are_counted_by_route_method_and_status(web: Web) -> None:
    for query in ("experiment_id=0", "experiment_id=0", "experiment_id=99"):
        web.get("experiments/get", query)
    web.send("GET", "/api/3.0/mlflow/experiments/get?experiment_id=0")
    web.send("GET", "/nothing/here")
    web.send("REPORT", "/health")

    found = numbers(web)

    assert found[f'runstone_requests_total{{method="GET",route="{GET}",status="200"}}'] == 3
    assert found[f'runstone_requests_total{{method="GET",route="{GET}",status="404"}}'] == 1
    assert found[f'runstone_request_seconds_count{{route="{GET}"}}'] == 4
    assert found[f'runstone_request_seconds_bucket{{le="+Inf",route="{GET}"}}'] == 4
    assert found['runstone_requests_total{method="other",route="other",status="405"}'] == 1


def test_paths_with_ids_are_one_route(web: Web) -> None:
    for webhook in ("a", "b"):
        web.get(f"webhooks/{webhook}")
    for name in ("a", "b"):
        web.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{name}", b"")

    found = numbers(web)

    assert (
        found['runstone_requests_total{method="GET",route="/api/2.0/mlflow/webhooks/{webhook_id}",status="404"}'] == 2
    )
    assert (
        sum(value for name, value in found.items() if name.startswith("runstone_requests_total") and '"PUT"' in name)
        == 2
    )
    assert not any("/artifacts/0/" in name for name in found)


def test_the_store_and_the_process_are_measured(web: Web, tmp_path: Path) -> None:
    before = numbers(web)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: web.new_run(), range(24)))

    found = numbers(web)

    assert found["runstone_changes_total"] - before["runstone_changes_total"] == 24
    assert 1 <= found["runstone_commits_total"] - before["runstone_commits_total"] <= 24
    assert found["runstone_database_bytes"] >= (tmp_path / "runstone.db").stat().st_size
    assert found["runstone_cpu_seconds_total"] > 0
    assert found["runstone_resident_bytes"] > 1_000_000
    assert found["runstone_requests_in_flight"] == 1
    assert (found["runstone_workers"], found["runstone_writer_queue"]) == (1, 0)


def test_numbers_are_for_those_who_may_ask_the_server_at_all(web: Web) -> None:
    stranger = web.send("GET", "/metrics", headers={"Host": "evil.example"})

    assert stranger.status == 403
    assert web.send("POST", "/metrics", b"").status == 405
    assert web.send("GET", "/metrics").headers["Content-Type"].startswith("text/plain")


@pytest.mark.slow
def test_several_workers_tell_the_same_sum(tmp_path: Path) -> None:
    with RunningServer(["server", "--port", "0", "--workers", "2"], tmp_path) as server:
        end = time.monotonic() + WAITS_S
        while numbers(Web(server.address))["runstone_workers"] < 2 and time.monotonic() < end:
            pass
        for _ in range(40):
            Web(server.address).get("experiments/get", "experiment_id=0")  # each on a connection of its own
        found = [numbers(Web(server.address)) for _ in range(4)]

    assert {each[f'runstone_requests_total{{method="GET",route="{GET}",status="200"}}'] for each in found} == {40}
    assert {each["runstone_workers"] for each in found} == {2}


def test_numbers_are_told_while_another_process_begins_to_count(tmp_path: Path) -> None:
    (tmp_path / "counter_1.db").touch()  # by the library, which fills it a moment later
    code = (
        "import sys\nfrom runstone.server.measures import Measures\nfrom runstone.stores.base import Activity\n"
        "sys.stdout.write(Measures(lambda: Activity(0, 0, 0, 0)).text().decode())"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert "\nrunstone_workers 1.0\n" in told.stdout


def test_numbers_are_told_while_the_database_is_away() -> None:
    answers = iter([Activity(waiting=3, commits=2, changes=5, database_bytes=4096)])

    def activity() -> Activity:
        for answer in answers:
            return answer
        raise BackendUnavailable("the database is away")

    measures = Measures(activity)
    measures.start()
    measures.begin()

    told = measures.text().decode()

    assert {"runstone_requests_in_flight 1.0", "runstone_database_bytes 4096.0"} <= set(told.splitlines())
    assert "runstone_changes_total 5.0" in told


def test_every_answer_has_the_id_of_its_request(web: Web) -> None:
    own = web.send("GET", "/health")
    given = web.send("GET", f"{GET}?experiment_id=99", headers={"X-Request-Id": "abc-1.2"})
    odd = web.send("GET", "/health", headers={"X-Request-Id": "a b\tc"})

    assert re.fullmatch("[0-9a-f]{16}", own.headers["X-Request-Id"])
    assert given.headers["X-Request-Id"] == "abc-1.2"
    assert re.fullmatch("[0-9a-f]{16}", odd.headers["X-Request-Id"])
    assert own.headers["X-Request-Id"] != odd.headers["X-Request-Id"]


def lines(server: RunningServer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.stderr.splitlines() if line.startswith("{")]


def test_json_lines_tell_start_requests_and_end(tmp_path: Path) -> None:
    with RunningServer(["server", "--port", "0", "--log-level", "info", "--log-format", "json"], tmp_path) as server:
        web = Web(server.address)
        web.send("GET", f"{GET}?experiment_id=0&token=hidden", headers={"Authorization": "Bearer hidden"})
        web.send("GET", "/line%0Abreak", headers={"X-Request-Id": "mine"})
        server.process.terminate()
        server.end()

    said = [line for line in lines(server) if line["logger"].startswith("runstone")]
    [asked] = [line for line in said if line.get("path") == GET]
    [broken] = [line for line in said if line.get("request_id") == "mine"]
    assert said[0]["message"] == "the server starts"
    assert said[-1]["message"] == "the server has stopped"
    assert (asked["level"], asked["method"], asked["status"], asked["client"]) == ("info", "GET", 200, "127.0.0.1")
    assert asked["ms"] > 0
    assert broken["path"] == "/line\nbreak"
    assert "hidden" not in server.stderr


def test_text_lines_are_names_and_values(tmp_path: Path) -> None:
    with RunningServer(["server", "--port", "0"], tmp_path, RUNSTONE_LOG_LEVEL="info") as server:
        Web(server.address).send("GET", "/line%0Abreak", headers={"X-Request-Id": "mine"})
        server.process.terminate()
        server.end()

    [line] = [line for line in server.stderr.splitlines() if "request_id=mine" in line]
    assert re.match(r"time=\S+Z level=info logger=runstone\.requests message=request method=GET ", line)
    assert r'path="/line\nbreak"' in line


def test_quiet_server_writes_no_line_for_a_request(tmp_path: Path) -> None:
    with RunningServer(["server", "--port", "0"], tmp_path) as server:
        Web(server.address).send("GET", "/health")
        server.process.terminate()
        server.end()

    assert "time=" not in server.stderr


def test_level_and_format_that_are_none_are_refused(tmp_path: Path) -> None:
    done = run("server", "--port", "0", folder=tmp_path, RUNSTONE_LOG_LEVEL="loud")

    assert done.returncode == 1
    assert "RUNSTONE_LOG_LEVEL='loud' cannot be read" in done.stderr


@pytest.mark.parametrize("format", ["json", "text"])
def test_error_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str], format: str) -> None:
    logs.configure(format=format, level="warning")
    try:
        raise ZeroDivisionError("why")
    except ZeroDivisionError as error:
        logging.getLogger("runstone.server").error("it failed", exc_info=error, extra={"request_id": "r"})

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ZeroDivisionError: why" in said
    assert "request_id" in said


def test_store_counts_commits_and_changes(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runstone.db")
    store.create_run("0")
    store.create_run("0")

    activity = store.activity()
    store.close()

    assert (activity.waiting, activity.commits, activity.changes) == (0, 2, 2)
    assert activity.database_bytes > 0
