"""Whether a unit of work costs the same when there is much more of everything."""

import json
from collections.abc import Callable, Sequence

from benchmarks import load
from benchmarks.searches import FILTER, searching
from benchmarks.servers import Server
from benchmarks.table import Curve
from benchmarks.writes import batch, in_turns, twenty_values

RUNS = (1_000, 10_000, 100_000)
# On PostgreSQL it takes too long to log the others through the API.
FEWER_RUNS = RUNS[:2]
POINTS = (10_000, 100_000, 1_000_000)
# So many are made, and paid for, at the end of each size.
MEASURED_RUNS = 400
LOOKS = {"ours": 20}


def curves(server: Server, runs: Sequence[int] = RUNS, points: Sequence[int] = POINTS) -> list[Curve]:
    """Let one server grow, and measure it at each size."""
    return [*_over_points(server, points), *_over_runs(server, runs)]


def _over_runs(server: Server, sizes: Sequence[int]) -> list[Curve]:
    made = load.ask(server.address, load.post("experiments/create", name="growing"))[0]
    among = {"ours": str(made["experiment_id"])}
    found: dict[str, list[float]] = {}
    count = 0
    for size in sizes:
        _make_runs(server, among["ours"], count, size - MEASURED_RUNS)
        cpu = _cpu_ms(server, lambda: _make_runs(server, among["ours"], size - MEASURED_RUNS, size), MEASURED_RUNS)  # noqa: B023  # called at once
        found.setdefault("create a run and log 20 values", []).append(cpu)
        for what, fields in (
            ("search: three conditions, first 100", {"filter": FILTER}),
            ("search: order by a metric, first 100", {"order_by": ["metrics.m0 ASC"]}),
            ("search: first 100", {}),
        ):
            turns = in_turns([server], searching(among, **fields), LOOKS)
            found.setdefault(what, []).append(turns.cpu["ours"])
        count = size
    return [Curve(what, "ms CPU", "runs", list(sizes), figures, server.on) for what, figures in found.items()]


def _make_runs(server: Server, experiment_id: str, first: int, last: int) -> None:
    creates = [load.post("runs/create", experiment_id=experiment_id, start_time=1000 + n) for n in range(first, last)]
    answers = load.run(server.address, list(load.shares(creates, 4)))[1]
    run_ids = [json.loads(answer)["run"]["info"]["run_id"] for share in answers for answer in share]
    values = [twenty_values(run_id, first + number, tags=3) for number, run_id in enumerate(run_ids)]
    load.run(server.address, list(load.shares(values, 4)))


def _over_points(server: Server, sizes: Sequence[int]) -> list[Curve]:
    run_id = load.new_runs(server.address, 1)[0]
    curve = load.get(f"metrics/get-history-bulk-interval?run_ids={run_id}&metric_key=metric_0&max_results=2000")
    batches, charts = [], []
    count = 0
    for size in sizes:
        sent = [batch(run_id, number) for number in range(count, size // 1000)]
        cpu = _cpu_ms(server, lambda: load.run(server.address, [sent]), len(sent))  # noqa: B023  # called at once
        batches.append(cpu)
        charts.append(_cpu_ms(server, lambda: load.run(server.address, [[curve] * 20]), 20) / (size / 10_000))
        count = size // 1000
    return [
        Curve("log-batch of 1000 metrics", "ms CPU", "points", list(sizes), batches, server.on),
        Curve("chart of one metric, for each 1000 of its points", "ms CPU", "points", list(sizes), charts, server.on),
    ]


def _cpu_ms(server: Server, work: Callable[[], object], count: int) -> float:
    before = server.cpu_s
    work()
    return (server.cpu_s - before) * 1000 / count
