"""The model of the conversations in ``spec/worker``, and their files."""

import json
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import ipc

from runstone.flavors.python_model import PythonModel

# The settings that it is saved with.
CONFIG = {"by": 0, "unit": "mm"}
SPEC = Path(__file__).parents[2] / "spec" / "worker"
NAMES = sorted(file.stem for file in SPEC.glob("*.json"))


def echo() -> PythonModel:
    """The model that ``spec/worker/README.md`` describes."""

    # Within a function, so that its code goes into the pickle: a worker knows nothing of the tests.
    class Echo(PythonModel):
        def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
            by = (params or {}).get("by", 0)
            if isinstance(model_input, str) and model_input == "fail":
                raise ValueError("asked to fail")
            if isinstance(model_input, str) and model_input == "config":
                return context.model_config
            if isinstance(model_input, str) and model_input == "print":
                print("printed")  # noqa: T201 - the conversation is about it
            if hasattr(model_input, "select_dtypes"):
                fractions = model_input.select_dtypes("float64").columns
                return model_input.assign(**{name: model_input[name] + by for name in fractions})
            return model_input + by if getattr(model_input, "dtype", None) == "float64" else model_input

        def predict_stream(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
            try:
                for each in model_input:
                    yield self.predict(context, each, params)
            finally:
                print("the stream has ended", flush=True)  # noqa: T201 - a test is about it

    return Echo()


def messages(name: str) -> list[dict[str, Any]]:
    """A conversation."""
    found: list[dict[str, Any]] = json.loads((SPEC / f"{name}.json").read_text(encoding="utf-8"))
    return found


def tables(message: dict[str, Any]) -> list[pyarrow.Table]:
    """The tables of one of its messages."""
    return [ipc.open_stream((SPEC / file).read_bytes()).read_all() for file in message.get("tables", ())]
