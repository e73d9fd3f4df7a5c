"""An import that is killed anywhere goes on at the next time: in the end, all is as one import brings it."""

import hashlib
import os
import random
import shutil
import signal
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runstone.bridge.copying import files_below
from runstone.bridge.importing import bring
from runstone.bridge.resolve import open_source
from runstone.bridge.source import Files
from runstone.bridge.store_source import StoreSource
from runstone.entities import ArtifactPath, Metric
from runstone.schemas.wire import encode
from runstone.stores.resolve import open_store
from tests.bridge.stores import new_store
from tests.bridge.test_round_trip import fill, one_run, version
from tests.faults.forks import context
from tests.faults.loggers import WAIT_S

ROUNDS = 7
MOST_KILLS = 4
# What a store chooses, and where its files are.
CHOSEN = {
    *("experiment_id", "last_update_time", "last_updated_timestamp", "last_updated_timestamp_ms"),
    *("artifact_uri", "artifact_location", "source"),
}


def _source(folder: Path) -> str:
    """A store with one of everything: nested numbers of versions, a trash, many values."""
    with new_store("sqlite", folder) as (address, store):
        long = [Metric("long", 1 / (step + 1), step, step) for step in range(1100)]
        files = {"a": b"1", "b/c": os.urandom(100_000)}
        fill(address, store, "one", [one_run(metrics=long, files=files, models=2), one_run(is_deleted=True)])
        fill(address, store, "gone", [one_run(versions=0)])
        run = store.search_runs([store.get_experiment_by_name("one").experiment_id])[0]
        numbers = [version(store, "gaps", f"{run.info.artifact_uri}/{each}", run.info.run_id) for each in range(5)]
        for number in (numbers[0], numbers[2], numbers[3]):
            store.delete_model_version("gaps", number)
        store.delete_experiment(store.get_experiment_by_name("gone").experiment_id)
    return str(address)


def _bring(source: str, folder: str, last_step: int) -> None:
    """Import; the process is killed at the step with this number, and tells how many there were, if it lives.

    A step is a call of a function, whoever's, or of one in C. For 0, none is counted, which is quicker.
    """
    steps = 0

    def count(*_: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    target = f"sqlite:///{folder}/runs.db"
    with closing(open_source(source)) as opened, closing(open_store(target)) as store:
        sys.setprofile(count if last_step else None)
        brought = bring(opened, store, tracking_uri=target)
        sys.setprofile(None)
    Path(folder, "steps").write_text(str(steps))
    Path(folder, "problems").write_text("\n".join(brought.problems))


def _run(*arguments: object) -> int | None:
    process = context.Process(target=_bring, args=arguments)
    process.start()
    process.join(WAIT_S)
    return process.exitcode


def _held(uri: str) -> dict[str, Any]:
    """All that a store holds, but for what it chooses: each value, and the SHA-256 of each file."""
    with closing(StoreSource(uri)) as source:
        held: dict[str, Any] = {}
        for experiment in source.experiments():
            if experiment.experiment_id == "0":
                continue  # each store has made its own
            name = held[f"experiment {experiment.name}"] = _plain(experiment)
            name["tags"] = [tag for tag in name.get("tags", []) if not tag["key"].startswith("runstone.import.trash")]
            for run in source.runs(experiment.experiment_id):
                values = [(m.key, repr(m.value), m.timestamp, m.step) for m in source.metrics(run.info.run_id)]
                held[f"run {run.info.run_id}"] = (_plain(run), values, _hashes(source.files(run.info.artifact_uri)))
            for model in source.logged_models(experiment.experiment_id):
                held[f"model {model.model_id}"] = (_plain(model), _hashes(source.files(model.artifact_location)))
        for registered in source.registered_models():
            versions = [_plain(each) for each in source.model_versions(registered.name)]
            held[f"registered {registered.name}"] = (_plain(registered), versions)
        return held


def _plain(record: msgspec.Struct) -> Any:
    return _without(msgspec.json.decode(encode(record)))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(each) for key, each in value.items() if key not in CHOSEN}
    return [_without(each) for each in value] if isinstance(value, list) else value


def _hashes(files: Files) -> dict[str, str]:
    return {
        file.path: hashlib.sha256(b"".join(files.read(ArtifactPath(file.path)))).hexdigest()
        for file in files_below(files)
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_import_that_is_killed_anywhere_is_finished_by_the_next(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    counts = Counter[str]()
    source = _source(tmp_path / "source")
    template = tmp_path / "template"
    open_store(f"sqlite:///{template}/runs.db").close()
    whole = shutil.copytree(template, tmp_path / "whole")
    assert _run(source, str(whole), sys.maxsize) == 0
    steps = int((whole / "steps").read_text())
    wanted = _held(f"sqlite:///{whole}/runs.db")

    for number in range(ROUNDS):
        folder = shutil.copytree(template, tmp_path / f"round-{number}")
        for _ in range(chance.randint(1, MOST_KILLS)):
            ended = _run(source, str(folder), chance.randint(1, steps))
            counts["killed" if ended == -signal.SIGKILL else "done"] += 1
        assert _run(source, str(folder), 0) == 0
        assert (folder / "problems").read_text() == "", f"seed {seed}, round {number}"
        assert _held(f"sqlite:///{folder}/runs.db") == wanted, f"seed {seed}, round {number}"
        shutil.rmtree(folder)

    print(f"seed {seed}: {steps} steps of an import, {dict(counts)}")
    assert wanted == _held(source)
    assert counts["killed"] >= ROUNDS
