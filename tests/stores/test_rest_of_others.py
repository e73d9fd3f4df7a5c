"""A server that speaks MLflow's protocol and nothing more."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runstone.stores.rest.tracking import RestStore

RUN: dict[str, Any] = {
    "info": {
        "run_id": "a" * 32,
        "run_uuid": "a" * 32,
        "run_name": "first",
        "experiment_id": "0",
        "user_id": "ada",
        "status": "FINISHED",
        "start_time": 5,
        "end_time": 9,
        "artifact_uri": "mlflow-artifacts:/0/a/artifacts",
        "lifecycle_stage": "active",
    },
    "data": {"metrics": [{"key": "m", "value": 0.5, "timestamp": 1, "step": 0}]},
    "inputs": {},
}


class Genuine(BaseHTTPRequestHandler):
    """Answers a search for runs as MLflow does, and everything else with its page for what is not there."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_known = self.path == "/api/2.0/mlflow/runs/search"
        found = {"runs": [RUN], "next_page_token": f"after {asked.get('max_results')}"}
        body = json.dumps(found).encode() if is_known else b"<!doctype html><title>404 Not Found</title>"
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Type", "application/json" if is_known else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written to the terminal."""


@pytest.fixture
def genuine() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Genuine)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_table_of_runs_is_made_of_runs_where_a_server_gives_none(genuine: str) -> None:
    with closing(RestStore(genuine)) as store:
        table = store.search_run_table(["0"], max_results=100_000)

    assert (table.run_ids, table.metrics, table.end_times) == (["a" * 32], {"m": [0.5]}, [9])
    assert table.next_page_token == "after 50000"
