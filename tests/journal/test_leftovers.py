"""What processes left behind that were killed: found, and sent once."""

import fcntl
import logging
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.artifacts.base import Pieces
from runstone.artifacts.local import LocalRepository
from runstone.entities import ArtifactPath, Entry, LoggedModel, ModelMetric, Param, RunStatus, Tag
from runstone.entities.tag import END
from runstone.errors import ArtifactNotFound, BackendError, Unsupported
from runstone.journal import files, holding, leftovers, models
from runstone.journal import folder as folders
from runstone.journal.folder import RunFacts
from runstone.journal.format import Header, line_of
from runstone.journal.models import ModelFacts
from runstone.journal.writer import Writer
from runstone.stores.base import TrackingStore
from runstone.stores.resolve import open_store
from runstone.stores.sql.store import SqlStore


@pytest.fixture
def store(sqlite_uri: str) -> Iterator[TrackingStore]:
    opened = open_store(sqlite_uri)
    yield opened
    opened.close()


def left_behind(within: Path, run_id: str, steps: range) -> Path:
    """The journal of a process that has ended."""
    with folders.alone(within):
        folder = folders.make(within, RunFacts(run_id=run_id, is_new=True, experiment_id="0", run_name="left"))
    writer = Writer(folder, run_id, most_bytes=1 << 30, durable=False)
    for step in steps:
        writer.metrics([ModelMetric("loss", 0.5, 0, step)])
    writer.close()
    return writer.path


def send(within: Path, store: TrackingStore) -> list[leftovers.Sent]:
    return [leftovers.send(leftover, store, "sqlite:///") for leftover in leftovers.find(within)]


def steps_of(store: TrackingStore, run_id: str) -> list[int]:
    return [metric.step for metric in store.metric_history(run_id, "loss")]


def test_folder_that_was_only_begun_is_removed_without_a_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begun = tmp_path / "runs" / "a" / ".run.json-1"
    begun.parent.mkdir(parents=True)
    begun.write_text("{")

    with caplog.at_level(logging.WARNING):
        assert leftovers.find(tmp_path) == []

    assert caplog.text == ""
    assert not begun.parent.exists()


def test_processes_that_look_at_one_time_do_not_take_each_other_for_the_writer(
    tmp_path: Path, store: TrackingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "LOOK_S", 5.0)  # a busy machine may let the other one go late
    path = left_behind(tmp_path, "0" * 32, range(10))
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_SH)  # as whoever looks has it for a moment
        (leftover,) = leftovers.find(tmp_path)
        looks = threading.Timer(0.05, fcntl.flock, (other, fcntl.LOCK_UN))
        looks.start()
        leftovers.send(leftover, store, "sqlite:///")
        looks.join()

    assert not leftover.is_alive
    assert steps_of(store, "0" * 32) == list(range(10))
    assert not path.exists()


def test_bytes_that_are_sent_are_told_as_they_go(tmp_path: Path, store: TrackingStore) -> None:
    left_behind(tmp_path, "a" * 32, range(8_000))
    (leftover,) = leftovers.find(tmp_path)
    told: list[int] = []

    leftovers.send(leftover, store, "", told.append)

    assert len(told) > 2
    assert sum(told) == leftover.size


class EndsNoRun(SqlStore):
    """A store that has room for what was logged, and none to say that the run has ended."""

    def update_run(self, run_id: str, **changes: Any) -> Any:
        raise BackendError("the disk is full")


def test_run_whose_end_cannot_be_said_waits_until_it_can(tmp_path: Path, sqlite_uri: str) -> None:
    left_behind(tmp_path, "a" * 32, range(3))
    with closing(EndsNoRun(sqlite_uri)) as full, pytest.raises(BackendError):
        send(tmp_path, full)

    with closing(open_store(sqlite_uri)) as store:
        assert [sent.entries for sent in send(tmp_path, store)] == [0]
        run = store.get_run("a" * 32)
        assert steps_of(store, "a" * 32) == [0, 1, 2]
    assert run.info.status is RunStatus.FAILED
    assert run.data.tags[END].startswith("lost: ")
    assert not (tmp_path / "runs" / ("a" * 32)).exists()


def test_what_was_said_last_of_a_run_holds(tmp_path: Path, store: TrackingStore) -> None:
    first = left_behind(tmp_path, "a" * 32, range(1))
    for made_at, status in ((3000, RunStatus.FINISHED), (1000, RunStatus.RUNNING), (2000, RunStatus.FAILED)):
        header = Header(
            journal=1, run_id="a" * 32, writer=str(status), pid=1, host="", made_at=made_at, made_by="runstone-python"
        )
        text = line_of(header) + line_of(Entry(n=1, tags=[Tag("said", status)], status=status))
        (first.parent / f"journal-{10_000 - made_at}.jsonl").write_bytes(text)

    send(tmp_path, store)

    run = store.get_run("a" * 32)
    assert (run.info.status, run.data.tags["said"]) == (RunStatus.FINISHED, "FINISHED")


def test_what_is_damaged_twice_is_kept_twice(
    tmp_path: Path, store: TrackingStore, caplog: pytest.LogCaptureFixture
) -> None:
    texts = []
    for steps in (range(3), range(3, 6)):
        path = left_behind(tmp_path, "a" * 32, steps)
        text = path.read_bytes().replace(b'"step":2', b'"step":9').replace(b'"step":4', b'"step":9')
        path.write_bytes(text)
        texts.append(text)
        (damages,) = send(tmp_path, store)[0].damages.values()
        assert [damage.line for damage in damages] == [4 - len(texts) + 1]

    kept = sorted((tmp_path / "runs" / ("a" * 32)).iterdir())
    assert [path.name for path in kept] == ["damaged-2-journal.jsonl", "damaged-journal.jsonl"]
    assert [path.read_bytes() for path in kept] == texts[::-1]
    assert steps_of(store, "a" * 32) == [0, 1, 3, 5]
    assert send(tmp_path, store) == []
    assert caplog.text == ""


def test_whole_journal_of_which_a_damaged_copy_was_sent_before_is_kept_and_what_lacks_is_told(
    tmp_path: Path, store: TrackingStore
) -> None:
    path = left_behind(tmp_path / "home", "a" * 32, range(5))
    shutil.copytree(tmp_path / "home", tmp_path / "stick")
    copy = tmp_path / "stick" / path.relative_to(tmp_path / "home")
    copy.write_bytes(copy.read_bytes().replace(b'"step":2', b'"step":9'))
    send(tmp_path / "stick", store)
    text = path.read_bytes()

    [sent] = send(tmp_path / "home", store)

    assert sent.entries == 0
    assert sent.lacks == {"damaged-journal.jsonl": ["the store has 4 of 5 values of the metric 'loss'"]}
    assert path.with_name("damaged-journal.jsonl").read_bytes() == text


def test_copy_of_a_journal_that_was_sent_is_found_there_but_for_what_was_refused(
    tmp_path: Path, store: TrackingStore
) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, params=[Param("lr", "0.1")])
    for within in (tmp_path / "home", tmp_path / "stick"):
        with folders.alone(within):
            folder = folders.make(within, RunFacts(run_id=run_id))
        writer = Writer(folder, run_id, most_bytes=1 << 30, durable=False)
        writer.append(Entry(n=1, params=[Param("lr", "0.2")]))
        writer.metrics([ModelMetric("loss", 0.5, 0, 1)])
        writer.close()
    text = next(tmp_path.glob("home/runs/*/journal.jsonl")).read_bytes()
    next(tmp_path.glob("stick/runs/*/journal.jsonl")).write_bytes(text)

    first, second = (send(within, store)[0] for within in (tmp_path / "home", tmp_path / "stick"))

    assert (first.entries, first.values, len(first.refused)) == (2, 1, 1)
    assert (second.entries, second.values, second.lacks) == (0, 1, {})


def test_journal_of_a_newer_runstone_hinders_no_other_run(tmp_path: Path, store: TrackingStore) -> None:
    newer = left_behind(tmp_path, "a" * 32, range(3))
    newer.write_text('{"journal":2,"run_id":"a","writer":"w","pid":1,"host":"h","made_at":1,"made_by":"r"}\n')
    left_behind(tmp_path, "b" * 32, range(3))

    first, second = leftovers.find(tmp_path)
    with pytest.raises(Unsupported, match="upgrade"):
        leftovers.send(first, store, "")
    leftovers.send(second, store, "")

    assert steps_of(store, "b" * 32) == [0, 1, 2]
    assert newer.exists()


def test_journal_that_may_not_be_read_hinders_no_other_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    unreadable = left_behind(tmp_path, "0" * 32, range(3))
    unreadable.unlink()
    unreadable.mkdir()  # which is refused to everybody, root included
    left_behind(tmp_path, "f" * 32, range(3))

    [found] = leftovers.find(tmp_path)

    assert found.facts.run_id == "f" * 32
    assert f"{unreadable} cannot be read: Is a directory" in caplog.text


def test_damaged_first_line_that_is_very_long_costs_no_other(tmp_path: Path, store: TrackingStore) -> None:
    path = left_behind(tmp_path, "a" * 32, range(0))
    more = line_of(Entry(n=1, metrics=[ModelMetric("loss", 0.5, 0, 7)]))
    path.write_bytes(b"x" * 100_000 + b"\n" + more)
    os.utime(path, (0, 0))  # whose it is cannot be read: it is taken to be written as long as it changes

    sent = send(tmp_path, store)

    assert [damage.line for damage in sent[0].damages["damaged-journal.jsonl"]] == [1]
    assert steps_of(store, "a" * 32) == [7]


def test_folders_of_files_that_were_sent_are_removed_at_the_next_time(tmp_path: Path, store: TrackingStore) -> None:
    path = left_behind(tmp_path, "a" * 32, range(3))
    (path.parent / "artifacts" / "folder").mkdir(parents=True)  # as a sync leaves it that is killed at this point

    send(tmp_path, store)

    assert not path.parent.exists()


def test_files_and_models_that_were_only_begun_are_removed(tmp_path: Path, store: TrackingStore) -> None:
    path = left_behind(tmp_path, "a" * 32, range(3))
    LocalRepository(path.parent / "artifacts").write(ArtifactPath("a.txt"), [b"a"])
    (path.parent / "artifacts" / f".runstone-{'0' * 32}.part").write_bytes(b"begun")
    model = path.parent / "models" / ("m-" + "0" * 32)
    model.mkdir(parents=True)
    (model / ".model.json-5").write_text("{")

    (sent,) = send(tmp_path, store)

    assert (sent.files, sent.models, sent.complaints()) == (1, 0, [])
    assert not path.parent.exists()


def test_model_of_no_run_that_was_only_begun_is_removed(tmp_path: Path, store: TrackingStore) -> None:
    with folders.alone(tmp_path):
        folder = folders.make(tmp_path, RunFacts(run_id="a" * 32, is_run=False, experiment_name="never made"))
    Writer(folder, "a" * 32, most_bytes=1 << 30, durable=False).close()

    (sent,) = send(tmp_path, store)

    assert (sent.models, sent.complaints()) == (0, [])
    assert not folder.exists()
    assert store.get_experiment_by_name("never made") is None


def test_model_is_kept_where_a_server_chooses_the_ids_itself(tmp_path: Path) -> None:
    class Choosing(SqlStore):
        """Takes no id, as genuine MLflow servers do."""

        def create_logged_model(self, experiment_id: str, **given: Any) -> LoggedModel:
            return super().create_logged_model(experiment_id, **{**given, "model_id": None})

    with folders.alone(tmp_path):
        folder = folders.make(tmp_path, RunFacts(run_id="a" * 32, is_run=False, experiment_id="0"))
    models.make(folder, ModelFacts(model_id="m-" + "a" * 32, is_new=True, name="wheat"))

    with closing(Choosing(f"sqlite:///{tmp_path}/runs.db")) as choosing:
        (sent,) = send(tmp_path, choosing)
        left = choosing.search_logged_models(["0"])

    [complaint] = sent.complaints()
    assert complaint.startswith(f"not arrived, and kept as models/m-{'a' * 32}: this server chooses the ids of logged")
    assert (len(left), models.facts_of(folder / "models" / ("m-" + "a" * 32)).name) == (0, "wheat")


def test_file_that_is_not_there_as_it_is_here_is_kept_and_told(tmp_path: Path) -> None:
    class Careless(LocalRepository):
        """Loses the end of one file, mixes up another, forgets a third, and loses a fourth later."""

        def write(self, path: ArtifactPath, chunks: Iterable[bytes]) -> str:
            data = b"".join(chunks)
            changed = {"short.txt": data[:-1], "mixed.txt": data[::-1]}.get(path, data)
            return "" if path == "forgotten.txt" else super().write(path, [changed])

        def read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Pieces:
            if path == "later.txt":
                raise ArtifactNotFound(path)
            return super().read(path, start=start, stop=stop)

    place, bad = tmp_path / "artifacts", ["forgotten.txt", "later.txt", "mixed.txt", "short.txt"]
    for name in (*bad, "good.txt"):
        LocalRepository(place).write(ArtifactPath(name), [b"text"])

    told = files.send(place, Careless(tmp_path / "store"))

    assert told == (1, [f"the store has not the file '{name}' as it is here" for name in bad])
    assert sorted(path.name for path in place.iterdir()) == bad
