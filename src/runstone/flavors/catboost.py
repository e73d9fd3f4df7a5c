"""Models of CatBoost, by its own formats: files that run no code when they are opened."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import libraries
from runstone.flavors.base import Predict, Saved

_FORMATS = ("cbm", "json")
_KINDS = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")
_FILE = "model.cb"


class CatboostFlavor:
    """Keeps ``CatBoost``, ``CatBoostClassifier``, ``CatBoostRegressor`` and ``CatBoostRanker``."""

    name: ClassVar[str] = "catboost"
    argument: ClassVar[str] = "cb_model"
    loader_module: ClassVar[str] = "mlflow.catboost"
    modules: ClassVar[tuple[str, ...]] = ("catboost",)

    def accepts(self, model: object) -> bool:
        """Whether it is a model of CatBoost, and of no class that was made of one."""
        return libraries.is_own(model, "catboost") and type(model).__name__ in _KINDS

    def save(self, model: Any, folder: Path, *, format: str = "cbm") -> Saved:
        """Write ``model.cb``.

        Args:
            model: The model.
            folder: The model's folder.
            format: ``"cbm"``, which is short, or ``"json"``, which people can read.

        Raises:
            InvalidValue: The format is another, or the model is none of CatBoost or not fitted.
        """
        if not self.accepts(model):
            raise InvalidValue(
                f"cb_model is one of {', '.join(_KINDS)}, and of no class made of one; "
                f"got a {libraries.class_name(type(model))}: wrap it in a PythonModel"
            )
        if format not in _FORMATS:
            raise InvalidValue(f"format is one of {', '.join(_FORMATS)}; got {shown(format)}")
        if not model.is_fitted():
            raise InvalidValue(f"the {type(model).__name__} is not fitted; call fit first")
        model.save_model(str(folder / _FILE), format=format)
        return Saved(
            flavor={
                "catboost_version": libraries.imported("catboost", install="runstone[catboost]").__version__,
                "code": None,
                "data": _FILE,
                "model_type": type(model).__name__,
                "save_format": format,
            },
            pyfunc={"data": _FILE},
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Never: the formats hold numbers and texts alone."""
        return ""

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The model.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: CatBoost is not installed.
        """
        catboost = libraries.imported("catboost", install="runstone[catboost]")
        kind = settings.get("model_type", "CatBoost")
        if kind not in _KINDS:
            raise InvalidModel(f"'model_type' of a model of catboost is one of {', '.join(_KINDS)}; got {shown(kind)}")
        file = libraries.file_of(folder, settings, "data", _FILE)
        format = settings.get("save_format", "cbm")
        with libraries.reading(file, "catboost"):
            if format == "json":
                json.loads(file.read_bytes())  # CatBoost takes one that was cut off for a model without trees
            return getattr(catboost, kind)().load_model(str(file), format=format)

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls ``predict``; params are those of ``predict``."""
        return lambda rows, params: model.predict(rows, **(params or {}))
