"""Saves custom models as a user's script would; run with the folder that they go to."""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pydantic

import runstone
from runstone.flavors import saving
from runstone.flavors.pyfunc import PyfuncFlavor
from runstone.flavors.saving import Extras
from runstone.models import infer_signature
from runstone.pyfunc import PythonModel

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


class Mine(PythonModel):
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


class Scaled(runstone.pyfunc.PythonModel):
    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return model_input * (params or {})["by"]


class WithoutContext(PythonModel):
    def predict(self, model_input: list[str]) -> list[str]:
        return [each.upper() for each in model_input]


class Row(pydantic.BaseModel):
    name: str
    height: float = 80.0


class Hinted(PythonModel):
    def predict(self, model_input: list[Row], params: dict[str, Any] | None = None) -> list[str]:
        return [f"{row.name} {row.height}" for row in model_input]


def hinted(rows: list[Row]) -> list[str]:
    return [row.name for row in rows]


PACKED = """
from runstone.models import infer_signature
from runstone.pyfunc import PythonModel


class Packed(PythonModel):
    def predict(self, context, model_input):
        import runstone

        return [runstone.pyfunc.__name__.endswith("pyfunc"), callable(infer_signature), len(model_input)]
"""


def shout(model_input: list[str]) -> list[str]:
    return [each + "!" for each in model_input]


def main(folder: Path) -> None:
    code = folder / "src"
    code.mkdir()
    (code / "helper.py").write_text("class Tool:\n    def times(self, x):\n        return x * 3\n")
    (code / "late_helper.py").write_text("def late():\n    return 'late'\n")
    (folder / "text.txt").write_text("text")
    sys.path.insert(0, str(code))
    (folder / "scaled.py").write_text(SCALED)
    (code / "reads.py").write_text(LOADER)
    (code / "packed.py").write_text(PACKED)
    import helper  # type: ignore[import-not-found]  # it is the model's
    import packed  # type: ignore[import-not-found]  # as above

    paths = [str(code / "helper.py"), str(code / "late_helper.py")]
    text = {"text": str(folder / "text.txt")}
    signature = infer_signature(ROWS, ROWS, {"by": 2.0})
    keep(folder / "class", Mine(helper.Tool()), Extras(code_paths=paths), artifacts=text, model_config={"depth": 2})
    keep(folder / "params", Scaled(), Extras(signature=signature))
    keep(folder / "script", str(folder / "scaled.py"), Extras(code_paths=paths))
    loader = {"loader_module": "reads", "data_path": str(folder / "text.txt")}
    keep(folder / "loader", None, Extras(code_paths=[str(code / "reads.py")]), **loader)
    keep(folder / "packed", packed.Packed(), Extras(code_paths=[str(code / "packed.py")]))
    keep(folder / "hinted", Hinted(), Extras())
    keep(folder / "hinted_function", hinted, Extras())
    keep(folder / "without_context", WithoutContext(), Extras())
    keep(folder / "function", shout, Extras())
    keep(folder / "lambda", lambda model_input: model_input.shape[0], Extras())


def keep(folder: Path, model: Any, extras: Extras, **options: Any) -> None:
    saving.save(PyfuncFlavor(), model, folder, extras, **options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
