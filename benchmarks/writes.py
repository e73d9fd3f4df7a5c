"""What writing costs: batches, single values, new runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks import load
from benchmarks.servers import Server
from benchmarks.table import Row, row

ROUNDS = 3
Work = Callable[[Server, int], list[float]]


# What is slow gets fewer requests a round.
BATCHES = {"mlflow": 8, "fasttrackml": 40, "ours": 150}
CROWDED = {"mlflow": 32, "fasttrackml": 80, "ours": 400}
SINGLE = {"mlflow": 256, "fasttrackml": 1280, "ours": 6400}
RUNS = {"mlflow": 20, "fasttrackml": 60, "ours": 400}


@dataclass
class Turns:
    """What the servers took, by name.

    Attributes:
        cpu: CPU time a request in ms, the least of the rounds: a busy machine only adds.
        times: The time of each request in ms.
    """

    cpu: dict[str, float] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)

    @property
    def p99(self) -> dict[str, float]:
        """The time below which 99 % lie."""
        return {name: p99(times) for name, times in self.times.items()}


def rows(servers: Sequence[Server]) -> list[Row]:
    """Measure the servers in turns; ours is the last of them."""
    ours = servers[-1]
    batch = in_turns(servers, batches(clients=1), BATCHES)
    later = in_turns([ours], batches(clients=1), BATCHES)
    crowded = in_turns(servers, batches(clients=8), CROWDED)
    single = in_turns(servers, single_metrics, SINGLE)
    whole = in_turns(servers, whole_runs, RUNS)
    size = "" if ours.database is None else f"{ours.database.stat().st_size / 1e6:.0f} MB database"
    return [
        row("log-batch of 1000 metrics, durable, server CPU", "ms", batch.cpu, bar=1.8, on=ours.on),
        row("the same, 450 batches later", "ms", later.cpu, bar=1.8, note=size, on=ours.on),
        row("log-batch of 1000 metrics, 8 clients, p99", "ms wall", crowded.p99, bar=30, on=ours.on),
        row("log-metric, 64 clients, durable, server CPU", "ms", single.cpu, bar=0.12, on=ours.on),
        row("create a run and log 20 values, 4 clients, server CPU", "ms", whole.cpu, bar=0.8, on=ours.on),
    ]


def in_turns(servers: Sequence[Server], work: Work, counts: Mapping[str, int]) -> Turns:
    """Let servers work, one round each in turns.

    Args:
        servers: The servers.
        work: Sends requests and returns the time of each in ms.
        counts: Requests a round, by the name of the server.
    """
    turns = Turns()
    for _ in range(ROUNDS):
        for server in servers:
            count = counts[server.name]
            before = server.cpu_s
            turns.times.setdefault(server.name, []).extend(work(server, count))
            cpu = (server.cpu_s - before) * 1000 / count
            turns.cpu[server.name] = min(cpu, turns.cpu.get(server.name, cpu))
    return turns


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
            load.post("runs/log-metric", run_id=run_id, key="loss", value=step / 3, timestamp=step + 1, step=step)
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
