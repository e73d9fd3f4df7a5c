"""From an address to a store."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from runstone.errors import InvalidValue, Unsupported
from runstone.stores.resolve import BUILT_IN, open_embedded_store, open_store, resolve
from runstone.stores.rest.tracking import RestStore
from runstone.stores.sql.store import SqlStore


def test_sqlite_address_opens_a_database(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/runstone.db")) as store:
        assert isinstance(store, SqlStore)


def test_database_of_a_server_is_opened_with_its_root(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"

    with closing(open_embedded_store(uri, artifact_root="mlflow-artifacts:/")) as store:
        assert store.get_experiment("0").artifact_location == "mlflow-artifacts:/0"
        assert store.submit(lambda: 1).result(60) == 1


def test_address_of_a_server_is_no_database() -> None:
    with pytest.raises(InvalidValue, match="another server"):
        open_embedded_store("http://127.0.0.1:1", artifact_root="mlflow-artifacts:/")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:1", "https://example.org/sub", "HTTP://127.0.0.1:1"])
def test_web_address_opens_a_client_of_the_server(uri: str) -> None:
    assert resolve(uri) is RestStore


@pytest.mark.parametrize("uri", ["", "runstone.db", "/data/runstone.db", "mlruns", "C:\\data\\runstone.db"])
def test_address_without_a_scheme_is_refused_with_what_works(uri: str) -> None:
    with pytest.raises(InvalidValue, match="sqlite:///FILE"):
        open_store(uri)


@pytest.mark.parametrize("uri", ["ftp://host/x", "databricks://profile", "mysql://user@host/db"])
def test_unknown_scheme_is_refused_with_what_works(uri: str) -> None:
    with pytest.raises(Unsupported, match="http, https, postgres, postgresql, sqlite"):
        open_store(uri)


@pytest.mark.parametrize("uri", ["./mlruns", "file:./mlruns", "file:///data/mlruns"])
def test_folder_of_mlflow_is_to_be_imported(uri: str) -> None:
    with pytest.raises((InvalidValue, Unsupported), match="`runstone import FOLDER` brings there what MLflow keeps"):
        resolve(uri)


def test_every_built_in_store_can_be_loaded() -> None:
    assert all(callable(resolve(f"{scheme}://x")) for scheme in BUILT_IN)


def test_plugin_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "runstone_toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: runstone-toy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[runstone.tracking_stores]\ntoy = toy_store:open_toy\nbroken = toy_store:nothing\n"
    )
    (tmp_path / "toy_store.py").write_text("def open_toy(uri):\n    raise LookupError(uri)\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(LookupError, match="toy://x"):
        open_store("toy://x")
    with pytest.raises(Unsupported, match="'toy_store:nothing', cannot be loaded"):
        resolve("broken://x")


def test_resolving_loads_no_sql_until_it_is_needed() -> None:
    code = "import sys, runstone.stores.resolve as r; r.resolve('http://x'); print('sqlalchemy' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_opening_a_database_that_is_up_to_date_loads_no_alembic(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    code = (
        "import sys; from runstone.stores.sql.store import SqlStore\n"
        f"for _ in range(2): SqlStore({uri!r}).close()\n"
        "print('alembic' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
