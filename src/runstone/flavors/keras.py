"""Models of Keras 3, by its own format: files that run no code when they are opened, but for layers of a lambda."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import libraries
from runstone.flavors.base import Predict, Saved

_FOLDER = "data"
_FILE = "model.keras"
_MODEL = "keras.src.models.model.Model"
_LAMBDA = "keras.src.layers.core.lambda_layer.Lambda"
_BACKENDS = ("jax", "numpy", "openvino", "tensorflow", "torch")
# In older ones the safe mode can be got around by what a file says.
_SAFE_FROM = (3, 12)


class KerasFlavor:
    """Keeps models of Keras 3, whatever computes for them."""

    name: ClassVar[str] = "keras"
    argument: ClassVar[str] = "model"
    loader_module: ClassVar[str] = "mlflow.keras"
    modules: ClassVar[tuple[str, ...]] = ("keras",)

    def accepts(self, model: object) -> bool:
        """Whether it is a model of Keras."""
        return libraries.is_a(model, _MODEL)

    def save(self, model: Any, folder: Path, *, save_model_kwargs: dict[str, Any] | None = None) -> Saved:
        """Write ``data/model.keras``.

        Args:
            model: The model.
            folder: The model's folder.
            save_model_kwargs: Arguments for ``model.save``.

        Raises:
            InvalidValue: It is none of Keras, or Keras cannot write it.
        """
        if not self.accepts(model):
            raise InvalidValue(f"model is a model of keras; got a {libraries.class_name(type(model))}")
        keras = libraries.imported("keras", install="keras")
        (folder / _FOLDER).mkdir()
        try:
            model.save(folder / _FOLDER / _FILE, **(save_model_kwargs or {}))
        except (TypeError, ValueError, NotImplementedError) as error:
            raise InvalidValue(f"keras cannot write the model: {error}") from error
        (folder / _FOLDER / "keras_module.txt").write_text("keras", "utf-8")
        backend = keras.config.backend()
        flavor = {
            "data": _FOLDER,
            "keras_backend": backend,
            "keras_version": keras.__version__,
            "save_exported_model": False,
        }
        if any(libraries.is_a(layer, _LAMBDA) for layer in model._flatten_layers()):
            flavor["safe_mode"] = False
        return Saved(flavor=flavor, modules=frozenset({backend}))

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Whether it has a layer that is code, or Keras is too old to keep such layers out."""
        if settings.get("safe_mode") is False:
            return "a layer of it is a function in its file"
        return libraries.outdated("keras", _SAFE_FROM)

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The model.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: Keras, or what computes for it, is not installed.
        """
        backend = settings.get("keras_backend", "torch")
        if backend not in _BACKENDS:
            raise InvalidModel(f"'keras_backend' of a model is one of {', '.join(_BACKENDS)}; got {shown(backend)}")
        if "keras" not in sys.modules:
            # Keras asks this once: without it, it wants TensorFlow, whatever the model was made with.
            os.environ.setdefault("KERAS_BACKEND", backend)
        keras = libraries.imported("keras", install="keras")
        place = libraries.file_of(folder, settings, "data", _FOLDER)
        file = libraries.file_of(place, {}, "data", _FILE)
        with libraries.reading(file, "keras"):
            libraries.check_zip(file)
            return keras.saving.load_model(file, safe_mode=settings.get("safe_mode") is not False)

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls ``predict``: a frame comes back for a frame; params are those of ``predict``."""
        import pandas

        def predict(rows: Any, params: dict[str, Any] | None) -> Any:
            options = {"verbose": 0, **(params or {})}
            if isinstance(rows, pandas.DataFrame):
                return pandas.DataFrame(model.predict(rows.to_numpy(), **options), index=rows.index)
            return model.predict(rows, **options)

        return predict
