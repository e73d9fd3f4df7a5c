"""Large files, by our client to a genuine server, which takes no parts of ours."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.artifacts import integrity
from runstone.artifacts.http import HttpRepository
from runstone.entities import ArtifactPath
from tests.peers.genuine import running_genuine_server

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PIECE = hashlib.sha256(b"seed").digest() * 32_768


def broken_off() -> Iterator[bytes]:
    yield from [PIECE] * 10
    raise RuntimeError("the source failed")


def test_large_file_goes_to_a_genuine_server_in_one_stream(peer: None, tmp_path: Path) -> None:
    with running_genuine_server(tmp_path) as address:
        repository = HttpRepository(address)

        sent = repository.write(ArtifactPath("0/large.bin"), [PIECE] * 20)
        found = integrity.read(repository, ArtifactPath("0/large.bin"))
        with pytest.raises(RuntimeError, match="the source failed"):
            repository.write(ArtifactPath("0/half.bin"), broken_off())
        listed = [file.path for file in repository.list(ArtifactPath("0"))]

    assert found == PIECE * 20
    assert hashlib.sha256(found).hexdigest() == sent
    assert listed == ["0/large.bin"]
