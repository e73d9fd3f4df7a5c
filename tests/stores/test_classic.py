"""What runs have logged, on its way to a server of MLflow: what it does not take now is not lost."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runstone.entities import Dataset, DatasetInput, Entry, ModelMetric, Param, RunStatus
from runstone.errors import BackendError, BackendUnavailable, PermissionDenied, RunDeleted, RunNotFound, RunstoneError
from runstone.stores.rest.tracking import RestStore

RUN_ID = "a" * 32
NOT_THERE = (404, b"<!doctype html><title>404 Not Found</title>")
ENTRIES = [
    Entry(n=1, metrics=[ModelMetric("loss", 0.5, 1, 0)]),
    Entry(n=2, metrics=[ModelMetric("loss", 0.25, 2, 1)]),
    Entry(n=3, params=[Param("lr", "1")]),
]


def refusal(status: int, code: str, message: str) -> tuple[int, bytes]:
    return status, json.dumps({"error_code": code, "message": message}).encode()


DELETED = refusal(
    400, "INVALID_PARAMETER_VALUE", f"The run {RUN_ID} must be in the 'active' state. Current state is deleted."
)
ABSENT = refusal(404, "RESOURCE_DOES_NOT_EXIST", f"Run with id={RUN_ID} not found")


class Server(ThreadingHTTPServer):
    """One run at a server of MLflow, which answers as genuine ones do.

    Attributes:
        stage: Of the run; empty where there is none.
        says: What calls are answered with in place of what they ask for, by the end of their path; "" is all others.
        batches: What was logged.
        asked: Ends of the paths that were called.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.stage = "active"
        self.says: dict[str, tuple[int, bytes]] = {}
        self.batches: list[Any] = []
        self.asked: list[str] = []

    def answer(self, end: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of an answer to a call."""
        self.asked.append(end)
        said = self.says.get(end) or self.says.get("")
        if said:
            return said
        if end not in {"get", "log-batch", "log-inputs", "update"}:
            return NOT_THERE
        if not self.stage:
            return ABSENT
        if end == "get":
            info = {
                "run_id": RUN_ID, "run_uuid": RUN_ID, "run_name": "n", "experiment_id": "0", "user_id": "ada",
                "status": "RUNNING", "start_time": 5, "artifact_uri": "f:/a", "lifecycle_stage": self.stage,
            }  # fmt: skip
            return 200, json.dumps({"run": {"info": info, "data": {}, "inputs": {}}}).encode()
        if self.stage == "deleted":
            return DELETED
        self.batches.append(json.loads(body))
        return 200, b"{}"


class Answering(BaseHTTPRequestHandler):
    """Asks the server."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        """Any call."""
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = self.server.answer(self.path.partition("?")[0].rpartition("/")[2], asked)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """As well."""
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written to the terminal."""


@contextmanager
def served() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as made:
        yield made


@pytest.fixture
def store(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[RestStore]:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    with closing(RestStore(f"http://127.0.0.1:{server.server_port}")) as opened:
        yield opened


def values(server: Server) -> list[float]:
    return [metric["value"] for batch in server.batches for metric in batch.get("metrics", ())]


def test_server_of_mlflow_is_known_by_its_runs(server: Server, store: RestStore) -> None:
    applied = store.append_journal(RUN_ID, "w", ENTRIES)

    assert (applied.applied, applied.refused, store.takes_ids) == (3, [], False)
    assert values(server) == [0.5, 0.25]


def test_proxy_that_knows_no_path_is_no_server_of_mlflow(server: Server, store: RestStore) -> None:
    server.says = {"": NOT_THERE}

    with pytest.raises(BackendUnavailable, match="answered 404"):
        store.append_journal(RUN_ID, "w", ENTRIES)
    with pytest.raises(RunstoneError, match="answered 404"):
        store.get_experiment_by_name("Default")  # nobody makes another one for it
    assert store.takes_ids

    server.says = {"append": (200, b'{"applied":3}')}
    assert store.append_journal(RUN_ID, "w", ENTRIES).applied == 3
    assert store.takes_ids


def test_server_that_has_counted_entries_is_not_taken_for_another_one(server: Server, store: RestStore) -> None:
    server.says = {"append": (200, b'{"applied":3}')}
    store.append_journal(RUN_ID, "w", ENTRIES)
    server.says = {"append": NOT_THERE}

    with pytest.raises(BackendUnavailable, match="answered 404"):
        store.append_journal(RUN_ID, "w", ENTRIES)
    assert server.batches == []


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        (NOT_THERE, BackendUnavailable),
        (refusal(403, "PERMISSION_DENIED", "Invalid access token"), PermissionDenied),
        (refusal(401, "UNAUTHENTICATED", "token expired"), BackendError),
        (refusal(429, "REQUEST_LIMIT_EXCEEDED", "Rate limit exceeded, try again"), BackendUnavailable),
        (refusal(404, "FEATURE_DISABLED", "The workspace is suspended"), BackendError),
    ],
)
def test_what_says_nothing_of_a_value_refuses_none(
    server: Server, store: RestStore, said: tuple[int, bytes], raised: type[RunstoneError]
) -> None:
    server.says = {"log-batch": said}
    with pytest.raises(raised):
        store.append_journal(RUN_ID, "w", ENTRIES)
    with pytest.raises(raised):
        store.append_journal(RUN_ID, "w", ENTRIES[:1])
    server.says = {}

    assert store.append_journal(RUN_ID, "w", ENTRIES).refused == []
    assert values(server) == [0.5, 0.25]


def test_run_in_the_trash_of_a_server_of_mlflow_is_told_as_such(server: Server, store: RestStore) -> None:
    server.stage = "deleted"

    with pytest.raises(RunDeleted):
        store.append_journal(RUN_ID, "w", ENTRIES)
    with pytest.raises(RunDeleted):
        store.append_journal(RUN_ID, "w", [Entry(n=4, status=RunStatus.FINISHED, end_time=9)])


def test_run_that_a_server_of_mlflow_does_not_have_is_told_as_such(server: Server, store: RestStore) -> None:
    server.stage = ""

    with pytest.raises(RunNotFound):
        store.append_journal(RUN_ID, "w", ENTRIES)


def test_value_that_a_server_of_mlflow_does_not_take_is_refused_alone(server: Server, store: RestStore) -> None:
    class Strict(Server):
        """Takes no params."""

        def answer(self, end: str, body: bytes) -> tuple[int, bytes]:
            if end == "log-batch" and json.loads(body).get("params"):
                return refusal(400, "INVALID_PARAMETER_VALUE", "Changing param values is not allowed.")
            return super().answer(end, body)

    server.__class__ = Strict
    applied = store.append_journal(RUN_ID, "w", ENTRIES)

    assert [(told.n, told.message) for told in applied.refused] == [(3, "Changing param values is not allowed.")]
    assert values(server) == [0.5, 0.25]


def test_data_that_an_old_server_of_mlflow_has_no_word_for_is_refused_alone(server: Server, store: RestStore) -> None:
    data = DatasetInput(dataset=Dataset("d", "1", "local", "s"))
    server.says = {"log-inputs": NOT_THERE}

    applied = store.append_journal(RUN_ID, "w", [Entry(n=1, datasets=[data]), ENTRIES[1]])

    assert [told.n for told in applied.refused] == [1]
    assert values(server) == [0.25]
