"""Tables of a run, at both kinds of address."""

import json
import threading
from typing import Any

import pytest

import runstone
from runstone.client import Client
from runstone.errors import ArtifactNotFound, InvalidValue

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")
pytestmark = pytest.mark.usefixtures("chosen")


def test_table_is_logged_lengthened_and_loaded() -> None:
    with runstone.start_run() as run:
        runstone.log_table({"q": ["a", "b"], "n": [1, 2]}, "tables/t.json")
        runstone.log_table(pd.DataFrame({"q": ["c"], "n": [3]}), "tables/t.json")
        runstone.log_table({"q": "d", "n": 4}, "tables/t.json")

    loaded = runstone.load_table("tables/t.json")
    assert loaded.to_dict("list") == {"q": ["a", "b", "c", "d"], "n": [1, 2, 3, 4]}
    tag = runstone.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"]
    assert json.loads(tag) == [{"path": "tables/t.json", "type": "table"}]


def test_numbers_of_a_table_are_loaded_exactly() -> None:
    numbers = [1 / 3, 1e-12, 123456789.123456789, float("inf"), float("-inf")]
    with runstone.start_run():
        runstone.log_table({"x": numbers}, "t.json")
        runstone.log_table({"x": [2**60 + 1, None]}, "t.json")

    loaded = runstone.load_table("t.json")["x"].tolist()
    assert loaded[:6] == [*numbers, 2**60 + 1]
    assert loaded[6] is None


def test_table_with_two_columns_of_one_name_is_refused() -> None:
    with runstone.start_run(), pytest.raises(InvalidValue, match="different names"):
        runstone.log_table(pd.DataFrame([[1, 2]], columns=["a", "a"]), "t.json")


def test_table_is_kept_as_columns_and_rows() -> None:
    with runstone.start_run():
        runstone.log_table({"q": ["ü"], "x": [float("nan")], "t": pd.to_datetime(["2026-01-02"])}, "t.json")
        stored = runstone.artifacts.load_dict(runstone.get_artifact_uri("t.json"))

    assert stored["columns"] == ["q", "x", "t"]
    assert stored["data"][0][:2] == ["ü", None]
    assert stored["data"][0][2].startswith("2026-01-02T00:00:00")


def test_tables_of_several_runs_are_joined_with_facts_of_their_runs() -> None:
    ids = []
    for number in range(3):
        with runstone.start_run() as run:
            runstone.log_param("n", number)
            runstone.log_table({"row": [number]}, "t.json")
            ids.append(run.info.run_id)
    with runstone.start_run():
        runstone.log_table({"row": [9]}, "another.json")

    every = runstone.load_table("t.json", extra_columns=["run_id", "params.n", "metrics.none"])
    some = runstone.load_table("t.json", run_ids=ids[:2])

    assert sorted(zip(every["row"], every["run_id"], every["params.n"], strict=True)) == [
        (number, ids[number], str(number)) for number in range(3)
    ]
    assert every["metrics.none"].isna().all()
    assert sorted(some["row"]) == [0, 1]


def test_images_in_a_table_are_stored_beside_it(chosen: Client) -> None:
    with runstone.start_run() as run:
        runstone.log_table({"n": [1, 2], "picture": [runstone.Image(np.zeros((4, 4))), None]}, "t.json")

    stored = runstone.load_table("t.json")["picture"][0]
    assert stored["type"] == "image"
    beside = [file.path for file in chosen.list_artifacts(run.info.run_id, "table_images/t")]
    assert sorted([stored["filepath"], stored["compressed_filepath"]]) == beside


def test_rows_logged_by_several_threads_are_all_there() -> None:
    with runstone.start_run() as run:
        client = Client(runstone.get_tracking_uri())
        threads = [
            threading.Thread(target=client.log_table, args=(run.info.run_id, {"n": [number]}, "t.json"))
            for number in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(runstone.load_table("t.json")["n"]) == list(range(6))


def test_table_that_is_not_there_cannot_be_loaded() -> None:
    with runstone.start_run():
        runstone.log_table({"n": [1]}, "t.json")

    with pytest.raises(ArtifactNotFound):
        runstone.load_table("no.json")
    with pytest.raises(ArtifactNotFound):
        runstone.load_table("t.json", run_ids=["0" * 32])
    with pytest.raises(InvalidValue, match="no column 'colour'"):
        runstone.load_table("t.json", extra_columns=["colour"])
    with pytest.raises(InvalidValue):
        runstone.load_table("t.txt")


@pytest.mark.parametrize("tag", ["not json", '{"a": 1}', "[1]"])
def test_foreign_tag_is_no_obstacle(tag: str) -> None:
    with runstone.start_run() as run:
        runstone.set_tag("mlflow.loggedArtifacts", tag)
        runstone.log_table({"n": [1]}, "t.json")

    entries: Any = json.loads(runstone.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"])
    assert entries == [{"path": "t.json", "type": "table"}]
