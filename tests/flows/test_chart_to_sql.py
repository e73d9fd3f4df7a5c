"""Passage 4: what a chart asks for is answered from the database by one read, thinned, with every peak."""

import json
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from runstone.entities import Metric
from runstone.server.listen import ServerOptions
from runstone.stores.sql.store import SqlStore
from runstone.testing.server import running_server


def test_chart_gets_few_points_with_the_peak_of_each_run(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    store = SqlStore(uri)
    runs = [store.create_run("0").info.run_id for _ in range(2)]
    for number, run in enumerate(runs):
        peak = 7_000 + number
        points = [Metric("loss", 50.0 if step == peak else step / 10_000, step, step) for step in range(10_000)]
        for first in range(0, len(points), 1000):
            store.log_batch(run, metrics=points[first : first + 1000])
    store.close()

    with running_server(ServerOptions(store_uri=uri)) as address:
        query = urlencode({"metric_key": "loss", "run_ids": runs, "max_results": 300}, doseq=True)
        call = f"{address}/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?{query}"
        with urllib.request.urlopen(call) as answer:
            drawn = json.load(answer)["metrics"]

    for number, run in enumerate(runs):
        curve = [point for point in drawn if point["run_id"] == run]
        steps = [point["step"] for point in curve]
        assert len(curve) <= 300
        assert (steps[0], steps[-1]) == (0, 9_999)
        assert steps == sorted(steps)
        assert [point["step"] for point in curve if point["value"] == 50.0] == [7_000 + number]
