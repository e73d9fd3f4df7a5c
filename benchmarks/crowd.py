"""Many clients at once for some time: writers that log small batches, and readers that look at what they wrote."""

import asyncio
import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from benchmarks import load
from benchmarks.load import Connection
from benchmarks.servers import Server
from benchmarks.table import Row
from benchmarks.writes import p99

WRITERS, READERS = 50, 20
SECONDS = 120
POINTS = 10
# A trainer does something between two batches, and who looks at a page reads it.
WRITE_EACH_S, READ_EACH_S = 0.25, 0.5


class Crowd:
    """Clients with runs of their own, which work when told.

    Attributes:
        run_ids: A run for each writer.
        logged: How many values of ``loss`` each writer had acknowledged.
        write_ms: The time of each write.
        read_ms: The time of each read.
    """

    def __init__(self, address: str, *, writers: int = WRITERS, readers: int = READERS) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname, parts.port
        self._readers = readers
        self.run_ids = load.new_runs(address, writers)
        self.logged = [0] * writers
        self.write_ms: list[float] = []
        self.read_ms: list[float] = []

    def work(self, seconds: float) -> None:
        """Let all work for some time.

        Raises:
            RuntimeError: An answer was not 200.
        """
        asyncio.run(self._work(time.monotonic() + seconds))

    async def _work(self, end: float) -> None:
        writing = [self._client(end, WRITE_EACH_S, self.write_ms, self._batch(n)) for n in range(len(self.run_ids))]
        reading = [self._client(end, READ_EACH_S, self.read_ms, self._look(n)) for n in range(self._readers)]
        await asyncio.gather(*writing, *reading)

    async def _client(self, end: float, pause_s: float, times: list[float], request: Callable[[], bytes]) -> None:
        connection = Connection(*await asyncio.open_connection(self._host, self._port, limit=1 << 24))
        while time.monotonic() < end:
            sent = request()
            start = time.perf_counter()
            await connection.send(sent)
            times.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(pause_s)
        connection.close()

    def _batch(self, writer: int) -> Callable[[], bytes]:
        run_id = self.run_ids[writer]

        def request() -> bytes:
            first = self.logged[writer]
            self.logged[writer] += 1
            metrics = [
                {"key": key, "value": first / 7, "timestamp": first, "step": first}
                for key in ("loss", *(f"m{number}" for number in range(POINTS - 1)))
            ]
            return load.post("runs/log-batch", run_id=run_id, metrics=metrics)

        return request

    def _look(self, reader: int) -> Callable[[], bytes]:
        looks = [
            load.post("runs/search", experiment_ids=["0"], max_results=100, order_by=["metrics.loss DESC"]),
            load.get(f"runs/get?run_id={self.run_ids[reader % len(self.run_ids)]}"),
            load.get(f"metrics/get-history?run_id={self.run_ids[-1]}&metric_key=loss&max_results=1000"),
        ]
        count = reader

        def request() -> bytes:
            nonlocal count
            count += 1
            return looks[count % len(looks)]

        return request


def rows(server: Server, seconds: float = SECONDS) -> list[Row]:
    """Two minutes of 50 writers and 20 readers, after a warm-up; an error ends the benchmark.

    The caches of the connections fill in the first minute, so that a leak is looked for in the second.
    """
    crowd = Crowd(server.address)
    crowd.work(seconds / 8)
    crowd.write_ms.clear()
    crowd.read_ms.clear()
    cpu = server.cpu_s
    crowd.work(seconds / 2)
    memory = server.memory_mb[1]
    crowd.work(seconds / 2)
    grown = server.memory_mb[1] - memory
    used = (server.cpu_s - cpu) / seconds * 100
    kept = load.ask(server.address, load.get(f"runs/get?run_id={crowd.run_ids[0]}"))[0]
    assert json.dumps(kept).count('"loss"') == 1
    note = f"{len(crowd.write_ms)} writes, {len(crowd.read_ms)} reads, no error; {used:.0f} % of a core"
    what = f"{WRITERS} writers and {READERS} readers for {seconds:.0f} s"
    return [
        Row(f"{what}: a write, p99", "ms wall", None, p99(crowd.write_ms), 100, note),
        Row(f"{what}: a read, p99", "ms wall", None, p99(crowd.read_ms)),
        Row(f"{what}: growth of memory", "MB", None, max(grown, 0.0), note=f"in the second half, from {memory:.0f} MB"),
    ]
