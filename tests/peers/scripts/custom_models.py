"""Custom models by the genuine package: its own are saved, and ours are loaded.

Run by either version of MLflow; takes `save FOLDER` or `load FOLDER FILE`.
"""

import importlib.util
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
import pandas as pd
import pydantic
from mlflow.pyfunc import PythonModel  # type: ignore[import-not-found]  # as above

warnings.simplefilter("ignore")
SCALED = """
import mlflow
from mlflow.models import ModelConfig, set_model

config = ModelConfig(development_config={"by": 2.0})


class Scaled(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        import late_helper

        return [late_helper.late(), (model_input["height"] * config.get("by")).tolist()]


set_model(Scaled())
"""
LOADER = """
from pathlib import Path


def _load_pyfunc(path):
    return Reads(Path(path).read_text())


class Reads:
    def __init__(self, text):
        self.text = text

    def predict(self, rows):
        return [self.text, len(rows)]
"""

ROWS = pd.DataFrame({"height": [1.0, 2.0]})


class Mine(PythonModel):  # type: ignore[misc]  # as above
    def __init__(self, tool: Any) -> None:
        self.tool = tool

    def load_context(self, context: Any) -> None:
        self.text = Path(context.artifacts["text"]).read_text()
        self.config = context.model_config

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        import late_helper  # type: ignore[import-not-found]  # it is the model's

        return [self.tool.times(len(model_input)), late_helper.late(), self.text, self.config, params]

    def predict_stream(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        yield from ("bit", "by", "bit")


class WithoutContext(PythonModel):  # type: ignore[misc]  # as above
    def predict(self, model_input: list[str]) -> list[str]:
        return [each.upper() for each in model_input]


class Row(pydantic.BaseModel):
    name: str
    height: float = 80.0


class Hinted(PythonModel):  # type: ignore[misc]  # as above
    def predict(self, context: Any, model_input: list[Row], params: dict[str, Any] | None = None) -> list[str]:
        return [f"{row.name} {row.height}" for row in model_input]


def shout(model_input: list[str]) -> list[str]:
    return [each + "!" for each in model_input]


def save(folder: Path) -> None:
    code = folder / "src"
    code.mkdir()
    (code / "helper.py").write_text("class Tool:\n    def times(self, x):\n        return x * 3\n")
    (code / "late_helper.py").write_text("def late():\n    return 'late'\n")
    (folder / "text.txt").write_text("text")
    sys.path.insert(0, str(code))
    (folder / "scaled.py").write_text(SCALED)
    (code / "reads.py").write_text(LOADER)
    import helper  # type: ignore[import-not-found]  # it is the model's

    kept: dict[str, Any] = {
        "class": {
            "python_model": Mine(helper.Tool()),
            "artifacts": {"text": str(folder / "text.txt")},
            "code_paths": [str(code / "helper.py"), str(code / "late_helper.py")],
            "model_config": {"depth": 2},
        },
        "script": {
            "python_model": str(folder / "scaled.py"),
            "code_paths": [str(code / "late_helper.py")],
            "model_config": {"by": 2.0},
        },
        "loader": {
            "loader_module": "reads",
            "data_path": str(folder / "text.txt"),
            "code_paths": [str(code / "reads.py")],
        },
        "without_context": {"python_model": WithoutContext()},
        "hinted": {"python_model": Hinted()},
        "function": {"python_model": shout, "input_example": ["a"]},
        "lambda": {"python_model": lambda model_input: model_input.shape[0]},
    }
    for name, options in kept.items():
        mlflow.pyfunc.save_model(str(folder / name), pip_requirements=[], **options)


def load(folder: Path) -> dict[str, Any]:
    def loaded(name: str) -> Any:
        return mlflow.pyfunc.load_model(str(folder / name))

    is_there = importlib.util.find_spec("runstone") is not None
    mine = loaded("class")
    return {
        "runstone": is_there,
        "class": mine.predict(ROWS),
        "stream": list(mine.predict_stream(ROWS[:1])),
        "params": loaded("params").predict(ROWS, params={"by": 4.0})["height"].tolist(),
        "script": loaded("script").predict(ROWS),
        "loader": loaded("loader").predict(ROWS),
        "packed": loaded("packed").predict(ROWS),
        "hinted": loaded("hinted").predict([{"name": "a"}, {"name": "b", "height": 7}]),
        "hinted_function": loaded("hinted_function").predict([{"name": "a"}]),
        "without_context": loaded("without_context").predict(["a", "b"]),
        "function": loaded("function").predict(["a", "b"]),
        "lambda": loaded("lambda").predict(ROWS),
    }


if __name__ == "__main__":
    if sys.argv[1] == "save":
        save(Path(sys.argv[2]))
    else:
        Path(sys.argv[3]).write_text(json.dumps(load(Path(sys.argv[2]))), encoding="utf-8")
