"""Folders of MLflow whose files hold what MLflow never writes there: told, and all else is read."""

import os
from pathlib import Path

import pytest

from runstone.bridge.mlflow_folder import MlflowFolder
from runstone.bridge.resolve import open_source
from runstone.errors import InvalidValue
from tests.bridge.test_mlflow_folder import EXPERIMENT, META, OTHER, RUN, folder_with_a_run, opened, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one run."""
    return folder_with_a_run(tmp_path)


def test_times_that_are_infinite_cost_only_what_has_them(root: Path) -> None:
    put(root / "1" / "meta.yaml", EXPERIMENT.replace("creation_time: 1", "creation_time: .inf"))
    put(root / "0" / OTHER / "meta.yaml", META.format(run=OTHER).replace("end_time: 9", "end_time: -.inf"))

    source = opened(root)

    assert [run.info.run_id for run in source.runs("0")] == [RUN]
    assert sorted(source.problems) == [
        f"{root}/0/{OTHER}: end_time is a whole number; got -inf",
        f"{root}/1: creation_time is a whole number; got inf",
    ]


def test_tags_of_a_dataset_that_are_a_list_cost_only_the_dataset(root: Path) -> None:
    use = "destination_type: RUN\nsource_id: abc\nsource_type: DATASET\ntags: [a]\n"
    put(root / "0" / RUN / "inputs" / "abc" / "meta.yaml", use)
    put(root / "0" / "datasets" / "abc" / "meta.yaml", "name: n\ndigest: d\nsource_type: local\nsource: s\n")

    source = MlflowFolder(root)
    [run] = source.runs("0")

    assert (run.data.params, run.inputs.dataset_inputs) == ({"model/depth": "3"}, [])
    assert source.problems == [f"{root}/0/{RUN}/inputs: tags are fields; got ['a']"]


def test_yaml_that_stands_for_more_than_it_holds_is_told(root: Path) -> None:
    rows = ["a0: &a0 [x, x]", *(f"a{row}: &a{row} [*a{row - 1}, *a{row - 1}]" for row in range(1, 40))]
    put(root / "1" / "meta.yaml", "\n".join([*rows, EXPERIMENT.replace("name: Default", "name: *a39")]))
    put(root / "2" / "meta.yaml", EXPERIMENT.replace("Default", "R&D *"))

    source = opened(root)

    assert [each.name for each in source.experiments()] == ["Default", "R&D *"]
    assert source.problems == [f"{root}/1/meta.yaml has an alias, and MLflow writes none"]


def test_text_that_is_a_list_is_told_in_short(root: Path) -> None:
    put(root / "1" / "meta.yaml", EXPERIMENT.replace("Default", f"[{'x, ' * 9999}]"))
    put(root / "0" / OTHER / "meta.yaml", META.format(run=OTHER) + f"lifecycle_stage: {'x' * 9999}\n")

    source = opened(root)

    assert [problem.partition(":")[0] for problem in source.problems] == [f"{root}/1", f"{root}/0/{OTHER}"]
    assert all(len(problem) < 1000 for problem in source.problems)


def test_yaml_of_too_many_layers_is_told(root: Path) -> None:
    put(root / "1" / "meta.yaml", EXPERIMENT.replace("Default", "[" * 400_000 + "]" * 400_000))

    source = opened(root)

    assert source.problems == [
        f"{root}/1/meta.yaml has fields in fields in over 50 layers, and MLflow writes two",
    ]


@pytest.mark.timeout(20)
def test_pipes_are_told_and_not_waited_for(root: Path) -> None:
    for kind in ("params", "metrics"):
        put(root / "0" / RUN / kind / "good", "1 1 1\n")
        os.mkfifo(root / "0" / RUN / kind / "pipe")
    (root / "1").mkdir()
    os.mkfifo(root / "1" / "meta.yaml")

    source = opened(root)

    assert [metric.key for metric in source.metrics(RUN)] == ["good", "loss", "loss"]
    assert sorted(source.problems) == [
        f"{root}/0/{RUN}/metrics/pipe is no file, and MLflow makes no other; it was left out",
        f"{root}/0/{RUN}/params/pipe is no file, and MLflow makes no other; it was left out",
        f"{root}/1/meta.yaml is no file",
    ]


@pytest.mark.timeout(20)
def test_source_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InvalidValue, match="is neither a file nor a folder"):
        open_source(str(tmp_path / "pipe"))
