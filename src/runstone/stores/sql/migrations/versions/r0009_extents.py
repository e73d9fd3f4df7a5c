"""The lowest, highest and first value of each metric of each run, beside the latest."""

from itertools import groupby
from math import isnan
from operator import itemgetter

from alembic import op
from sqlalchemy import BigInteger, Column, Double

from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.history import reader
from runstone.stores.sql.tails import RunPoints

revision = "0009"
down_revision = "0008"

_UPDATE = """
UPDATE latest SET lowest = ?, highest = ?, first_value = ?, first_step = ?, first_timestamp = ?
WHERE run_id = ? AND key_id = ?
"""


def upgrade() -> None:
    """Keep the lowest, highest and first value of each metric of each run, found in the points."""
    for name in ("lowest", "highest", "first_value"):
        op.add_column("latest", Column(name, Double()))
    for name in ("first_step", "first_timestamp"):
        op.add_column("latest", Column(name, BigInteger()))
    driver = driver_of(op.get_bind())
    rows = driver.execute("SELECT run_id, key_id FROM latest ORDER BY run_id").fetchall()
    compacted = {row[0] for row in driver.execute("SELECT DISTINCT run_id FROM chunk")}
    for run_id, keys in groupby(rows, key=itemgetter(0)):
        # What is not compacted is mostly short, and read quicker without numpy.
        points = (reader() if run_id in compacted else RunPoints)(driver, run_id)
        curves = [(key_id, points.curve(key_id, start=None, end=None, points=None)) for _, key_id in keys]
        driver.executemany(_UPDATE, [(*_extent(*curve), run_id, key_id) for key_id, curve in curves if curve[0]])


def _extent(timestamps: list[int], steps: list[int], values: list[float]) -> tuple[float | int | None, ...]:
    numbers = [value + 0.0 for value in values if not isnan(value)]
    first = None if isnan(values[0]) else values[0] + 0.0
    return min(numbers, default=None), max(numbers, default=None), first, steps[0], timestamps[0]
