"""Models as folders: what they take and give, and what is kept of them."""

from runstone.models.signature import ModelSignature, infer_signature

__all__ = ["ModelSignature", "infer_signature"]
