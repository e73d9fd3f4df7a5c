"""Files of runs in a bucket: through the server, and past it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import runstone
from runstone.client.client import Client
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.artifacts import services
from tests.artifacts.services import Service


@pytest.fixture(scope="module")
def s3() -> Iterator[Service]:
    with services.s3() as service:
        yield service


@pytest.fixture(autouse=True)
def credentials(s3: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("12345")
    (folder / "deep" / "large.bin").write_bytes(hashlib.sha256(b"seed").digest() * 300_000)
    return folder


def files_below(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_server_passes_the_files_of_a_bucket_on(
    tmp_path: Path, s3: Service, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/a.db", artifacts_destination=f"{s3.root}/proxied")
    with running_server(options) as address:
        client = Client(address)
        run = client.create_run("0").info
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

        client.log_artifacts(run.run_id, source)
        back = client.download_artifacts(run.run_id, "", tmp_path / "back")
        listed = [file.path for file in client.list_artifacts(run.run_id)]

    assert run.artifact_uri == f"mlflow-artifacts:/0/{run.run_id}/artifacts"
    assert files_below(Path(back)) == files_below(source)
    assert listed == ["a.txt", "deep"]
    keys = [item["Key"] for item in s3.another_tool().list_objects_v2(Bucket="bucket", Prefix="proxied/")["Contents"]]
    assert f"proxied/0/{run.run_id}/artifacts/deep/large.bin" in keys


def test_clients_reach_a_bucket_themselves_and_the_server_lists_it(tmp_path: Path, s3: Service, source: Path) -> None:
    options = ServerOptions(
        store_uri=f"sqlite:///{tmp_path}/a.db", default_artifact_root=f"{s3.root}/direct", serves_artifacts=False
    )
    with running_server(options) as address:
        client = Client(address)
        run = client.create_run("0").info

        client.log_artifacts(run.run_id, source)
        back = client.download_artifacts(run.run_id, "", tmp_path / "back")
        shown = client.list_artifacts(run.run_id, "deep")

    assert run.artifact_uri == f"{s3.root}/direct/0/{run.run_id}/artifacts"
    assert files_below(Path(back)) == files_below(source)
    assert [(file.path, file.file_size) for file in shown] == [("deep/large.bin", 9_600_000)]


def test_experiment_of_a_local_store_keeps_its_files_in_a_bucket(tmp_path: Path, s3: Service) -> None:
    runstone.set_tracking_uri(f"sqlite:///{tmp_path}/a.db")
    experiment = runstone.create_experiment("in a bucket", artifact_location=f"{s3.root}/own")

    with runstone.start_run(experiment_id=experiment) as run:
        runstone.log_text("hello", "note.txt")

    assert runstone.artifacts.load_text(f"runs:/{run.info.run_id}/note.txt") == "hello"
    assert runstone.artifacts.load_text(f"{s3.root}/own/{run.info.run_id}/artifacts/note.txt") == "hello"
