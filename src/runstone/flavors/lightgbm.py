"""Models of LightGBM: boosters by its own format, estimators by skops where it can."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import libraries, pickles, skops
from runstone.flavors.base import Predict, Saved
from runstone.flavors.skops import Written

_FILE = "model.lgb"
_INSTALL = "runstone[lightgbm]"
_BOOSTER = "lightgbm.basic.Booster"
# What an estimator is made of besides what skops knows; MLflow names the same.
_OWN = (
    _BOOSTER,
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
    "lightgbm.sklearn.LGBMRanker",
    "lightgbm.sklearn.LGBMModel",
    "collections.OrderedDict",
)
# Of each part of LightGBM's own format how it begins and ends; it reads a file that was cut off as fewer trees.
_PARTS = ((b"tree\n", b"\nend of trees\n"), (b"\nparameters:", b"\nend of parameters\n"))


class LightgbmFlavor:
    """Keeps boosters, and the estimators of ``lightgbm.sklearn``."""

    name: ClassVar[str] = "lightgbm"
    argument: ClassVar[str] = "lgb_model"
    loader_module: ClassVar[str] = "mlflow.lightgbm"
    modules: ClassVar[tuple[str, ...]] = ("lightgbm",)

    def accepts(self, model: object) -> bool:
        """Whether it is a booster or an estimator of LightGBM, or of a class made of one."""
        return libraries.is_a(model, _BOOSTER, "lightgbm.sklearn.LGBMModel")

    def save(
        self,
        model: Any,
        folder: Path,
        *,
        serialization_format: str | None = None,
        skops_trusted_types: list[str] | None = None,
    ) -> Saved:
        """Write ``model.lgb``, ``model.skops`` or ``model.pkl``.

        Args:
            model: The booster or estimator.
            folder: The model's folder.
            serialization_format: For an estimator: ``"skops"``, ``"cloudpickle"`` or ``"pickle"``; skops where it can
                if ``None``. A booster is always written by LightGBM's own format.
            skops_trusted_types: Types besides those that skops and LightGBM know, by their full names.

        Raises:
            InvalidValue: The format is another, or the model is none of LightGBM, or cannot be written so.
            Unsupported: skops was asked for and is not installed.
        """
        if not self.accepts(model):
            raise InvalidValue(
                f"lgb_model is a Booster or an estimator of lightgbm; got a {libraries.class_name(type(model))}"
            )
        skops.check_format(serialization_format)
        trusted = [*_OWN, *(skops_trusted_types or [])]
        if libraries.is_a(model, _BOOSTER):
            model.save_model(str(folder / _FILE), num_iteration=model.best_iteration)
            # The word that MLflow has for it; such a file is LightGBM's own.
            written = Written(_FILE, "skops", [], frozenset())
        else:
            if not model.__sklearn_is_fitted__():
                raise InvalidValue(f"the {type(model).__name__} is not fitted; call fit first")
            written = skops.write(model, folder, serialization_format, known=trusted.__contains__, install=_INSTALL)
        return Saved(
            flavor={
                "code": None,
                "data": written.file,
                "lgb_version": libraries.imported("lightgbm", install=_INSTALL).__version__,
                "model_class": libraries.class_name(type(model)),
                "serialization_format": written.format,
                "skops_trusted_types": trusted if written.format == "skops" else None,
            },
            pyfunc={"data": written.file},
            modules=written.modules and written.modules | {"sklearn"},
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Whether it is a pickle, has types that neither skops nor LightGBM vouches for, or skops is too old."""
        file = str(settings.get("data") or _FILE)
        kind = Path(file).suffix
        if kind == ".lgb":
            return ""
        if kind != ".skops":
            return f"{file} is a pickle"
        strange = set(libraries.texts_of(settings, "skops_trusted_types")) - set(_OWN)
        return f"{file} has types of its own: {', '.join(sorted(strange))}" if strange else skops.outdated()

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The booster or estimator.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: LightGBM, or skops, is not installed.
        """
        lightgbm = libraries.imported("lightgbm", install=_INSTALL)
        file = libraries.file_of(folder, settings, "data", _FILE)
        if file.suffix == ".skops":
            return skops.load(file, libraries.texts_of(settings, "skops_trusted_types") or list(_OWN), install=_INSTALL)
        if file.suffix != ".lgb":
            return pickles.load(file, python=settings.get("python_version"))
        text = file.read_bytes()
        if not all(end in text for begin, end in _PARTS if begin in text):
            raise InvalidModel(f"{str(file)!r} cannot be read by lightgbm: it was cut off")
        with libraries.reading(file, "lightgbm"):
            return lightgbm.Booster(model_str=text.decode())

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls ``predict``; params are those of ``predict``."""
        return lambda rows, params: model.predict(rows, **(params or {}))
