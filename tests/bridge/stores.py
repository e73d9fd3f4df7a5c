"""Stores to bring things into and out of, and what a bundle holds in words that two stores can share."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from runstone.artifacts.resolve import repository
from runstone.bridge.brought import Brought
from runstone.bridge.bundle_reader import Bundle
from runstone.bridge.bundle_writer import write
from runstone.bridge.importing import bring
from runstone.bridge.selection import of_experiment
from runstone.bridge.store_source import StoreSource
from runstone.entities import ArtifactPath
from runstone.schemas.wire import encode
from runstone.server.listen import ServerOptions
from runstone.stores.resolve import open_store
from runstone.testing.server import running_server
from tests.postgres import new_database

KINDS = ("sqlite", "postgres", "rest")

Place = tuple[str, Any]
"""The address of a store, and the store."""


@contextmanager
def new_store(kind: str, folder: Path) -> Iterator[tuple[str, Any]]:
    """An empty store of a kind; yields its address and the store."""
    database = f"sqlite:///{folder}/{kind}/runs.db"
    with ExitStack() as stack:
        address = database
        if kind == "postgres":
            address = stack.enter_context(new_database())
        elif kind == "rest":
            address = stack.enter_context(running_server(ServerOptions(store_uri=database)))
        store: Any = stack.enter_context(closing(open_store(address)))
        if kind == "postgres":
            store.record_artifact_root(str(folder / "files"))
        yield address, store


def bring_all(origin: Place, target: Place) -> Brought:
    """Bring all that a store has into another."""
    return bring(StoreSource(*origin), target[1], tracking_uri=target[0])


def bring_in(file: Path, address: str, store: Any) -> Brought:
    """Bring a bundle into a store."""
    with closing(Bundle(file)) as bundle:
        return bring(bundle, store, tracking_uri=address)


def export(address: str, store: Any, name: str, file: Path) -> Path:
    """Write an experiment of a store into a bundle, which lacks nothing."""
    assert export_problems(address, store, name, file) == []
    return file


def export_problems(address: str, store: Any, name: str, file: Path) -> list[str]:
    """Write an experiment of a store into a bundle; what that has not."""
    source = StoreSource(address, store)
    return write(of_experiment(source, store.get_experiment_by_name(name)), file).problems


def put_file(address: str, uri: str, path: str, content: bytes) -> None:
    """Write an artifact."""
    repository(uri, tracking_uri=address).write(ArtifactPath(path), [content])


def content(file: Path) -> dict[str, Any]:
    """All that a bundle holds but for what a store chooses: numbers of experiments, and times of the last change."""
    with closing(Bundle(file)) as bundle:
        experiments = list(bundle.experiments())
        return {
            "experiments": [_plain(each) for each in experiments],
            "runs": {
                run.info.run_id: (
                    _plain(run),
                    [(m.key, repr(float(m.value)), m.timestamp, m.step) for m in bundle.metrics(run.info.run_id)],
                )
                for each in experiments
                for run in bundle.runs(each.experiment_id)
            },
            "models": [_plain(model) for each in experiments for model in bundle.logged_models(each.experiment_id)],
            "registered": [_plain(each) for each in bundle.registered_models()],
            "versions": [
                _plain(each) for model in bundle.registered_models() for each in bundle.model_versions(model.name)
            ],
            "files": {member.name: member.sha256 for member in bundle.members if "artifacts/" in member.name},
        }


_CHOSEN = {"experiment_id", "last_update_time", "last_updated_timestamp", "last_updated_timestamp_ms"}


def _plain(record: msgspec.Struct) -> Any:
    return _without(msgspec.json.decode(encode(record)))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(each) for key, each in value.items() if key not in _CHOSEN}
    return [_without(each) for each in value] if isinstance(value, list) else value
