"""An experiment of its own for each test, nothing watched before or after, and no complaint that is not expected."""

import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

import runstone
from runstone.client import context
from runstone.client.connection import open_journals


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where runs are kept."""
    return f"sqlite:///{tmp_path_factory.mktemp('autolog')}/runstone.db"


@pytest.fixture(autouse=True)
def begin_anew(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No run is active, and a new experiment is chosen, for child processes as well."""
    monkeypatch.chdir(tmp_path)
    context.forget_choices()
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", address)
    monkeypatch.setenv("RUNSTONE_EXPERIMENT_NAME", f"experiment {uuid4()}")
    yield
    runstone.autolog(disable=True)
    while runstone.active_run():
        runstone.end_run()
    open_journals.close()
    context.forget_choices()


@pytest.fixture
def complaints() -> list[str]:
    """What Runstone has warned of; a test that asks for it expects something."""
    return []


@pytest.fixture(autouse=True)
def only_expected_complaints(request: pytest.FixtureRequest) -> Iterator[None]:
    """A fit whose logging has stopped shows nowhere else."""
    said: list[str] = request.getfixturevalue("complaints") if "complaints" in request.fixturenames else []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]  # shortest
    logger = logging.getLogger("runstone")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
    if "complaints" not in request.fixturenames:
        assert said == []
