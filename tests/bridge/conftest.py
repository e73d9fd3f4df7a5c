"""Stores that tests of the bridge take things out of and bring them into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bridge.stores import Place, new_store


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Place]:
    """A store to take things out of."""
    with new_store("sqlite", tmp_path / "origin") as store:
        yield store


@pytest.fixture(params=["sqlite", "rest"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A store to bring things into."""
    with new_store(request.param, tmp_path) as store:
        yield store
