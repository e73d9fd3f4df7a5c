"""Large files pass through client and server with flat memory."""

import json
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from runstone import MlflowClient
from tests.artifacts import services
from tests.cli.processes import RunningServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc tells the largest memory here"),
]

MOST_MB = 50

# A process of its own, so that its memory is that of a client. The first, small file loads what a transfer needs.
CLIENT = """
import hashlib, json, re, sys
from pathlib import Path
from runstone.artifacts import integrity
from runstone.artifacts.http import HttpRepository
from runstone.entities import ArtifactPath

def largest_mb():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) / 1000

piece = hashlib.sha256(b"seed").digest() * 32_768
repository, path, pieces = HttpRepository(sys.argv[1]), ArtifactPath("0/large.bin"), int(sys.argv[2])
def move(count):
    sent = repository.write(path, (piece for _ in range(count)))
    size = sum(map(len, integrity.checked(repository.read(path), path)))
    assert size == count * len(piece), size
move(2)
print("warm", flush=True)
sys.stdin.readline()
before = largest_mb()
move(pieces)
print(json.dumps(largest_mb() - before), flush=True)
"""


def growth_mb(folder: Path, megabytes: int, *options: str) -> tuple[float, float]:
    """How much the largest memory of the client and of the server grows by a large file up and down."""
    with RunningServer(["server", "--port", "0", *options], folder) as server:
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, server.address, str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert client.stdin is not None
        assert client.stdout is not None
        assert client.stdout.readline() == "warm\n"
        before = largest_mb(server.process.pid)
        told, _ = client.communicate("go\n", timeout=240)
        return json.loads(told), largest_mb(server.process.pid) - before


def largest_mb(pid: int) -> float:
    tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    told = [Path(f"/proc/{each.pid}/status").read_text() for each in tree]
    return sum(int(found[1]) for text in told if (found := re.search(r"VmHWM:\s*(\d+)", text))) / 1000


def test_500_mb_pass_through_the_server_to_its_folder(tmp_path: Path) -> None:
    client, server = growth_mb(tmp_path, 500)

    assert client < MOST_MB
    assert server < MOST_MB


def test_large_file_passes_through_the_server_to_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with services.s3() as s3:  # keeps what it has in the memory of this process, so the file is a smaller one
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        client, server = growth_mb(tmp_path, 150, "--artifacts-destination", f"{s3.root}/team")

    assert client < MOST_MB
    assert server < MOST_MB


def test_a_thousand_small_files_go_up_and_come_down(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(1000):
        (source / f"{number:04}.txt").write_text(f"{number}\n" * 50)
    with RunningServer(["server", "--port", "0"], tmp_path) as server:
        client = MlflowClient(server.address)
        run_id = client.create_run("0").info.run_id

        client.log_artifacts(run_id, str(source))
        back = Path(client.download_artifacts(run_id, "", str(tmp_path / "back")))

    assert {place.name: place.read_bytes() for place in back.iterdir()} == {
        place.name: place.read_bytes() for place in source.iterdir()
    }
