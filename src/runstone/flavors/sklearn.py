"""Models of scikit-learn, by skops where it can: files that run no code when they are opened."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue, Unsupported
from runstone.flavors import pickles
from runstone.flavors.base import Predict, Saved

_FORMATS = ("skops", "cloudpickle", "pickle")


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
        """
        import sklearn

        if serialization_format is not None and serialization_format not in _FORMATS:
            raise InvalidValue(
                f"serialization_format is one of {', '.join(_FORMATS)}; got {shown(serialization_format)}"
            )
        if not callable(getattr(model, pyfunc_predict_fn, None)):
            raise InvalidValue(
                f"pyfunc_predict_fn names a method of the model; "
                f"{type(model).__name__} has no {shown(pyfunc_predict_fn)}"
            )
        written = None
        if serialization_format in {None, "skops"}:
            written = _skops(model, folder, skops_trusted_types or [], must=serialization_format is not None)
        file = "model.skops" if written else "model.pkl"
        if not written:
            pickles.dump(model, folder / file, plain=serialization_format == "pickle")
        return Saved(
            flavor={
                "code": None,
                "pickled_model": file,
                "serialization_format": "skops" if written else serialization_format or "cloudpickle",
                "sklearn_version": sklearn.__version__,
                "skops_trusted_types": skops_trusted_types,
            },
            pyfunc={"model_path": file, "predict_fn": pyfunc_predict_fn},
            modules=pickles.modules(folder / file) if not written else frozenset({"skops"}),
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Whether it is a pickle."""
        if settings.get("serialization_format") == "skops":
            return ""
        return f"{settings.get('pickled_model')} is a pickle"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The estimator.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: skops is not installed.
        """
        file = folder / settings.get("pickled_model", "model.pkl")
        if settings.get("serialization_format") != "skops":
            return pickles.load(file)
        skops_io = _skops_io()
        if skops_io is None:
            raise Unsupported('this model needs skops; install it with: pip install "runstone[sklearn]"')
        trusted = settings.get("skops_trusted_types") or []
        try:
            return skops_io.load(file, trusted=trusted)
        except Exception as error:
            raise InvalidModel(f"{str(file)!r} cannot be read by skops: {error}") from error

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:
        """Calls the method that was named when the model was saved."""
        predict = getattr(model, settings.get("predict_fn", "predict"))
        return lambda rows, params: predict(rows, **(params or {}))


def _skops(model: Any, folder: Path, trusted: list[str], *, must: bool) -> bool:
    """Write by skops; says whether it could."""
    skops_io = _skops_io()
    if skops_io is None:
        if must:
            raise Unsupported('skops is not installed; install it with: pip install "runstone[sklearn]"')
        return False
    file = folder / "model.skops"
    try:
        skops_io.dump(model, file)
        unknown = set(skops_io.get_untrusted_types(file=file)) - set(trusted)
    except Exception as error:
        if must:
            raise InvalidValue(f"skops cannot write {shown(model)}: {error}; leave serialization_format out") from error
        unknown = {"?"}
    if not unknown:
        return True
    if must:
        raise InvalidValue(
            f"skops does not know {', '.join(sorted(unknown))}; name them in skops_trusted_types if they are yours, "
            "or leave serialization_format out"
        )
    file.unlink(missing_ok=True)
    return False


def _skops_io() -> Any:
    try:
        import skops.io
    except ModuleNotFoundError:
        return None
    return skops.io
