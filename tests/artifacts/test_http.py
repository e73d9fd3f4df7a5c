"""Artifacts behind a real server: the contract."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest

from runstone.artifacts.http import HttpRepository
from runstone.entities import ArtifactPath
from runstone.errors import ArtifactNotFound, BackendUnavailable, InvalidArtifactPath
from runstone.server.listen import ServerOptions
from runstone.testing.artifacts import ArtifactRepositoryCases, content
from runstone.testing.server import running_server


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    options = ServerOptions(store_uri=f"sqlite:///{folder}/runstone.db", artifacts_destination=f"{folder}/artifacts")
    with running_server(options) as address:
        yield address


@pytest.fixture
def repository(address: str) -> HttpRepository:
    return HttpRepository(address, ArtifactPath(uuid4().hex))


class TestContract(ArtifactRepositoryCases):
    """The cases of every store."""


def test_repository_without_a_root_sees_the_whole_store(address: str) -> None:
    root = uuid4().hex
    HttpRepository(address, ArtifactPath(root)).write(ArtifactPath("a"), [b"a"])

    whole = HttpRepository(address)

    assert root in {file.path for file in whole.list()}
    assert content(whole, f"{root}/a") == b"a"


class Mlflow(BaseHTTPRequestHandler):
    """A server that lists what MLflow's lists."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(
            b'{"files": [{"path": "a:b", "is_dir": false, "file_size": 1}, {"path": "c", "is_dir": true}]}'
        )

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def test_names_that_nobody_can_ask_for_are_not_listed() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Mlflow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        repository = HttpRepository(f"http://127.0.0.1:{server.server_port}")
        found, others = repository.list(), repository.unlisted()
        server.shutdown()

    assert [(file.path, file.is_dir) for file in found] == [("c", True)]
    assert ["'a:b' holds a colon" in reason for reason in others] == [True]


def test_errors_name_the_path_that_was_given(address: str) -> None:
    repository = HttpRepository(address, ArtifactPath(f"{uuid4().hex}/artifacts"))
    repository.write(ArtifactPath("f"), [b"a"])
    repository.write(ArtifactPath("d/a"), [b"a"])

    for path in ("f/g", "d", "x/" * 490 + "x"):
        with pytest.raises(InvalidArtifactPath) as caught:
            repository.write(ArtifactPath(path), [b"a"])
        assert (caught.value.path, caught.value.facts) == (path, {"path": path})
        assert caught.value.message.startswith(f"the artifact path {path!r} ")
    for path in ("none", "f/none", "d"):
        with pytest.raises(ArtifactNotFound) as missing:
            repository.read(ArtifactPath(path))
        assert missing.value.message == f"there is no artifact {path!r}"


def test_server_that_is_away_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    options = ServerOptions(
        store_uri=f"sqlite:///{tmp_path}/runstone.db", artifacts_destination=f"{tmp_path}/artifacts"
    )
    with running_server(options) as gone:
        repository = HttpRepository(gone)

    with pytest.raises(BackendUnavailable):
        repository.write(ArtifactPath("a"), (b"piece" for _ in range(3)))
    with pytest.raises(BackendUnavailable):
        repository.read(ArtifactPath("a"))


def test_repository_tells_its_address(repository: HttpRepository, address: str) -> None:
    assert repr(repository).startswith(f"HttpRepository({address!r}, ")
