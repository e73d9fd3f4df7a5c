"""A folder becomes a model that predicts, with all that was known when it was saved."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from runstone.errors import InvalidModel
from runstone.flavors import loading, saving
from runstone.flavors.saving import Extras
from runstone.flavors.sklearn import SklearnFlavor
from runstone.models import manifest

ROWS = pd.DataFrame({"leaves": pd.array([1, 2, None], dtype="Int64")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = LinearRegression().fit(pd.DataFrame({"leaves": [1, 2, 3]}), [2.0, 4.0, 6.0])
    example = ROWS.head(2)
    place = tmp_path / "model"
    saving.save(SklearnFlavor(), model, place, Extras(input_example=example))
    return place


def test_loaded_model_knows_more_of_its_columns_than_mlflow_has_a_place_for(folder: Path) -> None:
    model = loading.load(folder, uri=str(folder), trust=True)

    assert model.metadata.signature is not None
    [column] = model.metadata.signature.to_typed()["inputs"]["columns"]
    assert column["name"] == "leaves"
    assert set(column) > {"name", "type", "required"}


def test_typed_schema_that_cannot_be_read_is_refused(folder: Path) -> None:
    (folder / "schema.json").write_text("{")
    manifest.write(folder)

    with pytest.raises(InvalidModel, match=r"schema\.json. cannot be read"):
        loading.load(folder, uri=str(folder), trust=True)


def test_folder_of_ours_without_its_manifest_is_not_whole(folder: Path) -> None:
    (folder / "manifest.json").unlink()

    with pytest.raises(
        InvalidModel, match=r"was saved by Runstone, and has no manifest\.json: its folder is not whole"
    ):
        loading.load(folder, uri=str(folder), trust=True)


@pytest.mark.usefixtures("no_search_for_garbage")
def test_schema_that_is_nested_without_end_is_refused(folder: Path) -> None:
    (folder / "schema.json").write_text("[" * 100_000)
    manifest.write(folder)

    with pytest.raises(InvalidModel, match=r"schema\.json. cannot be read"):
        loading.load(folder, uri=str(folder), trust=True)


def test_zip_that_would_fill_the_memory_is_not_unpacked(folder: Path) -> None:
    with zipfile.ZipFile(folder / "model.skops", "w") as made:
        made.writestr("schema.json", "{}")
        made.filelist[0].file_size = 2**31  # what its list says, by which it is unpacked
    manifest.write(folder)

    with pytest.raises(InvalidModel, match=r"model\.skops' would unpack to 2,147,483,648 bytes"):
        loading.load(folder, uri="s3://bucket/model", trust=False)
