"""Runs with what a client captures by itself, laid down file by file."""

import json
from dataclasses import dataclass

from runstone import Client
from runstone.entities import Metric

LINES = 100_000
SEGMENT_LINES = 1_000
TRACEBACK = (
    'Traceback (most recent call last):\n  File "train.py", line 7, in <module>\n    train()\nRuntimeError: no memory\n'
)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ENVIRONMENT = {
    "version": 1,
    "captured_at": 1_700_000_000_000,
    "command": ["python", "train.py", "--note", "two words"],
    "script": "train.py",
    "module": None,
    "notebook": False,
    "directory": "",
    "python": {"version": "3.12.4", "implementation": "CPython"},
    "platform": {"system": "Linux", "release": "6.1.0", "machine": "x86_64", "distribution": "Debian GNU/Linux 12"},
    "hardware": {
        "cpu": "AMD EPYC 7B13",
        "cores": 8,
        "memory_bytes": 2**35,
        "gpus": [{"name": "NVIDIA L4", "memory_bytes": 24 * 2**30, "driver": "550.54"}],
    },
}
PACKAGES: list[dict[str, str | None]] = [
    {"name": "numpy", "version": "2.1.0", "source": None},
    {"name": "scikit-learn", "version": "1.5.2", "source": None},
    {"name": "trainer", "version": "0.1", "source": "editable"},
]
PATCH = """diff --git a/train.py b/train.py
index 1111111..2222222 100644
--- a/train.py
+++ b/train.py
@@ -1,3 +1,4 @@ def train():
 import os
-rate = 0.1
+rate = 0.2
+momentum = 0.9
 train()
diff --git a/weights.png b/weights.png
index 4444444..5555555 100644
GIT binary patch
literal 8
PcmZQz0000000

"""
CODE = {
    "version": 1,
    "commit": COMMIT,
    "branch": "wider-layers",
    "remote": "git@github.com:someone/trainer.git",
    "dirty": True,
    "patch": True,
    "untracked": ["tools/probe.py"],
    "left_out": [{"path": "data/all.json", "reason": "larger than 1 MB"}],
    "redacted": 1,
}


@dataclass(frozen=True)
class Captured:
    """Ids of runs of the experiment ``experiment_id``.

    Attributes:
        run_id: Failed, with everything that is captured.
        other_id: Finished, with another version of numpy.
        bare_id: Finished, nothing was captured.
        long_id: Finished, a console of 100,000 lines.
        lost_id: Taken for lost.
    """

    experiment_id: str
    run_id: str
    other_id: str
    bare_id: str
    long_id: str
    lost_id: str


def store_captured(client: Client) -> Captured:
    """Log the runs."""
    experiment = client.create_experiment("captured")
    names = ("failed", "other", "bare", "long", "lost")
    run_id, other, bare, long, lost = (client.create_run(experiment, run_name=name).info.run_id for name in names)
    _environment(client, run_id, "2.1.0")
    _environment(client, other, "1.26.4")
    client.log_dict(run_id, CODE, "runstone/code/code.json")
    client.log_text(run_id, PATCH, "runstone/code/patch.diff")
    client.log_text(run_id, "import sys\nprint(sys.path)\n", "runstone/code/untracked/tools/probe.py")
    print_segment(
        client, run_id, 0, "epoch 0 <b>loss</b> 0.5\n\x1b[32mgood\x1b[0m and \x1b[1;31mRuntimeError\x1b[0m\nlast\n"
    )
    _metrics(client, run_id)
    for number in range(LINES // SEGMENT_LINES):
        lines = range(number * SEGMENT_LINES, (number + 1) * SEGMENT_LINES)
        print_segment(client, long, number, "".join(f"step {n}: loss {1 / (n + 1):.6f}\n" for n in lines))
    for one, status in ((run_id, "FAILED"), (lost, "FAILED"), (other, None), (bare, None), (long, None)):
        client.set_terminated(one, status)
    client.set_tag(run_id, "runstone.end", "RuntimeError: no memory")
    client.set_tag(run_id, "runstone.traceback", TRACEBACK)
    client.set_tag(lost, "runstone.end", "lost: nothing was heard of its process since 2026-01-01T00:00:00+00:00")
    return Captured(experiment, run_id, other, bare, long, lost)


def print_segment(client: Client, run_id: str, number: int, text: str) -> None:
    """Lay down one segment of the console."""
    client.log_text(run_id, text, f"runstone/console/{number:06d}.log")


def _environment(client: Client, run_id: str, numpy: str) -> None:
    packages = [PACKAGES[0] | {"version": numpy}, *PACKAGES[1:]]
    client.log_text(run_id, json.dumps(ENVIRONMENT | {"packages": packages}), "runstone/environment.json")


def _metrics(client: Client, run_id: str) -> None:
    client.log_batch(
        run_id,
        metrics=[
            Metric(key, value, 1_700_000_000_000 + 10_000 * step, step)
            for step in range(20)
            for key, value in (
                ("loss", 1 / (step + 1)),
                ("system/cpu_utilization_percentage", 40 + step % 7),
                ("system/system_memory_usage_megabytes", 2_000 + 10 * step),
            )
        ],
    )
