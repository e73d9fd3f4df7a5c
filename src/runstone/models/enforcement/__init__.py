"""Data and params against a signature: what fits goes on, converted where that changes no value."""

from runstone.models.enforcement.check import check_input, check_output, check_params

__all__ = ["check_input", "check_output", "check_params"]
