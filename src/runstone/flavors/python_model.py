"""The class that a user's own models are made of, and what wraps a function as one.

A pickle names these classes as MLflow's: a model made of them loads where MLflow is, and needs no Runstone there.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from runstone.errors import ModelArtifactNotFound
from runstone.flavors.calls import Call


class PythonModel:
    """A model of your own: a class with ``predict``, and ``load_context`` where it needs files.

    ``predict`` may leave ``context`` or ``params`` out.

    Example:
        >>> class Plus(PythonModel):
        ...     def predict(self, context, model_input, params=None):
        ...         return model_input + (params or {}).get("by", 1)
        >>> Plus().predict(None, 2)
        3
    """

    def load_context(self, context: "PythonModelContext") -> None:
        """Make what the model needs to predict; called once, when it is loaded.

        Args:
            context: ``context.artifacts`` has for each artifact the path of its file, ``context.model_config`` what
                was given as ``model_config``.
        """

    if TYPE_CHECKING:
        # To type checkers, a class may take less, and say more of it.
        def predict(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102
        def predict_stream(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102

    else:

        def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
            """Predictions for some rows.

            Args:
                context: As for ``load_context``.
                model_input: The rows; checked against the signature, if the model has one.
                params: Params of this call, with the defaults of the signature.
            """
            raise NotImplementedError(f"{type(self).__name__} has no method predict")

        def predict_stream(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
            """Predictions one after the other, for models that answer bit by bit.

            Args:
                context: As for ``load_context``.
                model_input: As for ``predict``.
                params: As for ``predict``.
            """
            raise NotImplementedError(f"{type(self).__name__} has no method predict_stream")


class FunctionModel(PythonModel):
    """A model that is a function of a user's.

    Attributes:
        func: The function.
    """

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func
        self.signature = None  # MLflow reads it

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """What the function gives; ``params`` goes to functions that take it."""
        return Call(self.func, None)(model_input, params)


class PythonModelContext:
    """What a model of your own finds when it is loaded, and when it predicts.

    Args:
        artifacts: For each artifact its path on this machine.
        model_config: Settings of the model.
    """

    def __init__(self, artifacts: Mapping[str, str], model_config: dict[str, Any] | None) -> None:
        self._artifacts = _Artifacts(artifacts)
        self._model_config = model_config

    @property
    def artifacts(self) -> dict[str, str]:
        """For each artifact its path on this machine.

        Raises:
            ModelArtifactNotFound: On a look-up of one that the model was not saved with; a ``KeyError`` as well.
        """
        return self._artifacts

    @property
    def model_config(self) -> dict[str, Any] | None:
        """What was given as ``model_config``, when the model was saved or when it was loaded."""
        return self._model_config


class _Artifacts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        raise ModelArtifactNotFound(str(name), list(self))
