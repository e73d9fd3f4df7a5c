"""Writing without letting the interpreter go, and with a Python that cannot."""

import os
import subprocess
import sys
from pathlib import Path

from runstone.journal.appending import write

WITHOUT = """
import os, sys
sys.modules["_ctypes"] = None
from pathlib import Path
from runstone.entities import ModelMetric
from runstone.journal.appending import write
from runstone.journal.writer import Writer
writer = Writer(Path(sys.argv[1]), "0" * 32, most_bytes=1 << 20, durable=False)
writer.metrics([ModelMetric("loss", 0.5, 0, 0)])
print([writer.usual_metrics({"loss": 0.5}, 0, step) for step in (1, 2)], writer.size == os.path.getsize(writer.path))
print(write(-1, b"line", 4))
"""


def test_bytes_that_are_written_are_told(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        assert write(file.fileno(), b"a line", 6) == 6
        assert write(file.fileno(), b"a line", 2) == 2
    assert (tmp_path / "file").read_bytes() == b"a linea "
    assert write(-1, b"line", 4) == -1


def test_python_without_libffi_logs_as_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )

    assert done.stdout.splitlines() == ["[2, 3] True", "-1"]
