"""Runs without any server: kept in a folder, read back from it, sent by ``runstone sync``."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy
import pytest

import runstone
from runstone.client import Client, choices
from runstone.client.connection import open_journals
from runstone.entities import RunStatus
from runstone.entities.tag import END
from runstone.errors import ExperimentNotFound, JournalFull, RunNotFound, Unsupported
from runstone.journal import folder as folders
from runstone.journal import leftovers
from tests.client.syncing import sync


@pytest.mark.usefixtures("offline")
def test_run_is_not_taken_for_left_behind_from_the_moment_it_is_made() -> None:
    run = choices.client().create_run("0")

    [found] = leftovers.find(folders.root())

    assert (found.facts.run_id, found.is_alive) == (run.info.run_id, True)


@pytest.mark.usefixtures("offline")
def test_runs_are_made_logged_to_and_read_back() -> None:
    runstone.set_experiment("on the train")
    with runstone.start_run(run_name="outer", tags={"purpose": "trial"}) as outer:
        runstone.log_params({"lr": 0.1})
        for step in (2, 1, 3):
            runstone.log_metric("loss", 1 / step, step=step, timestamp=step)
        runstone.log_text("a note", "notes/a.txt")
        with runstone.start_run(nested=True) as inner:
            runstone.set_tag("gone", 1)
            runstone.delete_tag("gone")
            choices.client().update_run(inner.info.run_id, name="renamed")

    found = runstone.get_run(outer.info.run_id)
    assert (found.info.run_name, found.info.status) == ("outer", RunStatus.FINISHED)
    assert found.info.experiment_id == "offline:on the train"
    assert (found.data.params, found.data.metrics) == ({"lr": "0.1"}, {"loss": 1 / 3})
    assert found.data.tags["purpose"] == "trial"
    history = choices.client().get_metric_history(outer.info.run_id, "loss")
    assert [metric.step for metric in history] == [1, 2, 3]
    assert runstone.get_parent_run(inner.info.run_id) == found
    assert runstone.get_run(inner.info.run_id).info.run_name == "renamed"
    assert "gone" not in runstone.get_run(inner.info.run_id).data.tags
    assert runstone.artifacts.load_text(f"runs:/{outer.info.run_id}/notes/a.txt") == "a note"


@pytest.mark.usefixtures("offline")
def test_file_is_logged_without_reading_back_what_was_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    with runstone.start_run() as run:
        runstone.log_metric("loss", 0.5)
        with monkeypatch.context() as watched:
            watched.setattr(os, "pread", _fail)
            runstone.log_text("much was seen", "notes/a.txt")
            listed = choices.client().list_artifacts(run.info.run_id, "notes")

    assert [file.path for file in listed] == ["notes/a.txt"]
    with pytest.raises(RunNotFound):
        runstone.log_text("nobody's", "a.txt", run_id="a" * 32)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("ends_well", [True, False])
def test_run_whose_journal_is_full_says_how_it_ended(
    address: str, monkeypatch: pytest.MonkeyPatch, ends_well: bool
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_MAX_MB", "1")
    with suppress(JournalFull), runstone.start_run() as run:
        for step in range(20_000):
            try:
                runstone.log_metric("loss", 0.5, step=step)
            except JournalFull:
                if ends_well:
                    break
                raise

    assert sync("--tracking-uri", address, "sync")[0] == 0

    kept = Client(address).get_run(run.info.run_id)
    assert kept.info.status is (RunStatus.FINISHED if ends_well else RunStatus.FAILED)
    assert kept.data.tags.get(END, "").startswith("" if ends_well else "JournalFull: the journal ")


def _fail(*_: object) -> bytes:
    raise AssertionError("the journal was read")


def test_datasets_that_were_read_offline_arrive(address: str, offline: None) -> None:
    wheat = runstone.data.from_numpy(numpy.arange(4.0), name="wheat")
    with runstone.start_run() as run:
        runstone.log_input(wheat, context="training")
        runstone.log_inputs([wheat, wheat], contexts=["training", "test"])
    here = runstone.get_run(run.info.run_id).inputs
    open_journals.close()

    code, said = sync("--tracking-uri", address, "sync")

    assert code == 0, said
    arrived = Client(address).get_run(run.info.run_id).inputs
    assert [read.dataset.name for read in here.dataset_inputs] == ["wheat"]
    assert arrived == here


@pytest.mark.usefixtures("offline")
def test_what_needs_the_store_says_so() -> None:
    with pytest.raises(Unsupported, match=r"searching for runs needs the store at .*127\.0\.0\.1.*runstone sync"):
        runstone.search_runs(output_format="list")
    with pytest.raises(Unsupported, match="needs the store"):
        runstone.search_registered_models()
    with pytest.raises(Unsupported, match="has a name only"):
        runstone.create_experiment("x", tags={"a": "b"})
    with pytest.raises(RunNotFound):
        runstone.get_run("0" * 32)
    with pytest.raises(ExperimentNotFound):
        runstone.get_experiment("no number")


@pytest.mark.usefixtures("offline")
def test_table_that_grows_is_told_once_for_to_ask_reads_all_that_was_logged() -> None:
    with runstone.start_run() as run:
        for row in range(3):
            runstone.log_table({"n": [row]}, "t.json")
        runstone.log_table({"n": [9]}, "other.json")

    lines = (folders.run_folder(folders.root(), run.info.run_id) / "journal.jsonl").read_text().splitlines()
    assert sum("mlflow.loggedArtifacts" in line for line in lines) == 2
    listed = json.loads(runstone.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"])
    assert [entry["path"] for entry in listed] == ["t.json", "other.json"]


def test_sync_sends_runs_with_their_files_to_the_address_that_is_named(address: str, offline: None) -> None:
    runstone.set_experiment("sent later")
    with runstone.start_run(run_name="first") as run:
        runstone.log_metric("loss", 0.5)
        runstone.log_text("a note", "notes/a.txt")
        with runstone.start_run(nested=True, run_name="second"):
            runstone.log_param("lr", 1)
    open_journals.close()

    told = json.loads(sync("--tracking-uri", address, "sync", "--dry-run", "--json")[1])
    assert sorted((one["run_name"], one["files"], one["is_sent"]) for one in told) == [
        ("first", 1, False),
        ("second", 0, False),
    ]
    code, said = sync("--tracking-uri", address, "sync")
    assert code == 0, said
    assert "(first): 4 entries and 1 file sent" in said
    assert "Found there afterwards: 1 value, 0 params and 1 file." in said

    client = Client(address)
    experiment = client.get_experiment_by_name("sent later")
    assert experiment is not None
    runs = {found.info.run_name: found for found in client.search_runs([experiment.experiment_id])}
    assert {name: found.info.status for name, found in runs.items()} == dict.fromkeys(
        ["first", "second"], RunStatus.FINISHED
    )
    assert runs["first"].info.run_id == run.info.run_id
    assert runs["first"].data.metrics == {"loss": 0.5}
    assert runs["second"].data.tags["mlflow.parentRunId"] == run.info.run_id
    assert [file.path for file in client.list_artifacts(run.info.run_id, "notes")] == ["notes/a.txt"]
    assert not list(Path(".runstone/runs").iterdir())
    assert sync("--tracking-uri", address, "sync") == (0, "Nothing waits to be sent.\n")


@pytest.mark.usefixtures("offline")
def test_sync_leaves_what_cannot_be_sent_and_what_is_still_logged_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    with runstone.start_run(run_name="done"):
        runstone.log_metric("loss", 0.5)
    runstone.start_run(run_name="running")

    code, said = sync("sync")

    assert code == 1
    assert "(done) still waits: the server http://127.0.0.1:9 does not answer" in said
    assert "(running) is still logged to" in said
    assert len(list(Path(".runstone/runs").iterdir())) == 2


def cut_facts(run: Path) -> None:
    (run / "run.json").write_text('{"run_id"')


def lose_facts(run: Path) -> None:
    (run / "run.json").unlink()


def lose_all_but_files(run: Path) -> None:
    lose_facts(run)
    (run / "journal.jsonl").unlink()


def date_ahead(run: Path) -> None:
    file = run / "run.json"
    file.write_text(file.read_text().replace('"journal":1', '"journal":99'))


def lock_journal(run: Path) -> None:
    (run / "journal.jsonl").unlink()
    (run / "journal.jsonl").mkdir()  # which is refused to everybody, root included


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("damage", [cut_facts, lose_facts, lose_all_but_files, date_ahead, lock_journal])
def test_sync_says_of_a_run_that_cannot_be_read_that_it_waits(address: str, damage: Callable[[Path], None]) -> None:
    Client(address).search_experiments()  # it is there, whichever test comes first
    with runstone.start_run() as run:
        runstone.log_metric("loss", 0.5)
        runstone.log_text("a note", ".note")
    damage(Path(".runstone/runs") / run.info.run_id)

    for _ in range(2):
        code, said = sync("--tracking-uri", address, "sync")

        assert code == 1
        assert f"Run {run.info.run_id} still waits: " in said
        assert "Nothing waits" not in said
    told = json.loads(sync("--tracking-uri", address, "sync", "--json")[1])
    assert [(each["run_id"], each["is_sent"], bool(each["error"])) for each in told] == [(run.info.run_id, False, True)]
    assert "1 run waits" in sync("--tracking-uri", address, "runs", "list")[1]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("damage", [cut_facts, lose_facts])
def test_sync_says_how_to_mend_what_is_known_of_a_run(address: str, damage: Callable[[Path], None]) -> None:
    with runstone.start_run() as run:
        runstone.log_metric("loss", 0.5)
    run_id, folder = run.info.run_id, Path(".runstone/runs") / run.info.run_id
    damage(folder)

    before = sync("--tracking-uri", address, "sync")
    (folder / "run.json").write_text(json.dumps({"run_id": run_id, "is_new": True, "experiment_name": "Default"}))
    after = sync("--tracking-uri", address, "sync")

    assert before[0] == 1
    assert "; put it back, or write it anew, with the run_id at least, or remove its folder" in before[1]
    assert after[0] == 0, after[1]
    assert Client(address).get_run(run_id).data.metrics == {"loss": 0.5}


@pytest.mark.usefixtures("offline")
def test_file_in_the_place_of_the_folder_is_told() -> None:
    Path(".runstone").write_text("")

    with pytest.raises(JournalFull, match=r"\.runstone: a file stands in its place; move that away, or name another"):
        runstone.start_run()


def test_sync_of_a_folder_without_journals_says_so(tmp_path: Path) -> None:
    code, said = sync("sync", str(tmp_path))

    assert code == 1
    assert "nothing waits in" in said


def test_sync_names_the_command_that_takes_back_what_is_deleted(address: str, offline: None) -> None:
    client = Client(address)
    runstone.set_tracking_uri(address)
    name = f"deleted while offline {address[:4]}"
    experiment_id = client.create_experiment(name)
    runstone.set_experiment(name)
    with runstone.start_run() as run:
        pass
    client.delete_experiment(experiment_id)
    facts = Path(".runstone/runs") / run.info.run_id / "run.json"
    # As it is for a run that was begun while its server was away; offline, an experiment has a name alone.
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"experiment_id": experiment_id}))

    here = sync("--tracking-uri", address, "sync")
    there = sync("sync")

    place = f"the experiment '{experiment_id}' is deleted; restore it first, by `runstone"
    assert f"{place} experiments restore {experiment_id}`\n" in here[1]
    assert f"{place} --tracking-uri {address} experiments restore {experiment_id}`\n" in there[1]


@pytest.mark.usefixtures("offline")
def test_list_of_runs_says_what_waits(address: str) -> None:
    Client(address).search_experiments()  # it is there, whichever test comes first
    with runstone.start_run():
        pass

    code, said = sync("--tracking-uri", address, "runs", "list")

    assert code == 0
    assert "1 run waits in .runstone to be sent; `runstone sync` sends it." in said


@pytest.mark.usefixtures("offline")
def test_run_that_waits_for_a_database_is_not_searched_elsewhere() -> None:
    with runstone.start_run() as run:
        during = sync("runs", "show", run.info.run_id)[1]
    folder = Path.cwd()

    listed = sync("runs", "list")
    shown = sync("runs", "show", run.info.run_id)
    other = sync("runs", "show", "0" * 32)

    yet = f"Error: there is no database {folder}/runstone.db yet: 1 run waits in .runstone to be sent, "
    assert listed == other == (1, f"{yet}and `runstone sync` sends it\n")
    waits = f"Error: the run {run.info.run_id} waits in .runstone to be sent to {runstone.get_tracking_uri()}; "
    assert shown == (1, f"{waits}`runstone sync` sends it\n")
    assert f"the run {run.info.run_id} is logged to .runstone by a process that has not sent all of it yet" in during
    assert not Path("runstone.db").exists()


@pytest.mark.usefixtures("offline")
def test_run_that_its_store_does_not_have_is_said_to_wait(address: str) -> None:
    Client(address).search_experiments()
    with runstone.start_run() as run:
        pass
    other = runstone.start_run()
    runstone.end_run()
    (Path(".runstone/runs") / other.info.run_id / "run.json").write_text("{")

    assert "waits in .runstone to be sent to" in sync("--tracking-uri", address, "runs", "show", run.info.run_id)[1]
    unread = sync("--tracking-uri", address, "runs", "show", other.info.run_id)[1]
    assert "`runstone sync` says what hinders it" in unread
    assert "no run has the id" in sync("--tracking-uri", address, "runs", "show", "0" * 32)[1]
    absent = sync("--tracking-uri", address, "runs", "list", "not-yet")[1]
    assert absent.endswith("; 2 runs wait in .runstone to be sent, and `runstone sync` sends them\n")


def test_list_of_runs_leaves_out_what_a_living_process_sends(address: str) -> None:
    runstone.set_tracking_uri(address)
    with runstone.start_run() as run:
        runstone.log_metric("loss", 1)

        code, said = sync("--tracking-uri", address, "runs", "list")

    assert code == 0
    assert run.info.run_id in said
    assert "wait" not in said


def test_next_start_that_is_not_offline_sends_what_was_logged_offline(address: str) -> None:
    runstone.set_tracking_uri(address)
    runstone.offline()
    with runstone.start_run() as run:
        runstone.log_metric("loss", 1)
    waited = list(Path(".runstone/runs").iterdir())
    open_journals.close()  # as by the end of the process

    runstone.offline(False)
    with runstone.start_run():
        pass
    open_journals.close()

    assert [folder.name for folder in waited] == [run.info.run_id]
    sent = Client(address).get_run(run.info.run_id)
    assert (sent.info.status, sent.data.metrics) == (RunStatus.FINISHED, {"loss": 1})


def test_setting_says_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_OFFLINE", "1")
    with runstone.start_run() as run:
        pass

    assert not Path("runstone.db").exists()
    assert (Path(".runstone/runs") / run.info.run_id / "run.json").exists()
