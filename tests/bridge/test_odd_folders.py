"""Folders of MLflow whose files hold what MLflow never writes there: told, and all else is read."""

from pathlib import Path

import pytest

from runstone.bridge.mlflow_folder import MlflowFolder
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
