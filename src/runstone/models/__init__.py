"""Models as folders: what they take and give, and what is kept of them.

The verbs below are put here by the front door: they belong to the client, which this room does not know.
"""

from typing import Any, Protocol

from runstone.models.enforcement import check_input, check_output, check_params
from runstone.models.format import Model
from runstone.models.hints import signature_from_type_hints, signature_of_function
from runstone.models.scripts import ModelConfig, set_model
from runstone.models.signature import ModelSignature, infer_signature


class _GetModelInfo(Protocol):
    def __call__(self, model_uri: str) -> Any: ...


class _VerifyModel(Protocol):
    def __call__(self, model_uri: str, *, quick: bool = False, trust: bool = False) -> Any: ...


get_model_info: _GetModelInfo
verify_model: _VerifyModel

__all__ = [
    "Model",
    "ModelConfig",
    "ModelSignature",
    "check_input",
    "check_output",
    "check_params",
    "get_model_info",
    "infer_signature",
    "set_model",
    "signature_from_type_hints",
    "signature_of_function",
    "verify_model",
]
