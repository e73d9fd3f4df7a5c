"""The class that a user's own models are made of.

It stands in a module of its own and imports nothing, so that it can be written into a pickle as a whole: a model made
of it loads where Runstone is not installed, by MLflow alone.
"""

from typing import Any


class PythonModel:
    """A model of your own: a class with ``predict``, and ``load_context`` where it needs files.

    Example:
        >>> class Plus(PythonModel):
        ...     def predict(self, context, model_input, params=None):
        ...         return model_input + (params or {}).get("by", 1)
        >>> Plus().predict(None, 2)
        3
    """

    def load_context(self, context: Any) -> None:
        """Make what the model needs to predict; called once, when it is loaded.

        Args:
            context: ``context.artifacts`` has for each artifact the path of its file, ``context.model_config`` what
                was given as ``model_config``.
        """

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for some rows.

        Args:
            context: As for ``load_context``.
            model_input: The rows; checked against the signature, if the model has one.
            params: Params of this call, with the defaults of the signature.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method predict")

    def predict_stream(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions one after the other, for models that answer bit by bit."""
        raise NotImplementedError(f"{type(self).__name__} has no method predict_stream")


class PythonModelContext:
    """What a model of your own finds when it is loaded, and when it predicts."""

    def __init__(self, artifacts: dict[str, str], model_config: dict[str, Any] | None) -> None:
        self._artifacts = artifacts
        self._model_config = model_config

    @property
    def artifacts(self) -> dict[str, str]:
        """For each artifact its path on this machine."""
        return self._artifacts

    @property
    def model_config(self) -> dict[str, Any] | None:
        """What was given as ``model_config``."""
        return self._model_config
