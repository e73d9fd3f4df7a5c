"""A store of its own for each test, and a few small data sets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

import runstone
from runstone.client import context
from runstone.client.connection import open_journals

# Tests that are not about intervals, importance and pictures are quick without them.
PLAIN = {"resamples": 0, "log_model_explainability": False, "pictures": False}


@pytest.fixture(autouse=True)
def store(sqlite_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No run is active, and runs go to a database in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    context.forget_choices()
    runstone.set_tracking_uri(sqlite_uri)
    yield
    while runstone.active_run():
        runstone.end_run()
    open_journals.close()
    context.forget_choices()


@pytest.fixture(scope="session")
def patients() -> pd.DataFrame:
    """Two numbers, a group and a binary outcome that depends on them."""
    random = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "age": random.integers(20, 90, 300),
            "dose": random.normal(0, 1, 300).round(3),
            "ward": random.choice(["north", "south", "west"], 300),
        }
    )
    chance = 1 / (1 + np.exp(-(0.05 * (frame["age"] - 55) + frame["dose"])))
    frame["ill"] = (random.random(300) < chance).astype(int)
    return frame


@pytest.fixture(scope="session")
def classifier(patients: pd.DataFrame) -> Any:
    return LogisticRegression().fit(patients[["age", "dose"]], patients["ill"])


@pytest.fixture(scope="session")
def houses() -> pd.DataFrame:
    """Sizes, ages and prices."""
    random = np.random.default_rng(11)
    frame = pd.DataFrame({"size": random.uniform(40, 200, 200), "age": random.uniform(0, 90, 200)})
    frame["price"] = 3 * frame["size"] - frame["age"] + random.normal(0, 25, 200)
    return frame


@pytest.fixture(scope="session")
def regressor(houses: pd.DataFrame) -> Any:
    return LinearRegression().fit(houses[["size", "age"]], houses["price"])
