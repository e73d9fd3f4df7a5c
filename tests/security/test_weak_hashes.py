"""Nothing needs MD5 or SHA-1: everything works where both raise, as under FIPS."""

import subprocess
import sys
from pathlib import Path

import pytest

# What a FIPS provider does to the weak hashes, with `usedforsecurity=False` refused as well.
FORBID = """
import hashlib

def refuse(*args, **kwargs):
    raise ValueError("this hash is disabled")

strong = hashlib.new
hashlib.md5 = hashlib.sha1 = refuse


def choose(name, *args, **kwargs):
    return refuse() if name.lower() in {"md5", "sha1", "sha-1"} else strong(name, *args, **kwargs)

hashlib.new = choose
"""

USE = """
import sys
import runstone

def use(address):
    runstone.set_tracking_uri(address)
    runstone.set_experiment("fips")
    with runstone.start_run() as run:
        runstone.log_params({"a": 1})
        runstone.log_metric("loss", 0.5, step=1)
        runstone.log_text("hello", "notes/a.txt")
    assert runstone.artifacts.load_text(f"{run.info.artifact_uri}/notes/a.txt") == "hello"
    assert len(runstone.search_runs(experiment_names=["fips"], output_format="list")) == 1
"""

SERVE = """
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from runstone.transport import Transport

with running_server(ServerOptions(store_uri="sqlite:///served.db")) as address:
    use(address)
    Transport(address).send("GET", "/openapi.json")
    try:
        Transport(address).send("GET", "/")
    except Exception as error:
        assert "404" in str(error), error
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], check=False, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("work", ['use("sqlite:///direct.db")', SERVE], ids=["direct", "served"])
def test_tracking_works_without_weak_hashes(tmp_path: Path, work: str) -> None:
    done = run(FORBID + USE + work, tmp_path)

    assert done.returncode == 0, done.stderr


def test_the_prohibition_bites(tmp_path: Path) -> None:
    done = run(FORBID + "hashlib.new('md5')", tmp_path)

    assert "this hash is disabled" in done.stderr


def test_no_source_names_a_weak_hash() -> None:
    sources = Path(__file__).parents[2] / "src"

    named = [
        path.name
        for path in sources.rglob("*.py")
        if any(word in path.read_text().lower() for word in ("hashlib.md5", "hashlib.sha1", '"md5"', '"sha1"'))
    ]

    assert named == []
