"""Artifacts in a container of Azure: the contract, against a service that speaks its protocol."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from runstone.artifacts.objectstore import ObjectStoreRepository
from runstone.entities import ArtifactPath
from runstone.errors import BackendError, Unsupported
from runstone.testing.artifacts import ArtifactRepositoryCases
from tests.artifacts import services
from tests.artifacts.services import Service

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    if not services.AZURITE.exists():
        pytest.skip("Azurite is not installed: run `make azurite`")
    with services.azure(tmp_path_factory.mktemp("azurite")) as service:
        yield service


@pytest.fixture
def repository(azure: Service, monkeypatch: pytest.MonkeyPatch) -> ObjectStoreRepository:
    for name, value in azure.environment.items():
        monkeypatch.setenv(name, value)
    return ObjectStoreRepository(f"{azure.root}/{uuid4().hex}")


class TestContract(ArtifactRepositoryCases):
    """The cases of every store."""


def test_address_that_is_signed_is_made_and_parts_are_not_signed(repository: ObjectStoreRepository) -> None:
    repository.write(ArtifactPath("a.txt"), [b"12345"])

    url, size = repository.presigned_download(ArtifactPath("a.txt"))

    assert size == 5
    assert "sig=" in url
    with pytest.raises(Unsupported, match="send the file whole"):
        repository.begin_upload(ArtifactPath("b"), 1)


def test_container_that_is_not_there_is_said(repository: ObjectStoreRepository) -> None:
    nowhere = ObjectStoreRepository("az://no-such-container/runs")

    for action in (nowhere.list, lambda: nowhere.write(ArtifactPath("a"), [b"."])):
        with pytest.raises(BackendError, match="there is no container 'no-such-container'; make it"):
            action()
