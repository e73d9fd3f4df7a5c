"""Models as folders: what they take and give, and what is kept of them."""

from runstone.models.enforcement import check_input, check_output, check_params
from runstone.models.hints import signature_from_type_hints, signature_of_function
from runstone.models.scripts import ModelConfig, set_model
from runstone.models.signature import ModelSignature, infer_signature

__all__ = [
    "ModelConfig",
    "ModelSignature",
    "check_input",
    "check_output",
    "check_params",
    "infer_signature",
    "set_model",
    "signature_from_type_hints",
    "signature_of_function",
]
