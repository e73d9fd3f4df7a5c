"""Models as folders: what they take and give, and what is kept of them.

Names are loaded when they are asked for. The front door adds places of verbs that belong to rooms above this one.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

# Where each name is.
PLACES = {
    "Model": "runstone.models.format",
    "ModelConfig": "runstone.models.scripts",
    "ModelSignature": "runstone.models.signature",
    "check_input": "runstone.models.enforcement",
    "check_output": "runstone.models.enforcement",
    "check_params": "runstone.models.enforcement",
    "convert_input_example_to_serving_input": "runstone.models.example",
    "infer_signature": "runstone.models.signature",
    "set_model": "runstone.models.scripts",
    "signature_from_type_hints": "runstone.models.hints",
    "signature_of_function": "runstone.models.hints",
}


class _GetModelInfo(Protocol):
    def __call__(self, model_uri: str) -> Any: ...


class _SetSignature(Protocol):
    def __call__(self, model_uri: str, signature: "ModelSignature") -> None: ...


class _SignModel(Protocol):
    def __call__(self, model_uri: str, private_key: str | Path, *, password: str | None = None) -> None: ...


class _ValidateServingInput(Protocol):
    def __call__(self, model_uri: str, serving_input: str | Mapping[str, Any], *, trust: bool = False) -> Any: ...


class _VerifyModel(Protocol):
    def __call__(
        self, model_uri: str, *, quick: bool = False, trust: bool = False, public_key: str | Path | None = None
    ) -> Any: ...


if TYPE_CHECKING:
    from runstone.models.enforcement import check_input, check_output, check_params
    from runstone.models.example import convert_input_example_to_serving_input
    from runstone.models.format import Model
    from runstone.models.hints import signature_from_type_hints, signature_of_function
    from runstone.models.scripts import ModelConfig, set_model
    from runstone.models.signature import ModelSignature, infer_signature

    get_model_info: _GetModelInfo
    set_signature: _SetSignature
    sign_model: _SignModel
    validate_serving_input: _ValidateServingInput
    verify_model: _VerifyModel
else:

    def __getattr__(name: str) -> Any:
        """Load what is wanted."""
        if name not in PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(PLACES[name]), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *PLACES})


__all__ = [
    "Model",
    "ModelConfig",
    "ModelSignature",
    "check_input",
    "check_output",
    "check_params",
    "convert_input_example_to_serving_input",
    "get_model_info",
    "infer_signature",
    "set_model",
    "set_signature",
    "sign_model",
    "signature_from_type_hints",
    "signature_of_function",
    "validate_serving_input",
    "verify_model",
]
