"""Artifacts in a bucket of Google's: the contract, against a service that answers its calls."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

import pytest

from runstone.artifacts import integrity
from runstone.artifacts.objectstore import PART, ObjectStoreRepository
from runstone.entities import ArtifactPath
from runstone.errors import BackendError, PermissionDenied, Unsupported
from runstone.testing.artifacts import ArtifactRepositoryCases
from tests.artifacts.google import account, google
from tests.artifacts.services import Service


@pytest.fixture(scope="module")
def gcs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with google(tmp_path_factory.mktemp("google")) as service:
        yield service


@pytest.fixture
def repository(gcs: Service, monkeypatch: pytest.MonkeyPatch) -> ObjectStoreRepository:
    for name, value in gcs.environment.items():
        monkeypatch.setenv(name, value)
    return ObjectStoreRepository(f"{gcs.root}/{uuid4().hex}")


class TestContract(ArtifactRepositoryCases):
    """The cases of every store."""


def test_file_of_several_parts_comes_back_with_its_hash(repository: ObjectStoreRepository) -> None:
    piece = hashlib.sha256(b"seed").digest() * 40_000
    pieces = [piece] * 20

    written = repository.write(ArtifactPath("large.bin"), pieces)

    assert len(piece) * 20 > PART
    assert repository.read(ArtifactPath("large.bin")).sha256 == written
    assert integrity.read(repository, ArtifactPath("large.bin")) == piece * 20


def test_address_that_is_signed_gives_the_file_and_parts_are_not_signed(repository: ObjectStoreRepository) -> None:
    sha256 = repository.write(ArtifactPath("a b.txt"), [b"12345"])

    url, size = repository.presigned_download(ArtifactPath("a b.txt"))
    with urlopen(url) as answer:
        body, told = answer.read(), answer.headers["x-goog-meta-sha256"]

    assert (body, size, told) == (b"12345", 5, sha256)
    with pytest.raises(Unsupported, match="send the file whole"):
        repository.begin_upload(ArtifactPath("b"), 1)


def test_account_that_the_bucket_does_not_know_is_refused(
    gcs: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_BASE_URL", gcs.address)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account(tmp_path)[0]))
    stranger = ObjectStoreRepository("gs://another-bucket/runs")

    with pytest.raises(PermissionDenied, match="'another-bucket'"):
        stranger.write(ArtifactPath("a"), [b"."])


def test_bucket_that_is_not_there_is_said(repository: ObjectStoreRepository) -> None:
    nowhere = ObjectStoreRepository("gs://no-such-bucket/runs")

    with pytest.raises(BackendError, match="no-such-bucket"):
        nowhere.list()
