"""Bundles of what is not whole: they are written with what there is, and say what they lack."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge.bundle_writer import counted
from runstone.bridge.marks import LACKS_FILES, UNFINISHED
from runstone.bridge.selection import of_experiment
from runstone.bridge.store_source import StoreSource
from runstone.entities import LoggedModelStatus, Metric, Tag
from tests.bridge.stores import Place, bring_all, bring_in, export_problems, new_store, put_file


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """A store with the experiment `one`, of one run with two files and a logged model with one."""
    with new_store("sqlite", tmp_path / "origin") as (address, store):
        run = store.create_run(store.create_experiment("one"))
        store.log_batch(run.info.run_id, metrics=[Metric("a", 0.5, 1, 1)])
        for name in ("a.txt", "b.txt"):
            put_file(address, run.info.artifact_uri, name, b"hello" * 100)
        model = store.create_logged_model("1", name="m", source_run_id=run.info.run_id)
        put_file(address, model.artifact_location, "MLmodel", b"flavors: {}")
        store.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
        yield address, store


@pytest.fixture
def target(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """A store to bring a bundle into."""
    with new_store("sqlite", tmp_path / "target") as store:
        yield store


def run_of(store: Any) -> Any:
    [run] = store.search_runs([store.get_experiment_by_name("one").experiment_id])
    return run


def model_of(store: Any) -> Any:
    [model] = store.search_logged_models([store.get_experiment_by_name("one").experiment_id])
    return model


def test_logged_model_whose_files_are_gone_is_told_at_both_ends(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    model = model_of(origin[1])
    shutil.rmtree(model.artifact_location)

    told = export_problems(*origin, "one", tmp_path / "a.zip")
    brought = bring_in(tmp_path / "a.zip", *target)

    [problem] = told
    assert problem.startswith(f"among the files of the logged model {model.model_id}, some were left out: it had some")
    assert brought.problems == told
    assert LACKS_FILES in model_of(target[1]).tags
    assert counted(of_experiment(StoreSource(*origin), origin[1].get_experiment("1"))).problems == told


def test_files_that_are_back_come_with_the_next_bundle(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    model = model_of(origin[1])
    Path(model.artifact_location).rename(tmp_path / "away")
    export_problems(*origin, "one", tmp_path / "a.zip")
    bring_in(tmp_path / "a.zip", *target)
    (tmp_path / "away").rename(model.artifact_location)

    told = export_problems(*origin, "one", tmp_path / "b.zip")
    brought = bring_in(tmp_path / "b.zip", *target)

    assert (told, brought.problems, brought.files) == ([], [], 1)
    assert LACKS_FILES not in model_of(target[1]).tags


def test_damaged_file_is_left_out_and_told_with_whose_it_is(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    run = run_of(origin[1])
    with (Path(run.info.artifact_uri) / "a.txt").open("r+b") as opened:  # the hash that was recorded stays
        opened.write(b"j")

    told = export_problems(*origin, "one", tmp_path / "a.zip")
    brought = bring_in(tmp_path / "a.zip", *target)

    [problem] = told
    assert problem.startswith(f"among the files of the run {run.info.run_id}, some were left out: the artifact 'a.txt'")
    assert (brought.problems, brought.files) == (told, 2)
    assert [file.name for file in Path(run_of(target[1]).info.artifact_uri).iterdir()] == ["b.txt"]
    assert b"jello" not in (tmp_path / "a.zip").read_bytes()


def test_file_that_cannot_be_asked_for_is_told(tmp_path: Path, origin: tuple[str, Any]) -> None:
    (Path(run_of(origin[1]).info.artifact_uri) / "a:b").write_text("")

    [problem] = export_problems(*origin, "one", tmp_path / "a.zip")

    assert "'a:b'" in problem


@pytest.mark.parametrize("whose", ["run", "model"])
def test_mark_of_an_import_that_lacked_files_is_kept(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any], whose: str
) -> None:
    mark = Tag(LACKS_FILES, "mlruns")
    if whose == "run":
        origin[1].log_batch(run_of(origin[1]).info.run_id, tags=[mark])
    else:
        origin[1].set_logged_model_tags(model_of(origin[1]).model_id, [mark])

    told = export_problems(*origin, "one", tmp_path / "a.zip")
    brought = bring_in(tmp_path / "a.zip", *target)

    assert (len(told), brought.problems) == (1, told)
    assert LACKS_FILES in (run_of(target[1]).data.tags if whose == "run" else model_of(target[1]).tags)


def test_run_that_an_import_left_unfinished_is_told_at_both_ends(
    tmp_path: Path, origin: tuple[str, Any], target: tuple[str, Any]
) -> None:
    run_id = run_of(origin[1]).info.run_id
    origin[1].log_batch(run_id, tags=[Tag(UNFINISHED, "mlruns")])

    told = export_problems(*origin, "one", tmp_path / "a.zip")
    brought = bring_in(tmp_path / "a.zip", *target)

    assert told == [
        f"the run {run_id} is not whole: an import had not finished it; give that import again, then export again"
    ]
    assert brought.problems == told


def test_what_lacks_files_lacks_them_in_each_store_that_it_is_brought_on_to(
    tmp_path: Path, origin: Place, target: Place
) -> None:
    run_id, model_id = run_of(origin[1]).info.run_id, model_of(origin[1]).model_id
    origin[1].log_batch(run_id, tags=[Tag(LACKS_FILES, "from elsewhere")])
    origin[1].set_logged_model_tags(model_id, [Tag(LACKS_FILES, "from elsewhere")])

    for _ in range(3):
        brought = bring_all(origin, target)

        assert LACKS_FILES in run_of(target[1]).data.tags
        assert LACKS_FILES in model_of(target[1]).tags
        assert brought.problems == [
            f"among the files of the {whose}, some were left out: an import could not bring them into the source"
            for whose in (f"run {run_id}", f"logged model {model_id}")
        ]

    origin[1].delete_tag(run_id, LACKS_FILES)
    origin[1].delete_logged_model_tag(model_id, LACKS_FILES)
    assert bring_all(origin, target).problems == []
    assert LACKS_FILES not in {*run_of(target[1]).data.tags, *model_of(target[1]).tags}
