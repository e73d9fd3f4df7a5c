"""A server that is killed again and again, while files are logged: each ends as it was logged last."""

import random
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path
from time import sleep

import pytest

import runstone
from runstone.client import Client, context
from runstone.client.connection import open_journals
from runstone.stores.resolve import open_store
from tests.client.syncing import sync
from tests.faults.servers import Server, free_port

KILLS = 10
NAMES = [f"{number}/file.txt" for number in range(5)]
LOGS = """
import sys
import runstone
runstone.set_tracking_uri(sys.argv[1])
run = runstone.start_run()
runstone.log_metric("loss", 1.0)
runstone.flush_async_logging()
print(run.info.run_id, flush=True)
sys.stdin.readline()
runstone.log_text("meanwhile", "a.txt")
print("logged", flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_files_end_as_they_were_logged_last(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    context.forget_choices()
    chance, pauses = random.Random(seed), random.Random(seed + 100)
    is_done, kills = threading.Event(), list[int]()
    last: dict[str, str] = {}
    with Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files", port=free_port()) as server:
        runstone.set_tracking_uri(server.address)
        run = runstone.start_run()

        def log() -> None:
            try:
                for number in count():
                    if len(kills) == KILLS:
                        break
                    name = chance.choice(NAMES)
                    runstone.log_text(f"{number}", name, run_id=run.info.run_id)
                    last[name] = f"{number}"
            finally:
                is_done.set()

        thread = threading.Thread(target=log)
        thread.start()
        while len(kills) < KILLS and not is_done.is_set():
            sleep(pauses.uniform(0, 0.3))
            server.kill()
            kills.append(len(last))
            sleep(pauses.uniform(0, 0.1))
            server.start()
        thread.join()
        runstone.end_run()

        client = Client(server.address)
        found = {name: Path(client.download_artifacts(run.info.run_id, name)).read_text() for name in last}
        assert client.get_run(run.info.run_id).info.status == "FINISHED"
        open_journals.close()
    context.forget_choices()
    calls = max(map(int, last.values())) + 1
    print(f"seed {seed}: {calls} files logged while the server was killed {len(kills)} times")
    assert found == last
    assert len(kills) == KILLS
    assert not [str(path) for path in (tmp_path / ".runstone" / "runs").rglob("*")]


@pytest.mark.parametrize(("is_killed", "status"), [(True, "FAILED"), (False, "FINISHED")])
def test_file_of_a_process_that_is_gone_waits_for_sync(
    is_killed: bool, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    context.forget_choices()
    with Server(f"sqlite:///{tmp_path}/runstone.db", tmp_path / "files", port=free_port()) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", LOGS, server.address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        with process:
            assert process.stdin is not None
            assert process.stdout is not None
            run_id = process.stdout.readline().strip()
            server.kill()
            process.stdin.write("\n")
            assert process.stdout.readline() == "logged\n"
            if is_killed:
                process.kill()
        server.start()

        code, said = sync("--tracking-uri", server.address, "sync")

        assert code == 0, said
        path = Client(server.address).download_artifacts(run_id, "a.txt")
        assert Path(path).read_text() == "meanwhile"
        store = open_store(server.address)
        assert store.get_run(run_id).info.status == status
        store.close()
    context.forget_choices()
