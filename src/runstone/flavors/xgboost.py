"""Models of XGBoost, by its own formats: files that run no code when they are opened."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import libraries, ubjson
from runstone.flavors.base import Predict, Saved

_FORMATS = ("ubj", "json")
_BOOSTER = "xgboost.core.Booster"
_ESTIMATOR = "xgboost.sklearn.XGBModel"


class XgboostFlavor:
    """Keeps boosters, and the estimators of ``xgboost.sklearn``."""

    name: ClassVar[str] = "xgboost"
    argument: ClassVar[str] = "xgb_model"
    loader_module: ClassVar[str] = "mlflow.xgboost"
    modules: ClassVar[tuple[str, ...]] = ("xgboost",)

    def accepts(self, model: object) -> bool:
        """Whether it is a booster or an estimator of XGBoost, and of no class that was made of one."""
        return libraries.is_own(model, "xgboost") and libraries.is_a(model, _BOOSTER, _ESTIMATOR)

    def save(self, model: Any, folder: Path, *, model_format: str = "ubj") -> Saved:
        """Write ``model.ubj`` or ``model.json``.

        Args:
            model: The booster or estimator.
            folder: The model's folder.
            model_format: ``"ubj"``, which is short, or ``"json"``, which people can read.

        Raises:
            InvalidValue: The format is another, or the model is none of XGBoost or not fitted.
        """
        if not self.accepts(model):
            made_of_one = libraries.is_a(model, _BOOSTER, _ESTIMATOR)
            raise InvalidValue(
                f"xgb_model is a Booster or an estimator of xgboost; got a {libraries.class_name(type(model))}"
                + "; one of a class of your own is kept by runstone.sklearn, or in a PythonModel" * made_of_one
            )
        if model_format not in _FORMATS:
            raise InvalidValue(f"model_format is one of {', '.join(_FORMATS)}; got {shown(model_format)}")
        file = f"model.{model_format}"
        is_booster = libraries.is_a(model, _BOOSTER)
        if not is_booster and not model.__sklearn_is_fitted__():
            raise InvalidValue(f"the {type(model).__name__} is not fitted; call fit first")
        model.save_model(folder / file)
        return Saved(
            flavor={
                "code": None,
                "data": file,
                "model_class": libraries.class_name(type(model)),
                "model_format": model_format,
                "xgb_version": libraries.imported("xgboost", install="runstone[xgboost]").__version__,
            },
            pyfunc={"data": file},
            modules=frozenset() if is_booster else frozenset({"sklearn"}),
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Whether it is of a class that is not XGBoost's: the formats hold numbers and texts alone."""
        kind = str(settings.get("model_class", _BOOSTER))
        return "" if kind.startswith("xgboost.") else f"it is of the class {kind}, which is not xgboost's"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The booster or estimator.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: XGBoost is not installed.
        """
        libraries.imported("xgboost", install="runstone[xgboost]")
        file = libraries.file_of(folder, settings, "data", "model.ubj")
        model = _class(str(settings.get("model_class", _BOOSTER)))()
        content = file.read_bytes()
        with libraries.reading(file, "xgboost"):
            _check(content)
            model.load_model(bytearray(content))
        return model

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls ``predict``, for a booster on a ``DMatrix`` of the rows; params are those of ``predict``."""
        if not libraries.is_a(model, _BOOSTER):
            return lambda rows, params: model.predict(rows, **(params or {}))
        matrix = libraries.imported("xgboost", install="runstone[xgboost]").DMatrix

        def predict(rows: Any, params: dict[str, Any] | None) -> Any:
            return model.predict(matrix(rows, enable_categorical=True), **(params or {}))

        return predict


def _class(name: str) -> Any:
    """The class of a model by its full name: one of XGBoost's, or one that somebody made of it."""
    kinds = tuple(map(libraries.named_class, (_BOOSTER, _ESTIMATOR)))
    found = libraries.named_class(name)
    if not isinstance(found, type) or not issubclass(found, kinds):
        raise InvalidModel(f"'model_class' of a model of xgboost is a Booster or an estimator of it; got {shown(name)}")
    return found


def _check(content: bytes) -> None:
    """Make sure that a file is whole: XGBoost ends the process for many that were cut off."""
    if content[1:2] in {b'"', b" ", b"\n"}:  # in UBJSON a length would stand there
        json.loads(content)
    else:
        ubjson.check(content)
