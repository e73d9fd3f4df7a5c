"""The genuine MLflow in an environment of its own: runs scripts with it, and serves."""

import atexit
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import urllib3

from tests.peers.interpreters import Interpreter

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-peer" / "bin" / "python"
# The environments whose MLflow makes stores of its own, by its version's first number.
MAKERS = {"2": ROOT / ".venv-mlflow2" / "bin" / "python", "3": PYTHON}
SCRIPTS = Path(__file__).parent / "scripts"

# What scripts in an environment begin with, as the longest part of most of them is to import it. The libraries are for
# scripts of MLflow's and for scripts of ours, so neither of the two is among them.
MODULES = {
    ".venv-libraries": (
        *("keras", "lightning", "prophet", "pyspark.ml", "pytorch_lightning", "sklearn.linear_model", "spacy", "torch"),
        *("transformers.models.bert.modeling_bert", "transformers.pipelines", "transformers.trainer"),
    ),
    ".venv-mlflow1": ("mlflow",),
    ".venv-mlflow2": ("mlflow", "mlflow.store.tracking.sqlalchemy_store", "sklearn.linear_model"),
    ".venv-peer": ("mlflow", "mlflow.store.tracking.sqlalchemy_store", "sklearn.linear_model"),
}

ENDS_WITHIN_S = 360
STARTS_WITHIN_S = 240

# The genuine package reports home unless it is told not to; a server that fails is asked twice more at most.
QUIET = {
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "HF_HUB_OFFLINE": "1",
    "KERAS_BACKEND": "torch",
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MPLBACKEND": "Agg",
    "NO_COLOR": "1",
}


def environment(address: str, python: Path = PYTHON) -> dict[str, str]:
    """Variables under which the genuine package works on the server at an address, and on nothing else."""
    path = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    not_kept = ("RUNSTONE_", "MLFLOW_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(not_kept)}
    return {**kept, **QUIET, "PATH": path, "MLFLOW_TRACKING_URI": address}


def run_script(name: str, address: str, folder: Path) -> Any:
    """Run a script of ``scripts/`` with the genuine package; returns what it says that it saw.

    Args:
        name: The script, without its suffix.
        address: Server that it works on.
        folder: Where it runs, and may leave files.
    """
    told = folder / f"{name}.json"
    run(SCRIPTS / f"{name}.py", told, address=address, folder=folder)
    return json.loads(told.read_text(encoding="utf-8"))


def run(*arguments: str | Path, address: str, folder: Path, python: Path = PYTHON) -> str:
    """Run the genuine Python, or that of another client, with arguments; returns its standard output."""
    return run_in(python, *arguments, variables=environment(address, python), folder=folder)


def run_in(python: Path, *arguments: str | Path, variables: Mapping[str, str], folder: Path) -> str:
    """Run the Python of one of the environments with arguments; returns its standard output."""
    done = _interpreter(python).run(*arguments, folder=folder, environment=variables, ends_within_s=ENDS_WITHIN_S)
    said = f"{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
    assert done.returncode == 0, f"{arguments[0]} ended with {done.returncode}:\n{said}"
    return done.stdout


@cache
def _interpreter(python: Path) -> Interpreter:
    made = Interpreter(python, MODULES[python.parents[1].name], environment("", python))
    atexit.register(made.close)
    return made


def fill_store(maker: str, address: str, folder: Path, *, artifacts: Path | None = None, points: int = 3000) -> Any:
    """Let the genuine package put one of everything into an empty store; returns what it says that is there then.

    Args:
        maker: First number of its version: one of ``MAKERS``.
        address: The store: ``sqlite:///...``, ``postgresql://...``, a folder or a server.
        folder: Where the script runs.
        artifacts: Where experiments keep artifacts; where the store puts them if ``None``.
        points: Values of the metric ``long``.
    """
    told = folder / "told.json"
    arguments: list[str | Path] = [SCRIPTS / "stores.py", told, str(artifacts or ""), str(points)]
    run(*arguments, address=address, folder=folder, python=MAKERS[maker])
    return json.loads(told.read_text(encoding="utf-8"))


@contextmanager
def running_genuine_server(folder: Path, maker: str = "3") -> Iterator[str]:
    """Serve by the genuine package on a database of its own while the block runs; yields the address.

    Args:
        folder: Where its database and its files are.
        maker: First number of its version: one of ``MAKERS``.
    """
    store = ["--backend-store-uri", f"sqlite:///{folder}/genuine.db", "--artifacts-destination", f"{folder}/files"]
    # It says that it is healthy before its tables are there.
    ready = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    with _running("server", "--workers", "1", *store, folder=folder, ready=ready, python=MAKERS[maker]) as address:
        yield address


@contextmanager
def running_model_server(model: Path, folder: Path) -> Iterator[str]:
    """Serve a model by the genuine package, in its own environment, while the block runs; yields the address."""
    command = ["models", "serve", "--model-uri", str(model), "--env-manager", "local"]
    with _running(*command, folder=folder, ready="/ping", python=PYTHON) as address:
        yield address


@contextmanager
def running_java(python: Path) -> Iterator[dict[str, str]]:
    """Run a Java that processes of Spark use one after the other; yields the variables by which they find it."""
    command = [python, SCRIPTS / "java.py"]
    with subprocess.Popen(
        command, env=environment("", python), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as java:
        assert java.stdout is not None
        port, secret = java.stdout.readline().split()
        yield {"PYSPARK_GATEWAY_PORT": port, "PYSPARK_GATEWAY_SECRET": secret}


@contextmanager
def _running(*command: str, folder: Path, ready: str, python: Path) -> Iterator[str]:
    """Run a command that serves while the block runs; yields the address."""
    address = f"http://127.0.0.1:{_free_port()}"
    said = folder / "genuine.txt"
    with said.open("w") as file:
        server = subprocess.Popen(
            [str(python), "-m", "mlflow", *command, "--port", address.rpartition(":")[2]],
            cwd=folder,
            env={**environment(address, python), "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(server, f"{address}{ready}", said)
            yield address
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, said: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    retries = urllib3.Retry(total=3, status_forcelist=(500, 503), backoff_factor=0.2)
    with urllib3.PoolManager() as pool:
        while time.monotonic() < end and server.poll() is None:
            try:
                pool.request("GET", url, retries=retries, timeout=10)
            except urllib3.exceptions.HTTPError:
                continue
            return
    raise AssertionError(f"the genuine server did not come up:\n{said.read_text()[-4000:]}")
