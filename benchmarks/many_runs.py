"""What searching costs among 100,000 runs with 10 params, 10 metrics and 5 tags each."""

import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import load
from benchmarks.searches import FILTER, searching
from benchmarks.servers import Server
from benchmarks.table import Row, row
from benchmarks.writes import in_turns
from runstone.entities import Metric, Param, Tag
from runstone.media.frames import of_table
from runstone.stores.rest.tracking import RestStore
from runstone.stores.sql.store import SqlStore

RUNS = 100_000
DEPTH = 90_000
_AT_ONCE = 500
_PAGE = 1000
_AMONG = {"ours": "0"}


def fill(database: Path, runs: int) -> None:
    """Log runs to a new database, many in one transaction."""
    with closing(SqlStore(f"sqlite:///{database}")) as store:

        def some(first: int) -> None:
            for number in range(first, min(first + _AT_ONCE, runs)):
                run_id = store.create_run("0", start_time=1000 + number).info.run_id
                store.log_batch(run_id, metrics=_metrics(number), params=_params(number), tags=_tags(number))

        for first in range(0, runs, _AT_ONCE):
            store.submit(partial(some, first)).result()


def _params(number: int) -> list[Param]:
    return [Param(f"p{key}", str((number * (key + 3)) % 17)) for key in range(10)]


def _metrics(number: int) -> list[Metric]:
    return [Metric(f"m{key}", (number * (2 * key + 7919)) % 10_007 / 10_007, 1, 0) for key in range(10)]


def _tags(number: int) -> list[Tag]:
    return [Tag(f"t{key}", f"{'abcdefgh'[(number + key) % 8]}-{number % 100}") for key in range(5)]


def rows(server: Server, *, depth: int = DEPTH) -> list[Row]:
    """Search a server that has the runs."""
    token = ""
    for _ in range(depth // _PAGE):
        request = load.post("runs/search", experiment_ids=["0"], max_results=_PAGE, page_token=token)
        token = load.ask(server.address, request)[0]["next_page_token"]
    searches: list[tuple[str, float | None, dict[str, Any]]] = [
        ("three conditions, first 100", 20, {"filter": FILTER}),
        ("order by a metric, first 100", 30, {"order_by": ["metrics.m0 ASC"]}),
        (f"page of 1000 at depth {depth}", 10, {"page_token": token, "max_results": _PAGE}),
        ("a range that ten runs pass, and an equality", None, {"filter": "metrics.m3 > 0.9999 AND params.p2 = '5'"}),
        ("first page of 100", None, {}),
    ]
    found = []
    for what, bar, fields in searches:
        cpu = in_turns([server], searching(_AMONG, **fields), {"ours": 20}).cpu
        found.append(row(f"search 100k runs: {what}, server CPU", "ms", cpu, bar=bar, on=server.on))
    took, width = _frame(server)
    note = f"{width} columns"
    return [
        *found,
        row("100k runs to a frame, server and client CPU", "s", {"ours": took}, bar=2, on=server.on, note=note),
    ]


def _frame(server: Server) -> tuple[float, int]:
    """CPU seconds that all runs as a frame take, server and client together, and its columns."""
    least, width = float("inf"), 0
    with closing(RestStore(server.address)) as store:
        for _ in range(2):
            before = server.cpu_s + time.process_time()
            table = store.search_run_table(["0"], max_results=RUNS)
            width = of_table(table).shape[1]
            least = min(least, server.cpu_s + time.process_time() - before)
    return least, width
