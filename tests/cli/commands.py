"""The command line in this process, which starts in a twentieth of the time."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from runstone.cli.main import main
from runstone.client.connection import open_stores


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``runstone`` in a folder, and keep nothing open, as a process that has ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(main, arguments, prog_name="runstone")
        open_stores.close()
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)
