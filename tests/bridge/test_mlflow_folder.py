"""Folders of MLflow that were moved, written by old versions, damaged, or made by somebody who means harm."""

from pathlib import Path

import pytest

from runstone.bridge.mlflow_folder import MlflowFolder
from runstone.entities import ArtifactPath, LifecycleStage
from runstone.errors import InvalidValue, LocalFileNotFound

RUN = "0f3b6c2a9d4e4f60a1b2c3d4e5f60718"
OTHER = "1f3b6c2a9d4e4f60a1b2c3d4e5f60718"
EXPERIMENT = "artifact_location: /gone/mlruns/0\ncreation_time: 1\nlast_update_time: 2\nname: Default\n"
META = "artifact_uri: /gone/mlruns/0/{run}/artifacts\nend_time: 9\nrun_name: first\nstart_time: 5\nstatus: 3\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one run, that was moved since."""
    root = tmp_path / "mlruns"
    put(root / "0" / "meta.yaml", EXPERIMENT)
    put(root / "0" / RUN / "meta.yaml", META.format(run=RUN))
    put(root / "0" / RUN / "metrics" / "loss", "10 0.5 0\n11 0.25 1\n")
    put(root / "0" / RUN / "params" / "model" / "depth", "3")
    put(root / "0" / RUN / "artifacts" / "notes" / "a.txt", "hello")
    return root


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def opened(root: Path) -> MlflowFolder:
    """The source, once all its experiments and runs were read."""
    source = MlflowFolder(root)
    for experiment in source.experiments():
        list(source.runs(experiment.experiment_id))
    return source


def test_artifacts_are_found_where_the_folder_is_now(root: Path) -> None:
    [run] = MlflowFolder(root).runs("0")

    files = MlflowFolder(root).files(run.info.artifact_uri)

    assert b"".join(files.read(ArtifactPath("notes/a.txt"))) == b"hello"


def test_name_of_a_param_may_be_a_path(root: Path) -> None:
    [run] = MlflowFolder(root).runs("0")

    assert run.data.params == {"model/depth": "3"}


def test_values_of_the_first_versions_of_mlflow_have_step_zero(root: Path) -> None:
    put(root / "0" / RUN / "metrics" / "old", "7 1.5\n")

    seen = {metric.key: metric for metric in opened(root).metrics(RUN)}

    assert (seen["old"].value, seen["old"].timestamp, seen["old"].step) == (1.5, 7, 0)


def test_experiment_in_the_trash_is_told_as_such(root: Path) -> None:
    (root / ".trash").mkdir()
    (root / "0").rename(root / ".trash" / "0")

    [experiment] = MlflowFolder(root).experiments()

    assert experiment.lifecycle_stage is LifecycleStage.DELETED
    assert [run.info.run_id for run in MlflowFolder(root).runs("0")] == [RUN]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (f"0/{OTHER}/meta.yaml", "", "has no fields"),
        (f"0/{OTHER}/meta.yaml", "name: [", "is no YAML"),
        (f"0/{OTHER}/meta.yaml", "!!python/object/apply:os.system ['true']", "is no YAML"),
        (f"0/{OTHER}/meta.yaml", META.replace("status: 3", "status: 99"), "status of a run is one of"),
        (f"0/{OTHER}/meta.yaml", META.replace("start_time: 5", "start_time: soon"), "start_time is a whole number"),
        (f"0/{OTHER}/meta.yaml", "x" * ((1 << 20) + 1), "larger than 1 MiB"),
        ("7/meta.yaml", "creation_time: [1]", "creation_time is a whole number"),
        (f"0/{RUN}/metrics/broken", "1 0.5 0\n2 half 1\n", "line 2: could not convert"),
        (f"0/{RUN}/metrics/short", "1\n", "line 1: "),
    ],
)
def test_what_is_damaged_is_told_and_the_rest_is_read(root: Path, file: str, text: str, told: str) -> None:
    put(root / file, text)

    source = opened(root)
    values = [metric.value for metric in source.metrics(RUN) if metric.key == "loss"]

    [problem] = source.problems
    assert told in problem
    assert str(root / file).removesuffix("/meta.yaml") in problem
    assert values == [0.5, 0.25]


def test_folder_of_a_run_without_its_file_is_told(root: Path) -> None:
    (root / "0" / OTHER).mkdir()

    [problem] = opened(root).problems

    assert problem == f"{root}/0/{OTHER}/meta.yaml cannot be read: No such file or directory"


def test_bytes_that_are_no_text_are_told(root: Path) -> None:
    (root / "0" / RUN / "params" / "bad").write_bytes(b"\xff")
    (root / "0" / RUN / "metrics" / "bad").write_bytes(b"1 0.5 \xff\n")

    source = opened(root)
    assert [metric.key for metric in source.metrics(RUN)] == ["loss", "loss"]

    assert [problem.partition(" ")[0] for problem in source.problems] == [
        f"{root}/0/{RUN}/params/bad",
        f"{root}/0/{RUN}/metrics/bad",
    ]


def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "secret", "1 0.5 0\n")
    (root / "0" / RUN / "params" / "secret").symlink_to(tmp_path / "secret")
    (root / "0" / RUN / "metrics" / "secret").symlink_to(tmp_path / "secret")
    (root / "0" / OTHER).symlink_to(root / "0" / RUN)

    source = MlflowFolder(root)
    [run] = source.runs("0")

    assert run.data.params == {"model/depth": "3"}
    assert {metric.key for metric in source.metrics(RUN)} == {"loss"}
    assert [problem.partition(" is a link")[0] for problem in source.problems] == [
        f"{root}/0/{RUN}/params/secret",
        f"{root}/0/{RUN}/metrics/secret",
    ]


def test_dataset_is_looked_for_only_in_its_experiment(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "meta.yaml", "name: stolen\ndigest: d\nsource_type: local\nsource: s\n")
    use = "destination_type: RUN\nsource_id: ../../..\nsource_type: DATASET\n"
    put(root / "0" / RUN / "inputs" / "abc" / "meta.yaml", use)

    assert list(MlflowFolder(root).runs("0")) == []
    assert "datasets" in opened(root).problems[0]


def test_wrong_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalFileNotFound, match="nowhere"):
        MlflowFolder(tmp_path / "nowhere")
    with pytest.raises(InvalidValue, match="is no folder of MLflow"):
        MlflowFolder(tmp_path)


@pytest.mark.parametrize("place", ["{outside}", "file://{outside}", "{root}/0/{run}/artifacts/../../../../secret"])
def test_files_outside_of_the_folder_are_refused(root: Path, tmp_path: Path, place: str) -> None:
    put(tmp_path / "secret" / "key.txt", "hidden")

    uri = place.format(outside=tmp_path / "secret", root=root, run=RUN)
    with pytest.raises(InvalidValue, match=r"is outside of .* `--allow-artifacts-under "):
        MlflowFolder(root).files(uri)

    files = MlflowFolder(root, [tmp_path / "secret"]).files(uri)
    assert [file.path for file in files.list()] == ["key.txt"]


def test_folder_that_is_not_there_is_no_empty_one(root: Path) -> None:
    with pytest.raises(LocalFileNotFound):
        MlflowFolder(root).files(f"/gone/mlruns/0/{OTHER}/artifacts")
