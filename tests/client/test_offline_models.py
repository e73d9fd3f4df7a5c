"""Logged models without any server: made here, read back, sent by ``runstone sync``."""

from pathlib import Path

import pytest

import runstone
from runstone.client import Client, choices
from runstone.client.connection import open_journals, open_stores
from runstone.entities import LoggedModel, LoggedModelStatus, ModelInput, ModelOutput
from runstone.errors import (
    BackendUnavailable,
    InvalidValue,
    JournalFull,
    LoggedModelExists,
    LoggedModelNotFound,
    NotFound,
    RunNotFound,
    SchemaMismatch,
    Unsupported,
)
from runstone.journal import folder as folders
from runstone.journal import leftovers, models
from runstone.journal.creation import create
from runstone.journal.folder import facts_of
from runstone.journal.offline import OfflineStore
from tests.client.syncing import sync

UNKNOWN = "m-" + "0" * 32


def folder_of(model: LoggedModel) -> Path:
    return Path(".runstone", "runs", model.source_run_id, "models", model.model_id)


def test_models_that_were_made_offline_arrive(address: str, offline: None, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "MLmodel").write_text("flavors: {}")
    (tmp_path / "model" / "weights.bin").write_bytes(bytes(3 << 20))
    runstone.set_experiment("models")
    with runstone.start_run() as run:
        made = runstone.initialize_logged_model(
            "wheat", tags={"a": "1", "gone": "x"}, params={"depth": 3}, model_type="tree"
        )
        runstone.log_model_params({"trees": 10})
        runstone.set_logged_model_tags(made.model_id, {"a": "2"})
        runstone.delete_logged_model_tag(made.model_id, "gone")
        runstone.log_metric("acc", 0.9, step=2, timestamp=5, model_id=made.model_id)
        choices.client().log_model_artifacts(made.model_id, str(tmp_path / "model"))
        runstone.log_outputs([ModelOutput(made.model_id, 2)])
        runstone.finalize_logged_model(made.model_id, "READY")
        elsewhere = runstone.create_external_model("elsewhere")
        runstone.log_inputs(models=[ModelInput(elsewhere.model_id)])
    here = {model.name: runstone.get_logged_model(model.model_id) for model in (made, elsewhere)}
    assert [file.path for file in choices.client().list_logged_model_artifacts(made.model_id)] == [
        "MLmodel",
        "weights.bin",
    ]
    read = runstone.get_run(run.info.run_id)
    assert (read.outputs.model_outputs, read.inputs.model_inputs) == (
        [ModelOutput(made.model_id, 2)],
        [ModelInput(elsewhere.model_id)],
    )
    open_journals.close()
    assert "1 run and 2 logged models wait in .runstone" in sync("--tracking-uri", address, "runs", "list")[1]
    assert ", 2 files and 2 logged models." in sync("--tracking-uri", address, "sync", "--dry-run")[1]

    code, said = sync("--tracking-uri", address, "sync")

    assert code == 0, said
    assert "Found there afterwards: 1 value, 0 params, 2 files and 2 logged models." in said
    client = Client(address)
    there = {
        model.name: model for model in client.search_logged_models([client.get_run(run.info.run_id).info.experiment_id])
    }
    for name, model in here.items():
        arrived = there[name]
        assert (arrived.model_id, arrived.status) == (model.model_id, LoggedModelStatus.READY)
        assert (arrived.params, arrived.tags, arrived.metrics) == (model.params, model.tags, model.metrics)
        assert (arrived.model_type, arrived.source_run_id) == (model.model_type, run.info.run_id)
        assert arrived.creation_timestamp == model.creation_timestamp
    assert there["wheat"].params == {"depth": "3", "trees": "10"}
    assert there["wheat"].tags == {"a": "2"}
    assert client.get_run(run.info.run_id).outputs == read.outputs
    assert client.get_run(run.info.run_id).inputs == read.inputs
    assert [file.file_size for file in client.list_logged_model_artifacts(made.model_id)] == [11, 3 << 20]
    assert not list(Path(".runstone/runs").iterdir())
    assert sync("--tracking-uri", address, "sync") == (0, "Nothing waits to be sent.\n")


@pytest.mark.usefixtures("offline")
def test_model_is_read_back_as_it_is_here() -> None:
    with runstone.start_run():
        made = runstone.initialize_logged_model(params={"depth": 3})
        runstone.finalize_logged_model(made.model_id, "FAILED")
        found = runstone.last_logged_model()

    assert made.name == f"offline-{made.model_id[2:10]}"
    assert (made.status, made.params) == (LoggedModelStatus.PENDING, {"depth": "3"})
    assert found is not None
    assert (found.model_id, found.status) == (made.model_id, LoggedModelStatus.FAILED)


def test_model_without_a_run_arrives_before_the_metrics_that_name_it(address: str, offline: None) -> None:
    runstone.set_experiment("alone")
    made = runstone.initialize_logged_model("wheat", params={"depth": 3})
    Path("a.txt").write_text("a")
    choices.client().log_model_artifact(made.model_id, "a.txt")
    runstone.finalize_logged_model(made.model_id, "READY")
    with runstone.start_run() as run:
        runstone.log_metric("acc", 0.5, model_id=made.model_id)
    here = runstone.get_logged_model(made.model_id)
    waiting = sync("--tracking-uri", "sqlite:///not-yet.db", "runs", "list")[1]
    alive = [leftover.is_alive for leftover in leftovers.find(folders.root())]
    with pytest.raises(RunNotFound):
        runstone.get_run(made.model_id.removeprefix("m-"))
    open_journals.close()

    code, said = sync("--tracking-uri", address, "sync")

    assert (here.source_run_id, here.experiment_id) == ("", "offline:alone")
    assert alive == [True, False]
    assert "1 run waits in .runstone" in waiting
    assert code == 0, said
    assert f"Logged model {made.model_id}: 1 file sent to " in said
    client = Client(address)
    there = client.get_logged_model(made.model_id)
    experiment = client.get_experiment_by_name("alone")
    assert experiment is not None
    assert (there.status, there.params, there.source_run_id) == (LoggedModelStatus.READY, {"depth": "3"}, "")
    assert [metric.run_id for metric in there.metrics] == [run.info.run_id]
    assert there.experiment_id == experiment.experiment_id
    assert [found.info.run_id for found in client.search_runs([experiment.experiment_id])] == [run.info.run_id]
    assert not list(Path(".runstone/runs").iterdir())


@pytest.mark.usefixtures("offline")
def test_model_of_another_experiment_or_run_is_refused() -> None:
    runstone.set_experiment("mine")
    with runstone.start_run():
        with pytest.raises(Unsupported, match=r"the experiment of its run, 'offline:mine'; got '7'"):
            runstone.initialize_logged_model("wheat", experiment_id="7")
        with pytest.raises(RunNotFound):
            runstone.initialize_logged_model("wheat", source_run_id="0" * 32)


@pytest.mark.usefixtures("offline")
def test_model_that_breaks_a_rule_is_refused_at_once() -> None:
    with runstone.start_run():
        with pytest.raises(InvalidValue, match="the name of a logged model has none of"):
            runstone.initialize_logged_model("a/b")
        made = runstone.initialize_logged_model("wheat", params={"depth": 3})
        with pytest.raises(InvalidValue, match=r"'depth' of the logged model .* is '3' and cannot become '4'"):
            runstone.log_model_params({"trees": 1, "depth": 4})
        with pytest.raises(NotFound, match="has no tag 'stage'"):
            runstone.delete_logged_model_tag(made.model_id, "stage")

    assert runstone.get_logged_model(made.model_id).params == {"depth": "3"}


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("model_id", [UNKNOWN, "../../x", "*"])
def test_unknown_model_is_not_found(model_id: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")

    for call in (
        lambda: runstone.get_logged_model(model_id),
        lambda: runstone.finalize_logged_model(model_id, "READY"),
        lambda: runstone.set_logged_model_tags(model_id, {"a": "b"}),
        lambda: runstone.delete_logged_model_tag(model_id, "a"),
        lambda: runstone.log_model_params({"a": 1}, model_id),
        lambda: choices.client().log_model_artifact(model_id, "a.txt"),
        lambda: choices.client().list_logged_model_artifacts(model_id),
    ):
        with pytest.raises(LoggedModelNotFound):
            call()


@pytest.mark.usefixtures("offline")
def test_id_that_is_chosen_twice_is_refused() -> None:
    with runstone.start_run() as run:
        pass
    store = OfflineStore(Path(".runstone").absolute(), "", lambda _: None)
    store.create_logged_model("0", source_run_id=run.info.run_id, model_id=UNKNOWN, created_at=5)

    with pytest.raises(LoggedModelExists, match="is kept in this folder"):
        store.create_logged_model("0", source_run_id=run.info.run_id, model_id=UNKNOWN)

    assert store.get_logged_model(UNKNOWN).creation_timestamp == 5


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("text", "why"), [(b"{", "cannot be read"), (b'{"journal":2,"model_id":"m"}', "of version 2, written by a newer")]
)
def test_file_of_a_model_that_cannot_be_read_is_told(text: bytes, why: str) -> None:
    with runstone.start_run():
        made = runstone.initialize_logged_model("wheat")
    (folder_of(made) / "model.json").write_bytes(text)

    with pytest.raises(SchemaMismatch, match=why):
        runstone.get_logged_model(made.model_id)


@pytest.mark.usefixtures("offline")
def test_model_that_cannot_be_kept_is_refused() -> None:
    with runstone.start_run() as run:
        Path(".runstone/runs", run.info.run_id, "models").write_text("no folder")
        with pytest.raises(JournalFull, match="cannot be kept"):
            runstone.initialize_logged_model("wheat")
        Path(".runstone/runs", run.info.run_id, "models").unlink()


def test_model_whose_server_was_away_is_made_as_soon_as_it_is_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: Client) -> None:
        raise BackendUnavailable("the server does not answer")

    runstone.set_tracking_uri(client.tracking_uri)
    with monkeypatch.context() as away:
        away.setattr(Client, "_check_store", gone)
        run = runstone.start_run()
    made = runstone.initialize_logged_model("wheat")
    runstone.log_metric("acc", 0.5, model_id=made.model_id)
    runstone.flush_async_logging()
    there = client.get_logged_model(made.model_id)
    runstone.log_model_params({"depth": 3})
    runstone.finalize_logged_model(made.model_id, "READY")
    runstone.end_run()

    assert (there.name, there.status, there.source_run_id) == ("wheat", LoggedModelStatus.PENDING, run.info.run_id)
    assert [metric.value for metric in there.metrics] == [0.5]
    found = client.get_logged_model(made.model_id)
    assert (found.status, found.params) == (LoggedModelStatus.READY, {"depth": "3"})


def test_what_the_store_refuses_of_a_model_is_told_and_hinders_nothing_else(
    address: str, offline: None, caplog: pytest.LogCaptureFixture
) -> None:
    with runstone.start_run() as run:
        refused = runstone.initialize_logged_model("refused", params={"depth": 3})
        taken = runstone.create_external_model("taken")
        runstone.log_metric("loss", 0.5)
    open_journals.close()
    client, uri = Client(address), ("--tracking-uri", address)
    file = folder_of(taken) / "model.json"
    text = file.read_bytes()
    file.write_bytes(text.replace(b'"taken"', b'"a/b"'))

    code, said = sync(*uri, "sync")
    file.write_bytes(text)
    again = sync(*uri, "sync")

    assert code == 1
    assert f"not arrived, and kept as models/{taken.model_id}: the name of a logged model has none of" in said
    assert client.get_run(run.info.run_id).data.metrics == {"loss": 0.5}
    assert client.get_logged_model(refused.model_id).params == {"depth": "3"}
    assert again[0] == 0, again[1]
    assert client.get_logged_model(taken.model_id).status is LoggedModelStatus.READY


def test_model_that_was_deleted_before_its_files_came_is_kept_and_told(address: str, offline: None) -> None:
    with runstone.start_run():
        made = runstone.create_external_model("wheat")
    open_journals.close()
    client, uri = Client(address), ("--tracking-uri", address)
    [text, facts] = [
        path.read_bytes() for path in (folder_of(made) / "model.json", folder_of(made).parents[1] / "run.json")
    ]
    assert sync(*uri, "sync")[0] == 0
    client.delete_logged_model(made.model_id)
    folder_of(made).mkdir(parents=True)
    (folder_of(made) / "model.json").write_bytes(text)
    (folder_of(made).parents[1] / "run.json").write_bytes(facts)

    code, said = sync(*uri, "sync")

    assert code == 1
    assert (
        f"kept as models/{made.model_id}: the logged model '{made.model_id}' is there already, and was deleted" in said
    )
    assert (folder_of(made) / "model.json").exists()


@pytest.mark.parametrize("has_files", [False, True])
def test_values_of_a_model_whose_facts_are_gone_wait_until_these_are_back(
    address: str, offline: None, has_files: bool
) -> None:
    runstone.set_experiment("models")
    with runstone.start_run() as run:
        made = runstone.create_external_model("elsewhere")
        runstone.log_metric("acc", 0.5, model_id=made.model_id)
        if has_files:
            choices.client().log_model_artifact(made.model_id, __file__)
    facts = folder_of(made) / "model.json"
    known = facts.read_bytes()
    facts.unlink()

    for _ in range(2):
        code, said = sync("--tracking-uri", address, "sync")
        assert code == 1
        assert f"({run.info.run_name}) still waits: {facts.absolute()}" in said
    facts.write_bytes(known)

    assert sync("--tracking-uri", address, "sync")[0] == 0
    [metric] = Client(address).get_logged_model(made.model_id).metrics
    assert (metric.key, metric.value) == ("acc", 0.5)


def test_tag_that_was_changed_there_meanwhile_stays(address: str, offline: None) -> None:
    with runstone.start_run():
        made = runstone.initialize_logged_model("wheat", tags={"stage": "new"})
        runstone.finalize_logged_model(made.model_id, "READY")
    open_journals.close()
    client, store = Client(address), open_stores.get(address)
    create(store, facts_of(folder_of(made).parents[1]))
    models.create(folder_of(made), store, "0", made.source_run_id)  # and there a sync was killed
    client.set_logged_model_tags(made.model_id, {"stage": "used"})

    code, said = sync("--tracking-uri", address, "sync")

    assert code == 0, said

    found = client.get_logged_model(made.model_id)
    assert (found.tags, found.status) == ({"stage": "used"}, LoggedModelStatus.READY)
