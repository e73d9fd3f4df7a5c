"""What writing costs: batches, single values, new runs."""

from collections.abc import Callable, Sequence

from benchmarks import load
from benchmarks.servers import Server
from benchmarks.table import Row

ROUNDS = 3
Work = Callable[[Server, int], list[float]]


def rows(mlflow: Server, ours: Server) -> list[Row]:
    """Measure both servers in turns."""
    batch_cpu, _ = in_turns(mlflow, ours, batches(clients=1), (8, 150))
    flat_cpu, _ = in_turns(None, ours, batches(clients=1), (0, 150))
    _, waits = in_turns(mlflow, ours, batches(clients=8), (32, 400))
    metric_cpu, _ = in_turns(mlflow, ours, single_metrics, (256, 6400))
    run_cpu, _ = in_turns(mlflow, ours, whole_runs, (20, 400))
    points = f"{ours.database.stat().st_size / 1e6:.0f} MB database"
    return [
        Row("log-batch of 1000 metrics, durable, server CPU", "ms", *batch_cpu, 1.8),
        Row("the same, 450 batches later", "ms", *flat_cpu, 1.8, points),
        Row("log-batch of 1000 metrics, 8 clients, p99", "ms wall", p99(waits[0]), p99(waits[1]), 30),
        Row("log-metric, 64 clients, durable, server CPU", "ms", *metric_cpu, 0.12),
        Row("create a run and log 20 values, 4 clients, server CPU", "ms", *run_cpu, 0.8),
    ]


def in_turns(
    mlflow: Server | None, ours: Server, work: Work, counts: tuple[int, int]
) -> tuple[tuple[float | None, float], tuple[list[float], list[float]]]:
    """Let both servers work, one round each in turns.

    Args:
        mlflow: The genuine server; ``None`` to leave it out.
        ours: Our server.
        work: Sends requests and returns the time of each in ms.
        counts: Requests a round, for each server: what is slow gets fewer.

    Returns:
        CPU time a request in ms, the least of the rounds (a busy machine only adds), and all times, for each server.
    """
    cpu: dict[str, list[float]] = {"mlflow": [], "ours": []}
    times: dict[str, list[float]] = {"mlflow": [], "ours": []}
    for _ in range(ROUNDS):
        for server, count in ((mlflow, counts[0]), (ours, counts[1])):
            if server is not None:
                before = server.cpu_s
                found = work(server, count)
                times[server.name] += found
                cpu[server.name].append((server.cpu_s - before) * 1000 / count)
    return (min(cpu["mlflow"], default=None), min(cpu["ours"])), (times["mlflow"], times["ours"])


def batches(*, clients: int) -> Work:
    """Batches of 1000 metrics, 10 keys x 100 steps, one run a client."""

    def work(server: Server, count: int) -> list[float]:
        runs = load.new_runs(server.address, clients)
        share = count // clients
        return load.run(server.address, [[batch(run_id, n) for n in range(share)] for run_id in runs])[0]

    return work


def batch(run_id: str, number: int) -> bytes:
    """The batch of a run with this number."""
    steps = range(number * 100, number * 100 + 100)
    metrics = [
        {"key": f"metric_{key}", "value": key + step / 7, "timestamp": 1_700_000_000_000 + step, "step": step}
        for step in steps
        for key in range(10)
    ]
    return load.post("runs/log-batch", run_id=run_id, metrics=metrics)


def single_metrics(server: Server, count: int) -> list[float]:
    """One value a request, from 64 clients."""
    run_ids = load.new_runs(server.address, 64)
    requests = [
        [
            load.post("runs/log-metric", run_id=run_id, key="loss", value=step / 3, timestamp=step, step=step)
            for step in range(count // len(run_ids))
        ]
        for run_id in run_ids
    ]
    return load.run(server.address, requests)[0]


def whole_runs(server: Server, count: int) -> list[float]:
    """New runs and a batch of 10 params and 10 metrics for each, from 4 clients."""
    run_ids = load.new_runs(server.address, count, clients=4)
    values = [twenty_values(run_id, number) for number, run_id in enumerate(run_ids)]
    return load.run(server.address, list(load.shares(values, 4)))[0]


def twenty_values(run_id: str, number: int, *, tags: int = 0) -> bytes:
    """A batch of 10 params, 10 metrics and some tags, which vary with the number."""
    return load.post(
        "runs/log-batch",
        run_id=run_id,
        params=[{"key": f"p{key}", "value": str((number * (key + 3)) % 17)} for key in range(10)],
        metrics=[
            {"key": f"m{key}", "value": (number * (2 * key + 7919)) % 10_007 / 10_007, "timestamp": 1, "step": 0}
            for key in range(10)
        ],
        tags=[{"key": f"t{key}", "value": f"{'abcdefgh'[(number + key) % 8]}-{number % 100}"} for key in range(tags)],
    )


def p99(times: Sequence[float]) -> float:
    """The time below which 99 % lie."""
    return sorted(times)[int(len(times) * 0.99)]
