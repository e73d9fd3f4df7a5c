"""`runstone demo`: the whole of it, as processes."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from runstone.cli.main import main
from tests.cli.processes import READY, RunningServer


def _runs(database: Path) -> list[dict[str, object]]:
    listed = CliRunner().invoke(main, ["--tracking-uri", f"sqlite:///{database}", "runs", "list", "--json"])
    runs: list[dict[str, object]] = json.loads(listed.stdout)
    return runs


@pytest.mark.slow
def test_demo_verifies_what_it_stored_and_can_be_run_again_until_ctrl_c_at_the_terminal(tmp_path: Path) -> None:
    first = CliRunner().invoke(main, ["demo", "--exit", "--data-dir", str(tmp_path / "here")])
    # The first counts coverage, in this process.
    with RunningServer(["demo", "--data-dir", "here"], tmp_path, COVERAGE_PROCESS_CONFIG="") as second:
        assert second.process.stdout is not None
        for line in second.process.stdout:
            if "runstone ui --backend-store-uri" in line:
                break
        os.killpg(second.process.pid, signal.SIGINT)
        second.end()

    runs = _runs(tmp_path / "here" / "runstone.db")

    assert first.exit_code == 0, first.output
    assert first.stderr == ""
    assert first.stdout.startswith(READY)
    assert "Verified through the server: 3 experiments, 22 runs" in first.stdout
    assert second.process.returncode == 0
    assert second.stderr.strip() == "Stopped."
    assert Counter(each["status"] for each in runs) == {"FINISHED": 42, "FAILED": 2}
    assert len({each["experiment_id"] for each in runs}) == 3
    assert list((tmp_path / "here" / "artifacts").rglob("confusion-matrix.png"))


@pytest.mark.slow
def test_demo_that_is_stopped_in_the_middle_leaves_no_run_open(tmp_path: Path) -> None:
    with RunningServer(["demo"], tmp_path) as demo:
        assert demo.process.stdout is not None
        demo.process.stdout.readline()  # the first run has ended by then, and the second goes on
        demo.process.send_signal(signal.SIGTERM)
        demo.end()

    states = Counter(each["status"] for each in _runs(tmp_path / "runstone-demo" / "runstone.db"))

    assert demo.process.returncode == 130
    assert demo.stderr.strip() == "Interrupted."
    assert states["FINISHED"] >= 1
    assert states["RUNNING"] == 0


def test_missing_extra_is_one_sentence_with_the_command(tmp_path: Path) -> None:
    # The real packages are hidden by an import hook, which is how an installation without them answers.
    code = (
        "import sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "class Without(MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'sklearn', 'matplotlib'}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Without())\n"
        "from runstone.cli.main import main\n"
        "main(['demo'])\n"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == (
        "Error: `runstone demo` needs matplotlib, sklearn, which this installation lacks; "
        'install it with: pip install "runstone[server,models,sklearn,demo]"\n'
    )
    assert not list(tmp_path.iterdir())
