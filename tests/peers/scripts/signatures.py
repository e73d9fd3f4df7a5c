"""What the genuine MLflow makes of data, what it reads of ours, and folders of models that it saves.

Arguments: where to write what it says, the file with our signatures, the folder for models.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
import numpy as np
import pandas as pd
from mlflow.models.signature import ModelSignature, infer_signature  # type: ignore[import-not-found]  # as above
from pydantic import BaseModel
from signature_data import DATA, OWN_KINDS, PARAMS  # type: ignore[import-not-found]  # its folder is on the path


class Row(BaseModel):
    age: int
    name: str | None = None


class Hinted(mlflow.pyfunc.PythonModel):  # type: ignore[misc]  # as above
    def predict(self, context: Any, model_input: list[Row]) -> list[str]:
        return [f"{row.name} is {row.age}" for row in model_input]


class Shape(mlflow.pyfunc.PythonModel):  # type: ignore[misc]  # as above
    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return np.zeros(len(model_input))


def main(told: Path, ours: Path, models: Path) -> None:
    blocks = json.loads(ours.read_text())
    model = saved_and_loaded(models)
    facts = {
        "made": {name: said(columns_of, make) for name, make in DATA.items()},
        "params": {name: said(params_of, value) for name, value in PARAMS.items()},
        "read": {name: said(again, block) for name, block in blocks.items()},
        "passed": {
            name: [passes(model, make(), infer_signature(make()).to_dict()), passes(model, make(), blocks[name])]
            for name, make in (DATA | OWN_KINDS).items()
        },
    }
    told.write_text(json.dumps(facts))


def said(ask: Callable[[Any], Any], of: Any) -> Any:
    """What it says; the class of the error if it says none."""
    try:
        return ask(of)
    except Exception as error:  # noqa: BLE001  # each is a fact
        return type(error).__name__


def columns_of(make: Callable[[], Any]) -> Any:
    return infer_signature(make()).inputs.to_dict()


def params_of(value: dict[str, Any]) -> Any:
    return infer_signature(params=value).params.to_dict()


def again(block: dict[str, Any]) -> Any:
    return ModelSignature.from_dict(block).to_dict()


def passes(model: Any, data: Any, block: dict[str, Any]) -> Any:
    """Whether data goes through a model that has such a signature."""
    model.metadata.signature = ModelSignature.from_dict(block)
    return said(lambda given: len(model.predict(given)) >= 0, data)


def saved_and_loaded(models: Path) -> Any:
    frame = pd.DataFrame({"n": pd.array([1, None], "Int64"), "c": pd.Categorical(["a", "b"])})
    signature = infer_signature(frame, np.zeros(2), {"k": 1})
    mlflow.pyfunc.save_model(models / "frame", python_model=Shape(), signature=signature, pip_requirements=[])
    mlflow.pyfunc.save_model(models / "hinted", python_model=Hinted(), pip_requirements=[])
    return mlflow.pyfunc.load_model(str(models / "frame"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
