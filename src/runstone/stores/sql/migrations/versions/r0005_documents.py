"""The table of the JSON that searches answer with, filled for the runs that are there."""

from operator import itemgetter
from typing import Any

import msgspec
from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, LargeBinary, PrimaryKeyConstraint

from runstone.stores.sql.driver import Driver, driver_of

revision = "0005"
down_revision = "0004"

# SQLite makes a 64-bit rowid only of a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

_MOST_VALUES = 200
_AT_ONCE = 500


def upgrade() -> None:
    """Keep the JSON that searches answer with, for each run of at most 200 values; searches make that of the others."""
    op.create_table(
        "document",
        Column("run_id", Id, autoincrement=False, nullable=False),
        Column("data", LargeBinary()),
        ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_document_run_id", ondelete="CASCADE"),
        PrimaryKeyConstraint("run_id", name="pk_document"),
    )
    driver = driver_of(op.get_bind())
    last = 0
    some = "SELECT id FROM run WHERE id > ? ORDER BY id LIMIT ?"
    while numbers := [row[0] for row in driver.execute(some, (last, _AT_ONCE))]:
        last = numbers[-1]
        found: dict[int, dict[str, list[Any]]] = {number: {} for number in numbers}
        for number, name, value, step, timestamp in _rows(driver, "latest", "value, step, timestamp", numbers):
            point = {"key": name, "value": _word(value), "timestamp": timestamp, "step": step}
            found[number].setdefault("metrics", []).append(point)
        for table in ("param", "tag"):
            for number, name, value in _rows(driver, table, "value", numbers):
                found[number].setdefault(f"{table}s", []).append({"key": name, "value": value})
        driver.executemany(
            "INSERT INTO document (run_id, data) VALUES (?, ?)",
            [
                (number, msgspec.json.encode(data))
                for number, data in found.items()
                if sum(map(len, data.values())) <= _MOST_VALUES
            ],
        )


def _rows(driver: Driver, table: str, columns: str, numbers: list[int]) -> list[Any]:
    query = (
        f"SELECT of_run.run_id, key.name, {columns} FROM {table} AS of_run CROSS JOIN key "  # noqa: S608  # our words
        f"WHERE key.id = of_run.key_id AND of_run.run_id BETWEEN ? AND ?"
    )
    return sorted(driver.execute(query, (numbers[0], numbers[-1])), key=itemgetter(1))


def _word(value: float | None) -> float | str:
    if value is None:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value
