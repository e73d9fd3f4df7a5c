"""A loaded model that predicts the same way whatever library it is of."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from runstone.errors import InvalidValue, Unsupported
from runstone.models.enforcement import check_input, check_params
from runstone.models.format import PYFUNC, Model

Predict = Callable[[Any, dict[str, Any] | None], Any]


class PyFuncModel:
    """A loaded model: rows in, predictions out, checked against its signature.

    Attributes:
        metadata: What the file ``MLmodel`` says of it.
    """

    def __init__(self, model: Model, native: Any, predict: Predict) -> None:
        self.metadata = model
        self._native = native
        self._predict = predict
        self._closing: list[Callable[[], None]] = []

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for some rows.

        Args:
            data: A frame of pandas or polars, an array, a dict or a list, as the signature says.
            params: Params of this call; those of the signature have defaults.

        Raises:
            InvalidSignature: The signature has a column that pandas cannot have here.
            InvalidValue: There are params, and the model takes none.
            SignatureMismatch: The rows, or the params, are not what the signature says.
        """
        return self._predict(*self._checked(data, params))

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions one after the other.

        Raises:
            Unsupported: The model does not answer so.
        """
        stream = getattr(self._native, "predict_stream", None)
        if stream is None:
            raise Unsupported(
                f"a model of {self.loader_module} does not predict bit by bit unless it has a method predict_stream; "
                "call predict"
            )
        return stream(*self._checked(data, params))

    def _checked(self, data: Any, params: dict[str, Any] | None) -> tuple[Any, dict[str, Any] | None]:
        signature = self.metadata.signature
        if signature is None:
            if params and not getattr(self._predict, "takes_params", True):
                raise InvalidValue(f"the model takes no params; got {', '.join(map(repr, params))}: leave them out")
            return data, params
        return check_input(signature, data), check_params(signature, params) or None

    def close(self) -> None:
        """Let go of what it predicts with: files that were fetched, and with ``env="fresh"`` its process."""
        while self._closing:
            self._closing.pop()()

    def when_closed(self, action: Callable[[], None]) -> None:
        """Let ``close`` do one thing more."""
        self._closing.append(action)

    def __enter__(self) -> Self:
        """The model itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what it predicts with."""
        self.close()

    def unwrap_python_model(self) -> Any:
        """The instance of ``PythonModel`` that it was made of.

        Raises:
            Unsupported: It was made of none.
        """
        found = getattr(self._native, "python_model", None)
        if found is None:
            raise Unsupported(
                f"a model of {self.loader_module} was made of no PythonModel; get_raw_model gives what it is"
            )
        return found

    def get_raw_model(self) -> Any:
        """The model as its library knows it."""
        return getattr(self._native, "custom_model", self._native)

    @property
    def input_schema(self) -> Any:
        """What it takes; ``None`` if nobody said."""
        return self.metadata.get_input_schema()

    @property
    def output_schema(self) -> Any:
        """What it gives; ``None`` if nobody said."""
        return self.metadata.get_output_schema()

    @property
    def input_example(self) -> Any:
        """The example of what it takes; ``None`` if it was saved without one.

        Raises:
            InvalidModel: The example cannot be read.
        """
        return self.metadata.load_input_example()

    @property
    def model_id(self) -> str | None:
        """Id of the logged model that it is."""
        return self.metadata.model_id

    @property
    def model_config(self) -> dict[str, Any] | None:
        """What was given as ``model_config`` when it was saved, or loaded."""
        config: dict[str, Any] | None = self.metadata.flavors[PYFUNC].get("config")
        return config

    @property
    def loader_module(self) -> str:
        """The module that MLflow would load it with."""
        return str(self.metadata.flavors[PYFUNC].get("loader_module"))

    def __repr__(self) -> str:
        return f"<PyFuncModel of {self.loader_module}, {self.metadata.model_id or self.metadata.model_uuid}>"
