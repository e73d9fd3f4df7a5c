"""What searching costs among 10,000 runs with 10 params, 10 metrics and 3 tags each."""

import base64
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks import load
from benchmarks.servers import Server
from benchmarks.table import Row, row
from benchmarks.writes import in_turns, twenty_values

RUNS = 10_000
MADE = 400  # runs that the genuine server makes itself; the rest are clones
FILTER = "metrics.m3 > 0.5 and params.p2 = '5' and tags.t1 LIKE 'b%'"
CLONED = "400 runs by the API, cloned by SQL"


def rows(mlflow: Server, ours: Server) -> list[Row]:
    """Fill both servers and search them in turns."""
    return _rows([mlflow, ours], {"mlflow": fill_mlflow(mlflow), "ours": fill_ours(ours)})


def rows_of_ours(ours: Server) -> list[Row]:
    """Fill ours alone and search it."""
    return _rows([ours], {"ours": fill_ours(ours)})


def _rows(servers: list[Server], among: dict[str, str]) -> list[Row]:
    ours = servers[-1]
    made = {"on": ours.on, "note": CLONED if len(servers) > 1 else ""}
    few, many = {"mlflow": 1, "ours": 60}, {"mlflow": 4, "ours": 60}
    filtered = in_turns(servers, searching(among, filter=FILTER), many)
    ordered = in_turns(servers, searching(among, order_by=["metrics.m0 ASC"]), few)
    tokens = {"mlflow": _THEIR_TOKEN, "ours": _deep_token(ours, among["ours"])}
    deep = in_turns(servers, searching(among, page_token=tokens, max_results=1000), {"mlflow": 1, "ours": 20})
    first = in_turns(servers, searching(among), many)
    return [
        row("search 10k runs: three conditions, first 100, server CPU", "ms", filtered.cpu, bar=20, **made),
        row(
            "search 10k runs: order by a metric, first 100, server CPU",
            "ms",
            ordered.cpu,
            bar=30,
            on=ours.on,
            note="no ANALYZE",
        ),
        row("search 10k runs: page of 1000 at depth 9000, server CPU", "ms", deep.cpu, bar=10, on=ours.on),
        row("search 10k runs: first page of 100, server CPU", "ms", first.cpu, on=ours.on),
    ]


def searching(among: dict[str, str], **fields: Any) -> Callable[[Server, int], list[float]]:
    """A search, again and again.

    Args:
        among: The experiment, by the name of the server.
        fields: What is sent besides; a dict has the value by the name of the server.
    """

    def work(server: Server, count: int) -> list[float]:
        chosen = {name: value[server.name] if isinstance(value, dict) else value for name, value in fields.items()}
        request = load.post("runs/search", **{"experiment_ids": [among[server.name]], "max_results": 100, **chosen})
        return load.run(server.address, [[request] * count])[0]

    return work


# Its tokens hold the offset, as a look at one shows. Asking for nine pages takes ten seconds.
_THEIR_TOKEN = base64.b64encode(json.dumps({"offset": 9000}).encode()).decode()


def _deep_token(server: Server, experiment_id: str) -> str:
    token = ""
    for _ in range(9):
        request = load.post("runs/search", experiment_ids=[experiment_id], max_results=1000, page_token=token)
        token = load.ask(server.address, request)[0]["next_page_token"]
    return token


def fill_ours(server: Server) -> str:
    """Make all runs through the API; returns the experiment."""
    return _make(server, RUNS)


def fill_mlflow(server: Server) -> str:
    """Make some runs through the API, and clone them in the database; returns the experiment."""
    experiment_id = _make(server, MADE)
    assert server.database is not None
    clone(server.database, experiment_id)
    return experiment_id


def _make(server: Server, count: int) -> str:
    made = load.ask(server.address, load.post("experiments/create", name="searched"))[0]
    experiment_id = str(made["experiment_id"])
    creates = [load.post("runs/create", experiment_id=experiment_id, start_time=1000 + n) for n in range(count)]
    _, answers = load.run(server.address, list(load.shares(creates, 4)))
    runs = [json.loads(answer)["run"]["info"] for share in answers for answer in share]
    by_start = sorted(runs, key=lambda info: int(info["start_time"]))
    values = [twenty_values(info["run_id"], number, tags=3) for number, info in enumerate(by_start)]
    load.run(server.address, list(load.shares(values, 4)))
    return experiment_id


def clone(database: Path, experiment_id: str) -> None:
    """Copy the runs of an experiment until there are 10,000, with ids, times and metrics of their own."""
    with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        originals = "SELECT run_uuid FROM runs WHERE experiment_id = ?"
        connection.execute(f"CREATE TEMP TABLE original AS {originals}", (int(experiment_id),))
        for copy in range(1, RUNS // MADE):
            for table in ("runs", "params", "tags", "metrics", "latest_metrics"):
                columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
                chosen = ", ".join(_cloned(name, table, copy) for name in columns)
                names = ", ".join(f'"{name}"' for name in columns)
                connection.execute(
                    f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table} "
                    "WHERE run_uuid IN (SELECT run_uuid FROM original)"
                )
        connection.execute("COMMIT")


def _cloned(column: str, table: str, copy: int) -> str:
    if column == "run_uuid":
        return f"substr(run_uuid, 1, 28) || '{copy:04x}'"
    if column == "start_time" and table == "runs":
        return f"start_time + {copy * MADE}"
    if column == "value" and table in {"metrics", "latest_metrics"}:
        return f"abs(value - {copy / 29:.6f})"
    return f'"{column}"'
