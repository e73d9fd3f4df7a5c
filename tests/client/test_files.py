"""Artifacts of a run, at both kinds of address."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone.client import Client
from runstone.errors import (
    ArtifactNotFound,
    InvalidArtifactPath,
    InvalidValue,
    LocalFileNotFound,
    NotFound,
    RunDeleted,
    RunNotFound,
)

np = pytest.importorskip("numpy")
pytest.importorskip("PIL")

TRICKS = [
    "../up",
    "a/../../up",
    "..",
    "/absolute",
    "//host/share",
    "a\\b",
    "..\\up",
    "C:/drive",
    "nul\0byte",
    "%2e%2e/up",
    "%252e%252e/up",
    "a%2fb",
    "new\nline",
    "x" * 256,
    "a/" * 600 + "b",
]


@pytest.fixture
def run(chosen: Client) -> runstone.ActiveRun:
    return runstone.start_run()


def names(client: Client, run: runstone.ActiveRun, folder: str | None = None) -> list[str]:
    return [file.path for file in client.list_artifacts(run.info.run_id, folder)]


def text_of(path: str) -> str:
    return runstone.artifacts.load_text(runstone.get_artifact_uri(path))


def test_text_dict_and_stream_are_read_back(chosen: Client, run: runstone.ActiveRun) -> None:
    runstone.log_text("Grüße\n", "notes/a.txt")
    runstone.log_dict({"b": [1, np.float32(0.5)], "a": np.arange(2)}, "d.json")
    runstone.log_dict({"b": [1, 2.5], "a": "ü"}, "d.yaml")
    runstone.log_stream(io.BytesIO(b"bytes" * 500_000), "s.bin")

    assert names(chosen, run) == ["d.json", "d.yaml", "notes", "s.bin"]
    assert text_of("notes/a.txt") == "Grüße\n"
    assert json.loads(text_of("d.json")) == {"b": [1, 0.5], "a": [0, 1]}
    assert runstone.artifacts.load_dict(runstone.get_artifact_uri("d.json")) == {"b": [1, 0.5], "a": [0, 1]}
    assert runstone.artifacts.load_dict(runstone.get_artifact_uri("d.yaml")) == {"b": [1, 2.5], "a": "ü"}
    assert chosen.list_artifacts(run.info.run_id)[-1].file_size == 2_500_000


def test_file_is_logged_under_its_own_name(chosen: Client, run: runstone.ActiveRun, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"model")

    runstone.log_artifact(tmp_path / "model.bin")
    runstone.log_artifact(str(tmp_path / "model.bin"), "deep/er/")

    assert names(chosen, run) == ["deep", "model.bin"]
    assert names(chosen, run, "deep/er") == ["deep/er/model.bin"]


def test_folder_is_logged_whole(chosen: Client, run: runstone.ActiveRun, tmp_path: Path) -> None:
    folder = tmp_path / "plots"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "b.txt").write_text("b")

    runstone.log_artifacts(folder)
    runstone.log_artifacts(str(folder), "inside")
    runstone.log_artifact(folder)

    assert names(chosen, run) == ["a.txt", "deep", "inside", "plots"]
    assert names(chosen, run, "inside") == ["inside/a.txt", "inside/deep"]
    assert text_of("plots/deep/b.txt") == "b"


def test_working_directory_is_logged_under_its_own_name(
    chosen: Client, run: runstone.ActiveRun, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a.txt").write_text("a")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "here")
        runstone.log_artifact(".")

    assert names(chosen, run, "here") == ["here/a.txt"]


@pytest.mark.parametrize("verb", [runstone.log_artifact, runstone.log_artifacts])
def test_folder_that_holds_the_files_of_runs_is_not_stored_in_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: Callable[[str], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    runstone.set_tracking_uri(client.tracking_uri)
    (tmp_path / "a.txt").write_text("a")

    with runstone.start_run() as started:
        runstone.log_text("text", "before.txt")
        with pytest.raises(InvalidValue, match="which it would be stored in; log the files"):
            verb(".")

    assert names(client, started) == ["before.txt"]


def test_missing_local_files_are_refused(run: runstone.ActiveRun, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for absent in ("no-such", "C:\\no-such"):
        with pytest.raises(FileNotFoundError, match=r"there is no file or folder .*no-such"):
            runstone.log_artifact(absent)
    with pytest.raises(LocalFileNotFound, match="no-such"):
        runstone.log_artifacts("no-such")
    with pytest.raises(InvalidValue, match="log_artifact"):
        runstone.log_artifacts(tmp_path / "file")
    for bad in (None, 5, "", b"file", "nul\0"):
        with pytest.raises(InvalidValue):
            runstone.log_artifact(bad)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("trick", TRICKS)
def test_path_trick_is_refused_by_every_verb(
    chosen: Client, run: runstone.ActiveRun, tmp_path: Path, trick: str
) -> None:
    (tmp_path / "file.txt").write_text("text")
    id = run.info.run_id

    for call in (
        lambda: runstone.log_text("text", trick),
        lambda: runstone.log_dict({}, trick + "/a.json"),
        lambda: runstone.log_image(np.zeros((2, 2)), trick + "/a.png"),
        lambda: runstone.log_table({"a": [1]}, trick + "/a.json"),
        lambda: runstone.log_stream(io.BytesIO(b""), trick),
        lambda: runstone.log_artifact(tmp_path / "file.txt", trick),
        lambda: runstone.log_artifacts(tmp_path, trick),
        lambda: runstone.get_artifact_uri(trick),
        lambda: chosen.list_artifacts(id, trick),
        lambda: chosen.download_artifacts(id, trick),
        lambda: runstone.artifacts.list_artifacts(run_id=id, artifact_path=trick),
        lambda: runstone.artifacts.download_artifacts(run_id=id, artifact_path=trick),
    ):
        with pytest.raises(InvalidArtifactPath):
            call()
    assert names(chosen, run) == []


def test_harmless_forms_of_a_path_are_taken(chosen: Client, run: runstone.ActiveRun) -> None:
    runstone.log_text("text", "./a//b.txt")
    runstone.log_text("text", Path("c") / "d.txt")  # type: ignore[arg-type]  # taken all the same

    assert names(chosen, run, "a/") == ["a/b.txt"]
    assert names(chosen, run, "./c") == ["c/d.txt"]


@pytest.mark.parametrize("bad", ["", "folder/", ".", None, 5])
def test_file_wants_a_name(run: runstone.ActiveRun, bad: Any) -> None:
    with pytest.raises(InvalidValue):
        runstone.log_text("text", bad)


@pytest.mark.parametrize(
    "call",
    [
        lambda: runstone.log_text(5, "a.txt"),  # type: ignore[arg-type]  # on purpose
        lambda: runstone.log_text("\ud800", "a.txt"),
        lambda: runstone.log_dict({"a": {1, 2}, (1, 2): 3}, "a.json"),
        lambda: runstone.log_dict({"a": "\ud800"}, "a.yaml"),
        lambda: runstone.log_table({"a": ["\ud800"]}, "a.json"),
        lambda: runstone.log_figure(object(), "a.png"),
        lambda: runstone.log_image("a.png", "a.png"),
        lambda: runstone.log_image(np.zeros((2, 2, 5)), "a.png"),
        lambda: runstone.log_image(np.zeros((2, 2)), "a.xyz"),
        lambda: runstone.log_table([1], "a.json"),  # type: ignore[arg-type]  # on purpose
        lambda: runstone.log_table({"a": [1], "b": [1, 2]}, "a.json"),
        lambda: runstone.log_table({"a": [1]}, "a.txt"),
        lambda: runstone.log_stream("text", "a.txt"),  # type: ignore[arg-type]  # on purpose
        lambda: runstone.log_stream(io.StringIO("text"), "a.txt"),  # type: ignore[arg-type]  # on purpose
    ],
)
def test_bad_content_is_refused_and_nothing_is_stored(chosen: Client, run: runstone.ActiveRun, call: Any) -> None:
    with pytest.raises(InvalidValue):
        call()

    assert names(chosen, run) == []


def test_figure_of_matplotlib_is_logged(run: runstone.ActiveRun) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    axes.plot([1, 2])

    runstone.log_figure(figure, "plots/curve.png", save_kwargs={"dpi": 50})
    runstone.log_figure(figure, "plots/curve.svg")
    pyplot.close(figure)

    assert runstone.artifacts.load_image(runstone.get_artifact_uri("plots/curve.png")).size == (320, 240)
    assert "<svg" in text_of("plots/curve.svg")


def test_single_image_is_logged_and_loaded(run: runstone.ActiveRun) -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)

    runstone.log_image(pixels, "images/a.png")

    loaded = runstone.artifacts.load_image(runstone.get_artifact_uri("images/a.png"))
    assert (np.asarray(loaded) == pixels).all()


def test_series_of_images_has_the_names_that_mlflow_looks_for(chosen: Client, run: runstone.ActiveRun) -> None:
    runstone.log_image(np.zeros((4, 4)), key="dogs/small", step=3, timestamp=17)

    small, full = names(chosen, run, "images")
    prefix = "images/dogs~small+step+3+timestamp+17+"
    assert small.startswith(prefix)
    assert small.endswith("+compressed.webp")
    assert full.startswith(prefix)
    assert full.endswith(".png")
    assert chosen.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"artifact_file": "a.png", "key": "a"},
        {"artifact_file": "a.png", "step": 1},
        {"artifact_file": "a.png", "timestamp": 1},
        {"key": "a+b"},
        {"key": ""},
        {"key": "a", "step": 1.5},
        {"key": "a", "step": 2**63},
        {"key": "a", "timestamp": -1},
        {"key": "../a\\b"},
    ],
)
def test_bad_arguments_of_an_image_are_refused(
    chosen: Client, run: runstone.ActiveRun, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidValue):
        runstone.log_image(np.zeros((4, 4)), **arguments)

    assert names(chosen, run) == []


def test_artifacts_are_fetched_into_a_folder(run: runstone.ActiveRun, tmp_path: Path) -> None:
    runstone.log_text("a", "deep/a.txt")
    runstone.log_text("b", "b.txt")
    id = run.info.run_id

    folder = runstone.artifacts.download_artifacts(run_id=id, artifact_path="deep", dst_path=tmp_path / "one")
    file = runstone.artifacts.download_artifacts(artifact_uri=f"runs:/{id}/deep/a.txt", dst_path=str(tmp_path / "two"))
    every = runstone.artifacts.download_artifacts(run_id=id, dst_path=tmp_path / "three")
    by_uri = runstone.artifacts.download_artifacts(runstone.get_artifact_uri("deep"), dst_path=tmp_path / "four")

    assert (Path(folder) / "a.txt").read_text() == "a"
    assert Path(file) == tmp_path / "two" / "a.txt"
    assert sorted(p.relative_to(every).as_posix() for p in Path(every).rglob("*.txt")) == ["b.txt", "deep/a.txt"]
    assert Path(by_uri) == tmp_path / "four" / "deep"
    assert Path(runstone.artifacts.download_artifacts(run_id=id, artifact_path="b.txt")).read_text() == "b"


def test_artifacts_are_listed_by_run_and_by_uri(run: runstone.ActiveRun) -> None:
    runstone.log_text("a", "deep/a.txt")
    id = run.info.run_id

    listed = [
        runstone.artifacts.list_artifacts(run_id=id, artifact_path="deep"),
        runstone.artifacts.list_artifacts(f"runs:/{id}/deep"),
        runstone.artifacts.list_artifacts(runstone.get_artifact_uri("deep")),
    ]

    assert [[(file.path, file.is_dir, file.file_size) for file in files] for files in listed] == [
        [("deep/a.txt", False, 1)]
    ] * 3
    assert runstone.artifacts.list_artifacts(run_id=id, artifact_path="no/such") == []
    assert [file.path for file in runstone.artifacts.list_artifacts(f"runs:/{id}")] == ["deep"]


def test_what_is_not_there_cannot_be_fetched(run: runstone.ActiveRun, tmp_path: Path) -> None:
    id = run.info.run_id
    runstone.log_text("no { json", "a.json")
    runstone.log_stream(io.BytesIO(b"\xff\xfe"), "b.txt")

    with pytest.raises(ArtifactNotFound):
        runstone.artifacts.download_artifacts(run_id=id, artifact_path="no-such", dst_path=tmp_path / "empty")
    with pytest.raises(ArtifactNotFound):
        runstone.artifacts.load_text(f"runs:/{id}/no-such")
    with pytest.raises(RunNotFound):
        runstone.artifacts.load_text(f"runs:/{'0' * 32}/a.json")
    with pytest.raises(InvalidValue, match="JSON"):
        runstone.artifacts.load_dict(f"runs:/{id}/a.json")
    with pytest.raises(InvalidValue, match="UTF-8"):
        runstone.artifacts.load_text(f"runs:/{id}/b.txt")
    with pytest.raises(InvalidValue, match="image"):
        runstone.artifacts.load_image(f"runs:/{id}/b.txt")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, InvalidValue),
        ({"artifact_uri": "runs:/x/a", "run_id": "x"}, InvalidValue),
        ({"artifact_uri": "runs:/x/a", "artifact_path": "b"}, InvalidValue),
        ({"artifact_uri": "runs:/"}, InvalidValue),
        ({"artifact_uri": ""}, InvalidValue),
        ({"artifact_uri": 5}, InvalidValue),
        ({"artifact_uri": "models:/m/1"}, NotFound),
        ({"artifact_uri": "models:/m"}, InvalidValue),
        ({"artifact_uri": "r2://bucket/a"}, InvalidValue),
    ],
)
def test_artifacts_that_are_badly_named_are_refused(
    chosen: Client, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        runstone.artifacts.download_artifacts(**arguments)


def test_artifact_uri_is_below_the_one_of_the_run(run: runstone.ActiveRun) -> None:
    assert runstone.get_artifact_uri() == run.info.artifact_uri
    assert runstone.get_artifact_uri("a/b") == f"{run.info.artifact_uri}/a/b"


def test_run_that_another_client_deleted_takes_no_files(
    chosen: Client, run: runstone.ActiveRun, address: str, tmp_path: Path
) -> None:
    id = run.info.run_id
    chosen.log_text(id, "before", "a.txt")
    Client(address).delete_run(id)

    calls: list[Callable[[], None]] = [
        lambda: chosen.log_text(id, "after", "a.txt"),
        lambda: chosen.log_stream(id, io.BytesIO(b"after"), "b.bin"),
        lambda: chosen.log_artifacts(id, tmp_path),
        lambda: chosen.log_image(id, np.zeros((2, 2)), "c.png"),
    ]
    for call in calls:
        with pytest.raises(RunDeleted):
            call()

    assert names(chosen, run) == ["a.txt"]
    assert Path(chosen.download_artifacts(id, "a.txt")).read_text() == "before"
    Client(address).restore_run(id)
    chosen.log_text(id, "after", "a.txt")


def test_names_with_signs_of_uris_are_read_back(chosen: Client, run: runstone.ActiveRun) -> None:
    runstone.log_text("text", "a b#c?d&e+f=g,100%.txt")

    assert text_of("a b#c?d&e+f=g,100%.txt") == "text"
    assert names(chosen, run) == ["a b#c?d&e+f=g,100%.txt"]
