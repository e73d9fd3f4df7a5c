"""A real training in a real repository, run with all of its capture on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runstone.cli.main import main
from runstone.client import Client
from runstone.client.connection import open_stores
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.client.capture.repositories import WorkTree

Train = Callable[..., str]
Command = Callable[..., Result]

TRAIN = """
import json, pathlib, sys
import runstone
from model import fit

settings = json.loads(pathlib.Path("settings.json").read_text())
with runstone.start_run(run_name="fit"):
    runstone.log_params({"lr": float(sys.argv[1]), **settings})
    for step, loss in enumerate(fit(float(sys.argv[1]), settings["steps"])):
        runstone.log_metric("loss", loss, step=step)
    runstone.log_metric("system/cpu", 50)
"""
MODEL = """
def fit(lr, steps):
    w = 4.0
    for _ in range(steps):
        w -= lr * 2 * (w - 1)
        yield (w - 1) ** 2
"""


@pytest.fixture(autouse=True)
def _users_programs(unmeasured_children: None) -> None:
    """The trainings are a user's; what repeats them runs in this process."""


@pytest.fixture
def tree(tmp_path: Path) -> WorkTree:
    """A repository whose script, module and settings stand in its folder `job`; the settings are not tracked."""
    made = WorkTree(tmp_path / "project")
    made.write("job/train.py", TRAIN)
    made.write("job/model.py", MODEL.replace("4.0", "5.0"))
    made.commit()
    made.write("job/model.py", MODEL)
    made.write("job/settings.json", '{"steps": 5}')
    return made


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database, or a server where a test asks for one."""
    database = f"sqlite:///{tmp_path}/store/runs.db"
    if getattr(request, "param", "sqlite") == "sqlite":
        yield database
        return
    (tmp_path / "store").mkdir()
    options = ServerOptions(store_uri=database, artifacts_destination=f"{tmp_path}/artifacts")
    with running_server(options) as address:
        yield address


@pytest.fixture
def client(store: str) -> Client:
    return Client(store)


@pytest.fixture
def train(tree: WorkTree, store: str, tmp_path: Path) -> Train:
    """Runs the script; returns the id of its run."""

    def trained(*arguments: str, **settings: str) -> str:
        captures = {"GIT": "1", "CODE": "1", "ENVIRONMENT": "1"}
        environment = {f"RUNSTONE_CAPTURE_{name}": value for name, value in captures.items()}
        (tmp_path / "store").mkdir(exist_ok=True)
        subprocess.run(
            [sys.executable, *(arguments or ("train.py", "0.1"))],
            cwd=tree.folder / "job",
            env=os.environ | environment | {"RUNSTONE_TRACKING_URI": store} | settings,
            check=True,
        )
        run_id = Client(store).search_runs(["0"], order_by=["start_time DESC"], max_results=1)[0].info.run_id
        open_stores.close()
        return run_id

    return trained


@pytest.fixture
def reproduce(store: str, tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs ``runstone reproduce ...`` in the repository, with the Python of the tests unless said otherwise."""
    monkeypatch.chdir(tree.folder)

    def call(*arguments: str, input: str | None = None, environment: str = "local") -> Result:
        options = ["--environment", environment, *(["--yes"] if input is None else [])]
        return CliRunner().invoke(main, ["--tracking-uri", store, "reproduce", *options, *arguments], input=input)

    return call
