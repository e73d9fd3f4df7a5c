"""Folders of MLflow that were moved, written by old versions, damaged, or made by somebody who means harm."""

import shutil
import tracemalloc
from pathlib import Path

import pytest

from runstone.bridge.mlflow_folder import MlflowFolder
from runstone.entities import ArtifactPath, InputTag, LifecycleStage
from runstone.errors import InvalidValue, LocalFileNotFound

RUN = "0f3b6c2a9d4e4f60a1b2c3d4e5f60718"
OTHER = "1f3b6c2a9d4e4f60a1b2c3d4e5f60718"
EXPERIMENT = "artifact_location: /gone/mlruns/0\ncreation_time: 1\nlast_update_time: 2\nname: Default\n"
META = "artifact_uri: /gone/mlruns/0/{run}/artifacts\nend_time: 9\nrun_name: first\nstart_time: 5\nstatus: 3\n"


def folder_with_a_run(tmp_path: Path) -> Path:
    """A folder with one run, that was moved since."""
    root = tmp_path / "mlruns"
    put(root / "0" / "meta.yaml", EXPERIMENT)
    put(root / "0" / RUN / "meta.yaml", META.format(run=RUN))
    put(root / "0" / RUN / "metrics" / "loss", "10 0.5 0\n11 0.25 1\n")
    put(root / "0" / RUN / "params" / "model" / "depth", "3")
    put(root / "0" / RUN / "artifacts" / "notes" / "a.txt", "hello")
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one run, that was moved since."""
    return folder_with_a_run(tmp_path)


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
        ("7/meta.yaml", "creation_time: [1]\n", "creation_time is a whole number"),
        (f"0/{RUN}/metrics/broken", "1 0.5 0\n2 half 1\n", "line 2: could not convert"),
        (f"0/{RUN}/metrics/short", "1\n", "line 1: "),
        (f"0/{RUN}/metrics/cut", "1 0.5", "line 1: it has no end"),
        (f"0/{RUN}/metrics/cut", "1 0.5 12", "line 1: it has no end"),
        (f"0/{RUN}/metrics/torn", "1 0.5 111 0.25 2\n", "line 1: it holds two values"),
        (f"0/{RUN}/metrics/torn", "1 0.511 0.25 2\n", "line 1: it has 4 words"),
        (f"0/{RUN}/metrics/long", f"1 0.5 {'1' * 20_000}\n", "line 1: it has over 16384 bytes"),
        (f"0/{OTHER}/meta.yaml", META.rstrip("\n").format(run=OTHER), "has no end"),
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


def test_run_and_experiment_lose_only_what_breaks_a_rule(root: Path) -> None:
    put(root / "0" / "tags" / "long", "x" * 9000)
    put(root / "0" / "tags" / "kept", "1")
    for name in ("params/long", "tags/long"):
        put(root / "0" / RUN / name, "x" * 9000)
    put(root / "0" / RUN / "tags" / "kept", "two\nlines\r\n")
    put(root / "0" / RUN / "metrics" / "odd*name", "10 0.5 0\n" * 3)

    source = MlflowFolder(root)
    [experiment] = source.experiments()
    [run] = source.runs("0")
    values = list(source.metrics(RUN))

    assert experiment.tags == {"kept": "1"}
    assert (run.data.params, run.data.tags) == ({"model/depth": "3"}, {"kept": "two\nlines\r\n"})
    assert [metric.key for metric in values] == ["loss", "loss"]
    left_out = ("tags/long", f"{RUN}/tags/long", f"{RUN}/params/long", f"{RUN}/metrics/odd*name")
    assert [problem.partition(": ")[0] for problem in source.problems] == [f"{root}/0/{name}" for name in left_out]


def test_folder_of_a_run_without_its_file_is_told(root: Path) -> None:
    (root / "0" / OTHER).mkdir()

    [problem] = opened(root).problems

    assert problem == f"{root}/0/{OTHER}/meta.yaml cannot be read: No such file or directory"


def test_bytes_that_are_no_text_are_told(root: Path) -> None:
    (root / "0" / RUN / "params" / "bad").write_bytes(b"\xff")
    (root / "0" / RUN / "metrics" / "bad").write_bytes(b"1 0.5 \xff\n")

    source = opened(root)
    assert [metric.key for metric in source.metrics(RUN)] == ["loss", "loss"]

    assert [problem.partition(" ")[0].rstrip(",") for problem in source.problems] == [
        f"{root}/0/{RUN}/params/bad",
        f"{root}/0/{RUN}/metrics/bad",
    ]


def test_lines_around_one_that_is_too_long_are_read(root: Path) -> None:
    put(root / "0" / RUN / "metrics" / "loss", f"1 0.5 0\n{'7' * 100_000}\n2 0.25 1\n")

    source = opened(root)
    values = [(metric.step, metric.value) for metric in source.metrics(RUN)]

    assert values == [(0, 0.5), (1, 0.25)]
    assert len(source.problems) == 1


def test_metric_without_lines_takes_no_memory(root: Path) -> None:
    with (root / "0" / RUN / "metrics" / "loss").open("wb") as file:
        file.truncate(200 << 20)
    source = opened(root)

    tracemalloc.start()
    values = list(source.metrics(RUN))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert values == []
    assert most < 1 << 20


DATASET = "digest: d1\nname: line\nprofile: '{profile}'\nschema: '{{}}'\nsource: s\nsource_type: local\n"


def use_dataset(root: Path, text: str, name: str = "abc") -> None:
    """Let the run read a dataset that is written down so."""
    put(root / "0" / "datasets" / name / "meta.yaml", text)
    use = f"destination_type: RUN\nsource_id: {name}\nsource_type: DATASET\ntags:\n  part: a\n"
    put(root / "0" / RUN / "inputs" / name / "meta.yaml", use)


def test_dataset_with_a_large_profile_is_whole(root: Path) -> None:
    use_dataset(root, DATASET.format(profile="1" * (2 << 20)))

    [run] = MlflowFolder(root).runs("0")

    [use] = run.inputs.dataset_inputs
    assert (use.dataset.name, use.dataset.source, use.tags) == ("line", "s", [InputTag("part", "a")])
    assert len(use.dataset.profile) == 2 << 20


@pytest.mark.parametrize(("field", "left"), [("profile", (0, 2)), ("schema", (2, 0)), ("source", (2, 2))], ids=str)
def test_dataset_without_a_text_that_is_too_long_is_kept(root: Path, field: str, left: tuple[int, int]) -> None:
    long = {"profile": "1" * (17 << 20), "schema": "1" * (2 << 20), "source": "1" * 70_000}[field]
    text = DATASET.format(profile="{}")
    use_dataset(
        root,
        "".join(f"{field}: '{long}'\n" if line.startswith(f"{field}:") else f"{line}\n" for line in text.splitlines()),
    )

    source = MlflowFolder(root)
    [run] = source.runs("0")

    [use] = run.inputs.dataset_inputs
    assert (use.dataset.name, len(use.dataset.profile), len(use.dataset.schema)) == ("line", *left)
    [problem] = source.problems
    assert f"the {field} of the dataset 'line' has {len(long):,} characters" in problem


def test_input_and_output_that_are_cut_off_leave_the_run_as_it_is(root: Path) -> None:
    use_dataset(root, DATASET.format(profile="{}"))
    put(root / "0" / RUN / "inputs" / "def" / "meta.yaml", "destination_type: RUN\nsource_id: d")
    put(root / "0" / RUN / "outputs" / "m-1" / "meta.yaml", "destination_id: m")

    source = MlflowFolder(root)
    [run] = source.runs("0")

    assert (len(run.inputs.dataset_inputs), run.outputs.model_outputs) == (1, [])
    assert [problem.rpartition("/")[2] for problem in source.problems] == ["meta.yaml has no end; it was cut off"] * 2


def test_dataset_that_is_larger_than_any_is_left_out_of_its_run(root: Path) -> None:
    use_dataset(root, DATASET.format(profile="{}"))
    use_dataset(root, "x" * ((68 << 20) + 1), name="def")

    source = MlflowFolder(root)
    [run] = source.runs("0")

    assert [use.dataset.name for use in run.inputs.dataset_inputs] == ["line"]
    [problem] = source.problems
    assert "is a link or larger than" in problem


def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "secret", "1 0.5 0\n")
    (root / "0" / RUN / "params" / "secret").symlink_to(tmp_path / "secret")
    (root / "0" / RUN / "metrics" / "secret").symlink_to(tmp_path / "secret")
    (root / "0" / OTHER).symlink_to(root / "0" / RUN)
    put(tmp_path / "folder" / "secret", "hidden")
    put(tmp_path / "folder" / "meta.yaml", "name: n\ndigest: d\nsource_type: local\nsource: hidden\n")
    (root / "0" / RUN / "tags").symlink_to(tmp_path / "folder")
    put(root / "0" / RUN / "inputs" / "abc" / "meta.yaml", "source_id: folder\nsource_type: DATASET\n")
    (root / "0" / "datasets").symlink_to(tmp_path)

    source = MlflowFolder(root)
    [run] = source.runs("0")

    assert (run.data.params, run.data.tags, run.inputs.dataset_inputs) == ({"model/depth": "3"}, {}, [])
    assert {metric.key for metric in source.metrics(RUN)} == {"loss"}
    assert [problem.partition(" is a link")[0] for problem in source.problems] == [
        f"{root}/0/{OTHER}",
        f"{root}/0/{RUN}/tags",
        f"{root}/0/{RUN}/params/secret",
        f"{root}/0/{RUN}/inputs: {root}/0/datasets/folder",
        f"{root}/0/{RUN}/metrics/secret",
    ]


def test_dataset_is_looked_for_only_in_its_experiment(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "meta.yaml", "name: stolen\ndigest: d\nsource_type: local\nsource: s\n")
    use = "destination_type: RUN\nsource_id: ../../..\nsource_type: DATASET\n"
    put(root / "0" / RUN / "inputs" / "abc" / "meta.yaml", use)

    [run] = MlflowFolder(root).runs("0")
    assert run.inputs.dataset_inputs == []
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


@pytest.mark.parametrize("has_files", [True, False])
def test_empty_folder_of_a_copy_stands_for_that_of_the_original_unless_this_has_files(
    root: Path, tmp_path: Path, has_files: bool
) -> None:
    original = tmp_path / "original" / "0" / RUN / "artifacts"
    original.mkdir(parents=True)
    if has_files:
        put(original / "a.txt", "hello")
    shutil.rmtree(root / "0" / RUN / "artifacts")
    (root / "0" / RUN / "artifacts").mkdir()

    if has_files:
        with pytest.raises(InvalidValue, match="is outside of"):
            MlflowFolder(root).files(str(original))
    else:
        assert MlflowFolder(root).files(str(original)).list() == []


def test_folder_that_is_not_there_is_no_empty_one(root: Path) -> None:
    with pytest.raises(LocalFileNotFound):
        MlflowFolder(root).files(f"/gone/mlruns/0/{OTHER}/artifacts")


def test_linked_folders_of_runs_and_experiments_are_told(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other disk"
    put(other / "1" / "meta.yaml", EXPERIMENT)
    put(other / OTHER / "meta.yaml", META.format(run=OTHER))
    (root / "1").symlink_to(other / "1")
    (root / "0" / OTHER).symlink_to(other / OTHER)
    (root / "latest").symlink_to(root / "0")  # none that would be read

    source = opened(root)

    assert [each.experiment_id for each in source.experiments()] == ["0"]
    assert sorted(source.problems) == [
        f"{link} is a link, or behind one, and MLflow makes none; it was left out"
        for link in (root / "0" / OTHER, root / "1")
    ]
