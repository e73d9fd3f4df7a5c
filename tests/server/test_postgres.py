"""Several server processes on one PostgreSQL, as an organisation runs them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from runstone.entities import Metric
from runstone.server.listen import ServerOptions
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server
from tests.cli.processes import RunningServer
from tests.postgres import MISSING, Cluster, new_database, programs
from tests.server.web import Web

pytestmark = [pytest.mark.slow, pytest.mark.skipif(programs() is None, reason=MISSING)]

WRITERS = 8
BATCHES = 25


def test_workers_of_one_database_lose_and_repeat_nothing(tmp_path: Path) -> None:
    with new_database() as uri:
        arguments = [
            "server",
            "-p",
            "0",
            "-w",
            "3",
            f"--backend-store-uri={uri}",
            f"--artifacts-destination={tmp_path}",
        ]
        with RunningServer(arguments, tmp_path) as server:
            shared = Web(server.address).new_run()

            def write(number: int) -> tuple[str, list[int]]:
                # A connection of its own, which one of the workers takes.
                web = Web(server.address)
                own, statuses = web.new_run(), []
                for step in range(BATCHES):
                    for run in (own, shared):
                        metric = {"key": f"k{step % 5}", "value": step, "timestamp": number * 1000 + step, "step": step}
                        statuses.append(web.post("runs/log-batch", run_id=run, metrics=[metric]).status)
                found = web.post("runs/search", experiment_ids=["0"], max_results=1000).json
                assert own in {run["info"]["run_id"] for run in found["runs"]}
                return own, statuses

            with ThreadPoolExecutor(WRITERS) as pool:
                written = list(pool.map(write, range(WRITERS)))

        assert {status for _, statuses in written for status in statuses} == {200}
        with closing(SqlStore(uri)) as store:
            assert sum(len(store.metric_history(shared, f"k{key}")) for key in range(5)) == WRITERS * BATCHES
            for own, _ in written:
                assert sum(len(store.metric_history(own, f"k{key}")) for key in range(5)) == BATCHES


def test_server_answers_503_while_the_database_is_away_and_200_when_it_is_back(tmp_path: Path) -> None:
    with closing(Cluster()) as cluster, cluster.database() as uri:
        options = ServerOptions(store_uri=uri, artifacts_destination=str(tmp_path))
        with running_server(options) as address:
            web = Web(address)
            run = web.new_run()
            metric = {"key": "m", "value": 1, "timestamp": 1, "step": 0}
            cluster.stop()

            away = [web.post("runs/log-batch", run_id=run, metrics=[metric]), web.get("runs/get", f"run_id={run}")]
            cluster.start()
            back = [web.post("runs/log-batch", run_id=run, metrics=[metric]), web.get("runs/get", f"run_id={run}")]

    assert [(answer.status, answer.code) for answer in away] == [(503, "TEMPORARILY_UNAVAILABLE")] * 2
    assert [answer.status for answer in back] == [200, 200]


def test_one_store_sees_at_once_what_another_has_written() -> None:
    with new_database() as uri, closing(SqlStore(uri)) as first, closing(SqlStore(uri)) as second:
        run = first.create_run("0").info.run_id
        for number in range(20):
            first.log_batch(run, metrics=[Metric("m", float(number), number, number)])

            found = second.search_runs(["0"], filter_string=f"metrics.m = {number}")

            assert [one.info.run_id for one in found] == [run]
