"""The file MLmodel is written and read by MLflow's keys."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from runstone.errors import InvalidModel, InvalidValue
from runstone.models.format import Model
from runstone.models.signature import infer_signature


def test_model_comes_back_from_its_file(tmp_path: Path) -> None:
    made = Model(metadata={"owner": "crops"}, run_id="a" * 32, signature=infer_signature([1.5, 2.5]))
    made.add_flavor("python_function", loader_module="mlflow.sklearn")

    made.save(tmp_path)

    found = Model.load(tmp_path)
    assert found.to_dict() == made.to_dict()


def test_model_says_what_its_signature_has() -> None:
    said = Model(signature=infer_signature([1.0], ["a"], params={"digits": 2}))
    silent = Model()

    assert said.signature is not None
    assert said.get_input_schema() == said.signature.inputs
    assert said.get_output_schema() == said.signature.outputs
    assert said.get_params_schema() == said.signature.params
    assert (silent.get_input_schema(), silent.get_output_schema(), silent.get_params_schema()) == (None, None, None)


def test_keys_of_a_newer_mlflow_are_kept(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {}\nprompts: [a]\nmlflow_version: 3.17.2\n")

    found = Model.load(tmp_path)

    assert found.others == {"prompts": ["a"], "mlflow_version": "3.17.2"}
    assert found.to_dict()["prompts"] == ["a"]


def test_model_is_told_as_yaml_and_as_json(tmp_path: Path) -> None:
    model = Model(metadata={"owner": "crops"}, others={"mlflow_version": "3.17.2"})

    model.save(str(tmp_path / "MLmodel"))  # as flavors that were written for MLflow do
    again = Model.load(tmp_path)

    assert (tmp_path / "MLmodel").read_text() == model.to_yaml()
    assert json.loads(model.to_json()) == model.to_dict() == again.to_dict()
    assert (again.folder, again.mlflow_version) == (tmp_path, "3.17.2")
    assert Model().mlflow_version is None


def test_what_is_no_plain_value_is_not_told() -> None:
    model = Model(metadata={"a": object()})

    for tell in (model.to_json, model.to_yaml):
        with pytest.raises(InvalidValue, match="the file 'MLmodel' holds plain values"):
            tell()


def test_keys_that_are_no_texts_are_kept(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {}\n1: a\nx: b\n")

    found = Model.load(tmp_path)

    assert found.to_dict()[1] == "a"  # type: ignore[index]


@pytest.mark.parametrize("content", [None, [], "flavors"])
def test_what_is_no_mapping_describes_no_model(content: Any) -> None:
    with pytest.raises(InvalidModel, match="a model is described by a mapping, as the file 'MLmodel' holds it; got "):
        Model.from_dict(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("flavors: [", "is no YAML"),
        ("[" * 5000, "is no YAML"),
        ("\ufeff\x00", "is no YAML"),
        ("- a\n", "holds no mapping"),
        (
            "a: &a [x, x, x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefgh")),
            "holds more than 100,000 values",
        ),
        ("flavors: 3\n", "'flavors' of a model is a mapping of names to settings; got 3"),
        ("run_id: a\n", "'flavors' of a model is a mapping of names to settings; got None"),
        ("flavors: {}\nmetadata: x\n", "'metadata' of a model is a mapping; got 'x'"),
        ("flavors: {}\nsaved_input_example_info: 3\n", "'saved_input_example_info' of a model is a mapping; got 3"),
        (
            "flavors: {}\nsignature: x\n",
            "the signature of a model cannot be read: the signature of an MLmodel file is an",
        ),
        (
            f"flavors: {{}}\nsignature: {{inputs: '{'[' * 5000}'}}\n",
            "the signature of a model cannot be read: maximum recursion depth exceeded",
        ),
        ("flavors: {runstone: {format: 2}}\n", "saved in layout 2 by a newer Runstone; this one reads up to 1"),
    ],
)
@pytest.mark.usefixtures("no_search_for_garbage")
def test_file_that_describes_no_model_is_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(content)

    with pytest.raises(InvalidModel, match=message):
        Model.load(tmp_path)


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_bytes(b"\xff\xfe")

    with pytest.raises(InvalidModel, match="is no YAML: 'utf-8' codec"):
        Model.load(tmp_path)


def test_folder_without_the_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "odd" / "MLmodel").mkdir(parents=True)

    for place in (tmp_path, tmp_path / "file", tmp_path / "odd", tmp_path / "absent"):
        with pytest.raises(InvalidModel, match="it has no file 'MLmodel'"):
            Model.load(place)


def test_model_is_read_from_its_folder_or_its_file(tmp_path: Path) -> None:
    Model(model_id="m-1").save(tmp_path)

    for place in (tmp_path, str(tmp_path), tmp_path / "MLmodel", str(tmp_path / "MLmodel")):
        assert Model.load(place).model_id == "m-1"


@pytest.mark.parametrize("uri", ["models:/wheat/1", "runs:/1/model", "s3://bucket/model"])
def test_uri_is_for_get_model_info(uri: str) -> None:
    with pytest.raises(InvalidModel, match="get_model_info takes URIs"):
        Model.load(uri)
