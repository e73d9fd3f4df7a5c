"""A server that is asked to end answers what it has begun, and the next one goes on where it stopped."""

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runstone.entities import Metric
from runstone.stores.resolve import open_embedded_store, open_store
from tests.faults.servers import WAIT_S, Server, free_port
from tests.faults.trainers import API, Countdown, Trainer, batch, check, work_all
from tests.server.web import Web


@pytest.mark.slow
def test_requests_under_way_are_answered_before_the_end(database_uri: str, tmp_path: Path) -> None:
    trainers = [Trainer(f"trainer-{number}") for number in range(8)]
    slow = Trainer("half-sent")

    with Server(database_uri, tmp_path) as server:
        slow.run_id = Web(server.address).new_run(run_name=slow.name)
        with closing(_half_sent(server.address, slow.run_id)) as connection:
            work_all(trainers, server.address, Countdown(200, server.ask_to_end))
            _wait_until_closed(server.address)
            answer = _send_the_rest(connection, slow.run_id)
        ended = server.wait()
    slow.acknowledged.append(0)

    with closing(open_embedded_store(database_uri, artifact_root=str(tmp_path))) as store:
        counts = check(store, [*trainers, slow])
    print(counts)
    assert answer.startswith(b"HTTP/1.1 200")
    assert ended == 0
    assert counts["batches acknowledged"] >= 200
    assert counts.get("of these whole", 0) == 0, "a request was carried out and not answered"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["asked", "killed"])
def test_clients_do_not_notice_that_the_server_is_started_again(database_uri: str, tmp_path: Path, how: str) -> None:
    server = Server(database_uri, tmp_path, port=free_port())

    with server, closing(open_store(server.address)) as store:
        run_ids = [store.create_run("0").info.run_id for _ in range(4)]
        with ThreadPoolExecutor(len(run_ids)) as pool:
            logging = [pool.submit(_log, server.address, run_id, 150) for run_id in run_ids]
            for _ in range(3):
                (server.stop if how == "asked" else server.kill)()
                server.start()
            for done in logging:
                done.result(WAIT_S)
        histories = [[metric.step for metric in store.metric_history(run_id, "m")] for run_id in run_ids]

    assert histories == [list(range(150))] * len(run_ids)


def _log(address: str, run_id: str, count: int) -> None:
    with closing(open_store(address)) as store:
        for step in range(count):
            store.log_batch(run_id, metrics=[Metric("m", float(step), step, step)])


_Half = Callable[[str, str], socket.socket]


def _body(run_id: str) -> bytes:
    return json.dumps(batch(run_id, 0)).encode()


def _half_sent(address: str, run_id: str) -> socket.socket:
    """A connection on which the server has read half of a request."""
    parts = urlsplit(address)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=WAIT_S)
    body = _body(run_id)
    head = f"POST {API}/runs/log-batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:100])
    return connection


def _send_the_rest(connection: socket.socket, run_id: str) -> bytes:
    connection.sendall(_body(run_id)[100:])
    return connection.recv(1 << 16)


def _wait_until_closed(address: str) -> None:
    """Wait until nobody is let in any more."""
    parts = urlsplit(address)
    while True:
        try:
            socket.create_connection((parts.hostname, parts.port), timeout=WAIT_S).close()
        except ConnectionError:
            return
