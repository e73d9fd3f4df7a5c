"""The bundles of ``spec/bundle``, which every implementation reads."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runstone.bridge.bundle_reader import Bundle
from runstone.bridge.importing import bring
from runstone.entities import ArtifactPath, NonFinite, Run
from runstone.errors import RunstoneError
from tests.bridge.stores import bring_in, content, export, export_problems, new_store

GOLDEN = Path(__file__).parents[2] / "spec" / "bundle"
EXPECTED: dict[str, Any] = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
WHOLE = EXPECTED["whole.zip"]


@pytest.fixture
def bundle() -> Iterator[Bundle]:
    with closing(Bundle(GOLDEN / "whole.zip")) as opened:
        yield opened


def runs_of(bundle: Bundle) -> dict[str, Run]:
    return {run.info.run_id: run for each in bundle.experiments() for run in bundle.runs(each.experiment_id)}


def word(value: float) -> float | str:
    """A value as the format has it."""
    words = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return words[repr(float(value))] if isinstance(value, NonFinite) else value


def test_every_example_is_described() -> None:
    assert {path.name for path in GOLDEN.glob("*.zip")} == set(EXPECTED)


def test_whole_bundle_holds_what_it_should(bundle: Bundle) -> None:
    runs = runs_of(bundle)
    values = {run_id: [[m.key, word(m.value), m.timestamp, m.step] for m in bundle.metrics(run_id)] for run_id in runs}

    assert msgspec.to_builtins(bundle.counts) == WHOLE["counts"]
    assert {run_id: found for run_id, found in values.items() if found} == WHOLE["metrics"]
    assert {run_id: run.data.params for run_id, run in runs.items()} == WHOLE["params"]
    assert {run_id: [run.info.status, run.info.lifecycle_stage] for run_id, run in runs.items()} == WHOLE["states"]
    assert {each.version: each.source for each in bundle.model_versions("Größe")} == WHOLE["versions"]


def test_files_are_read_to_the_last_byte(bundle: Bundle) -> None:
    found = {}
    for run in runs_of(bundle).values():
        files = bundle.files(run.info.artifact_uri)
        for file in files.list():
            whole = b"".join(files.read(ArtifactPath(file.path)))
            found[f"{run.info.artifact_uri}/{file.path}"] = hashlib.sha256(whole).hexdigest()

    assert found == {name: sha256 for name, sha256 in WHOLE["files"].items() if name.startswith("artifacts/runs/")}


def test_what_is_read_is_what_is_written(tmp_path: Path) -> None:
    with new_store("sqlite", tmp_path) as target:
        brought = bring_in(GOLDEN / "whole.zip", *target)
        again = export(*target, "Größe", tmp_path / "again.zip")

    assert brought.problems == []
    assert content(again) == content(GOLDEN / "whole.zip")


def test_bundle_that_lacks_files_is_taken_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    expected = EXPECTED["lacks.zip"]
    with closing(Bundle(GOLDEN / "lacks.zip")) as opened, new_store("sqlite", tmp_path) as target:
        brought = bring(opened, target[1], tracking_uri=target[0])
        again = export_problems(*target, "Größe", tmp_path / "again.zip")
        found = {folder: opened.files(folder).unlisted() for folder in expected["lacks"]}
        counts = msgspec.to_builtins(opened.counts)

    assert (counts, found) == (expected["counts"], expected["lacks"])
    for reasons in expected["lacks"].values():
        for reason in reasons:
            assert any(reason in problem for problem in brought.problems)
    assert [problem.endswith("an import could not bring them") for problem in again] == [True, True]


@pytest.mark.parametrize("name", sorted(name for name, what in EXPECTED.items() if "refused" in what))
def test_bad_bundle_is_refused(name: str) -> None:
    with pytest.raises(RunstoneError) as caught:
        Bundle(GOLDEN / name)

    assert EXPECTED[name]["refused"] in caught.value.message
