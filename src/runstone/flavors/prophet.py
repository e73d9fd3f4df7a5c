"""Forecasts of Prophet, as its own JSON: files that run no code when they are opened."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.errors import InvalidValue
from runstone.flavors import libraries
from runstone.flavors.base import Predict, Saved

_FILE = "model.pr"


class ProphetFlavor:
    """Keeps fitted instances of ``Prophet``."""

    name: ClassVar[str] = "prophet"
    argument: ClassVar[str] = "pr_model"
    loader_module: ClassVar[str] = "mlflow.prophet"
    modules: ClassVar[tuple[str, ...]] = ("prophet",)

    def accepts(self, model: object) -> bool:
        """Whether it is a ``Prophet``."""
        return libraries.is_a(model, "prophet.forecaster.Prophet")

    def save(self, model: Any, folder: Path) -> Saved:
        """Write ``model.pr``.

        Raises:
            InvalidValue: It is no ``Prophet``, or not fitted.
        """
        if not self.accepts(model):
            raise InvalidValue(f"pr_model is a Prophet; got a {libraries.class_name(type(model))}")
        if model.history is None:
            raise InvalidValue("the Prophet is not fitted; call fit first")
        written = libraries.imported("prophet.serialize", install="prophet").model_to_json(model)
        (folder / _FILE).write_text(json.dumps(written), "utf-8")  # JSON in a text of JSON, as MLflow has it
        return Saved(
            flavor={
                "code": None,
                "data": _FILE,
                "model_type": type(model).__name__,
                "prophet_version": libraries.imported("prophet", install="prophet").__version__,
            },
            pyfunc={"data": _FILE},
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Never: it is JSON."""
        return ""

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The ``Prophet``.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: Prophet is not installed.
        """
        libraries.imported("prophet", install="prophet")
        serialize = libraries.imported("prophet.serialize", install="prophet")
        file = libraries.file_of(folder, settings, "data", _FILE)
        with libraries.reading(file, "prophet"):
            return serialize.model_from_json(json.loads(file.read_text("utf-8")))

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls ``predict`` on a frame with the column ``ds``."""
        return lambda rows, params: model.predict(rows)  # noqa: ARG005 - predict of Prophet has none
