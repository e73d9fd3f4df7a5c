"""Processes to talk to: real workers, and scripts that say something else."""

import sys
from pathlib import Path
from typing import Any

from runstone.workers import start
from runstone.workers.process import Worker

START = start.__file__
SAY = f"""
import sys, time
sys.path.insert(0, {str(Path(START).parents[2])!r})
from runstone.workers import protocol
out, inp = sys.stdout.buffer, sys.stdin.buffer
ready = {{"type": "ready", "protocol": 2, "language": "python", "version": "3"}}
protocol.read(inp)
"""


def started(folder: Path, **options: Any) -> Worker:
    return Worker([sys.executable, "-I", START, str(folder)], what="the model", **options)


def played(script: str, **options: Any) -> Worker:
    """A process that says what the script lets it say."""
    return Worker([sys.executable, "-c", SAY + script], what="the model", **options)
