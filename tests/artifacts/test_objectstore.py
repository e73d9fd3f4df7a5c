"""Artifacts in buckets: the contract, against services that speak the protocols."""

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

import pytest

from runstone.artifacts import integrity
from runstone.artifacts.objectstore import PART, ObjectStoreRepository
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactDamaged, ArtifactNotFound, BackendError, BackendUnavailable
from runstone.testing.artifacts import ArtifactRepositoryCases
from tests.artifacts import services
from tests.artifacts.services import Service


@pytest.fixture(scope="module")
def s3() -> Iterator[Service]:
    with services.s3() as service:
        yield service


@pytest.fixture
def repository(s3: Service, monkeypatch: pytest.MonkeyPatch) -> ObjectStoreRepository:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return ObjectStoreRepository(f"{s3.root}/{uuid4().hex}")


class TestContract(ArtifactRepositoryCases):
    """The cases of every store."""


def test_object_keeps_its_kind_and_its_hash_for_others(repository: ObjectStoreRepository, s3: Service) -> None:
    repository.write(ArtifactPath("plots/roc.png"), [b"12345"])

    seen = s3.another_tool().head_object(Bucket="bucket", Key=repository.key(ArtifactPath("plots/roc.png")))

    assert seen["ContentType"] == "image/png"
    assert seen["Metadata"] == {"sha256": hashlib.sha256(b"12345").hexdigest()}


def test_file_of_several_parts_comes_back(repository: ObjectStoreRepository) -> None:
    piece = hashlib.sha256(b"seed").digest() * 40_000
    pieces = [piece] * 20

    written = repository.write(ArtifactPath("large.bin"), pieces)
    found = integrity.read(repository, ArtifactPath("large.bin"))

    assert len(found) == len(piece) * 20 > PART
    assert hashlib.sha256(found).hexdigest() == written


def test_object_that_another_tool_changed_is_damaged(repository: ObjectStoreRepository, s3: Service) -> None:
    repository.write(ArtifactPath("a"), [b"the right text"])
    said = {"sha256": hashlib.sha256(b"the right text").hexdigest()}
    key = repository.key(ArtifactPath("a"))
    s3.another_tool().put_object(Bucket="bucket", Key=key, Body=b"the wrong text", Metadata=said)

    with pytest.raises(ArtifactDamaged):
        integrity.read(repository, ArtifactPath("a"))


def test_object_of_another_tool_has_no_hash_and_is_read(repository: ObjectStoreRepository, s3: Service) -> None:
    s3.another_tool().put_object(Bucket="bucket", Key=repository.key(ArtifactPath("a")), Body=b"text")

    assert repository.read(ArtifactPath("a")).sha256 is None
    assert integrity.read(repository, ArtifactPath("a")) == b"text"


def test_object_that_marks_a_folder_and_names_that_nobody_can_ask_for_are_not_listed(
    repository: ObjectStoreRepository, s3: Service
) -> None:
    repository.write(ArtifactPath("folder/a"), [b"."])
    for name in ("folder/", "folder/b:c"):
        s3.another_tool().put_object(Bucket="bucket", Key=f"{repository.bucket.folder}/{name}", Body=b"")

    assert [file.path for file in repository.list(ArtifactPath("folder"))] == ["folder/a"]
    assert [file.path for file in repository.list()] == ["folder"]
    [reason] = repository.unlisted(ArtifactPath("folder"))
    assert "'folder/b:c' holds a colon" in reason


def test_bucket_that_is_not_there_is_said(repository: ObjectStoreRepository) -> None:
    nowhere = ObjectStoreRepository("s3://no-such-bucket/runs")

    for action in (
        nowhere.list,
        lambda: nowhere.write(ArtifactPath("a"), [b"."]),
        lambda: nowhere.read(ArtifactPath("a")),
        lambda: nowhere.info(ArtifactPath("a")),
        lambda: nowhere.delete(ArtifactPath("a")),
        lambda: nowhere.delete(ArtifactPath()),
        lambda: nowhere.begin_upload(ArtifactPath("a"), 2),
    ):
        with pytest.raises(BackendError) as caught:
            action()
        assert caught.value.message == (
            "there is no bucket 'no-such-bucket'; make it, or look at the address of the artifacts and at "
            "RUNSTONE_S3_ENDPOINT_URL, which says whose buckets are meant"
        )


def test_bucket_that_went_away_is_said(s3: Service, repository: ObjectStoreRepository) -> None:
    s3.another_tool().create_bucket(Bucket="short-lived")
    kept = ObjectStoreRepository("s3://short-lived/runs")
    kept.write(ArtifactPath("a/b"), [b"."])
    s3.another_tool().delete_object(Bucket="short-lived", Key="runs/a/b")
    s3.another_tool().delete_bucket(Bucket="short-lived")

    for size in (1, 3 * PART):
        with pytest.raises(BackendError, match="there is no bucket 'short-lived'"):
            kept.write(ArtifactPath("a/c"), [bytes(size)])


def test_service_that_is_away_is_said_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-test")
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    monkeypatch.setenv("RUNSTONE_S3_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    away = ObjectStoreRepository("s3://bucket/runs")

    with pytest.raises(BackendUnavailable) as caught:
        away.read(ArtifactPath("a"))

    assert "a-secret-of-the-test" not in caught.value.message
    assert "'bucket'" in caught.value.message


def test_temporary_folder_without_room_is_said(
    repository: ObjectStoreRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no-folder").touch()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no-folder"))

    with pytest.raises(BackendError, match="TMPDIR"):
        repository.write(ArtifactPath("large"), [bytes(PART)] * 2)

    assert repository.list() == []


def test_address_that_is_signed_gives_the_file_to_everyone(repository: ObjectStoreRepository) -> None:
    repository.write(ArtifactPath("a b.txt"), [b"12345"])

    url, size = repository.presigned_download(ArtifactPath("a b.txt"))
    with urlopen(url) as answer:
        body = answer.read()

    assert (body, size) == (b"12345", 5)
    with pytest.raises(ArtifactNotFound):
        repository.presigned_download(ArtifactPath("none"))


def test_bucket_without_credentials_is_asked_as_anybody(s3: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", s3.address.replace("127.0.0.1", "localhost"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")

    assert ObjectStoreRepository(f"{s3.root}/nothing-yet").list() == []
