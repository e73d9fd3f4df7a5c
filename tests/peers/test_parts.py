"""Uploads in parts, by the genuine client through our server to a bucket."""

from pathlib import Path

import pytest

from tests.artifacts import services
from tests.cli.processes import RunningServer
from tests.peers.genuine import run_script

pytestmark = [pytest.mark.peer, pytest.mark.slow]


def test_genuine_client_sends_a_large_file_in_parts(
    peer: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "server").mkdir()
    with services.s3() as s3:
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        command = ["server", "--port", "0", "--artifacts-destination", f"{s3.root}/team"]
        with RunningServer(command, tmp_path / "server") as server:
            seen = run_script("parts", server.address, tmp_path)
        key = f"team/{seen['uri'].removeprefix('mlflow-artifacts:/')}/models/large.bin"
        stored = s3.another_tool().head_object(Bucket="bucket", Key=key)

    assert seen["same"]
    assert seen["files"] == [["models", None], ["small.txt", 5]]
    assert stored["ETag"].endswith('-3"')  # S3's mark of an object made of three parts
