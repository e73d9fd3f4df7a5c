"""A server of ours, and the genuine MLflow to drive it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.stores.rest.tracking import RestStore
from tests.peers import genuine
from tests.peers.ours import our_server

# They import the genuine package, which only their own environment has.
collect_ignore = ["scripts"]
# A worker takes whole modules, and none should begin a long one when all else is done.
LONGEST_FIRST = (
    *("test_large_flavors", "test_random_calls", "test_import", "test_explanations", "test_libraries", "test_flavors"),
    *("test_comparison", "test_fresh"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long modules first."""
    items.sort(key=lambda item: (*LONGEST_FIRST, item.path.stem).index(item.path.stem))


@pytest.fixture(scope="session")
def peer() -> None:
    """The genuine MLflow is there."""
    if not genuine.PYTHON.exists():
        pytest.skip("the genuine MLflow is not installed: run `make peer`")


@pytest.fixture(scope="session")
def address(peer: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `runstone server` answers, as a process of its own."""
    with our_server(tmp_path_factory.mktemp("server")) as server:
        yield server.address


@pytest.fixture(scope="session")
def store(address: str) -> Iterator[RestStore]:
    """Our own view of the same server."""
    store = RestStore(address)
    yield store
    store.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scripts of a module run."""
    return tmp_path_factory.mktemp("scripts")
