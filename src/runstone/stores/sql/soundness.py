"""Whether the points of metrics can be read: every batch and every chunk is opened."""

from runstone.errors import SchemaMismatch
from runstone.stores.sql import chunks
from runstone.stores.sql.driver import Driver

_ROWS = 100
_NEXT = {
    "tail": "SELECT tail.id, run.uuid, 0, tail.points FROM tail JOIN run ON run.id = tail.run_id "
    "WHERE tail.id > ? ORDER BY tail.id LIMIT ?",
    "chunk": "SELECT chunk.id, run.uuid, chunk.codec, chunk.points FROM chunk JOIN run ON run.id = chunk.run_id "
    "WHERE chunk.id > ? ORDER BY chunk.id LIMIT ?",
}


def problems(driver: Driver) -> list[str]:
    """A sentence for each run with points that cannot be read."""
    found: dict[str, str] = {}
    for table, query in _NEXT.items():
        last = 0
        while rows := driver.execute(query, (last, _ROWS)).fetchall():
            for last, run_id, codec, packed in rows:  # noqa: B007 - where the next rows begin
                try:
                    chunks.batch(packed) if table == "tail" else chunks.decode(codec, packed)
                except SchemaMismatch as error:
                    found.setdefault(run_id, f"the metrics of the run {run_id!r} cannot be read: {error.message}")
    return list(found.values())
