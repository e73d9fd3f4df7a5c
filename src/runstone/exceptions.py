"""The root of all errors, by the names that MLflow's users catch."""

from runstone.errors import RunstoneError

MlflowException = RunstoneError
RestException = RunstoneError

__all__ = ["MlflowException", "RestException"]
