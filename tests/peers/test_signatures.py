"""Signatures of the genuine MLflow and ours are the same text, and each reads the other's."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from runstone.flavors import loading
from runstone.models import ModelSignature, infer_signature
from tests.peers import genuine
from tests.peers.scripts.signature_data import DATA, OWN_KINDS, PARAMS

pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture(scope="module", params=["2", "3"])
def seen(request: pytest.FixtureRequest, peer: None, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp(f"mlflow{request.param}")
    python = genuine.MAKERS[request.param]
    if not python.exists():
        pytest.skip("the older MLflow is not installed: run `make clients`")
    ours = {name: infer_signature(make()).to_dict() for name, make in (DATA | OWN_KINDS).items()}
    ours |= {f"params: {name}": infer_signature(params=value).to_dict() for name, value in PARAMS.items()}
    (folder / "ours.json").write_text(json.dumps(ours))
    arguments = [genuine.SCRIPTS / "signatures.py", folder / "told.json", folder / "ours.json", folder]
    genuine.run(*arguments, address=f"sqlite:///{folder}/runs.db", folder=folder, python=python)
    told = json.loads((folder / "told.json").read_text())
    return told | {"ours": ours, "folder": folder}


def test_same_data_makes_the_same_schema(seen: Any) -> None:
    ours = {name: json.loads(seen["ours"][name]["inputs"]) for name in DATA}

    assert {name: ours[name] for name in DATA if ours[name] != seen["made"][name]} == {}


def test_same_params_make_the_same_schema(seen: Any) -> None:
    ours = {name: json.loads(seen["ours"][f"params: {name}"]["params"]) for name in PARAMS}

    assert ours == seen["params"]


def test_our_signatures_are_read_there(seen: Any) -> None:
    assert seen["read"] == seen["ours"]


def test_data_passes_there_by_our_signature_where_it_does_by_theirs(seen: Any) -> None:
    refused = {name for name, (theirs, ours) in seen["passed"].items() if theirs is True and ours is not True}

    assert refused == set()
    assert seen["passed"]["int64"] == [True, True]


def test_column_that_mlflow_has_no_word_for_leaves_the_others_their_types(seen: Any) -> None:
    for name in OWN_KINDS:
        assert json.loads(seen["ours"][name]["inputs"]) == [
            {"type": "any", "name": "x", "required": True},
            {"type": "string", "name": "y", "required": True},
        ]


def test_their_signatures_let_the_data_pass_here(seen: Any) -> None:
    frame = pd.DataFrame({"n": pd.array([1, None], "Int64"), "c": pd.Categorical(["a", "b"])})
    model = loading.load(seen["folder"] / "frame", uri="frame", trust=True)

    assert model.predict(frame, {"k": 2}).tolist() == [0, 0]
    assert model.metadata.signature == ModelSignature.from_dict(infer_signature(frame, np.zeros(2), {"k": 1}).to_dict())


def test_type_hints_of_a_model_of_theirs_are_kept(seen: Any) -> None:
    model = loading.load(seen["folder"] / "hinted", uri="hinted", trust=True)

    assert model.predict([{"age": 1}, {"age": 2, "name": "a"}]) == ["None is 1", "a is 2"]
