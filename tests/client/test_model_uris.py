"""A model is loaded from wherever its files are, and a stranger's code only if it is trusted."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.artifacts import resolve
from runstone.client.client import Client
from runstone.client.model_logging import ModelInfo
from runstone.entities import ArtifactPath
from runstone.errors import InvalidModel, InvalidValue, ModelChanged, ModelNotFound, NotFound, UntrustedModel
from runstone.models import validate_serving_input
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.artifacts import services
from tests.artifacts.services import Service

ROWS = pd.DataFrame({"height": [1.0, 2.0, 3.0]})
PICKLED = {"serialization_format": "cloudpickle"}


@pytest.fixture
def model() -> LinearRegression:
    return LinearRegression().fit(ROWS, [2.0, 4.0, 6.0])


@pytest.fixture
def logged(chosen: Client, model: LinearRegression) -> ModelInfo:
    """A model of a run that has ended."""
    with runstone.start_run():
        return runstone.sklearn.log_model(model, name="line", input_example=ROWS)


@pytest.fixture(scope="module")
def s3() -> Iterator[Service]:
    with services.s3() as service:
        yield service


@pytest.fixture
def bucket(s3: Service, monkeypatch: pytest.MonkeyPatch) -> str:
    """The root of a bucket, and the settings that reach it."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return s3.root


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[str]:
    """A server of somebody else, which passes files on."""
    options = ServerOptions(
        store_uri=f"sqlite:///{tmp_path}/stranger.db", artifacts_destination=str(tmp_path / "strange")
    )
    with running_server(options) as address:
        yield address


def predicts(uri: str, **options: Any) -> bool:
    with runstone.pyfunc.load_model(uri, **options) as model:
        return bool(numpy.allclose(model.predict(ROWS), [2.0, 4.0, 6.0]))


def test_every_name_of_a_model_leads_to_it(chosen: Client, logged: ModelInfo) -> None:
    version = runstone.register_model(logged.model_uri, f"growth {logged.model_id}")
    chosen.set_registered_model_alias(version.name, "best", version.version)
    chosen.transition_model_version_stage(version.name, version.version, "Production")

    for uri in (
        f"models:/{logged.model_id}",
        f"models:/{version.name}/{version.version}",
        f"models:/{version.name}/latest",
        f"models:/{version.name}/Production",
        f"models:/{version.name}@best",
        f"runs:/{logged.run_id}/line",
        logged.artifact_path,
    ):
        assert predicts(uri), uri


def test_folder_among_the_files_of_a_run_is_a_model(
    chosen: Client, run_id: str, model: LinearRegression, tmp_path: Path
) -> None:
    runstone.sklearn.save_model(model, str(tmp_path / "model"), **PICKLED)  # type: ignore[arg-type]  # a dict has one type
    chosen.log_artifacts(run_id, str(tmp_path / "model"), "models/line")
    version = runstone.register_model(f"runs:/{run_id}/models/line", f"line {run_id}")

    assert predicts(f"runs:/{run_id}/models/line")
    assert predicts(f"models:/{version.name}/1")


def test_folder_of_this_machine_is_a_model(model: LinearRegression, tmp_path: Path) -> None:
    runstone.sklearn.save_model(model, str(tmp_path / "a model"), **PICKLED)  # type: ignore[arg-type]  # as above

    assert predicts(str(tmp_path / "a model"))
    assert predicts("a model")
    assert predicts((tmp_path / "a model").as_uri())


def test_pickle_in_a_bucket_is_opened_only_if_it_is_trusted(
    chosen: Client, bucket: str, model: LinearRegression, tmp_path: Path
) -> None:
    place = put(chosen, f"{bucket}/models", model, tmp_path, **PICKLED)

    with pytest.raises(UntrustedModel, match=r"was not opened: .*pickle.*trust=True") as raised:
        predicts(place)

    assert raised.value.uri == place
    assert predicts(place, trust=True)
    assert runstone.load_model(place, trust=True).coef_ == pytest.approx([2.0])
    with pytest.raises(UntrustedModel):
        runstone.sklearn.load_model(place)
    request = {"dataframe_records": [{"height": 1.0}]}
    assert validate_serving_input(place, request, trust=True) == pytest.approx([2.0])
    with pytest.raises(UntrustedModel):
        validate_serving_input(place, request)


def test_safe_format_in_a_bucket_needs_no_trust(
    chosen: Client, bucket: str, model: LinearRegression, tmp_path: Path
) -> None:
    place = put(chosen, f"{bucket}/safe", model, tmp_path)

    assert predicts(place)


def test_version_that_points_elsewhere_is_a_stranger(
    chosen: Client, bucket: str, model: LinearRegression, tmp_path: Path, run_id: str
) -> None:
    place = put(chosen, f"{bucket}/elsewhere", model, tmp_path, **PICKLED)
    name = f"elsewhere {run_id}"
    chosen.create_registered_model(name)
    chosen.create_model_version(name, place)
    chosen.create_model_version(name, place, run_id=run_id)
    chosen.create_model_version(name, f"models:/{name}/1")

    for version in (1, 2, 3):
        with pytest.raises(UntrustedModel, match=f"models:/{name}/{version}"):
            predicts(f"models:/{name}/{version}")
        assert predicts(f"models:/{name}/{version}", trust=True)


def test_version_of_a_run_whose_files_are_in_a_bucket_is_own(
    chosen: Client, bucket: str, model: LinearRegression, tmp_path: Path
) -> None:
    experiment = chosen.create_experiment(f"in a bucket {tmp_path}", artifact_location=f"{bucket}/own")
    run = chosen.create_run(experiment).info
    runstone.sklearn.save_model(model, str(tmp_path / "model"), **PICKLED)  # type: ignore[arg-type]  # as above
    chosen.log_artifacts(run.run_id, str(tmp_path / "model"), "line")
    version = runstone.register_model(f"runs:/{run.run_id}/line", f"own {run.run_id}")

    assert version.source.startswith(bucket)
    assert predicts(f"runs:/{run.run_id}/line")
    assert predicts(f"models:/{version.name}/1")


def test_server_of_somebody_else_is_a_stranger(
    chosen: Client, stranger: str, model: LinearRegression, tmp_path: Path
) -> None:
    other = Client(stranger)
    run = other.create_run("0").info
    runstone.sklearn.save_model(model, str(tmp_path / "model"), **PICKLED)  # type: ignore[arg-type]  # as above
    other.log_artifacts(run.run_id, str(tmp_path / "model"), "line")
    place = f"{stranger}/api/2.0/mlflow-artifacts/artifacts/0/{run.run_id}/artifacts/line"

    with pytest.raises(UntrustedModel):
        predicts(place)
    assert predicts(place, trust=True)
    runstone.set_tracking_uri(stranger)
    assert predicts(place)


def test_credentials_go_to_no_server_that_a_version_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str | None] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("Authorization"))
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    monkeypatch.setenv("RUNSTONE_TRACKING_TOKEN", "a secret of the test")
    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        place = f"http://127.0.0.1:{server.server_port}/api/2.0/mlflow-artifacts/artifacts/model"
        registry = Client(f"sqlite:///{tmp_path}/registry.db")
        registry.create_registered_model("lure")
        registry.create_model_version("lure", place)
        runstone.set_tracking_uri(registry.tracking_uri)

        with pytest.raises(NotFound):
            runstone.pyfunc.load_model("models:/lure/1")

        server.shutdown()
        thread.join()
    assert set(heard) == {None}


def test_unknown_places_are_refused(chosen: Client, tmp_path: Path) -> None:
    for uri, error, said in (
        ("r2://bucket/model", InvalidValue, "no store of artifacts is known for the scheme 'r2'"),
        ("models:/", InvalidValue, "the URI of a version looks like"),
        ("models:/name", InvalidValue, "the URI of a version looks like"),
        ("models:/name/champion", InvalidValue, "an alias is written 'models:/name@champion'"),
        ("growth@best", InvalidValue, "a registered model is named 'models:/NAME@ALIAS'"),
        ("http://127.0.0.1:1/model", InvalidValue, "the address of artifacts looks like"),
        ("models:/nobody@best", NotFound, "nobody"),
        (f"models:/m-{'0' * 32}", NotFound, "logged model"),
        ("", InvalidValue, "the URI of a model"),
        (str(tmp_path / "nowhere"), FileNotFoundError, "nowhere"),
        (__file__, InvalidModel, "is a file, and a model is a folder"),
    ):
        with pytest.raises(error, match=said):
            runstone.pyfunc.load_model(uri)
    with pytest.raises(InvalidValue, match="the URI of a model is a string"):
        runstone.pyfunc.load_model(5)  # type: ignore[arg-type]  # what the test is about


def test_empty_place_is_told(chosen: Client, run_id: str, bucket: str) -> None:
    with pytest.raises(NotFound, match=r"there is no model at 's3://bucket/nothing'"):
        runstone.pyfunc.load_model(f"{bucket}/nothing")


def test_model_of_a_run_is_registered_by_the_name_it_was_logged_by(chosen: Client, logged: ModelInfo) -> None:
    uri = f"runs:/{logged.run_id}/line"

    made = runstone.register_model(uri, f"of a run {logged.model_id}")

    assert (made.model_id, made.run_id) == (logged.model_id, logged.run_id)
    assert predicts(f"models:/{made.name}/1")
    with pytest.raises(ModelNotFound, match=f"no model at 'runs:/{logged.run_id}/tree': the run logged 'line'"):
        runstone.register_model(f"runs:/{logged.run_id}/tree", "nothing")
    with pytest.raises(NotFound):
        chosen.get_registered_model("nothing")


def test_single_file_of_a_run_can_be_registered(chosen: Client, run_id: str) -> None:
    chosen.log_text(run_id, "weights", "weights.txt")

    made = runstone.register_model(f"runs:/{run_id}/weights.txt", f"file {run_id}")

    assert made.source.endswith("/weights.txt")


def test_files_of_a_model_are_those_of_its_run_by_its_name(chosen: Client, logged: ModelInfo, tmp_path: Path) -> None:
    run_id = logged.run_id
    assert run_id is not None

    listed = {file.path for file in chosen.list_artifacts(run_id, "line")}
    whole = Path(chosen.download_artifacts(run_id, "line", tmp_path / "into"))
    one = Path(runstone.artifacts.download_artifacts(run_id=run_id, artifact_path="line/MLmodel"))

    assert {"line/MLmodel", "line/manifest.json", "line/example"} <= listed
    assert {file.path for file in chosen.list_artifacts(run_id, "line/example")} >= {"line/example/inputs.json"}
    assert whole == tmp_path / "into" / "line"
    assert predicts(str(whole))
    assert one.read_bytes() == (whole / "MLmodel").read_bytes()
    assert chosen.list_artifacts(run_id, "tree") == []
    chosen.log_text(run_id, "the run's own", "line/own.txt")
    assert [file.path for file in chosen.list_artifacts(run_id, "line")] == ["line/own.txt"]


def test_absent_model_of_a_run_is_told_with_those_it_has(
    chosen: Client, run_id: str, model: LinearRegression, tmp_path: Path
) -> None:
    with pytest.raises(ModelNotFound, match=f"no model at 'runs:/{run_id}/tree': the run logged none"):
        runstone.pyfunc.load_model(f"runs:/{run_id}/tree")
    runstone.sklearn.log_model(model, name="line", run_id=run_id)

    with pytest.raises(ModelNotFound, match=f"no model at 'runs:/{run_id}/tree': the run logged 'line'"):
        runstone.pyfunc.load_model(f"runs:/{run_id}/tree")


def test_model_whose_files_are_gone_is_told(chosen: Client, logged: ModelInfo) -> None:
    version = runstone.register_model(logged.model_uri, f"gone {logged.model_id}")
    kept = runstone.get_logged_model(logged.model_id).artifact_location
    repository = resolve.repository(kept, tracking_uri=chosen.tracking_uri)
    for entry in repository.list():
        repository.delete(ArtifactPath(entry.path))
    shutil.rmtree(kept, ignore_errors=True)

    for uri in (logged.model_uri, f"models:/{version.name}/1"):
        with pytest.raises(ModelNotFound, match=r"its files belong to .*/artifacts.*, and are not there"):
            runstone.pyfunc.load_model(uri)


def test_files_that_were_fetched_are_removed(
    chosen: Client, bucket: str, model: LinearRegression, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = put(chosen, f"{bucket}/removed", model, tmp_path, **PICKLED)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    with pytest.raises(UntrustedModel):
        runstone.pyfunc.load_model(place)
    with pytest.raises(UntrustedModel):
        runstone.load_model(place)
    left = list((tmp_path / "temporary").iterdir())
    with runstone.pyfunc.load_model(place, trust=True):
        fetched = list((tmp_path / "temporary").iterdir())

    assert left == []
    assert len(fetched) == 1
    assert list((tmp_path / "temporary").iterdir()) == []


FORKING = """
import os, sys
from runstone.client import Client
from runstone.client.model_folders import fetched

folder = fetched(Client(sys.argv[1]), sys.argv[2]).path
if os.fork() == 0:
    sys.exit()
os.wait()
print(folder.is_dir(), folder)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_child_of_a_fork_leaves_the_files_of_a_model_to_its_parent(stranger: str) -> None:
    client = Client(stranger)
    run_id = client.create_run("0").info.run_id
    client.log_text(run_id, "flavors: {}\n", "model/MLmodel")

    done = subprocess.run(
        [sys.executable, "-c", FORKING, stranger, f"runs:/{run_id}/model"], capture_output=True, text=True, check=True
    )
    is_there, folder = done.stdout.split()

    assert is_there == "True"
    assert not Path(folder).exists()


def test_files_are_put_where_the_caller_says(chosen: Client, logged: ModelInfo, tmp_path: Path) -> None:
    with runstone.pyfunc.load_model(logged.model_uri, dst_path=str(tmp_path / "here")):
        pass

    assert (tmp_path / "here" / "MLmodel").is_file()
    assert predicts(str(tmp_path / "here"))


def test_many_load_at_once(chosen: Client, logged: ModelInfo) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(predicts, [logged.model_uri] * 16))


def test_file_that_was_changed_in_the_store_is_not_loaded(
    chosen: Client, run_id: str, model: LinearRegression, tmp_path: Path
) -> None:
    runstone.sklearn.save_model(model, str(tmp_path / "model"))
    chosen.log_artifacts(run_id, str(tmp_path / "model"), "line")
    (tmp_path / "requirements.txt").write_text("evil\n")
    chosen.log_artifact(run_id, str(tmp_path / "requirements.txt"), "line")

    with pytest.raises(ModelChanged, match=r"the file 'requirements\.txt' was changed"):
        runstone.pyfunc.load_model(f"runs:/{run_id}/line")


def test_model_of_an_offline_run_is_loaded(model: LinearRegression, chosen: Client) -> None:
    runstone.offline()
    try:
        with runstone.start_run() as run:
            info = runstone.sklearn.log_model(model, name="line")
        assert predicts(info.model_uri)
        assert predicts(f"runs:/{run.info.run_id}/line")
    finally:
        runstone.offline(on=False)


def test_files_of_a_model_are_downloaded_by_each_of_its_names(
    chosen: Client, logged: ModelInfo, tmp_path: Path
) -> None:
    version = runstone.register_model(logged.model_uri, f"files {logged.model_id}")
    chosen.set_registered_model_alias(version.name, "best", version.version)

    for number, uri in enumerate(
        (
            logged.model_uri,
            f"models:/{version.name}/1",
            f"models:/{version.name}@best",
            f"runs:/{logged.run_id}/line",
        )
    ):
        folder = runstone.artifacts.download_artifacts(uri, dst_path=tmp_path / str(number))
        assert (Path(folder) / "MLmodel").is_file(), uri
        assert "height" in runstone.artifacts.load_text(f"{uri}/MLmodel"), uri
        assert "MLmodel" in [file.path for file in runstone.artifacts.list_artifacts(uri)], uri


def put(client: Client, root: str, model: LinearRegression, folder: Path, **options: Any) -> str:
    """Save a model into a bucket; where it is now."""
    run = client.create_run(client.create_experiment(f"{root} {folder}", artifact_location=root)).info
    runstone.sklearn.save_model(model, str(folder / "saved"), **options)
    client.log_artifacts(run.run_id, str(folder / "saved"), "line")
    return f"{run.artifact_uri}/line"
