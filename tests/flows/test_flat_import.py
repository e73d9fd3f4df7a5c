"""A long history is read from a database and from a bundle, and written to a store, with flat memory."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runstone.bridge.importing import bring
from runstone.bridge.mlflow_connection import REVISIONS
from runstone.bridge.resolve import open_source
from runstone.stores.resolve import open_store
from tests.bridge.stores import export
from tests.bridge.test_mlflow_connection import TABLES, database

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc tells the largest memory here"),
]

VALUES = 600_000
MOST_MB = 25
RUNS = {"few": "a" * 32, "many": "b" * 32}

# A process of its own. The source with few values loads what reading needs.
READ = """
import json, re, sys
from itertools import islice
from pathlib import Path
from runstone.bridge.resolve import open_source
from runstone.stores.resolve import open_store

def largest_mb():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1000

def write(source, run_id):
    count = 0
    values = open_source(source).metrics(run_id)
    while batch := list(islice(values, 1000)):
        store.log_batch(here, metrics=batch)
        count += len(batch)
    return count

store = open_store(sys.argv[1])
here = store.create_run("0").info.run_id
write(sys.argv[2], "a" * 32)
before = largest_mb()
print(json.dumps([write(sys.argv[3], "b" * 32), largest_mb() - before]))
"""


def mlflow(folder: Path, name: str, count: int) -> str:
    """A database of MLflow with a run of so many values."""
    (folder / name).mkdir()
    address = database(folder / name, TABLES)
    with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as made, made:
        made.execute("INSERT INTO alembic_version VALUES (?)", (REVISIONS[-1],))
        made.execute("INSERT INTO experiments VALUES (1, ?, '', 'active', 1, 1, 'default')", (name,))
        made.execute("INSERT INTO runs VALUES (?, ?, '', 'FINISHED', 1, 2, '', 'active', 1)", (RUNS[name], name))
        made.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, 0, ?)", values(count, RUNS[name]))
    return address


def values(count: int, run_id: str) -> Iterator[tuple[str, float, int, int, str]]:
    return ((f"m{number % 4}", number / 8, number, number, run_id) for number in range(count))


def growth_mb(target: str, few: str, many: str) -> float:
    """How much the largest memory of a process that brings values grows by a long history after a short one."""
    done = subprocess.run(
        [sys.executable, "-c", READ, target, few, many], capture_output=True, text=True, check=True, timeout=240
    )
    count, growth = json.loads(done.stdout)
    assert count == VALUES
    return float(growth)


def test_long_history_of_a_database_passes_with_flat_memory(tmp_path: Path) -> None:
    few, many = mlflow(tmp_path, "few", 100), mlflow(tmp_path, "many", VALUES)

    assert growth_mb(f"sqlite:///{tmp_path}/runs.db", few, many) < MOST_MB


def test_long_history_of_a_bundle_passes_with_flat_memory(tmp_path: Path) -> None:
    bundles = []
    for name, count in (("few", 100), ("many", VALUES)):
        uri = f"sqlite:///{tmp_path}/{name}.db"
        with closing(open_store(uri)) as store, closing(open_source(mlflow(tmp_path, name, count))) as source:
            bring(source, store, tracking_uri=uri)
            bundles.append(str(export(uri, store, name, tmp_path / f"{name}.zip")))

    assert growth_mb(f"sqlite:///{tmp_path}/runs.db", *bundles) < MOST_MB
