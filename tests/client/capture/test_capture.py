"""A run is captured from its start to its end, and goes on whatever goes wrong with that."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import runstone
from runstone import config
from runstone.client import Client
from runstone.client.capture import code, reading
from runstone.client.capture.capture import Capture
from runstone.client.capture.console import Console
from runstone.client.capture.part import Stream, Subject
from runstone.client.capture.system import SystemMetrics


class Notes:
    """A stream that writes down what is asked of it, and by which thread."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.told: list[tuple[str, int]] = []

    def start(self) -> None:
        self.told.append(("start", threading.get_ident()))

    def detach(self) -> None:
        self.told.append(("detach", threading.get_ident()))

    def stop(self, last_words: str = "") -> None:
        self.told.append(("stop", threading.get_ident()))
        self.subject.write("notes/000000.txt", b"all that was noted")

    def keep(self, last_words: str = "") -> None:
        self.told.append(("keep", threading.get_ident()))


class Broken:
    def start(self) -> None:
        raise OSError("no pipe")

    def detach(self) -> None:
        raise OSError("there was none")

    def stop(self, last_words: str = "") -> None:
        raise OSError("no pipe either")

    def keep(self, last_words: str = "") -> None:
        raise OSError("nor one to keep it")


@pytest.fixture
def subject(client: Client, run_id: str) -> Subject:
    return Subject(client, run_id)


def test_stream_starts_at_once_and_is_stored_when_the_capture_has_stopped(subject: Subject) -> None:
    notes = Notes(subject)
    capture = Capture(subject, {}, {"notes": notes})

    capture.start()
    begun = list(notes.told)
    capture.stop()

    assert begun == [("start", threading.get_ident())]
    assert [word for word, _ in notes.told] == ["start", "detach", "stop"]
    assert notes.told[1][1] == threading.get_ident()
    assert notes.told[2][1] != threading.get_ident()
    assert [file.path for file in subject.client.list_artifacts(subject.run_id, "runstone/notes")] == [
        "runstone/notes/000000.txt"
    ]


def test_picture_is_taken_in_another_thread_and_waited_for(subject: Subject) -> None:
    takers: list[int] = []
    may_end = threading.Event()

    def picture(of: Subject) -> None:
        may_end.wait()
        takers.append(threading.get_ident())
        of.write("picture.txt", b"click")

    capture = Capture(subject, {"picture": picture}, {})
    capture.start()
    before = list(takers)
    may_end.set()
    capture.stop()

    assert before == []
    assert len(takers) == 1
    assert takers[0] != threading.get_ident()
    assert subject.client.list_artifacts(subject.run_id, "runstone")[0].path == "runstone/picture.txt"


def test_what_fails_is_warned_of_once_and_the_rest_goes_on(subject: Subject, caplog: pytest.LogCaptureFixture) -> None:
    def fails(of: Subject) -> None:
        raise ValueError("the film is torn")

    notes, broken, torn = Notes(subject), f"console {subject.run_id}", f"picture {subject.run_id}"
    streams: dict[str, Stream] = {broken: Broken(), "notes": notes}
    with caplog.at_level(logging.WARNING, logger="runstone"):
        for _ in range(2):
            capture = Capture(subject, {torn: fails}, streams)
            capture.start()
            capture.stop()

    assert sorted(record.getMessage() for record in caplog.records) == [
        f"the run {subject.run_id} goes on without its {broken}: no pipe",
        f"the run {subject.run_id} goes on without its {torn}: the film is torn",
    ]
    assert [word for word, _ in notes.told] == ["start", "detach", "stop"] * 2


def test_end_waits_no_longer_than_for_a_server_that_does_not_answer(
    subject: Subject, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "0.05")
    may_end = threading.Event()

    def takes_long(of: Subject) -> None:
        may_end.wait()

    capture = Capture(subject, {"picture": takes_long}, {})
    capture.start()
    with caplog.at_level(logging.WARNING, logger="runstone"):
        capture.stop()
    may_end.set()
    capture._thread.join()

    assert "was not captured in 0.05 s" in caplog.text


def test_what_is_not_stored_in_time_is_kept(
    subject: Subject, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "0.05")
    may_end = threading.Event()

    class Slow(Notes):
        def stop(self, last_words: str = "") -> None:
            may_end.wait()

    slow = Slow(subject)
    capture = Capture(subject, {}, {"notes": slow})
    capture.start()
    capture.stop()
    told = [word for word, _ in slow.told]
    may_end.set()
    capture._thread.join()

    assert told == ["start", "detach", "keep"]
    assert caplog.text == ""


def test_run_within_one_that_captures_nothing_does_not_wait_for_its_code(
    subject: Subject, client: Client, experiment_id: str
) -> None:
    Capture(subject, {}, {}).start()
    inner = Subject(client, client.create_run(experiment_id).info.run_id, parent=subject)

    capture = Capture(inner, {"code": code.picture}, {})
    capture.start()
    capture.stop()

    assert capture.is_done  # and not given up


def test_run_that_has_ended_records_nothing_more_though_its_pictures_take_long(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_JOURNAL_WAIT", "0.05")
    runstone.set_system_metrics_sampling_interval(0.02)
    may_end = threading.Event()

    def takes_long(of: Subject) -> None:
        may_end.wait()

    streams: dict[str, Stream] = {"console": Console(subject), "system metrics": SystemMetrics(subject)}
    capture = Capture(subject, {"picture": takes_long}, streams)
    capture.start()
    print("of this run")
    capture.stop()
    print("of a later run")
    before = subject.client.get_metric_history(subject.run_id, "system/cpu_utilization_percentage")
    threading.Event().wait(0.2)
    after = subject.client.get_metric_history(subject.run_id, "system/cpu_utilization_percentage")
    may_end.set()
    capture._thread.join()

    assert after == before
    assert reading.console(subject.client, subject.run_id) == {"000000.log": "of this run\n"}


def test_child_of_a_fork_leaves_the_capture_to_its_parent(subject: Subject) -> None:
    notes = Notes(subject)
    capture = Capture(subject, {}, {"notes": notes})
    capture.start()

    child = os.fork()
    if child == 0:
        capture.stop()
        os._exit(len(notes.told))
    _, status = os.waitpid(child, 0)
    capture.stop()

    assert os.waitstatus_to_exitcode(status) == 1
    assert [word for word, _ in notes.told] == ["start", "detach", "stop"]


def test_resumed_run_is_asked_what_it_has(subject: Subject) -> None:
    resumed = Subject(subject.client, subject.run_id, is_resumed=True)

    before = resumed.names_in("console")
    subject.write("console/000000.log", b"a line")

    assert before == set()
    assert resumed.names_in("console") == {"000000.log"}
    assert resumed.names_in("") == {"console"}
    assert subject.names_in("console") == set()


FORKS = """
import os, sys, time
import runstone
runstone.start_run()
time.sleep({delay})
child = os.fork()
if child == 0:
    import bz2, importlib.metadata, lzma, psutil, random, shutil, subprocess, sysconfig, tempfile
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0, 0.003, 0.01])
def test_child_of_a_fork_imports_what_the_capture_imports_meanwhile(
    delay: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    for setting in (config.CAPTURE_GIT, config.CAPTURE_ENVIRONMENT, config.ENABLE_SYSTEM_METRICS_LOGGING):
        monkeypatch.setenv(setting.name, "true")

    subprocess.run([sys.executable, "-c", FORKS.format(delay=delay)], check=True, timeout=60)
