"""Models of scikit-learn, by skops where it can: files that run no code when they are opened."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import libraries, pickles, skops
from runstone.flavors.base import Predict, Saved

_INSTALL = "runstone[sklearn]"
# Parts of scikit-learn and its arrays that skops does not vouch for by itself. Plain classes of Python: putting one
# together from a file runs none of its maker's code.
_HARMLESS = (
    "numpy.dtype",
    "scipy.interpolate._bsplines.BSpline",
    "scipy.sparse.",
    "sklearn._loss.",
    "sklearn.calibration.",
    "sklearn.cluster._bisect_k_means.",
    "sklearn.ensemble._hist_gradient_boosting.predictor.",
    "sklearn.gaussian_process.",
    "sklearn.metrics._scorer.",
    "sklearn.multiclass.",
    "sklearn.neural_network._stochastic_optimizers.",
    "sklearn.utils._metadata_requests.",
)
# Compiled ones besides, which believe what a file says of their memory: right in a file of one's own, and a stranger's
# could break the process.
_COMPILED = (
    "sklearn.cluster._kmeans.",
    "sklearn.feature_selection._univariate_selection.",
    "sklearn.metrics._classification.",
    "sklearn.metrics._dist_metrics.",
    "sklearn.neighbors._ball_tree.",
    "sklearn.neighbors._kd_tree.",
    "sklearn.tree._tree.",
)


class SklearnFlavor:
    """Keeps estimators, pipelines and searches of scikit-learn."""

    name: ClassVar[str] = "sklearn"
    argument: ClassVar[str] = "sk_model"
    loader_module: ClassVar[str] = "mlflow.sklearn"
    modules: ClassVar[tuple[str, ...]] = ("sklearn",)

    def accepts(self, model: object) -> bool:
        """Whether it is an estimator of scikit-learn, or of a class made of one."""
        return any(each.__module__.partition(".")[0] == "sklearn" for each in type(model).__mro__)

    def save(
        self,
        model: Any,
        folder: Path,
        *,
        serialization_format: str | None = None,
        pyfunc_predict_fn: str = "predict",
        skops_trusted_types: list[str] | None = None,
    ) -> Saved:
        """Write ``model.skops``, or a pickle where the model has parts that skops does not know or is told to.

        Args:
            model: The estimator.
            folder: The model's folder.
            serialization_format: ``"skops"``, ``"cloudpickle"`` or ``"pickle"``; skops where it can if ``None``.
            pyfunc_predict_fn: The method that predicts, such as ``"predict_proba"``.
            skops_trusted_types: Types besides those that skops knows, by their full names.

        Raises:
            InvalidValue: The format is another, or the model has no such method or cannot be written so.
            Unsupported: skops was asked for and is not installed.
        """
        if isinstance(model, type) or not callable(getattr(model, "fit", None)):
            got = f"the class {model.__name__} itself" if isinstance(model, type) else libraries.class_name(type(model))
            raise InvalidValue(f"sk_model is an estimator of scikit-learn, which has a method fit; got {got}")
        skops.check_format(serialization_format)
        if not callable(getattr(model, pyfunc_predict_fn, None)):
            raise InvalidValue(
                f"pyfunc_predict_fn names a method of the model; "
                f"{type(model).__name__} has no {shown(pyfunc_predict_fn)}"
            )
        sklearn = libraries.imported("sklearn", install=_INSTALL)
        known = (*_HARMLESS, *_COMPILED)
        mine = skops_trusted_types or []
        written = skops.write(
            model,
            folder,
            serialization_format,
            known=lambda name: name.startswith(known) or name in mine,
            install=_INSTALL,
        )
        return Saved(
            flavor={
                "code": None,
                "pickled_model": written.file,
                "serialization_format": written.format,
                "sklearn_version": sklearn.__version__,
                "skops_trusted_types": written.named or None,
            },
            pyfunc={"model_path": written.file, "predict_fn": pyfunc_predict_fn},
            modules=written.modules,
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Whether it is a pickle, names types that the file's maker vouches for alone, or skops is too old."""
        if settings.get("serialization_format") != "skops":
            return f"{settings.get('pickled_model')} is a pickle"
        named = libraries.texts_of(settings, "skops_trusted_types")
        strange = [name for name in named if not _is_harmless(name)]
        return f"it has parts that skops does not vouch for, {', '.join(strange)}" if strange else skops.outdated()

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The estimator.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: scikit-learn, or skops, is not installed.
        """
        libraries.imported("sklearn", install=_INSTALL)
        file = libraries.file_of(folder, settings, "pickled_model", "model.pkl")
        if settings.get("serialization_format") != "skops":
            return pickles.load(file, python=settings.get("python_version"))
        model = skops.load(file, libraries.texts_of(settings, "skops_trusted_types"), install=_INSTALL)
        if isinstance(model, type) or not callable(getattr(model, "fit", None)):
            raise InvalidModel(f"{str(file)!r} holds no estimator of scikit-learn; got {shown(model)}")
        return model

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:
        """Calls the method that was named when the model was saved."""
        named = settings.get("predict_fn", "predict")
        predict = getattr(model, named, None) if isinstance(named, str) else None
        if not callable(predict):
            raise InvalidModel(
                f"'predict_fn' of a model names a method of it; {type(model).__name__} has no {shown(named)}"
            )
        return lambda rows, params: predict(rows, **(params or {}))


def _is_harmless(name: str) -> bool:
    return name.startswith(_HARMLESS) and ".tests." not in name and skops.is_class(name)
