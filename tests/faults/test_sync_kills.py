"""``runstone sync`` that is killed anywhere goes on at the next time, and sends nothing twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone.artifacts import resolve as artifacts
from runstone.artifacts.transfer import remote_files
from runstone.client import choices
from runstone.entities import ArtifactPath, LoggedModelStatus, ModelOutput, RunStatus
from runstone.entities.tag import END
from runstone.journal import leftovers
from runstone.journal.folder import journals_of
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore
from runstone.stores.resolve import open_store
from tests.faults.forks import context
from tests.faults.loggers import WAIT_S, log_call, numbers_of

KILLS = 30
CALLS = 60
MODELS = ["first"]
FILES = {"a.txt": "a", "folder/b.txt": "b" * 5000}


def _left_behind(folder: str) -> None:
    """What two processes of one run have left: journals, one with a damaged line, and files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        runstone.set_tracking_uri(f"sqlite:///{folder}/runstone.db")
        runstone.offline()
        run = runstone.start_run(run_name="left")
        for path, text in FILES.items():
            runstone.log_text(text, path)
        for name in MODELS:
            model = runstone.initialize_logged_model(name, tags={"kind": name}, params={"depth": 3})
            for path, text in FILES.items():
                place = Path(folder, "models", path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text)
            choices.client().log_model_artifacts(model.model_id, f"{folder}/models")
            runstone.log_metric("acc", 0.5, step=7, model_id=model.model_id)
            runstone.log_outputs([ModelOutput(model.model_id, 7)])
            runstone.finalize_logged_model(model.model_id, "READY")
        for number in range(CALLS):
            log_call(number)
        child = os.fork()
        if child == 0:
            for number in range(CALLS):
                runstone.log_metric("other", number / 8, step=number)
            os._exit(0)
        os.waitpid(child, 0)
        journals = journals_of(Path(folder, ".runstone", "runs", run.info.run_id))
        assert len(journals) == 2
        with journals[1].open("ab") as file:
            file.write(b"damaged\n")
        os.kill(os.getpid(), signal.SIGKILL)


def _sync(folder: str, last_step: int) -> None:
    """Send what waits; the process is killed at the step with this number, and tells how many there were, if it lives.

    A step is a call of a function, whoever's, or of one in C.
    """
    steps = 0

    def count(*_: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    uri = f"sqlite:///{folder}/runstone.db"
    store = open_store(uri)
    sys.setprofile(count)
    for leftover in leftovers.find(Path(folder, ".runstone")):
        leftovers.send(leftover, store, uri)
    sys.setprofile(None)
    Path(folder, "steps").write_text(str(steps))


def _run(function: Any, *arguments: object) -> int | None:
    process = context.Process(target=function, args=arguments)
    process.start()
    process.join(WAIT_S)
    return process.exitcode


def _check(store: TrackingStore, folder: Path) -> None:
    """All is there once, what is damaged is kept, and nothing waits any more."""
    (run,) = store.search_runs(["0"])
    run_id = run.info.run_id
    assert run.info.status is RunStatus.FAILED
    assert run.data.tags[END].startswith("lost: ")
    assert numbers_of(store, run_id) == list(range(CALLS))
    assert [metric.step for metric in store.metric_history(run_id, "other")] == list(range(CALLS))
    assert isinstance(store, LineageStore)
    models = store.search_logged_models(["0"])
    for model in models:
        assert (model.status, model.params, model.source_run_id) == (LoggedModelStatus.READY, {"depth": "3"}, run_id)
        assert (model.tags, [metric.step for metric in model.metrics]) == ({"kind": model.name}, [7])
    assert sorted(model.name for model in models) == MODELS
    assert {made.model_id for made in run.outputs.model_outputs} == {model.model_id for model in models}
    for uri in (run.info.artifact_uri, *(model.artifact_location for model in models)):
        repository = artifacts.repository(uri, tracking_uri=f"sqlite:///{folder}/runstone.db")
        assert [file.path for file in remote_files(repository)] == list(FILES)
        for path, text in FILES.items():
            assert b"".join(repository.read(ArtifactPath(path))) == text.encode()
    left = [path for path in (folder / ".runstone").rglob("*") if path.is_file() and path.name[0] != "."]
    assert [path.name.startswith("damaged-") for path in left] == [True]
    assert leftovers.find(folder / ".runstone") == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_sync_that_is_killed_anywhere_is_finished_by_the_next(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    template, counts = tmp_path / "template", Counter[str]()
    template.mkdir()
    assert _run(_left_behind, str(template)) == -signal.SIGKILL
    open_store(f"sqlite:///{template}/runstone.db").close()
    whole = shutil.copytree(template, tmp_path / "whole")
    assert _run(_sync, str(whole), 0) == 0
    steps = int((whole / "steps").read_text())

    for kill in range(KILLS):
        folder = shutil.copytree(template, tmp_path / f"kill-{kill}")
        for _ in range(chance.randint(1, 3)):
            ended = _run(_sync, str(folder), chance.randint(1, steps))
            counts["killed" if ended == -signal.SIGKILL else "done"] += 1
        uri = f"sqlite:///{folder}/runstone.db"
        with closing(open_store(uri)) as store:
            for leftover in leftovers.find(folder / ".runstone"):
                leftovers.send(leftover, store, uri)
            _check(store, folder)
        shutil.rmtree(folder)

    print(f"seed {seed}: {steps} steps of a sync, {dict(counts)}")
    assert counts["killed"] >= KILLS


@pytest.mark.slow
def test_two_syncs_at_once_send_all_once(tmp_path: Path) -> None:
    assert _run(_left_behind, str(tmp_path)) == -signal.SIGKILL
    open_store(f"sqlite:///{tmp_path}/runstone.db").close()

    command = [sys.executable, "-m", "runstone", "sync", "--json"]
    both = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    told = [process.communicate(timeout=WAIT_S) for process in both]
    runs = [run for answer, _ in told for run in json.loads(answer)]
    assert all(run["error"] == "" and run["is_sent"] for run in runs)
    assert sum(len(run["complaints"]) for run in runs) == 1
    with closing(open_store(f"sqlite:///{tmp_path}/runstone.db")) as store:
        _check(store, tmp_path)
