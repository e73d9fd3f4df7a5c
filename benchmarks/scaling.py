"""Whether a unit of work costs the same when there is much more of everything."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from benchmarks import load
from benchmarks.searches import FILTER, searching
from benchmarks.servers import Server
from benchmarks.table import Curve
from benchmarks.writes import batch, in_turns, whole_runs

RUNS = (1_000, 10_000, 100_000)
POINTS = (10_000, 100_000, 1_000_000)
LOOKS = {"ours": 20}
NEW_RUNS = {"ours": 200}
_AMONG = {"ours": "0"}


def over_runs(serving: Callable[[int], AbstractContextManager[Server]], sizes: Sequence[int] = RUNS) -> list[Curve]:
    """Measure servers that have more and more runs.

    Args:
        serving: A server with so many runs, while its block runs.
        sizes: How many.
    """
    found: dict[str, list[float]] = {}
    on = ""
    for size in sizes:
        with serving(size) as server:
            on = server.on
            made = in_turns([server], whole_runs, NEW_RUNS)
            found.setdefault("create a run and log 20 values", []).append(made.cpu["ours"])
            for what, fields in (
                ("search: three conditions, first 100", {"filter": FILTER}),
                ("search: order by a metric, first 100", {"order_by": ["metrics.m0 ASC"]}),
                ("search: first 100", {}),
            ):
                turns = in_turns([server], searching(_AMONG, **fields), LOOKS)
                found.setdefault(what, []).append(turns.cpu["ours"])
    return [Curve(what, "ms CPU", "runs", list(sizes), figures, on) for what, figures in found.items()]


def over_points(server: Server, sizes: Sequence[int] = POINTS) -> list[Curve]:
    """Let one run of a server grow, and measure it at each size."""
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
